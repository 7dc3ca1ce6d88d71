//! The hub: the sum of the ledgers of one space, and what its viewers have missed.
//!
//! It owns no numbers: whenever it cannot go on (a delta is missing, a ledger was born anew) it is
//! made again from the ledgers. Its position is the sum of theirs; those only grow, so that within
//! one lineage equal positions mean equal numbers, over restarts too. At most one frame in
//! [`PUBLISH_EVERY_MS`]; deltas of the last minute are kept, at most [`RING_BYTES_MAX`] of them.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{
    answer::{Answer, answer},
    corrupt::Corrupt,
    counters::{Additions, Counters, Delta},
    ledger::{LedgerSnapshot, PUBLISH_EVERY_MS},
    live::{Frame, Request},
    query::{Query, QueryError},
    time::{MINUTE_MS, Timestamp},
};

/// Most bytes of deltas that are kept for viewers that come back.
const RING_BYTES_MAX: usize = 8 * 1_024 * 1_024;

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
    /// Encoded deltas with their positions and the time when they were sent.
    ring: VecDeque<(u64, u64, Timestamp, Vec<u8>)>,
    ring_bytes: usize,
    /// The last snapshot that was sent, with its position.
    snapshot: Option<(u64, Vec<u8>)>,
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
            ring: VecDeque::new(),
            ring_bytes: 0,
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

    /// The frame for every viewer, if there is anything new and its time has come.
    pub fn flush(&mut self, now: Timestamp) -> Option<Vec<u8>> {
        self.due(now).filter(|due| now >= *due).and_then(|_| self.close_frame(now))
    }

    fn close_frame(&mut self, now: Timestamp) -> Option<Vec<u8>> {
        let (from, to) = (self.sent_seq, self.seq());
        if from == to {
            return None;
        }
        let delta = self.counters.delta(from, to, core::mem::take(&mut self.additions));
        let frame = Frame::Delta { now, delta }.encode();
        (self.sent_seq, self.sent_at) = (to, now);
        self.ring_bytes += frame.len();
        self.ring.push_back((from, to, now, frame.clone()));
        let stale = |hub: &Self| {
            hub.ring_bytes > RING_BYTES_MAX
                || hub.ring.front().is_some_and(|(.., at, _)| at.plus_ms(MINUTE_MS) < now)
        };
        while stale(self)
            && let Some((.., frame)) = self.ring.pop_front()
        {
            self.ring_bytes -= frame.len();
        }
        Some(frame)
    }

    /// Answers a viewer that wants to go on: the frames for everyone, and those for it alone.
    pub fn resume(&mut self, request: &Request, now: Timestamp) -> (Option<Vec<u8>>, Vec<Vec<u8>>) {
        let Request::Resume { lineage, seq } = *request;
        // From here on the new viewer and the others have the same position.
        let everyone = self.close_frame(now);
        let hello = Frame::Hello { space: self.space.clone(), lineage: self.lineage, now };
        let mut frames = vec![hello.encode()];
        let missed = || self.ring.iter().skip_while(|(from, ..)| *from != seq);
        let known =
            lineage == Some(self.lineage) && (seq == self.sent_seq || missed().next().is_some());
        if known {
            frames.extend(missed().map(|(.., frame)| frame.clone()));
        } else {
            frames.push(self.snapshot(now));
        }
        (everyone, frames)
    }

    /// Everything counted, encoded once for all viewers that ask at the same position.
    fn snapshot(&mut self, now: Timestamp) -> Vec<u8> {
        if let Some((seq, frame)) = &self.snapshot
            && *seq == self.sent_seq
        {
            return frame.clone();
        }
        self.counters.advance(now);
        let (lineage, seq, counters) = (self.lineage, self.sent_seq, self.counters.state());
        let frame = Frame::Snapshot { lineage, seq, counters }.encode();
        self.snapshot.insert((seq, frame)).1.clone()
    }

    /// The frame that says that the server is there.
    #[must_use]
    pub fn beat(&self, now: Timestamp) -> Vec<u8> {
        let watermark = self.counters.integrity().total().last_event;
        Frame::Beat { seq: self.sent_seq, now, watermark }.encode()
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
