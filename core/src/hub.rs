//! The hub: the sum of the ledgers of one space, and what its viewers have missed.
//!
//! It owns no numbers: whenever it cannot go on (a delta is missing, a ledger was born anew) it is
//! made again from the ledgers. Its position is the sum of theirs; those only grow, so that within
//! one lineage equal positions mean equal numbers, over restarts too. At most one frame in
//! [`PUBLISH_EVERY_MS`]. Who its viewers are and what each may be sent is not its matter but that
//! of the [`Audience`].

mod audience;
mod board;
mod listener;
mod ring;
mod subscription;

pub use audience::{Act, Audience, Full, Message, SOCKETS_MAX, next_beat};
pub use listener::{Closing, Flavour, Heard};
pub use ring::Bytes;

use serde::{Deserialize, Serialize};

use crate::{
    answer::{Answer, answer},
    corrupt::Corrupt,
    counters::{Additions, Counters, Delta},
    ledger::{LedgerSnapshot, PUBLISH_EVERY_MS},
    live::{Frame, Request},
    query::{Query, QueryError},
    time::Timestamp,
};

use ring::Ring;

/// One ledger, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    birth: u64,
    seq: u64,
}

/// A delta on its way from a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The ledger's shard.
    pub shard: u16,
    /// Tells the ledger from one that was in its place before.
    pub birth: u64,
    /// What it has counted.
    pub delta: Delta,
}

/// What became of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merged {
    /// It is counted now, or was already.
    Done,
    /// Deltas before it are missing: ask the ledgers and make the hub again.
    Gap,
}

/// What a viewer has missed.
#[derive(Debug)]
pub(crate) enum Missed {
    /// The deltas since its position.
    Deltas(Vec<Bytes>),
    /// Everything: deltas do not reach back that far, or its numbers are of another lineage.
    Snapshot(Bytes),
}

impl Missed {
    fn frames(&self) -> &[Bytes] {
        match self {
            Self::Deltas(deltas) => deltas,
            Self::Snapshot(snapshot) => core::slice::from_ref(snapshot),
        }
    }
}

/// The sum of the ledgers of one space.
#[derive(Debug)]
pub struct Hub {
    space: String,
    lineage: u64,
    parts: Vec<Part>,
    counters: Counters,
    /// Counted and not yet sent.
    additions: Additions,
    sent_seq: u64,
    sent_at: Timestamp,
    ring: Ring,
    /// The last snapshot that was sent, with its position.
    snapshot: Option<(u64, Bytes)>,
}

impl Hub {
    /// The sum of these ledgers, one for each shard in their order.
    ///
    /// # Errors
    /// [`Corrupt`] when a snapshot cannot be read.
    pub fn new(
        space: &str,
        ledgers: &[LedgerSnapshot],
        seed: u64,
        now: Timestamp,
    ) -> Result<Self, Corrupt> {
        let mut counters = Counters::new(seed);
        for ledger in ledgers {
            counters.merge_state(&ledger.counters, now)?;
        }
        let parts: Vec<Part> =
            ledgers.iter().map(|ledger| Part { birth: ledger.birth, seq: ledger.seq }).collect();
        // Any mixture that depends on every birth and on their order.
        let lineage = parts.iter().fold(parts.len() as u64, |lineage, part| {
            (lineage.rotate_left(7) ^ part.birth).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        let sent_seq = sum(&parts);
        Ok(Self {
            space: space.to_owned(),
            lineage,
            parts,
            counters,
            additions: Additions::default(),
            sent_seq,
            sent_at: Timestamp::from_ms(0),
            ring: Ring::default(),
            snapshot: None,
        })
    }

    /// Up to where each ledger is known: its birth and its last block, in the order of the shards.
    pub fn positions(&self) -> impl Iterator<Item = (u64, u64)> {
        self.parts.iter().map(|part| (part.birth, part.seq))
    }

    /// Counts a delta.
    ///
    /// # Errors
    /// [`Corrupt`] when it does not fit: make the hub again.
    pub fn merge(&mut self, published: &Published, now: Timestamp) -> Result<Merged, Corrupt> {
        let Published { shard, birth, delta } = published;
        let Some(part) = self.parts.get_mut(usize::from(*shard)) else {
            return Ok(Merged::Gap);
        };
        if part.birth == *birth && delta.to <= part.seq {
            return Ok(Merged::Done);
        }
        if part.birth != *birth || delta.from != part.seq {
            return Ok(Merged::Gap);
        }
        self.counters.advance(now);
        self.counters.merge(delta, now, Some(&mut self.additions))?;
        part.seq = delta.to;
        Ok(Merged::Done)
    }

    /// When the next frame may be sent; none when there is nothing to send. A clock that went back
    /// must not hold anything up.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Option<Timestamp> {
        let due = if now < self.sent_at { now } else { self.sent_at.plus_ms(PUBLISH_EVERY_MS) };
        (self.sent_seq != self.seq()).then_some(due)
    }

    /// Whether everything counted was sent: then a snapshot is of the position that others are at.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.sent_seq == self.seq()
    }

