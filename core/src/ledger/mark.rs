//! Where the journal ends, written down beside it: a row that is missing at the end leaves no gap.
//!
//! A row of its own for every commit would cost as much as the journal. So the end is written at most
//! once in [`MARK_EVERY_MS`], and what is younger can be missed by nobody but the hub.

use crate::{
    corrupt::Corrupt,
    sealed::{self, Kind},
    time::Timestamp,
};

use super::{Effect, Ledger};

const MARK: Kind = Kind { tag: b'E', version: 1 };
/// Least time between two marks, in milliseconds.
const MARK_EVERY_MS: i64 = 5_000;
/// As much before its time a mark may be written.
const EARLY_MS: i64 = 100;

/// What was last written down.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    seq: u64,
    /// When the next one is due, once it was asked for.
    due: Option<Timestamp>,
}

impl Ledger {
    /// Asks to be called when the end is to be written down, and does it then.
    pub(super) fn mark_or_wait(&mut self) -> Option<Effect> {
        if self.marked.seq == self.seq {
            return None;
        }
        let Some(due) = self.marked.due else {
            let due = self.clock.plus_ms(MARK_EVERY_MS);
            self.marked.due = Some(due);
            return Some(Effect::WakeAt(due));
        };
        // A timer may ring a little early; a clock that went back must not hold it up.
        let left_ms = due.ms().saturating_sub(self.clock.ms());
        if (EARLY_MS + 1..=MARK_EVERY_MS).contains(&left_ms) {
            return None;
        }
        self.marked = Mark { seq: self.seq, due: None };
        Some(Effect::Mark { bytes: sealed::seal(MARK, &self.seq) })
    }
}

/// Reads where the journal ended.
///
/// # Errors
/// [`Corrupt`] when it cannot be read.
pub(super) fn read(bytes: &[u8]) -> Result<u64, Corrupt> {
    sealed::open(MARK, bytes)
}
