//! Spreads: sums that happened evenly over an interval. They are kept as they are and shared out
//! when a window is summed, so that a month of them costs no more than an hour.
//!
//! Shares are whole numbers that add up: over any windows that follow each other they sum to the
//! share of the whole, to the last unit. Bound: [`SPREADS_MAX`] intervals; past it the one that
//! ends first counts in the all-time total only, and that is counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{fact::Sums, series::SeriesId, tier::TIERS, time::Timestamp};

/// Most intervals that windows are shared out of.
pub(crate) const SPREADS_MAX: usize = 20_000;

/// Sums of one series, evenly over an interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spread {
    /// Start of the interval.
    pub(crate) from: Timestamp,
    /// End of the interval, later than its start; else no window gets a share.
    pub(crate) to: Timestamp,
    pub(crate) series: SeriesId,
    pub(crate) sums: Sums,
}

impl Spread {
    /// What of it lies between two instants; `None` when nothing does.
    pub(crate) fn share(&self, from: Timestamp, to: Timestamp) -> Option<Sums> {
        let (from, to) = (from.max(self.from), to.min(self.to));
        if from >= to {
            return None;
        }
        let mut sums = self.sums;
        for sum in sums.iter_mut().filter(|sum| **sum != 0) {
            *sum = self.until(*sum, to) - self.until(*sum, from);
        }
        Some(sums)
    }

    /// What of `sum` lies before `at`, an instant of the interval: a whole number, rounded down.
    fn until(&self, sum: i64, at: Timestamp) -> i64 {
        let length = self.to.ms().saturating_sub(self.from.ms()).max(1);
        let passed = at.ms().saturating_sub(self.from.ms());
        match sum.checked_mul(passed) {
            Some(product) => product.div_euclid(length),
            // Rarely needed, and slow in Wasm. Not above `sum`, since no more has passed than there is.
            None => (i128::from(sum) * i128::from(passed)).div_euclid(i128::from(length)) as i64,
        }
    }
}

/// The intervals that windows are shared out of, in the order of their ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spreads {
    by_end: BTreeMap<(Timestamp, u64), Spread>,
    /// How many were ever added: tells apart those that end together.
    added: u64,
}

impl Spreads {
    /// Keeps one more; the one that had to go for it comes back.
    pub(crate) fn add(&mut self, spread: Spread) -> Option<Spread> {
        self.added += 1;
        self.by_end.insert((spread.to, self.added), spread);
        let full = self.by_end.len() > SPREADS_MAX;
        full.then(|| self.by_end.pop_first()).flatten().map(|(_, first)| first)
    }

    /// Takes out one that no tier holds at `now` any more.
    pub(crate) fn pop_expired(&mut self, now: Timestamp) -> Option<Spread> {
        let oldest = TIERS.last().map_or(now, |coarsest| now.plus_ms(-coarsest.span_ms));
        let first = self.by_end.first_entry().filter(|first| first.key().0 <= oldest);
        first.map(|first| first.remove())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Spread> {
        self.by_end.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::MEASURES_MAX;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    fn spread(from: i64, to: i64, sum: i64) -> Spread {
        let mut sums = [0; MEASURES_MAX];
        sums[0] = sum;
        Spread { from: at(from), to: at(to), series: 0, sums }
    }

    #[test]
    fn shares_of_windows_in_a_row_add_up_to_the_last_unit() {
        for step in [1, 7, 30, 999] {
            let spread = spread(10, 1_010, 100);
            let windows = (0..1_100).step_by(step);
            let sum: i64 = windows
                .filter_map(|from| spread.share(at(from), at(from + step as i64)))
                .map(|sums| sums[0])
                .sum();
            assert_eq!(sum, 100, "step {step}");
        }
    }

    #[test]
    fn the_largest_amounts_over_the_longest_intervals_are_shared_to_the_last_unit() {
        let (sum, length) = (100_000_000_000, 400 * 86_400_000);
        for sum in [sum, sum - 1, i64::MAX] {
            let spread = spread(0, length, sum);
            let shares = [(0, 1), (1, length - 1), (length - 1, length)]
                .map(|(from, to)| spread.share(at(from), at(to)).map_or(0, |sums| sums[0]));
            assert_eq!(shares.iter().sum::<i64>(), sum, "{shares:?}");
            assert_eq!(shares[0], sum / length);
        }
    }

    #[test]
    fn a_share_is_what_lies_in_the_window() {
        let spread = spread(0, 1_000, 100);
        assert_eq!(spread.share(at(0), at(500)).map(|sums| sums[0]), Some(50));
        assert_eq!(spread.share(at(-500), at(10)).map(|sums| sums[0]), Some(1));
        assert_eq!(spread.share(at(1_000), at(2_000)), None);
        assert_eq!(spread.share(at(-10), at(0)), None);
    }

    #[test]
    fn past_the_bound_the_one_that_ends_first_goes() {
        let mut spreads = Spreads::default();
        for n in 0..SPREADS_MAX as i64 {
            assert_eq!(spreads.add(spread(0, 1_000 + n, 1)), None);
        }
        assert_eq!(spreads.add(spread(0, 5_000_000, 1)), Some(spread(0, 1_000, 1)));
        assert_eq!(spreads.iter().count(), SPREADS_MAX);
    }
}
