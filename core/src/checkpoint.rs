//! Checkpoints: everything that a ledger knows at one block, so that a restore reads the blocks
//! after it only. Of the dedup keys it names the runs, and holds those that are in none.

use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    counters::{Counters, CountersState},
    damage::Damage,
    dedup::{DedupMemory, Limits, Plan, RunState},
    rejected::Position,
    sealed::{self, Kind},
    subjects::{Subjects, SubjectsState},
    time::Timestamp,
};

const CHECKPOINT: Kind = Kind { tag: b'C', version: 5 };

/// What a checkpoint holds.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    pub(crate) birth: u64,
    pub(crate) seq: u64,
    /// How often the number of shards had changed.
    pub(crate) generation: u8,
    /// When the last request before it was received.
    pub(crate) received: Timestamp,
    pub(crate) damage: Damage,
    pub(crate) counters: Counters,
    pub(crate) memory: DedupMemory,
    pub(crate) subjects: Subjects,
}

#[derive(Serialize, Deserialize)]
struct Head {
    birth: u64,
    seq: u64,
    generation: u8,
    received: Timestamp,
    damage: Damage,
    next_run: u32,
    runs: Vec<RunState>,
    counters: CountersState,
    subjects: SubjectsState,
}

impl Checkpoint {
    /// A ledger that has seen nothing.
    pub(crate) fn blank(birth: u64, seed: u64, limits: Limits) -> Self {
        Self {
            birth,
            seq: 0,
            generation: 0,
            received: Timestamp::from_ms(0),
            damage: Damage::default(),
            counters: Counters::new(seed),
            memory: DedupMemory::new(seed, limits),
            subjects: Subjects::new(seed),
        }
    }
}

/// The head, then the keys that the plan carries, as they are.
pub(crate) fn encode(
    (birth, seq, generation, received): (u64, u64, u8, Timestamp),
    damage: Damage,
    counters: &Counters,
    (memory, plan): (&DedupMemory, &Plan),
    subjects: &Subjects,
) -> Vec<u8> {
    let (runs, next_run) = memory.states_after(plan);
    let (counters, subjects) = (counters.state(), subjects.state());
    let head =
        Head { birth, seq, generation, received, damage, next_run, runs, counters, subjects };
    let mut bytes = postcard::to_extend(&head, sealed::start(CHECKPOINT)).unwrap_or_default();
    bytes.reserve_exact(plan.written_bytes() + 4);
    plan.write(&mut bytes);
    sealed::seal_body(bytes)
}

pub(crate) fn decode(bytes: &[u8], seed: u64, limits: Limits) -> Result<Checkpoint, Corrupt> {
    let body = sealed::open_body(CHECKPOINT, bytes)?;
    let (head, keys) = postcard::take_from_bytes::<Head>(body)
        .map_err(|_| Corrupt("the head of the checkpoint cannot be read"))?;
    if head.seq > Position::END.seq {
        return Err(Corrupt("a block number that no ledger comes to"));
    }
    let mut counters = Counters::new(seed);
    // As old as it gets: what has expired since goes when time is next looked at.
    counters.merge_state(&head.counters, Timestamp::from_ms(i64::MIN))?;
    let mut memory = DedupMemory::new(seed, limits);
    memory.restore(&head.runs, head.next_run, keys)?;
    let subjects = Subjects::restore(head.subjects, seed)?;
    let Head { birth, seq, generation, received, damage, .. } = head;
    Ok(Checkpoint { birth, seq, generation, received, damage, counters, memory, subjects })
}
