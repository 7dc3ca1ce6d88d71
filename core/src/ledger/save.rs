//! A checkpoint on its way to storage.
//!
//! It is written whole or not at all, with a new segment of the journal. It and the one before stay,
//! each with the blocks since; a run of keys stays as long as one of the two names it.

use crate::dedup::{NewRun, Plan};

/// Everything that a ledger knows, to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// Its bytes, of any length.
    pub bytes: Vec<u8>,
    pub(super) plan: Plan,
    pub(super) named: Vec<u32>,
    pub(super) named_before: Vec<u32>,
}

impl Save {
    /// Runs of keys that must be written with it.
    #[must_use]
    pub fn runs(&self) -> &[NewRun] {
        &self.plan.runs
    }

    /// Whether a run stays, which it or the checkpoint before it names; all others go.
    #[must_use]
    pub fn keeps(&self, run: u32) -> bool {
        self.named.contains(&run) || self.named_before.contains(&run)
    }
}
