//! How a ledger answers for what came to it before the number of shards changed, and how it takes over what another
//! one remembers.

use crate::{
    dedup::{Scope, Seen},
    heritage::{Enquiry, Heritage, LookBack},
    time::Timestamp,
};

use super::{Busy, Ledger};

impl Ledger {
    /// Looks for what it is asked. From now on it takes nothing of an older generation; the answer may be told to nobody
    /// before the next [`commit`](Self::commit) is durable.
    ///
    /// # Errors
    /// [`Busy::Moved`] when it has heard of a newer generation.
    pub fn look_back(&mut self, enquiry: Enquiry, now: Timestamp) -> Result<LookBack, Busy> {
        self.rise(enquiry.generation)?;
        self.clock = now;
        self.now = self.now.max(now);
        self.expire(self.now);
        let scope = Scope::of(&enquiry.source);
        let keys = enquiry.keys.iter().map(|(key, _)| (scope, *key));
        let looked = self.memory.look_up(keys, self.now);
        Ok(LookBack { enquiry, looked, next_run: self.memory.next_run() })
    }

    /// What it remembers of what it was asked.
    ///
    /// # Errors
    /// [`Busy::Unread`] when the enquiry still wants pages, or was looked up before the last checkpoint.
    pub fn tell(&mut self, look_back: LookBack) -> Result<Heritage, Busy> {
        let LookBack { enquiry, looked, next_run } = look_back;
        if looked.wants().is_some() || next_run != self.memory.next_run() {
            return Err(Busy::Unread);
        }
        let scope = Scope::of(&enquiry.source);
        let mut heritage = Heritage::default();
        for known in enquiry.keys {
            match self.memory.seen(&looked, scope, known, self.now) {
                Seen::New => {}
                Seen::Otherwise => heritage.otherwise.push(known.0),
                Seen::Before => heritage.taken.push(known.0),
                Seen::Presumed => {
                    self.damage.presumed += 1;
                    heritage.taken.push(known.0);
                }
            }
        }
        for _ in 0..self.memory.learn(looked) {
            self.damage.note(self.now);
        }
        let subjects = enquiry.subjects.iter().filter_map(|subject| self.subjects.moved(subject));
        heritage.subjects = subjects.collect();
        Ok(heritage)
    }

    /// Hears of a generation.
    pub(super) fn rise(&mut self, generation: u8) -> Result<(), Busy> {
        if generation < self.generation {
            return Err(Busy::Moved);
        }
        self.generation = generation;
        Ok(())
    }
}
