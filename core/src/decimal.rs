//! Numbers without floats: reads a JSON number as a whole number of cents, millionths or things, and
//! writes integers as decimals again.
//!
//! Exact for every input: digits are never passed through a float. Bounds: [`CENTS_MAX`], and 15
//! digits.

use core::fmt;

/// The largest value of one event, one billion euro. Sums of a hundred million such events still
/// fit in an `i64`.
pub const CENTS_MAX: i64 = 100_000_000_000;

/// Why a number is no amount of money; an amount may have several faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoneyFaults {
    /// Below zero.
    pub negative: bool,
    /// More than two decimals that are not zero.
    pub precision: bool,
    /// Above [`CENTS_MAX`].
    pub range: bool,
}

/// Reads the text of a JSON number (RFC 8259, already checked by the JSON parser) as cents.
///
/// # Errors
/// Every fault that the number has.
pub fn parse_cents(number: &str) -> Result<i64, MoneyFaults> {
    let Scaled { negative, units, inexact, .. } = Scaled::read(number, 2);
    let range = units.is_none_or(|cents| cents > CENTS_MAX || (cents == CENTS_MAX && inexact));
    let faults = MoneyFaults { negative, precision: inexact, range };
    match units {
        Some(cents) if faults == MoneyFaults::default() => Ok(cents),
        _ => Err(faults),
    }
}

/// Reads the text of a JSON number as units of ten to the power of minus `places`, further digits
/// rounded, halves up; `None` below zero and above `units_max`.
#[must_use]
pub fn parse_rounded(number: &str, places: u8, units_max: i64) -> Option<i64> {
    let Scaled { negative, units, inexact, half } = Scaled::read(number, i64::from(places));
    let in_range = |units: &i64| *units <= units_max && !(*units == units_max && inexact);
    units.filter(|_| !negative).filter(in_range).map(|units| units + i64::from(half))
}

/// The text of a whole number from 0 to `max`, however it is written: `1e2` is 100.
#[must_use]
pub fn parse_whole(number: &str, max: i64) -> Option<i64> {
    let Scaled { negative, units, inexact, .. } = Scaled::read(number, 0);
    units.filter(|units| !negative && !inexact && *units <= max)
}

/// Most digits of [`Scaled::units`].
const DIGITS_MAX: i64 = 15;

/// A number cut off after some places.
struct Scaled {
    /// Below zero, and not zero.
    negative: bool,
    /// `None` with more than [`DIGITS_MAX`] digits.
    units: Option<i64>,
    /// Digits other than zero were cut off.
    inexact: bool,
    /// What was cut off is half a unit or more.
    half: bool,
}

impl Scaled {
    fn read(number: &str, places: i64) -> Self {
        match plain(number, places) {
            Some(units) => {
                Self { negative: false, units: Some(units), inexact: false, half: false }
            }
            None => Self::read_any(number, places),
        }
    }

    fn read_any(number: &str, places: i64) -> Self {
        let (negative, magnitude) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number),
        };
        let (mantissa, exponent) = magnitude
            .split_once(['e', 'E'])
            .map_or((magnitude, 0), |(mantissa, exponent)| (mantissa, parse_exponent(exponent)));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // The digits are worth their integer times ten to the power of `scale`; zeros at both ends
        // carry no value and must not make a huge exponent matter.
        let fraction = fraction.trim_end_matches('0');
        let trailing = if fraction.is_empty() { trailing_zeros(whole) } else { 0 };
        let all = whole.len() + fraction.len() - trailing;
        let digits =
            || whole.bytes().chain(fraction.bytes()).take(all).skip_while(|digit| *digit == b'0');
        let significant = digits().count();
        if significant == 0 {
            return Self { negative: false, units: Some(0), inexact: false, half: false };
        }
        let scale = exponent
            .saturating_add(places)
            .saturating_add(trailing as i64)
            .saturating_sub(fraction.len() as i64);
        let kept = (significant as i64).saturating_add(scale);
        let half = usize::try_from(kept).is_ok_and(|kept| digits().nth(kept) >= Some(b'5'));
        let units = (kept <= DIGITS_MAX).then(|| {
            let kept = kept.clamp(0, significant as i64) as usize;
            let read =
                digits().take(kept).fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
            (0..scale.max(0)).fold(read, |sum, _| sum * 10)
        });
        Self { negative, units, inexact: scale < 0, half }
    }
}

