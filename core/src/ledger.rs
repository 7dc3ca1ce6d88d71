//! The ledger: dedup, journal and counters of one shard, as a state that takes steps.
//!
//! A batch is judged at once (`ingest`), written down with all that came meanwhile (`commit`), and
//! only then counted and published. The shell performs the effects in their order; when one fails
//! it drops this state and restores it from what was kept.
//!
//! Bounds: [`PENDING_EVENTS_MAX`] events between two commits, `dedup::KEYS_MAX` keys,
//! `subjects::SUBJECTS_MAX` subjects; at each the ledger is busy and takes nothing more. At most one delta in [`PUBLISH_EVERY_MS`].

mod exchange;

use std::collections::VecDeque;

use crate::{
    checkpoint::{self, Checkpoint},
    correction::Correction,
    corrupt::Corrupt,
    counters::{Additions, Counters, Delta},
    dedup::{DedupMemory, KEYS_MAX, Seen},
    domain::Candidate,
    fact::{Fact, When},
    journal::{Block, Group},
    rejected::{self, Waiting},
    subjects::{SUBJECTS_MAX, Subjects},
    time::Timestamp,
};

pub use exchange::{Batch, Bounds, Busy, Effect, LedgerSnapshot, Outcome, Pulled};

/// Most events that wait for one commit.
pub const PENDING_EVENTS_MAX: usize = 20_000;
/// Least time between two deltas, in milliseconds.
pub const PUBLISH_EVERY_MS: i64 = 250;
/// Most requests that wait for one commit.
const PENDING_GROUPS_MAX: usize = 20_000;
/// Most events, requests and bytes in one block, unless a single event is larger: a row holds at
/// most 2 MB.
const BLOCK_EVENTS_MAX: usize = 1_000;
const BLOCK_GROUPS_MAX: usize = 1_000;
const BLOCK_BYTES_MAX: usize = 1_500_000;
/// Events and blocks after which a checkpoint is due: they bound the time of a restore.
const CHECKPOINT_EVENTS: usize = 100_000;
const CHECKPOINT_BLOCKS: usize = 4_000;
/// How many deltas are kept for a hub that missed some.
const RECENT_DELTAS_MAX: usize = 16;

/// Dedup, journal and counters of one shard.
#[derive(Debug)]
pub struct Ledger {
    birth: u64,
    seq: u64,
    /// The latest time that was ever shown.
    now: Timestamp,
    /// The time that was shown last.
    clock: Timestamp,
    memory: DedupMemory,
    subjects: Subjects,
    /// Of each event with a subject that is judged and not yet counted, in their order.
    corrections: VecDeque<Vec<Correction>>,
    counters: Counters,
    open: Vec<Group>,
    open_events: usize,
    waiting: Waiting,
    /// Noted, and neither counted nor published yet.
    additions: Additions,
    published_seq: u64,
    published_at: Timestamp,
    wake_asked: bool,
    recent: VecDeque<Delta>,
    events_since_checkpoint: usize,
    blocks_since_checkpoint: usize,
}

impl Ledger {
    /// A ledger that has seen nothing. `birth` tells it from any other that was in its place;
    /// `seed` is drawn anew at each start.
    #[must_use]
    pub fn new(birth: u64, seed: u64) -> Self {
        Self::from_checkpoint(Checkpoint {
            birth,
            seq: 0,
            counters: Counters::new(seed),
            memory: DedupMemory::new(seed),
            subjects: Subjects::new(seed),
        })
    }

    fn from_checkpoint(checkpoint: Checkpoint) -> Self {
        let Checkpoint { birth, seq, counters, memory, subjects } = checkpoint;
        Self {
            birth,
            seq,
            now: Timestamp::from_ms(0),
            clock: Timestamp::from_ms(0),
            memory,
            subjects,
            corrections: VecDeque::new(),
            counters,
            open: Vec::new(),
            open_events: 0,
            waiting: Waiting::default(),
            additions: Additions::default(),
            published_seq: seq,
            published_at: Timestamp::from_ms(0),
            wake_asked: false,
            recent: VecDeque::new(),
            events_since_checkpoint: 0,
            blocks_since_checkpoint: 0,
        }
    }

    /// The ledger that wrote `checkpoint`. The blocks that it wrote since are to be replayed.
    ///
    /// # Errors
    /// [`Corrupt`] when the bytes cannot be read.
    pub fn restore(checkpoint: &[u8], seed: u64) -> Result<Self, Corrupt> {
        checkpoint::decode(checkpoint, seed).map(Self::from_checkpoint)
    }

