//! The ledger: dedup, journal and counters of one shard, as a state that takes steps.
//!
//! A batch is judged at once (`ingest`), written down with all that came meanwhile (`commit`), and
//! only then counted and published. The shell performs the effects in their order; when one fails
//! it drops this state and restores it from what was kept.
//!
//! Bounds: what waits between two commits ([`judge`]), the keys of [`Limits`], `subjects::SUBJECTS_MAX` subjects; at
//! each the ledger is busy and takes nothing more.

mod bounds;
mod exchange;
mod inherit;
mod judge;
mod lookup;
mod mark;
mod publish;
mod recovery;
mod save;

use std::collections::VecDeque;

use crate::{
    checkpoint::{self, Checkpoint},
    correction::Correction,
    corrupt::Corrupt,
    counters::{Additions, Counters, Delta},
    damage::Damage,
    dedup::{DedupMemory, Limits},
    domain::Candidate,
    fact::{Fact, When},
    journal::{Block, Group},
    rejected::Waiting,
    subjects::Subjects,
    time::Timestamp,
};

pub use bounds::{Bounds, Refusals};
pub use exchange::{Batch, Busy, Effect, LedgerSnapshot, Outcome, Pulled};
pub use judge::Incoming;
pub use lookup::Lookup;
use mark::Mark;
pub use publish::PUBLISH_EVERY_MS;
pub use recovery::Recovery;
pub use save::Save;

/// Most events, requests and bytes in one block, unless a single event is larger: a row holds at
/// most 2 MB.
const BLOCK_EVENTS_MAX: usize = 1_000;
const BLOCK_GROUPS_MAX: usize = 1_000;
const BLOCK_BYTES_MAX: usize = 1_500_000;
/// Events and blocks after which a checkpoint is due: they bound the time of a restore.
const CHECKPOINT_EVENTS: usize = 100_000;
const CHECKPOINT_BLOCKS: usize = 4_000;
/// A checkpoint that could not be written is tried again after as many events, or blocks, by this.
const CHECKPOINT_AGAIN: usize = 10;

/// Dedup, journal and counters of one shard.
#[derive(Debug)]
pub struct Ledger {
    birth: u64,
    seq: u64,
    /// How often the number of shards has changed, as far as was heard here.
    generation: u8,
    /// As it stands in the last block.
    generation_written: u8,
    /// The latest time that was ever shown.
    now: Timestamp,
    /// The time that was shown last.
    clock: Timestamp,
    memory: DedupMemory,
    subjects: Subjects,
    damage: Damage,
    /// Of each event with a subject that is judged and not yet counted, in their order.
    corrections: VecDeque<Vec<Correction>>,
    counters: Counters,
    open: Vec<Group>,
    open_events: usize,
    open_bytes: usize,
    waiting: Waiting,
    /// Noted, and neither counted nor published yet.
    additions: Additions,
    published_seq: u64,
    published_at: Timestamp,
    wake_asked: bool,
    recent: VecDeque<Delta>,
    /// When the last request that is counted was received.
    received: Timestamp,
    /// The runs of keys that the last checkpoint names.
    named: Vec<u32>,
    events_since_checkpoint: usize,
    blocks_since_checkpoint: usize,
    /// At how many events and blocks the next checkpoint is due.
    due: (usize, usize),
    /// Where the journal ended when that was last written down, and when.
    marked: Mark,
    refusals: Refusals,
}

impl Ledger {
    /// A ledger that has seen nothing. `birth` tells it from any other that was in its place;
    /// `seed` is drawn anew at each start.
    #[must_use]
    pub fn new(birth: u64, seed: u64) -> Self {
        Self::with_limits(birth, seed, Limits::STANDARD)
    }

    /// A ledger that has seen nothing, with other bounds of its dedup memory.
    #[must_use]
    pub fn with_limits(birth: u64, seed: u64, limits: Limits) -> Self {
        Self::from_checkpoint(Checkpoint::blank(birth, seed, limits))
    }

