//! What goes into a ledger and what comes out of it.

use serde::{Deserialize, Serialize};

use crate::{
    counters::{CountersState, Delta},
    domain::Candidate,
    heritage::Heritage,
    journal::Refused,
    key::DedupKey,
    rejected::{Reject, RejectRow},
    time::Timestamp,
};

use super::Save;

/// The events of one request that go to one shard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The source that they come from.
    pub source: String,
    /// How long their keys are remembered, in seconds.
    pub dedup_ttl_s: u32,
    /// Which of the source's secrets proved the request, from 0; none where that is not asked.
    pub secret: Option<u8>,
    /// How often the number of shards had changed when this ledger was chosen.
    pub generation: u8,
    /// What their homes of earlier generations remember.
    pub heritage: Vec<Heritage>,
    /// The valid events.
    pub candidates: Vec<Candidate>,
    /// The others, counted.
    pub refused: Refused,
    /// Those of them that are to be kept.
    pub rejects: Vec<Reject>,
    /// The key of the rejected event that this is a replay of: its candidate is a duplicate if that
    /// was replayed before.
    pub replay: Option<DedupKey>,
}

/// What became of one candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// New.
    Accepted {
        /// Older than the finest tier reaches back, or than what its subject told already.
        late: bool,
    },
    /// A repetition.
    Duplicate,
    /// A repetition of an id with other content.
    Conflict,
}

/// Why a ledger takes nothing more for now. Nothing of the batch was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Busy {
    /// Too much waits for its commit.
    Pending,
    /// Too many keys are remembered.
    Keys,
    /// Too many subjects are remembered.
    Subjects,
    /// What storage knows of its keys was not read.
    Unread,
    /// The number of shards has changed since it was sent.
    Moved,
}

/// I/O that has not happened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Append a block to the journal.
    Append {
        /// Its number.
        seq: u64,
        /// Its bytes, below 2 MB.
        block: Vec<u8>,
    },
    /// Keep rejected events, at once with the blocks of this commit.
    Keep {
        /// The last of those blocks.
        seq: u64,
        /// The latest time that was ever shown.
        now: Timestamp,
        /// How many events they are.
        events: u32,
        /// Packed, in their order.
        rows: Vec<RejectRow>,
    },
    /// Write a checkpoint; tell the ledger when it [was](super::Ledger::saved). When it fails nothing
    /// is lost, and the next one is due soon.
    Checkpoint(Save),
    /// Write down where the journal ends, in place of what was written before: rows that are missing
    /// there leave no gap. When it fails nothing is lost.
    Mark {
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Send a delta to the hub.
    Publish(Delta),
    /// Call `tick` at this time or later.
    WakeAt(Timestamp),
}

/// What the hub gets when it asks what it has missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pulled {
    /// The deltas since the position that it named; none when it missed nothing.
    Deltas(Vec<Delta>),
    /// Everything, because the deltas do not reach back that far.
    Snapshot(Box<LedgerSnapshot>),
}

/// Everything that a hub must know of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerSnapshot {
    /// Tells this ledger from one that was in its place before.
    pub birth: u64,
    /// The number of the last block.
    pub seq: u64,
    /// Everything counted.
    pub counters: CountersState,
}
