//! The journal: what the ledger writes down before it counts, block after block. Everything else
//! that a ledger knows can be told from its blocks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    domain::Candidate,
    integrity::Tally,
    reason::ReasonCode,
    sealed::{self, Kind},
    time::Timestamp,
};

const BLOCK: Kind = Kind { tag: b'J', version: 1 };

/// One row of the journal: the outcome of one or more requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Block {
    /// Its number: one more than that of the block before.
    pub(crate) seq: u64,
    pub(crate) groups: Vec<Group>,
}

/// The outcome of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) source: String,
    pub(crate) dedup_ttl_s: u32,
    pub(crate) received: Timestamp,
    pub(crate) accepted: Vec<Candidate>,
    pub(crate) duplicates: u64,
    pub(crate) conflicts: u64,
    pub(crate) refused: Refused,
}

/// Events that never came to the ledger's judgement, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Events that broke a rule.
    pub rejected: u64,
    /// Events that the source does not want.
    pub filtered: u64,
    /// How often each reason came.
    pub reasons: BTreeMap<ReasonCode, u64>,
}

impl Block {
    pub(crate) fn encode(&self) -> Vec<u8> {
        sealed::seal(BLOCK, self)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        sealed::open(BLOCK, bytes)
    }

    /// How many events it holds.
    pub(crate) fn events(&self) -> usize {
        self.groups.iter().map(|group| group.accepted.len()).sum()
    }
}

impl Group {
    /// The verdicts of this request.
    pub(crate) fn tally(&self) -> Tally {
        let mut tally = Tally {
            accepted: self.accepted.len() as u64,
            duplicates: self.duplicates,
            conflicts: self.conflicts,
            rejected: self.refused.rejected,
            filtered: self.refused.filtered,
            reasons: self.refused.reasons.clone(),
            last_received: Some(self.received),
            ..Tally::default()
        };
        for candidate in &self.accepted {
            tally.late += u64::from(candidate.event.is_late(self.received));
            tally.declared_duplicates += u64::from(candidate.event.fact("").is_none());
            if let Some(time) = candidate.event.time() {
                tally.skew.add(self.received.ms().saturating_sub(time.ms()));
                tally.last_event = tally.last_event.max(Some(time));
            }
        }
        tally
    }
}