    /// Takes a block of the journal back in, in order; what the checkpoint covers is skipped.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read or a block before it is missing.
    pub fn replay(&mut self, block: &[u8]) -> Result<(), Corrupt> {
        let block = Block::decode(block)?;
        if block.seq <= self.seq {
            return Ok(());
        }
        if block.seq - 1 != self.seq {
            return Err(Corrupt("a block of the journal is missing"));
        }
        for group in &block.groups {
            self.now = self.now.max(group.received);
            // As `ingest` did: a key that had expired by then was remembered anew.
            self.expire(group.received);
            rejected::is_repeated(&mut self.memory, &group.replay, group.received);
            for candidate in &group.accepted {
                let Candidate { key, content, .. } = *candidate;
                let (source, ttl_s) = (&group.source, group.dedup_ttl_s);
                self.memory.check(source, ttl_s, key, content, group.received);
                self.learn(candidate, source, group.received);
            }
        }
        self.count(&block);
        // Whoever asks now gets a snapshot: nothing is left to publish.
        self.settle();
        self.published_seq = self.seq;
        Ok(())
    }

    /// Judges a batch. The outcomes, one for each candidate, may be told to nobody before the next
    /// [`commit`](Self::commit) is durable.
    ///
    /// # Errors
    /// [`Busy`] when a bound is reached.
    pub fn ingest(&mut self, batch: Batch, now: Timestamp) -> Result<Vec<Outcome>, Busy> {
        // Clocks may go back; receipt does not.
        self.clock = now;
        self.now = self.now.max(now);
        let now = self.now;
        if self.open_events + batch.candidates.len() > PENDING_EVENTS_MAX
            || self.open.len() == PENDING_GROUPS_MAX
            || !self.waiting.has_room(&batch.rejects)
        {
            return Err(Busy::Pending);
        }
        self.expire(now);
        let replay = rejected::replay_keys(&batch);
        if self.memory.len() + batch.candidates.len() + replay.len() > KEYS_MAX {
            return Err(Busy::Keys);
        }
        let about = |candidate: &&Candidate| candidate.subject.is_some();
        let subjects = batch.candidates.iter().filter(about).count();
        if subjects > 0 && self.subjects.len() + subjects > SUBJECTS_MAX {
            return Err(Busy::Subjects);
        }
        let Batch { source, dedup_ttl_s, candidates: mut accepted, refused, rejects, .. } = batch;
        self.waiting.add(&source, now, rejects);
        let is_repeated = rejected::is_repeated(&mut self.memory, &replay, now);
        let mut outcomes = Vec::with_capacity(accepted.len());
        let (mut duplicates, mut conflicts, mut late_events) = (0, 0, 0);
        accepted.retain(|candidate| {
            let Candidate { key, content, .. } = *candidate;
            let seen = match is_repeated {
                true => Seen::Before,
                false => self.memory.check(&source, dedup_ttl_s, key, content, now),
            };
            outcomes.push(match seen {
                Seen::New => {
                    let superseded = self.learn(candidate, &source, now);
                    let late = superseded || candidate.event.is_late(now);
                    late_events += u64::from(late);
                    Outcome::Accepted { late }
                }
                Seen::Before => {
                    duplicates += 1;
                    Outcome::Duplicate
                }
                Seen::Otherwise => {
                    conflicts += 1;
                    Outcome::Conflict
                }
            });
            matches!(outcomes.last(), Some(Outcome::Accepted { .. }))
        });
        self.open_events += accepted.len();
        self.open.push(Group {
            source,
            dedup_ttl_s,
            received: now,
            accepted,
            duplicates,
            conflicts,
            late: late_events,
            refused,
            replay,
        });
        Ok(outcomes)
    }

    /// Everything that was judged since the last commit, to be written down. It is counted here
    /// already: when the writing fails, this state must be dropped.
    #[must_use = "effects describe I/O that has not happened yet"]
    pub fn commit(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.open_events = 0;
        let mut groups = core::mem::take(&mut self.open).into_iter().peekable();
        while groups.peek().is_some() {
            let mut together: Vec<Group> = Vec::new();
            let mut events = 0;
            while let Some(group) = groups.next_if(|group| {
                events += group.accepted.len();
                together.is_empty()
                    || (events <= BLOCK_EVENTS_MAX && together.len() < BLOCK_GROUPS_MAX)
            }) {
                together.push(group);
            }
            self.append(together, &mut effects);
        }
        effects.extend(self.waiting.take(self.seq, self.now));
        let due = self.events_since_checkpoint >= CHECKPOINT_EVENTS
            || self.blocks_since_checkpoint >= CHECKPOINT_BLOCKS;
        if due {
            effects.extend(self.publish());
            effects.push(self.checkpoint());
        }
        effects.extend(self.publish_or_wait());
        effects
    }