    /// Numbers and position, as far as they were sent.
    #[must_use]
    pub fn position(&self) -> (u64, u64) {
        (self.lineage, self.sent_seq)
    }

    /// The frame for every viewer, if there is anything new and its time has come.
    pub fn flush(&mut self, now: Timestamp) -> Option<Bytes> {
        self.due(now).filter(|due| now >= *due).and_then(|_| self.close_frame(now))
    }

    fn close_frame(&mut self, now: Timestamp) -> Option<Bytes> {
        let (from, to) = (self.sent_seq, self.seq());
        if from == to {
            return None;
        }
        let delta = self.counters.delta(from, to, core::mem::take(&mut self.additions));
        let frame = Bytes::from(Frame::Delta { now, delta }.encode());
        (self.sent_seq, self.sent_at) = (to, now);
        self.ring.keep(from, frame.clone(), now);
        Some(frame)
    }

    /// The frame that greets a viewer which asked to go on.
    #[must_use]
    pub fn hello(&self, now: Timestamp) -> Bytes {
        Frame::Hello { space: self.space.clone(), lineage: self.lineage, now }.encode().into()
    }

    /// Answers a viewer that asks to go on.
    pub fn resume(&mut self, request: &Request, now: Timestamp) -> Vec<Bytes> {
        let Request::Resume { lineage, seq } = *request;
        let mut frames = vec![self.hello(now)];
        frames.extend_from_slice(self.missed(lineage, seq, now).frames());
        frames
    }

    /// What leads from the numbers of a lineage at a position to those of now. Whatever waits for its
    /// frame is put into one.
    pub(crate) fn missed(&mut self, lineage: Option<u64>, seq: u64, now: Timestamp) -> Missed {
        self.close_frame(now);
        if lineage == Some(self.lineage) {
            if seq == self.sent_seq {
                return Missed::Deltas(Vec::new());
            }
            if let Some(frames) = self.ring.since(seq) {
                return Missed::Deltas(frames.cloned().collect());
            }
        }
        Missed::Snapshot(self.snapshot(now))
    }

    /// Everything counted, encoded once for all viewers that ask at the same position.
    fn snapshot(&mut self, now: Timestamp) -> Bytes {
        if let Some((seq, frame)) = &self.snapshot
            && *seq == self.sent_seq
        {
            return frame.clone();
        }
        self.counters.advance(now);
        let (lineage, seq, counters) = (self.lineage, self.sent_seq, self.counters.state());
        let frame = Frame::Snapshot { lineage, seq, counters }.encode().into();
        self.snapshot.insert((seq, frame)).1.clone()
    }

    /// The frame that says that the server is there.
    #[must_use]
    pub fn beat(&self, now: Timestamp) -> Bytes {
        let watermark = self.counters.integrity().total().last_event;
        Frame::Beat { seq: self.sent_seq, now, watermark }.encode().into()
    }

    /// Evaluates a query.
    ///
    /// # Errors
    /// When no tier holds the whole window any more.
    pub fn answer(&self, query: &Query, now: Timestamp) -> Result<Answer, QueryError> {
        answer(&self.counters, &self.space, query, now)
    }

    /// The answer of `GET /api/v1/integrity`, but for `bounds`.
    #[must_use]
    pub fn integrity(&self) -> serde_json::Value {
        self.counters.integrity().to_json(&self.space)
    }

    fn seq(&self) -> u64 {
        sum(&self.parts)
    }
}

fn sum(parts: &[Part]) -> u64 {
    parts.iter().fold(0, |sum, part| sum.saturating_add(part.seq))
}
