//! Instants: milliseconds since the Unix epoch, and their RFC 3339 text.
//!
//! Parsing is strict RFC 3339 (section 5.6) with two deliberate choices: any number of fraction
//! digits is read and cut to the millisecond, and a leap second `:60` counts as the first
//! millisecond of the next minute. Years 0000 to 9999. It knows no time zone beyond the offset.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Milliseconds in one second.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds in one minute.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// Milliseconds in one hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds in one day of UTC.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// An instant, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `ms` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// This instant moved by `ms` milliseconds; stops at the ends of the range instead of wrapping.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The last multiple of `step_ms` since the epoch that is not after this instant.
    #[must_use]
    pub const fn floor(self, step_ms: i64) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(step_ms)))
    }

    /// Reads RFC 3339 text; `None` when it is anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse_rfc3339(text.as_bytes()).map(Self)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with milliseconds, `2024-05-20T14:32:45.123Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
            ms / HOUR_MS,
            ms / MINUTE_MS % 60,
            ms / SECOND_MS % 60,
            ms % SECOND_MS
        )
    }
}

/// `2024-05-20T14:32:45[.123…](Z|±hh:mm)`, with `T` and `Z` in either case.
fn parse_rfc3339(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let (clock, rest) = rest.split_at_checked(9)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else {
        return None;
    };
    let [b'T' | b't', h1, h2, b':', n1, n2, b':', s1, s2] = *clock else {
        return None;
    };
    let year = number(&[y1, y2, y3, y4])?;
    let month = number(&[m1, m2])?;
    let day = number(&[d1, d2])?;
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction_ms, rest) = parse_fraction(rest)?;
    let offset_ms = parse_offset(rest)?;
    let utc_second = days_from_civil(year, month, day) * DAY_MS
        + hour * HOUR_MS
        + minute * MINUTE_MS
        + second * SECOND_MS
        - offset_ms;
    if second == 60 {
        // A leap second exists only as 23:59:60 UTC; it and its fraction fold onto the next second.
        return (utc_second.rem_euclid(DAY_MS) == 0).then_some(utc_second);
    }
    Some(utc_second + fraction_ms)
}

/// Milliseconds of `.digits`, digits after the third dropped, and what follows.
fn parse_fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.', digits @ ..] = text else {
        return Some((0, text));
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(count)?;
    let mut ms = 0;
    for place in 0..3 {
        ms = ms * 10 + digits.get(place).map_or(0, |digit| i64::from(digit - b'0'));
    }
    (count > 0).then_some((ms, rest))
}

/// Milliseconds east of UTC, from `Z`, `+hh:mm` or `-hh:mm` and nothing after it.
fn parse_offset(text: &[u8]) -> Option<i64> {
    match *text {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let ms = hours * HOUR_MS + minutes * MINUTE_MS;
            Some(if sign == b'-' { -ms } else { ms })
        }
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
    })
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, counted in years that
/// begin in March so that the leap day comes last.
pub(crate) const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`]: year, month and day.
pub(crate) const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era + (month >= 10) as i64;
    (year, (month + 2) % 12 + 1, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(Timestamp::parse(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn reads_utc_and_offsets() {
        check("2024-05-20T14:32:45.123Z", Some("2024-05-20T14:32:45.123Z"));
        check("2024-05-20t16:32:45.123+02:00", Some("2024-05-20T14:32:45.123Z"));
        check("2024-02-29T23:59:59-00:30", Some("2024-03-01T00:29:59.000Z"));
        check("0000-01-01T00:00:00Z", Some("0000-01-01T00:00:00.000Z"));
        check("9999-12-31T23:59:59.999Z", Some("9999-12-31T23:59:59.999Z"));
    }

    #[test]
    fn cuts_fractions_to_the_millisecond() {
        check("2024-05-20T14:32:45.1Z", Some("2024-05-20T14:32:45.100Z"));
        check("2024-05-20T14:32:45.1239999999999999999Z", Some("2024-05-20T14:32:45.123Z"));
        check("2024-05-20T14:32:45.Z", None);
        check("1969-12-31T23:59:59.999Z", Some("1969-12-31T23:59:59.999Z"));
    }

    #[test]
    fn a_leap_second_is_the_start_of_the_next_minute_and_only_at_midnight_utc() {
        check("1998-12-31T23:59:60Z", Some("1999-01-01T00:00:00.000Z"));
        check("1998-12-31T15:59:60.123-08:00", Some("1999-01-01T00:00:00.000Z"));
        check("1998-12-31T23:58:60Z", None);
        check("1998-12-31T22:59:60Z", None);
    }

    #[test]
    fn refuses_what_is_not_rfc_3339() {
        for text in [
            "",
            "2024-05-20",
            "2024-05-20T14:32:45",
            "2024-05-20 14:32:45Z",
            "2024-5-20T14:32:45Z",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-01-32T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:61Z",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00+0200",
            "2024-01-01T00:00:00+02",
            "2024-01-01T00:00:00Z ",
            "２024-01-01T00:00:00Z",
            "+2024-01-01T00:00:00Z",
            "2024-01-01T00:00:00+02:00[Europe/Rome]",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn floors_towards_the_past_on_both_sides_of_the_epoch() {
        assert_eq!(Timestamp::from_ms(59_999).floor(30_000).ms(), 30_000);
        assert_eq!(Timestamp::from_ms(60_000).floor(30_000).ms(), 60_000);
        assert_eq!(Timestamp::from_ms(-1).floor(30_000).ms(), -30_000);
    }
}
