//! Checkpoints: everything that a ledger knows at one block, so that a restore reads the blocks
//! after it only.

use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    counters::{Counters, CountersState},
    dedup::DedupMemory,
    rejected::Position,
    sealed::{self, Kind},
    subjects::{Subjects, SubjectsState},
    time::Timestamp,
};

const CHECKPOINT: Kind = Kind { tag: b'C', version: 3 };

/// What a checkpoint holds.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    pub(crate) birth: u64,
    pub(crate) seq: u64,
    pub(crate) counters: Counters,
    pub(crate) memory: DedupMemory,
    pub(crate) subjects: Subjects,
}

#[derive(Serialize, Deserialize)]
struct Head {
    birth: u64,
    seq: u64,
    counters: CountersState,
    subjects: SubjectsState,
}

/// The head, then the keys as they are: a million of them must not pass through a parser.
pub(crate) fn encode(
    birth: u64,
    seq: u64,
    counters: &Counters,
    memory: &DedupMemory,
    subjects: &Subjects,
) -> Vec<u8> {
    let head = Head { birth, seq, counters: counters.state(), subjects: subjects.state() };
    let mut bytes = postcard::to_extend(&head, sealed::start(CHECKPOINT)).unwrap_or_default();
    bytes.reserve_exact(memory.written_bytes() + 4);
    memory.write(&mut bytes);
    sealed::seal_body(bytes)
}

pub(crate) fn decode(bytes: &[u8], seed: u64) -> Result<Checkpoint, Corrupt> {
    let body = sealed::open_body(CHECKPOINT, bytes)?;
    let (head, keys) = postcard::take_from_bytes::<Head>(body)
        .map_err(|_| Corrupt("the head of the checkpoint cannot be read"))?;
    if head.seq > Position::END.seq {
        return Err(Corrupt("a block number that no ledger comes to"));
    }
    let mut counters = Counters::new(seed);
    // As old as it gets: what has expired since goes when time is next looked at.
    counters.merge_state(&head.counters, Timestamp::from_ms(i64::MIN))?;
    let memory = DedupMemory::read(keys, seed)?;
    let subjects = Subjects::restore(head.subjects, seed)?;
    Ok(Checkpoint { birth: head.birth, seq: head.seq, counters, memory, subjects })
}
