//! Subjects: what some events are about, where a later event may correct what an earlier one told.

use serde::{Deserialize, Serialize};

use crate::{
    fact::{Sums, add_sums},
    key::DedupKey,
    series::SeriesId,
    time::Timestamp,
};

/// What an event is about. Events of one subject meet in one ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What the subject belongs to: all subjects of a topic are forgotten together.
    pub topic: DedupKey,
    /// The subject itself.
    pub key: DedupKey,
}

/// What is to be added at an instant, under values that [`Subjects`](crate::subjects::Subjects)
/// keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Correction {
    pub(crate) time: Timestamp,
    pub(crate) label: SeriesId,
    pub(crate) sums: Sums,
}

impl Correction {
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        (self.time, self.label) == (other.time, other.label)
    }

    pub(crate) fn negated(self) -> Self {
        Self { sums: self.sums.map(i64::saturating_neg), ..self }
    }

    /// Itself, unless it adds nothing.
    pub(crate) fn if_any(self) -> Option<Self> {
        self.sums.iter().any(|sum| *sum != 0).then_some(self)
    }

    /// What is left when another at the same place is taken away.
    pub(crate) fn less(self, other: &Self) -> Option<Self> {
        let mut rest = self;
        add_sums(&mut rest.sums, &other.clone().negated().sums);
        rest.if_any()
    }
}
