//! How far the time that a request was signed at may be from the time that it is received, both ways.

use polso_core::Timestamp;

use super::ProofFault;
use crate::config::table::Table;

/// How far unless the configuration says, in seconds: what all schemes that sign a time recommend.
const TOLERANCE_S: u32 = 300;

/// The widest window, in seconds. A captured request is good as long as that.
const TOLERANCE_S_MAX: u32 = 3_600;

/// The longest number that is read, in digits: milliseconds until the year 5138.
const DIGITS_MAX: usize = 14;

/// The unit of a time that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
}

impl Unit {
    pub(super) const NAMES: [(&str, Self); 2] = [("s", Self::Seconds), ("ms", Self::Milliseconds)];
}

/// A span of time on both sides of the receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    tolerance_s: u32,
}

impl Window {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let expected = "a time from `1s` to `1h`, like `5m`";
        let tolerance_s = table.duration_s("tolerance", TOLERANCE_S, 1..=TOLERANCE_S_MAX, expected);
        Self { tolerance_s }
    }

    /// From the first instant at which a time is within the window to the last, in seconds.
    pub(super) const fn span_s(self) -> u32 {
        2 * self.tolerance_s
    }

    /// Whether a time, as it was signed, is within the window around `now`; its bounds belong to it.
    ///
    /// # Errors
    /// What is wrong with the time.
    pub(super) fn check(self, text: &str, unit: Unit, now: Timestamp) -> Result<(), ProofFault> {
        if text.len() > DIGITS_MAX || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ProofFault::Malformed);
        }
        let number: i64 = text.parse().map_err(|_| ProofFault::Malformed)?;
        let signed_ms = match unit {
            Unit::Seconds => number.saturating_mul(1_000),
            Unit::Milliseconds => number,
        };
        let age_ms = now.ms().saturating_sub(signed_ms);
        let tolerance_ms = i64::from(self.tolerance_s) * 1_000;
        if age_ms > tolerance_ms {
            Err(ProofFault::Old)
        } else if age_ms < -tolerance_ms {
            Err(ProofFault::Early)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, unit: Unit, now_ms: i64, expected: Result<(), ProofFault>) {
        let window = Window { tolerance_s: 300 };
        assert_eq!(window.check(text, unit, Timestamp::from_ms(now_ms)), expected, "{text}");
    }

    #[test]
    fn the_bounds_of_the_window_belong_to_it() {
        for (unit, text) in [(Unit::Seconds, "1000"), (Unit::Milliseconds, "1000000")] {
            check(text, unit, 1_000_000, Ok(()));
            check(text, unit, 1_299_999, Ok(()));
            check(text, unit, 1_300_000, Ok(()));
            check(text, unit, 1_300_001, Err(ProofFault::Old));
            check(text, unit, 700_001, Ok(()));
            check(text, unit, 700_000, Ok(()));
            check(text, unit, 699_999, Err(ProofFault::Early));
        }
    }

    #[test]
    fn times_are_short_numbers() {
        for bad in ["", "-1", "+1", "1.5", "1e3", " 1", "1 ", "1, 1", "0x1", "١", "hello"] {
            check(bad, Unit::Seconds, 0, Err(ProofFault::Malformed));
        }
        check("99999999999999", Unit::Seconds, 0, Err(ProofFault::Early));
        check("999999999999999", Unit::Seconds, 0, Err(ProofFault::Malformed));
        check("0", Unit::Seconds, i64::MAX, Err(ProofFault::Old));
        check("0", Unit::Seconds, i64::MIN, Err(ProofFault::Early));
    }
}
