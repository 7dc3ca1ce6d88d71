//! The journal: what the ledger writes down before it counts, block after block. Everything else
//! that a ledger knows can be told from its blocks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    domain::Candidate,
    heritage::Moved,
    integrity::Tally,
    key::DedupKey,
    reason::ReasonCode,
    sealed::{self, Kind},
    time::Timestamp,
};

const BLOCK: Kind = Kind { tag: b'J', version: 5 };

/// One row of the journal: the outcome of one or more requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Block {
    /// Its number: one more than that of the block before.
    pub(crate) seq: u64,
    /// How often the number of shards had changed, as far as its ledger had heard.
    pub(crate) generation: u8,
    pub(crate) groups: Vec<Group>,
}

/// The outcome of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) source: String,
    pub(crate) dedup_ttl_s: u32,
    pub(crate) received: Timestamp,
    /// Which of the source's secrets proved the request.
    pub(crate) secret: Option<u8>,
    pub(crate) accepted: Vec<Candidate>,
    pub(crate) duplicates: u64,
    pub(crate) conflicts: u64,
    /// How many of the accepted events came too late for the finest tier, or after a newer one.
    pub(crate) late: u64,
    pub(crate) refused: Refused,
    /// How often the number of shards had changed when its ledger was chosen.
    pub(crate) generation: u8,
    /// What was taken over from other ledgers, before the events.
    pub(crate) subjects: Vec<Moved>,
    /// What a replay is recognised by from now on; nothing unless it is one.
    pub(crate) replay: Vec<DedupKey>,
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

    /// Whether it holds more than one event, or request.
    pub(crate) fn is_divisible(&self) -> bool {
        self.groups.len() > 1 || self.events() > 1
    }

    /// Its groups, or the events of its only group, in two parts.
    pub(crate) fn halves(mut self) -> (Vec<Group>, Vec<Group>) {
        if self.groups.len() > 1 {
            let second = self.groups.split_off(self.groups.len() / 2);
            return (self.groups, second);
        }
        let second = self.groups.iter_mut().map(Group::second_half).collect();
        (self.groups, second)
    }

    /// How many events it holds.
    pub(crate) fn events(&self) -> usize {
        self.groups.iter().map(|group| group.accepted.len()).sum()
    }
}

impl Group {
    /// Takes half of the events out, into a group that has counted nothing else.
    fn second_half(&mut self) -> Self {
        Self {
            source: self.source.clone(),
            dedup_ttl_s: self.dedup_ttl_s,
            received: self.received,
            secret: None,
            accepted: self.accepted.split_off(self.accepted.len() / 2),
            duplicates: 0,
            conflicts: 0,
            late: 0,
            refused: Refused::default(),
            generation: self.generation,
            subjects: Vec::new(),
            replay: Vec::new(),
        }
    }

    /// The verdicts of this request.
    pub(crate) fn tally(&self) -> Tally {
        let mut tally = Tally {
            accepted: self.accepted.len() as u64,
            duplicates: self.duplicates,
            conflicts: self.conflicts,
            rejected: self.refused.rejected,
            filtered: self.refused.filtered,
            late: self.late,
            reasons: self.refused.reasons.clone(),
            last_received: Some(self.received),
            ..Tally::default()
        };
        if let Some(count) =
            self.secret.and_then(|secret| tally.secrets.get_mut(usize::from(secret)))
        {
            *count = 1;
        }
        for candidate in &self.accepted {
            tally.declared_duplicates += u64::from(candidate.event.is_declared_duplicate());
            if let Some(time) = candidate.event.time() {
                tally.skew.add(self.received.ms().saturating_sub(time.ms()));
                tally.last_event = tally.last_event.max(Some(time));
            }
        }
        tally
    }
}