/// Nearly every number: a few digits, and no more decimals than there are places.
fn plain(number: &str, places: i64) -> Option<i64> {
    let mut units = 0;
    let mut decimals = None;
    if number.len() > DIGITS_MAX as usize - places as usize {
        return None;
    }
    for byte in number.bytes() {
        match (byte, &mut decimals) {
            (b'0'..=b'9', None) => {}
            (b'0'..=b'9', Some(decimals)) if *decimals < places => *decimals += 1,
            (b'.', None) => {
                decimals = Some(0);
                continue;
            }
            _ => return None,
        }
        units = units * 10 + i64::from(byte - b'0');
    }
    Some((decimals.unwrap_or(0)..places).fold(units, |units, _| units * 10))
}

fn trailing_zeros(digits: &str) -> usize {
    digits.len() - digits.trim_end_matches('0').len()
}

/// Stops at ±10^9 instead of overflowing: far beyond what any digits can make up for, since a body
/// holds fewer digits than that.
fn parse_exponent(text: &str) -> i64 {
    let (sign, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    let magnitude = digits.iter().fold(0_i64, |sum, digit| {
        (sum * 10 + i64::from(digit.wrapping_sub(b'0'))).min(1_000_000_000)
    });
    sign * magnitude
}

/// A decimal number: `units` divided by ten to the power of `places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The number times ten to the power of `places`.
    pub units: i64,
    /// Decimals, at most 18.
    pub places: u8,
}

impl Decimal {
    /// A whole number.
    #[must_use]
    pub const fn whole(units: i64) -> Self {
        Self { units, places: 0 }
    }

    /// `numerator / denominator` with `places` decimals, halves rounded away from zero; `None` for
    /// a denominator of zero. Stops at the largest `i64` instead of overflowing.
    #[must_use]
    pub fn quotient(numerator: i64, denominator: i64, places: u8) -> Option<Self> {
        let one = 10_i64.pow(u32::from(places.min(18)));
        let plain = numerator >= 0 && denominator > 0;
        // Nearly always; dividing twice as many digits takes ten times as long.
        if let Some(scaled) = numerator.checked_mul(one).filter(|_| plain)
            && let Some(rounded) = scaled.checked_add(denominator / 2)
        {
            let units = rounded.checked_div(denominator)?;
            return Some(Self { units, places: places.min(18) });
        }
        let denominator = i128::from(denominator);
        let scaled = i128::from(numerator) * i128::from(one);
        let half = denominator.abs() / 2;
        let towards = if (scaled < 0) == (denominator < 0) { half } else { -half };
        let towards = if denominator < 0 { -towards } else { towards };
        let units = scaled.checked_add(towards)?.checked_div(denominator)?;
        let units = units.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
        Some(Self { units, places: places.min(18) })
    }

