//! What one ledger tells another of events that came to it before the number of shards changed.
//!
//! Each number of shards that a space has had is a generation. An event goes to its home in the newest one, which knows
//! nothing of what came before; so its homes in the generations before are asked, and what they remember goes along with
//! the event. A ledger that was asked on behalf of a generation takes nothing of an older one any more
//! ([`Busy::Moved`](crate::Busy)): that makes its answer final. It keeps what it remembers, because the event may never
//! arrive and be sent again.
//!
//! Bound: the events of one request.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    dedup::Seen,
    domain::{Candidate, Remembered},
    key::DedupKey,
};

/// What an earlier home of some events is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enquiry {
    /// On behalf of which generation.
    pub generation: u8,
    /// The source of the events.
    pub source: String,
    /// Their keys, and the fingerprints of their content.
    pub keys: BTreeSet<(DedupKey, u32)>,
    /// What they are about.
    pub subjects: BTreeSet<DedupKey>,
}

/// What it remembers of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heritage {
    /// Events that it has taken.
    pub(crate) taken: BTreeSet<DedupKey>,
    /// Events that it has taken with other content.
    pub(crate) otherwise: BTreeSet<DedupKey>,
    pub(crate) subjects: Vec<Moved>,
}

/// What is remembered of a subject, on its way to another ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moved {
    pub(crate) subject: DedupKey,
    /// When it is forgotten, in hours since the epoch.
    pub(crate) ends_h: i64,
    /// How often the number of shards had changed when an event told of it last.
    pub(crate) generation: u8,
    /// Its labels are positions in `labels`.
    pub(crate) remembered: Remembered,
    /// The values of each label's dimensions.
    pub(crate) labels: Vec<Vec<String>>,
}

impl Enquiry {
    /// Asks about an event, once.
    pub(crate) fn ask(&mut self, candidate: &Candidate) {
        self.keys.insert((candidate.key, candidate.content));
        self.subjects.extend(candidate.subject);
    }
}

impl Heritage {
    /// Remembers how an event was seen.
    pub(crate) fn note(&mut self, key: DedupKey, seen: Seen) {
        match seen {
            Seen::New => {}
            Seen::Before | Seen::Presumed => drop(self.taken.insert(key)),
            Seen::Otherwise => drop(self.otherwise.insert(key)),
        }
    }

    /// Whether an event was taken.
    pub(crate) fn seen(&self, key: DedupKey) -> Option<Seen> {
        if self.taken.contains(&key) {
            return Some(Seen::Before);
        }
        self.otherwise.contains(&key).then_some(Seen::Otherwise)
    }
}
