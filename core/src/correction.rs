//! Corrections: what a later event changes in what an earlier one of the same subject told.

use crate::{
    fact::{Sums, add_sums},
    series::SeriesId,
    time::Timestamp,
};

/// What is to be added at an instant, under values that [`Subjects`](crate::subjects::Subjects)
/// keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Correction {
    pub(crate) time: Timestamp,
    pub(crate) label: SeriesId,
    pub(crate) sums: Sums,
}

impl Correction {
    /// What moves what was counted as `old` to where it is counted as `new`.
    pub(crate) fn between(old: Option<Self>, new: Option<Self>) -> impl Iterator<Item = Self> {
        let parts = match (old, new) {
            (Some(old), Some(new)) if (new.time, new.label) == (old.time, old.label) => {
                [Some(new.less(&old)), None]
            }
            (old, new) => [old.map(Self::negated), new],
        };
        parts.into_iter().flatten().filter(|part| part.sums.iter().any(|sum| *sum != 0))
    }

    fn negated(self) -> Self {
        Self { sums: self.sums.map(i64::saturating_neg), ..self }
    }

    fn less(mut self, other: &Self) -> Self {
        add_sums(&mut self.sums, &other.sums.map(i64::saturating_neg));
        self
    }
}