    /// Writes it as a JSON number with exactly `places` decimals.
    pub(crate) fn write(self, out: &mut String) {
        let places = usize::from(self.places.min(18));
        let mut digits = [b'0'; 20];
        let (mut rest, mut count) = (self.units.unsigned_abs(), 0);
        // One digit stands before the point, if only a zero.
        for digit in digits.iter_mut().rev() {
            if rest == 0 && count > places {
                break;
            }
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            count += 1;
        }
        if self.units < 0 {
            out.push('-');
        }
        for (position, digit) in digits.iter().skip(digits.len() - count).enumerate() {
            if position + places == count {
                out.push('.');
            }
            out.push(char::from(*digit));
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEGATIVE: MoneyFaults = MoneyFaults { negative: true, precision: false, range: false };
    const PRECISION: MoneyFaults = MoneyFaults { negative: false, precision: true, range: false };
    const RANGE: MoneyFaults = MoneyFaults { negative: false, precision: false, range: true };

    #[track_caller]
    fn check(number: &str, expected: Result<i64, MoneyFaults>) {
        assert_eq!(parse_cents(number), expected, "{number}");
    }

    #[test]
    fn what_is_read_at_once_is_read_the_same_step_by_step() {
        let digits = ["", "0", "5", "00", "10", "123456", "999999999999", "1234567890123456"];
        for (whole, fraction) in digits.iter().flat_map(|a| digits.map(|b| (*a, b))) {
            for number in [whole.to_string(), format!("{whole}.{fraction}")] {
                for places in [0, 2, 3, 6] {
                    let Some(units) = plain(&number, places) else {
                        continue;
                    };
                    let slow = Scaled::read_any(&number, places);
                    assert_eq!(slow.units, Some(units), "{number} {places}");
                    assert!(!slow.negative && !slow.inexact && !slow.half, "{number} {places}");
                }
            }
        }
        assert_eq!(plain("12.5", 2), Some(1_250));
        for none in ["1.234", "-1", "1e2", "12345678901234"] {
            assert_eq!(plain(none, 2), None, "{none}");
        }
    }

    #[test]
    fn reads_whole_cents_in_every_notation() {
        check("0", Ok(0));
        check("0.0", Ok(0));
        check("-0.000", Ok(0));
        check("1e2", Ok(10_000));
        check("1.5E+1", Ok(1_500));
        check("1234.50", Ok(123_450));
        check("0.01", Ok(1));
        check("1.10000000000000000000000000000000", Ok(110));
        check("120e-1", Ok(1_200));
        check("0.00000012e8", Ok(1_200));
        check("0e999999999999999999999", Ok(0));
        check("4.35", Ok(435));
    }

    #[test]
    fn refuses_a_third_decimal_and_negatives_together() {
        check("1.234", Err(PRECISION));
        check("0.001", Err(PRECISION));
        check("1e-3", Err(PRECISION));
        check("1e-999999999999", Err(PRECISION));
        check("-0.01", Err(NEGATIVE));
        check("-1.234", Err(MoneyFaults { precision: true, ..NEGATIVE }));
    }

    #[test]
    fn refuses_more_than_a_billion_euro() {
        check("1000000000", Ok(CENTS_MAX));
        check("1000000000.00", Ok(CENTS_MAX));
        check("1000000000.01", Err(RANGE));
        check("1000000000.001", Err(MoneyFaults { precision: true, ..RANGE }));
        check("1e9", Ok(CENTS_MAX));
        check("1e10", Err(RANGE));
        check("1e400", Err(RANGE));
        check("99999999999999999999999999", Err(RANGE));
    }

    #[test]
    fn rounds_halves_away_from_zero() {
        let text = |n, d, places| Decimal::quotient(n, d, places).map(|value| value.to_string());
        assert_eq!(text(42, 100, 2).as_deref(), Some("0.42"));
        assert_eq!(text(1, 8, 2).as_deref(), Some("0.13"));
        assert_eq!(text(-1, 8, 2).as_deref(), Some("-0.13"));
        assert_eq!(text(1, -8, 2).as_deref(), Some("-0.13"));
        assert_eq!(text(2, 3, 6).as_deref(), Some("0.666667"));
        assert_eq!(text(7, 1, 0).as_deref(), Some("7"));
        assert_eq!(text(1, 0, 2), None);
        assert_eq!(text(i64::MAX, 1, 18).as_deref(), Some("9.223372036854775807"));
    }

    #[test]
    fn writes_json_numbers_with_their_decimals() {
        let check = |units, places, expected: &str| {
            let written = Decimal { units, places }.to_string();
            assert_eq!(written, expected);
            assert!(serde_json::from_str::<f64>(&written).is_ok());
        };
        check(-1_250, 2, "-12.50");
        check(0, 0, "0");
        check(0, 6, "0.000000");
        check(7, 2, "0.07");
        check(-7, 1, "-0.7");
        check(i64::MIN, 0, "-9223372036854775808");
        check(i64::MAX, 18, "9.223372036854775807");
    }

    #[test]
    fn further_digits_are_rounded_where_that_is_asked_for() {
        let check = |number: &str, expected: Option<i64>| {
            assert_eq!(parse_rounded(number, 6, 1_000_000), expected, "{number}");
        };
        check("0", Some(0));
        check("-0.0", Some(0));
        check("0.62", Some(620_000));
        check("0.6200000000000001", Some(620_000));
        check("0.0000005", Some(1));
        check("0.00000049999", Some(0));
        check("4e-7", Some(0));
        check("1e-400", Some(0));
        check("0.9999999", Some(1_000_000));
        check("1", Some(1_000_000));
        check("1.0000000001", None);
        check("-0.1", None);
        check("1e400", None);
    }

    #[test]
    fn whole_numbers_have_no_rest() {
        let check = |number: &str, expected: Option<i64>| {
            assert_eq!(parse_whole(number, 1_000), expected, "{number}");
        };
        check("0", Some(0));
        check("1e2", Some(100));
        check("10.0", Some(10));
        check("1000", Some(1_000));
        check("1001", None);
        check("1.5", None);
        check("-1", None);
        check("1e99", None);
    }
}