    fn from_checkpoint(checkpoint: Checkpoint) -> Self {
        let Checkpoint { birth, seq, generation, received, damage, counters, memory, subjects } =
            checkpoint;
        Self {
            birth,
            seq,
            generation,
            generation_written: generation,
            now: received,
            clock: Timestamp::from_ms(0),
            named: memory.run_numbers(),
            memory,
            subjects,
            damage,
            corrections: VecDeque::new(),
            counters,
            open: Vec::new(),
            open_events: 0,
            open_bytes: 0,
            waiting: Waiting::default(),
            additions: Additions::default(),
            published_seq: seq,
            published_at: Timestamp::from_ms(0),
            wake_asked: false,
            recent: VecDeque::new(),
            received,
            events_since_checkpoint: 0,
            blocks_since_checkpoint: 0,
            due: (CHECKPOINT_EVENTS, CHECKPOINT_BLOCKS),
            marked: Mark::default(),
            refusals: Refusals::default(),
        }
    }

    /// Everything that was judged since the last commit, to be written down. It is counted here
    /// already: when the writing fails, this state must be dropped.
    #[must_use = "effects describe I/O that has not happened yet"]
    pub fn commit(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        (self.open_events, self.open_bytes) = (0, 0);
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
        if self.generation_written < self.generation {
            self.append(Vec::new(), &mut effects);
        }
        effects.extend(self.waiting.take(self.seq, self.now));
        let (events, blocks) = (self.events_since_checkpoint, self.blocks_since_checkpoint);
        if events >= self.due.0 || blocks >= self.due.1 {
            self.postpone_checkpoint();
            effects.extend(self.publish());
            effects.push(Effect::Checkpoint(self.checkpoint()));
        }
        effects.extend(self.publish_or_wait());
        effects.extend(self.mark_or_wait());
        effects
    }

    /// Publishes what is due.
    #[must_use = "effects describe I/O that has not happened yet"]
    pub fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        self.clock = now;
        self.now = self.now.max(now);
        self.wake_asked = false;
        self.publish_or_wait().into_iter().chain(self.mark_or_wait()).collect()
    }

    /// A checkpoint of this moment. Nothing may be waiting for its commit.
    #[must_use]
    pub fn checkpoint(&mut self) -> Save {
        self.close_delta();
        let plan = self.memory.plan(self.received);
        let bytes = checkpoint::encode(
            (self.birth, self.seq, self.generation, self.received),
            self.damage,
            &self.counters,
            (&self.memory, &plan),
            &self.subjects,
        );
        let mut runs = self.memory.run_numbers();
        runs.extend(plan.runs.iter().map(|run| run.number));
        Save { bytes, plan, named: runs, named_before: self.named.clone() }
    }

    /// A checkpoint could not be written, or is being written: the next one is due a while later.
    pub fn postpone_checkpoint(&mut self) {
        self.due = (
            self.events_since_checkpoint + CHECKPOINT_EVENTS / CHECKPOINT_AGAIN,
            self.blocks_since_checkpoint + CHECKPOINT_BLOCKS / CHECKPOINT_AGAIN,
        );
    }

    /// A checkpoint was written: the keys of its runs are in storage.
    ///
    /// # Errors
    /// [`Corrupt`] when it is not of this ledger: restore it from storage.
    pub fn saved(&mut self, save: Save) -> Result<(), Corrupt> {
        self.memory.adopt(save.plan)?;
        self.named = save.named;
        (self.events_since_checkpoint, self.blocks_since_checkpoint) = (0, 0);
        self.due = (CHECKPOINT_EVENTS, CHECKPOINT_BLOCKS);
        Ok(())
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
            spilled: self.memory.spilled() as u64,
            subjects: self.subjects.len() as u64,
            refusals: self.refusals,
            damage: self.damage,
            ..self.counters.bounds()
        }
    }

    fn expire(&mut self, now: Timestamp) {
        self.memory.expire(now);
        self.subjects.expire(now);
    }

    /// Remembers what a new event tells of its subject, and what is to be counted of it; whether a
    /// newer event has said more already.
    fn learn(
        &mut self,
        candidate: &Candidate,
        source: &str,
        generation: u8,
        received: Timestamp,
    ) -> bool {
        let Some(subject) = candidate.subject else {
            return false;
        };
        let change = self.subjects.learn(&candidate.event, subject, source, generation, received);
        self.corrections.push_back(change.corrections);
        change.superseded
    }

    fn count(&mut self, block: &Block) {
        self.seq = block.seq;
        self.generation_written = block.generation;
        self.events_since_checkpoint += block.events();
        self.blocks_since_checkpoint += 1;
        let Self { counters, additions, corrections, subjects, received, .. } = self;
        for group in &block.groups {
            *received = group.received.max(*received);
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
        let block = Block { seq: self.seq + 1, generation: self.generation, groups };
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
}
