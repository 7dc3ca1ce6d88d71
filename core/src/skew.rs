//! The distribution of received − event time, small enough to keep for ever.
//!
//! A histogram with eight buckets to each doubling, so that its median is right to 6 %; additive,
//! so that ledgers merge in any order. At most 2 × 8 × 50 buckets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counts of delays by size and sign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Skew(BTreeMap<i16, u64>);

impl Skew {
    /// Counts one delay.
    pub fn add(&mut self, delay_ms: i64) {
        let count = self.0.entry(bucket(delay_ms)).or_default();
        *count = count.saturating_add(1);
    }

    /// Counts all that another has counted.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            let known = self.0.entry(*bucket).or_default();
            *known = known.saturating_add(*count);
        }
    }

    /// The middle delay in milliseconds; none when nothing was counted.
    #[must_use]
    pub fn median_ms(&self) -> Option<i64> {
        let all = self.0.values().fold(0_u64, |all, count| all.saturating_add(*count));
        let (half, mut seen) = (all.div_ceil(2), 0_u64);
        self.0
            .iter()
            .find(|(_, count)| {
                seen = seen.saturating_add(**count);
                seen >= half
            })
            .map(|(bucket, _)| middle(*bucket))
    }
}

/// Exact up to 15 ms, then by the leading four bits.
fn bucket(delay_ms: i64) -> i16 {
    let size = delay_ms.unsigned_abs().min(1 << 50);
    let bucket = match size.checked_ilog2() {
        None | Some(0..=3) => size as i16,
        Some(log) => (log as i16 - 2) * 8 + ((size >> (log - 3)) as i16 - 8),
    };
    if delay_ms < 0 { -bucket } else { bucket }
}

/// The largest bucket.
const BUCKET_MAX: i64 = (50 - 2) * 8;

/// The delay in the middle of a bucket; one that comes from elsewhere and is none of ours counts as
/// the largest.
fn middle(bucket: i16) -> i64 {
    let size = i64::from(bucket.unsigned_abs()).min(BUCKET_MAX);
    let middle = match size {
        0..=15 => size,
        _ => {
            let shift = (size / 8 - 1) as u32;
            ((8 + size % 8) << shift) + (1 << shift) / 2
        }
    };
    if bucket < 0 { -middle } else { middle }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delay_is_within_6_percent_of_its_bucket() {
        for size in (0..2_000).chain((11..50).map(|log| (1_i64 << log) + (1 << (log - 2)) + 3)) {
            for delay in [size, -size] {
                let found = middle(bucket(delay));
                assert!((found - delay).abs() * 16 <= delay.abs(), "{delay} became {found}");
            }
        }
    }

    #[test]
    fn a_bucket_that_is_none_of_ours_counts_as_the_largest() {
        assert_eq!(bucket(i64::MAX), BUCKET_MAX as i16);
        assert_eq!(middle(i16::MAX), middle(bucket(i64::MAX)));
        assert_eq!(middle(i16::MIN), middle(bucket(i64::MIN)));
    }

    #[test]
    fn the_median_is_the_middle_and_merges() {
        let of = |delays: &[i64]| {
            let mut skew = Skew::default();
            delays.iter().for_each(|delay| skew.add(*delay));
            skew
        };
        assert_eq!(of(&[]).median_ms(), None);
        assert_eq!(of(&[-3, 5, 1_000_000]).median_ms(), Some(5));
        let mut left = of(&[1, 2]);
        left.merge(&of(&[3, 4, 5]));
        assert_eq!(left, of(&[5, 4, 3, 2, 1]));
        assert_eq!(left.median_ms(), Some(3));
    }
}
