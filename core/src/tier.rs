//! Tiers: counters by time, in rings of equal buckets, the finer the shorter they reach back.
//!
//! Bounds: a tier holds the buckets that start within its span before now, and at most
//! [`CELLS_MAX`] cells (one series in one bucket). A cell past that is counted under the folded
//! series of its bucket.

use std::collections::BTreeMap;

use core::hash::{BuildHasherDefault, Hash, Hasher};
use hashbrown::HashMap;

use crate::{
    fact::add_sums,
    series::SeriesId,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
};

/// The smallest span of event time that counters tell apart, in milliseconds.
pub const PANE_MS: i64 = 30 * SECOND_MS;
/// Most cells of one tier.
pub const CELLS_MAX: usize = 100_000;

/// How finely and how far back a tier counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierSpec {
    /// Length of a bucket, in milliseconds.
    pub bucket_ms: i64,
    /// How long before now a bucket may start, in milliseconds.
    pub span_ms: i64,
}

/// Every tier, finest first. The all-time total stands beside them.
pub const TIERS: [TierSpec; 4] = [
    TierSpec { bucket_ms: PANE_MS, span_ms: 2 * HOUR_MS },
    TierSpec { bucket_ms: 5 * MINUTE_MS, span_ms: 48 * HOUR_MS },
    TierSpec { bucket_ms: HOUR_MS, span_ms: 35 * DAY_MS },
    TierSpec { bucket_ms: DAY_MS, span_ms: 400 * DAY_MS },
];

impl TierSpec {
    /// Whether the bucket that starts at `start` is still held at `now`.
    #[must_use]
    pub const fn holds(&self, start: Timestamp, now: Timestamp) -> bool {
        start.ms() > now.ms().saturating_sub(self.span_ms)
    }

    /// Whether an event of `time` still counts in this tier at `now`.
    #[must_use]
    pub const fn counts(&self, time: Timestamp, now: Timestamp) -> bool {
        self.holds(time.floor(self.bucket_ms), now)
    }
}

/// The sums of each series within one span of time, or of other keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bucket<K = SeriesId> {
    rows: HashMap<K, u32, BuildHasherDefault<DenseHasher>>,
    keys: Vec<K>,
    /// The measures of one key after those of another.
    sums: Vec<i64>,
}

impl<K: Copy + Eq + Hash> Bucket<K> {
    /// Adds to a key that has a row already; false when it has none.
    fn add_known(&mut self, key: K, sums: &[i64]) -> bool {
        let Some(row) = self.rows.get(&key) else {
            return false;
        };
        let start = *row as usize * sums.len();
        if let Some(row) = self.sums.get_mut(start..start + sums.len()) {
            add_sums(row, sums);
        }
        true
    }

    /// Adds to a key, always as many sums; true when that made a new row.
    pub(crate) fn add(&mut self, key: K, sums: &[i64]) -> bool {
        if self.add_known(key, sums) {
            return false;
        }
        self.rows.insert(key, self.keys.len() as u32);
        self.keys.push(key);
        self.sums.extend_from_slice(sums);
        true
    }

    /// Each key with its sums.
    pub(crate) fn rows(&self, width: usize) -> impl Iterator<Item = (K, &[i64])> {
        self.keys.iter().copied().zip(self.sums.chunks_exact(width.max(1)))
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }
}

/// The buckets of one tier, by their position since the epoch.
#[derive(Clone, Debug)]
pub(crate) struct Tier {
    pub(crate) spec: TierSpec,
    buckets: BTreeMap<i64, Bucket>,
    cells: usize,
}

impl Tier {
    pub(crate) fn new(spec: TierSpec) -> Self {
        Self { spec, buckets: BTreeMap::new(), cells: 0 }
    }

    /// Adds to the bucket that contains `time`, or nothing when it is no longer held at `now`.
    /// `fold` gives the series to use instead when there is no room for another cell; the answer
    /// says whether it was needed.
    pub(crate) fn add(
        &mut self,
        time: Timestamp,
        now: Timestamp,
        series: SeriesId,
        sums: &[i64],
        fold: impl FnOnce(SeriesId) -> SeriesId,
    ) -> bool {
        if !self.spec.counts(time, now) {
            return false;
        }
        let bucket = self.buckets.entry(time.ms().div_euclid(self.spec.bucket_ms)).or_default();
        if bucket.add_known(series, sums) {
            return false;
        }
        let full = self.cells >= CELLS_MAX;
        let series = if full { fold(series) } else { series };
        self.cells += usize::from(bucket.add(series, sums));
        full
    }

    /// Forgets the buckets that are no longer held at `now`.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        while let Some(oldest) = self.buckets.first_entry() {
            let start = Timestamp::from_ms(oldest.key().saturating_mul(self.spec.bucket_ms));
            if self.spec.holds(start, now) {
                break;
            }
            self.cells -= oldest.remove().len();
        }
    }

    /// The buckets that start within `[from, to)`, with their positions.
    pub(crate) fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = (i64, &Bucket)> {
        let position = |at: Timestamp| at.ms().div_euclid(self.spec.bucket_ms);
        let range = position(from)..position(to).max(position(from));
        self.buckets.range(range).map(|(position, bucket)| (*position, bucket))
    }

    /// Every bucket, oldest first.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = (i64, &Bucket)> {
        self.buckets.iter().map(|(position, bucket)| (*position, bucket))
    }
}

/// Spreads numbers of series and of panes. Those are dense: senders who chose the times of their
/// events with care could slow one publication down, and no more.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DenseHasher(u64);

impl Hasher for DenseHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value as u64);
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(tier: &mut Tier, ms: i64, now_ms: i64, series: SeriesId) -> bool {
        tier.add(Timestamp::from_ms(ms), Timestamp::from_ms(now_ms), series, &[1, 0], |_| 9_999_999)
    }

    fn total(tier: &Tier) -> i64 {
        tier.buckets().flat_map(|(_, bucket)| bucket.rows(2)).map(|(_, sums)| sums[0]).sum()
    }

    #[test]
    fn counts_what_is_within_the_span() {
        let mut tier = Tier::new(TIERS[0]);
        let now = 10 * HOUR_MS;
        add(&mut tier, now - 2 * HOUR_MS, now, 0);
        assert_eq!(total(&tier), 0);
        add(&mut tier, now - 2 * HOUR_MS + PANE_MS, now, 0);
        add(&mut tier, now + 5 * MINUTE_MS, now, 0);
        assert_eq!(total(&tier), 2);
    }

    #[test]
    fn forgets_as_time_goes_on() {
        let mut tier = Tier::new(TIERS[0]);
        add(&mut tier, 0, 0, 0);
        tier.advance(Timestamp::from_ms(2 * HOUR_MS - 1));
        assert_eq!(total(&tier), 1);
        tier.advance(Timestamp::from_ms(2 * HOUR_MS));
        assert_eq!((total(&tier), tier.cells), (0, 0));
    }

    #[test]
    fn folds_new_cells_past_the_bound_and_loses_nothing() {
        let mut tier = Tier::new(TIERS[1]);
        for series in 0..CELLS_MAX as SeriesId {
            assert!(!add(&mut tier, 0, 0, series));
        }
        assert!(add(&mut tier, 0, 0, 500_000));
        assert!(!add(&mut tier, 0, 0, 0));
        assert_eq!(total(&tier), CELLS_MAX as i64 + 2);
        assert_eq!(tier.cells, CELLS_MAX + 1);
    }
}