    /// Publishes what is due.
    #[must_use = "effects describe I/O that has not happened yet"]
    pub fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        self.clock = now;
        self.now = self.now.max(now);
        self.wake_asked = false;
        self.publish_or_wait().into_iter().collect()
    }

    /// A checkpoint of this moment. Nothing may be waiting for its commit.
    #[must_use = "effects describe I/O that has not happened yet"]
    pub fn checkpoint(&mut self) -> Effect {
        self.close_delta();
        self.events_since_checkpoint = 0;
        self.blocks_since_checkpoint = 0;
        let bytes =
            checkpoint::encode(self.birth, self.seq, &self.counters, &self.memory, &self.subjects);
        Effect::Checkpoint { bytes }
    }

    /// What a hub has missed that knows everything up to block `after` of the ledger born as
    /// `birth`.
    pub fn pull(&mut self, birth: u64, after: u64) -> Pulled {
        self.close_delta();
        let missed: Vec<Delta> =
            self.recent.iter().filter(|delta| delta.from >= after).cloned().collect();
        let complete = after == self.seq || missed.first().is_some_and(|first| first.from == after);
        if birth == self.birth && complete {
            return Pulled::Deltas(missed);
        }
        self.counters.advance(self.now);
        Pulled::Snapshot(Box::new(LedgerSnapshot {
            birth: self.birth,
            seq: self.seq,
            counters: self.counters.state(),
        }))
    }

    /// Tells this ledger from one that was in its place before.
    #[must_use]
    pub fn birth(&self) -> u64 {
        self.birth
    }

    /// How near it is to its bounds.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds {
            keys: self.memory.len() as u64,
            subjects: self.subjects.len() as u64,
            ..self.counters.bounds()
        }
    }

    fn expire(&mut self, now: Timestamp) {
        self.memory.expire(now);
        self.subjects.expire(now);
    }

    /// Remembers what a new event tells of its subject, and what is to be counted of it; whether a
    /// newer event has said more already.
    fn learn(&mut self, candidate: &Candidate, source: &str, received: Timestamp) -> bool {
        let Some(subject) = candidate.subject else {
            return false;
        };
        let change = self.subjects.learn(&candidate.event, subject, source, received);
        self.corrections.push_back(change.corrections);
        change.superseded
    }

    fn count(&mut self, block: &Block) {
        self.seq = block.seq;
        self.events_since_checkpoint += block.events();
        self.blocks_since_checkpoint += 1;
        let Self { counters, additions, corrections, subjects, .. } = self;
        for group in &block.groups {
            counters.add_tally(&group.source, &group.tally(), additions);
            for candidate in &group.accepted {
                let domain = candidate.event.domain();
                let learnt = candidate.subject.and_then(|_| corrections.pop_front());
                for Correction { time, label, sums } in learnt.into_iter().flatten() {
                    let dimensions = subjects.dimensions(domain, label);
                    let fact = Fact { when: When::At(time), dimensions, sums };
                    counters.note(domain, &fact, additions);
                }
                if let Some(fact) = candidate.event.fact(&group.source) {
                    counters.note(domain, &fact, additions);
                }
            }
        }
    }

    /// Writes groups down in one block, or in as many as it takes for each to fit a row.
    fn append(&mut self, groups: Vec<Group>, effects: &mut Vec<Effect>) {
        let block = Block { seq: self.seq + 1, groups };
        let bytes = block.encode();
        if bytes.len() > BLOCK_BYTES_MAX && block.is_divisible() {
            let (first, second) = block.halves();
            self.append(first, effects);
            self.append(second, effects);
        } else {
            effects.push(Effect::Append { seq: block.seq, block: bytes });
            self.count(&block);
        }
    }

    fn publish_or_wait(&mut self) -> Option<Effect> {
        if self.published_seq == self.seq {
            return None;
        }
        // A clock that went back must not hold anything up.
        let due = self.published_at.plus_ms(PUBLISH_EVERY_MS);
        if self.clock < self.published_at || self.clock >= due {
            return self.publish();
        }
        let asked = core::mem::replace(&mut self.wake_asked, true);
        (!asked).then_some(Effect::WakeAt(due))
    }

    fn publish(&mut self) -> Option<Effect> {
        self.published_at = self.clock;
        self.close_delta().map(Effect::Publish)
    }

    /// Counts what was noted since the last delta: only then the counters are those of `seq`.
    fn settle(&mut self) -> Additions {
        let additions = core::mem::take(&mut self.additions);
        self.counters.settle(&additions, self.now);
        additions
    }

    fn close_delta(&mut self) -> Option<Delta> {
        if self.published_seq == self.seq {
            return None;
        }
        let additions = self.settle();
        let delta = self.counters.delta(self.published_seq, self.seq, additions);
        self.published_seq = self.seq;
        if self.recent.len() == RECENT_DELTAS_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(delta.clone());
        Some(delta)
    }
}
