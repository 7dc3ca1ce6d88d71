//! Damage: what a ledger wrote and could not read again, in figures that stay.
//!
//! Nothing here is repaired by guessing. What is lost is lost in the open: the figures are kept in
//! every checkpoint from then on and shown with the integrity figures.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::time::Timestamp;

/// Everything that could not be read since a ledger began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damage {
    /// Rows that could not be read, or were not there: blocks, checkpoints, indexes, pages of keys.
    pub unreadable: u64,
    /// Blocks whose events are not counted. How many events those were nobody knows.
    pub blocks_lost: u64,
    /// The first and the last of these blocks.
    pub lost: Option<(u64, u64)>,
    /// Dedup keys that are forgotten: a repetition of their events counts again.
    pub keys_lost: u64,
    /// Events that were taken for repetitions because of a page of keys that cannot be read.
    pub presumed: u64,
    /// When the last of this was found.
    pub found: Option<Timestamp>,
}

impl Damage {
    /// Notes a row that cannot be read.
    pub(crate) fn note(&mut self, now: Timestamp) {
        self.unreadable = self.unreadable.saturating_add(1);
        self.found = self.found.max(Some(now));
    }

    /// Notes blocks whose events are lost.
    pub(crate) fn lose(&mut self, first: u64, last: u64) {
        let blocks = last.saturating_sub(first).saturating_add(1);
        self.blocks_lost = self.blocks_lost.saturating_add(blocks);
        self.lost = Some(match self.lost {
            Some((from, to)) => (from.min(first), to.max(last)),
            None => (first, last),
        });
    }

    /// Whether there is any.
    #[must_use]
    pub fn is_some(&self) -> bool {
        *self != Self::default()
    }

    /// The member `damage` of `GET /api/v1/integrity`: nothing when everything could be read.
    #[must_use]
    pub fn to_json(&self) -> Value {
        if !self.is_some() {
            return Value::Null;
        }
        json!({
            "unreadable": self.unreadable,
            "blocks_lost": self.blocks_lost,
            "first_lost": self.lost.map(|(first, _)| first),
            "last_lost": self.lost.map(|(_, last)| last),
            "keys_lost": self.keys_lost,
            "presumed_duplicates": self.presumed,
            "found": self.found.map(|at| at.to_string()),
        })
    }
}
