//! How a batch is judged: its keys are looked for in memory, what storage has to say of them is read, and
//! then, in one go, each event is found to be new or not.
//!
//! Bounds: [`PENDING_EVENTS_MAX`] events, [`PENDING_GROUPS_MAX`] requests and [`PENDING_BYTES_MAX`] wait for one commit.

use crate::{
    dedup::{Scope, Seen},
    domain::Candidate,
    journal::Group,
    key::DedupKey,
    rejected,
    subjects::SUBJECTS_MAX,
    time::Timestamp,
};

use super::{Batch, Busy, Ledger, Lookup, Outcome};

/// Most events that wait for one commit.
const PENDING_EVENTS_MAX: usize = 20_000;
/// Most bytes of requests that wait for one commit, unless it is a single one.
const PENDING_BYTES_MAX: usize = 16 << 20;
/// Most requests that wait for one commit.
const PENDING_GROUPS_MAX: usize = 20_000;

/// A batch on its way, and the bytes that it came in.
#[derive(Debug)]
pub struct Incoming {
    batch: Batch,
    bytes: usize,
    replay: Vec<DedupKey>,
}

impl Ledger {
    /// Takes a batch that came in so many bytes, if there is room for it, and looks for its keys.
    ///
    /// # Errors
    /// [`Busy`] when a bound is reached.
    pub fn look_up(
        &mut self,
        batch: Batch,
        bytes: usize,
        now: Timestamp,
    ) -> Result<Lookup<Incoming>, Busy> {
        self.rise(batch.generation)?;
        // Clocks may go back; receipt does not.
        self.clock = now;
        self.now = self.now.max(now);
        self.refusals.since.get_or_insert(self.now);
        self.expire(self.now);
        let replay = rejected::replay_keys(&batch);
        if let Err(busy) = self.has_room(&batch, bytes, replay.len()) {
            self.refusals.note(busy);
            return Err(busy);
        }
        let scope = Scope::of(&batch.source);
        let keys = batch.candidates.iter().map(|candidate| (scope, candidate.key));
        let looked = self.memory.look_up(keys.chain(rejected::scoped(&replay)), self.now);
        Ok(Lookup::new(Incoming { batch, bytes, replay }, looked, &self.memory))
    }

    fn has_room(&self, batch: &Batch, bytes: usize, replay: usize) -> Result<(), Busy> {
        let is_first = self.open.is_empty();
        if self.open_events + batch.candidates.len() > PENDING_EVENTS_MAX
            || self.open.len() == PENDING_GROUPS_MAX
            || (self.open_bytes + bytes > PENDING_BYTES_MAX && !is_first)
            || !self.waiting.has_room(&batch.rejects)
        {
            return Err(Busy::Pending);
        }
        if !self.memory.has_room(batch.candidates.len() + replay) {
            return Err(Busy::Keys);
        }
        let about = |candidate: &&Candidate| candidate.subject.is_some();
        let subjects = batch.candidates.iter().filter(about).count();
        if subjects > 0 && self.subjects.len() + subjects > SUBJECTS_MAX {
            return Err(Busy::Subjects);
        }
        Ok(())
    }

    /// How many requests and events wait for a commit.
    #[must_use]
    pub fn waiting(&self) -> (usize, usize) {
        (self.open.len(), self.open_events)
    }

    /// Looks a batch up and judges it, where storage need not be asked.
    ///
    /// # Errors
    /// [`Busy`] when a bound is reached, or storage must be asked.
    pub fn ingest(&mut self, batch: Batch, now: Timestamp) -> Result<Vec<Outcome>, Busy> {
        let lookup = self.look_up(batch, 0, now)?;
        self.judge(lookup)
    }

    /// Judges a batch. The outcomes, one for each candidate, may be told to nobody before the next
    /// [`commit`](Self::commit) is durable.
    ///
    /// # Errors
    /// [`Busy::Unread`] when it still wants pages, or was looked up before the last checkpoint.
    pub fn judge(&mut self, lookup: Lookup<Incoming>) -> Result<Vec<Outcome>, Busy> {
        let (Incoming { batch, bytes, mut replay }, looked) = lookup.found(&self.memory)?;
        let now = self.now;
        let Batch { source, dedup_ttl_s, secret, generation, heritage, refused, rejects, .. } =
            batch;
        let mut accepted = batch.candidates;
        let subjects = heritage.iter().flat_map(|heritage| &heritage.subjects);
        let subjects = self.subjects.take_over(subjects).map_err(|_| Busy::Unread)?;
        self.waiting.add(&source, now, rejects);
        let is_repeated = rejected::is_repeated(&mut self.memory, &looked, &mut replay, now);
        let scope = (Scope::of(&source), dedup_ttl_s);
        let mut outcomes = Vec::with_capacity(accepted.len());
        let (mut duplicates, mut conflicts, mut late_events) = (0, 0, 0);
        accepted.retain(|candidate| {
            let key = (candidate.key, candidate.content);
            let inherited = heritage.iter().find_map(|heritage| heritage.seen(candidate.key));
            let seen = match inherited {
                _ if is_repeated => Seen::Before,
                Some(seen) => seen,
                None => self.memory.check(&looked, scope, key, now),
            };
            outcomes.push(match seen {
                Seen::New => {
                    let superseded = self.learn(candidate, &source, generation, now);
                    let late = superseded || candidate.event.is_late(now);
                    late_events += u64::from(late);
                    Outcome::Accepted { late }
                }
                Seen::Before | Seen::Presumed => {
                    self.damage.presumed += u64::from(seen == Seen::Presumed);
                    duplicates += 1;
                    Outcome::Duplicate
                }
                Seen::Otherwise => {
                    conflicts += 1;
                    Outcome::Conflict
                }
            });
            seen == Seen::New
        });
        for _ in 0..self.memory.learn(looked) {
            self.damage.note(now);
        }
        self.open_events += accepted.len();
        self.open_bytes += bytes;
        self.open.push(Group {
            source,
            dedup_ttl_s,
            received: now,
            secret,
            accepted,
            duplicates,
            conflicts,
            late: late_events,
            refused,
            generation,
            subjects,
            replay,
        });
        Ok(outcomes)
    }
}
