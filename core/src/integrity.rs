//! Integrity: where every received event went. Received is never counted itself: it is the sum of
//! the verdicts, so that the equation holds at every instant.
//!
//! Additive like the counters; bounded by the number of configured sources.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{reason::ReasonCode, skew::Skew, time::Timestamp};

/// The verdicts on the events of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// New events.
    pub accepted: u64,
    /// Repetitions.
    pub duplicates: u64,
    /// Repetitions of an id with other content.
    pub conflicts: u64,
    /// Events that broke a rule.
    pub rejected: u64,
    /// Events that the source does not want.
    pub filtered: u64,
    /// Accepted events that the finest tier no longer counts, or that a newer one has superseded.
    pub late: u64,
    /// Accepted events that their sender itself calls duplicates; they count in no KPI.
    pub declared_duplicates: u64,
    /// Requests that each of the source's secrets proved: once the second one is not used any more,
    /// its rotation is over.
    pub secrets: [u64; 2],
    /// How often each reason rejected an event; an event may have several.
    pub reasons: BTreeMap<ReasonCode, u64>,
    /// Delays of accepted events.
    pub skew: Skew,
    /// The latest event time accepted.
    pub last_event: Option<Timestamp>,
    /// When the last event of any verdict was received.
    pub last_received: Option<Timestamp>,
}

impl Tally {
    /// Every event that was received.
    #[must_use]
    pub fn received(&self) -> u64 {
        [self.duplicates, self.conflicts, self.rejected, self.filtered]
            .iter()
            .fold(self.accepted, |all, count| all.saturating_add(*count))
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in [
            (&mut self.accepted, other.accepted),
            (&mut self.duplicates, other.duplicates),
            (&mut self.conflicts, other.conflicts),
            (&mut self.rejected, other.rejected),
            (&mut self.filtered, other.filtered),
            (&mut self.late, other.late),
            (&mut self.declared_duplicates, other.declared_duplicates),
        ] {
            *count = count.saturating_add(more);
        }
        for (count, more) in self.secrets.iter_mut().zip(other.secrets) {
            *count = count.saturating_add(more);
        }
        for (reason, more) in &other.reasons {
            let count = self.reasons.entry(*reason).or_default();
            *count = count.saturating_add(*more);
        }
        self.skew.merge(&other.skew);
        self.last_event = self.last_event.max(other.last_event);
        self.last_received = self.last_received.max(other.last_received);
    }

    fn to_json(&self) -> Value {
        let reasons: BTreeMap<&str, u64> =
            self.reasons.iter().map(|(reason, count)| (reason.code(), *count)).collect();
        json!({
            "received": self.received(),
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "conflicts": self.conflicts,
            "rejected": self.rejected,
            "filtered": self.filtered,
            "late": self.late,
            "declared_duplicates": self.declared_duplicates,
            "reasons": reasons,
            "secrets": self.secrets,
            "clock_skew_ms": self.skew.median_ms(),
            "last_event": self.last_event.map(|at| at.to_string()),
            "last_received": self.last_received.map(|at| at.to_string()),
        })
    }
}

/// The verdicts on the events of each source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Integrity(BTreeMap<String, Tally>);

impl Integrity {
    /// Adds verdicts on events of one source.
    pub fn add(&mut self, source: &str, tally: &Tally) {
        match self.0.get_mut(source) {
            Some(known) => known.merge(tally),
            None => {
                self.0.insert(source.to_owned(), tally.clone());
            }
        }
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(source, tally)| self.add(source, tally));
    }

    /// The verdicts on the events of all sources.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.0.values().for_each(|tally| total.merge(tally));
        total
    }

    /// The answer of `GET /api/v1/integrity`, but for `bounds`.
    #[must_use]
    pub fn to_json(&self, space: &str) -> Value {
        let sources: BTreeMap<&str, Value> =
            self.0.iter().map(|(name, tally)| (name.as_str(), tally.to_json())).collect();
        json!({ "space": space, "sources": sources, "total": self.total().to_json() })
    }
}
