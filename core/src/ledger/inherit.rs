//! How a ledger answers for what came to it before the number of shards changed, and how it takes over what another
//! one remembers.

use crate::{
    dedup::{Scope, Seen},
    heritage::{Enquiry, Heritage},
    time::Timestamp,
};

use super::{Busy, Ledger, Lookup};

impl Ledger {
    /// Looks for what it is asked. From now on it takes nothing of an older generation; the answer may be told to nobody
    /// before the next [`commit`](Self::commit) is durable.
    ///
    /// # Errors
    /// [`Busy::Moved`] when it has heard of a newer generation.
    pub fn look_back(&mut self, enquiry: Enquiry, now: Timestamp) -> Result<Lookup<Enquiry>, Busy> {
        self.rise(enquiry.generation)?;
        self.clock = now;
        self.now = self.now.max(now);
        self.expire(self.now);
        let scope = Scope::of(&enquiry.source);
        let keys = enquiry.keys.iter().map(|(key, _)| (scope, *key));
        let looked = self.memory.look_up(keys, self.now);
        Ok(Lookup::new(enquiry, looked, &self.memory))
    }

    /// What it remembers of what it was asked.
    ///
    /// # Errors
    /// [`Busy::Unread`] when the enquiry still wants pages, or was looked up before the last checkpoint.
    pub fn tell(&mut self, lookup: Lookup<Enquiry>) -> Result<Heritage, Busy> {
        let (enquiry, looked) = lookup.found(&self.memory)?;
        let scope = Scope::of(&enquiry.source);
        let mut heritage = Heritage::default();
        for known in enquiry.keys {
            let seen = self.memory.seen(&looked, scope, known, self.now);
            self.damage.presumed += u64::from(seen == Seen::Presumed);
            heritage.note(known.0, seen);
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
