//! What leaves a ledger for its hub: deltas in their time, and what a hub has missed.
//!
//! At most one delta in [`PUBLISH_EVERY_MS`]; the last [`RECENT_DELTAS_MAX`] are kept for a hub that
//! missed some.

use crate::counters::{Additions, Delta};

use super::{Effect, Ledger, LedgerSnapshot, Pulled};

/// Least time between two deltas, in milliseconds.
pub const PUBLISH_EVERY_MS: i64 = 250;
/// How many deltas are kept for a hub that missed some.
const RECENT_DELTAS_MAX: usize = 16;

impl Ledger {
    /// What a hub has missed that knows everything up to block `after` of the ledger born as
    /// `birth`.
    pub fn pull(&mut self, birth: u64, after: u64) -> Pulled {
        if birth == self.birth && after > self.seq {
            self.fall_behind(after);
        }
        self.close_delta();
        let missed: Vec<Delta> =
            self.recent.iter().filter(|delta| delta.from >= after).cloned().collect();
        let complete = after == self.seq || missed.first().is_some_and(|first| first.from == after);
        if birth == self.birth && complete {
            return Pulled::Deltas(missed);
        }
        self.counters.advance(self.now);
        Pulled::Snapshot(Box::new(LedgerSnapshot {
            birth: self.birth,
            seq: self.seq,
            counters: self.counters.state(),
        }))
    }

    pub(super) fn publish_or_wait(&mut self) -> Option<Effect> {
        if self.published_seq == self.seq {
            return None;
        }
        // A clock that went back must not hold anything up.
        let due = self.published_at.plus_ms(PUBLISH_EVERY_MS);
        if self.clock < self.published_at || self.clock >= due {
            return self.publish();
        }
        let asked = core::mem::replace(&mut self.wake_asked, true);
        (!asked).then_some(Effect::WakeAt(due))
    }

    pub(super) fn publish(&mut self) -> Option<Effect> {
        self.published_at = self.clock;
        self.close_delta().map(Effect::Publish)
    }

    /// Counts what was noted since the last delta: only then the counters are those of `seq`.
    pub(super) fn settle(&mut self) -> Additions {
        let additions = core::mem::take(&mut self.additions);
        self.counters.settle(&additions, self.now);
        additions
    }

    pub(super) fn close_delta(&mut self) -> Option<Delta> {
        if self.published_seq == self.seq {
            return None;
        }
        let additions = self.settle();
        let delta = self.counters.delta(self.published_seq, self.seq, additions);
        self.published_seq = self.seq;
        if self.recent.len() == RECENT_DELTAS_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(delta.clone());
        Some(delta)
    }
}
