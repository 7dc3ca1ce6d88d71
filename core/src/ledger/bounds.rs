//! How near a ledger is to its bounds, how often it reached them, and what it could not read: what the
//! integrity figures show of each ledger.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{damage::Damage, time::Timestamp};

use super::Busy;

/// How often a ledger took nothing because a bound was reached, since it was last started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusals {
    /// When that was: the first request since.
    pub since: Option<Timestamp>,
    /// Requests while too much waited for its commit.
    pub pending: u64,
    /// Requests while too many keys were remembered.
    pub keys: u64,
    /// Requests while too many subjects were remembered.
    pub subjects: u64,
}

impl Refusals {
    pub(super) fn note(&mut self, busy: Busy) {
        match busy {
            Busy::Pending => self.pending += 1,
            Busy::Keys => self.keys += 1,
            Busy::Subjects => self.subjects += 1,
            Busy::Unread | Busy::Moved => {}
        }
    }
}

/// How near a ledger is to its bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Dedup keys, of all within their time to live and of some beyond.
    pub keys: u64,
    /// Those of them that are in storage only.
    pub spilled: u64,
    /// Subjects that are remembered, of all domains.
    pub subjects: u64,
    /// Series, of all domains.
    pub series: u64,
    /// Cells that were counted under a folded series.
    pub folded: u64,
    /// Rejected events that are kept. The store counts them.
    pub rejects: u64,
    /// Their bytes.
    pub reject_bytes: u64,
    /// How many went before their time because the store was full, since the ledger was last started.
    pub rejects_dropped: u64,
    /// How often a bound was reached.
    pub refusals: Refusals,
    /// What could not be read.
    pub damage: Damage,
}

impl Bounds {
    /// One row of `bounds.ledgers` of `GET /api/v1/integrity`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let Refusals { since, pending, keys, subjects } = self.refusals;
        json!({
            "keys": self.keys,
            "keys_spilled": self.spilled,
            "subjects": self.subjects,
            "series": self.series,
            "folded": self.folded,
            "rejected_kept": self.rejects,
            "rejected_bytes": self.reject_bytes,
            "rejected_dropped": self.rejects_dropped,
            "refused": {
                "since": since.map(|at| at.to_string()),
                "pending": pending,
                "keys": keys,
                "subjects": subjects,
            },
            "damage": self.damage.to_json(),
        })
    }
}
