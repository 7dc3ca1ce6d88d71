//! Time in Rome: the date and the hour that its clocks show at an instant, and where its days begin.
//!
//! Knows one rule, the European Union's since 1996: summer time from the last Sunday of March to
//! the last Sunday of October, each at 01:00 UTC. Earlier instants follow it too; events are never
//! from before 2000. The offset is whole hours, so hours of UTC are hours of Rome.

use crate::time::{DAY_MS, HOUR_MS, Timestamp, civil_from_days, days_from_civil};

/// What Rome's calendar and clocks show, to the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RomeHour {
    /// Days since 1970-01-01.
    pub(crate) day: i64,
    /// Of that day, 0 to 23: one comes twice in the day of 25 hours, one is missing in that of 23.
    pub(crate) hour: i64,
}

impl RomeHour {
    /// What they show at an instant.
    pub(crate) const fn at(at: Timestamp) -> Self {
        let local = at.plus_ms(offset_ms(at)).ms();
        Self { day: local.div_euclid(DAY_MS), hour: local.rem_euclid(DAY_MS) / HOUR_MS }
    }

    /// 1 for Monday to 7 for Sunday, as in ISO 8601.
    pub(crate) const fn weekday(self) -> i64 {
        weekday(self.day)
    }

    /// The date as in ISO 8601, `2026-03-29`.
    pub(crate) fn date(self) -> String {
        let (year, month, day) = civil_from_days(self.day);
        format!("{year:04}-{month:02}-{day:02}")
    }
}

/// When a day, in days since 1970-01-01, begins in Rome.
pub(crate) const fn day_start(day: i64) -> Timestamp {
    let winter = Timestamp::from_ms(day.saturating_mul(DAY_MS)).plus_ms(-WINTER_MS);
    // Clocks change at least an hour after midnight, so that one look at the offset is enough.
    winter.plus_ms(WINTER_MS - offset_ms(winter))
}

const WINTER_MS: i64 = HOUR_MS;
const SUMMER_MS: i64 = 2 * HOUR_MS;

/// How far Rome's clocks are ahead of UTC.
const fn offset_ms(at: Timestamp) -> i64 {
    let hour = at.ms().div_euclid(HOUR_MS);
    let (year, ..) = civil_from_days(hour.div_euclid(24));
    let (spring, autumn) = (change(year, 3), change(year, 10));
    if spring <= hour && hour < autumn { SUMMER_MS } else { WINTER_MS }
}

/// The hour since the epoch at which clocks change, on the last Sunday of a month of 31 days.
const fn change(year: i64, month: i64) -> i64 {
    let last = days_from_civil(year, month, 31);
    (last - weekday(last) % 7) * 24 + 1
}

/// The epoch was a Thursday.
const fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7) + 1
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, tz::TimeZone};

    use super::*;

    fn rome() -> TimeZone {
        TimeZone::get("Europe/Rome").unwrap()
    }

    #[track_caller]
    fn check(ms: i64, rome: &TimeZone) {
        let found = RomeHour::at(Timestamp::from_ms(ms));
        let known = jiff::Timestamp::from_millisecond(ms).unwrap().to_zoned(rome.clone());
        assert_eq!(found.date(), known.date().to_string(), "{ms}");
        assert_eq!(found.hour, i64::from(known.hour()), "{ms}");
        assert_eq!(found.weekday(), i64::from(known.weekday().to_monday_one_offset()), "{ms}");
    }

    #[test]
    fn every_hour_from_2000_to_2040_is_that_of_the_time_zone_database() {
        let (from, to) = ("2000-01-01T00:00:00Z", "2041-01-01T00:00:00Z");
        let [from, to] = [from, to].map(|text| Timestamp::parse(text).unwrap().ms());
        let rome = rome();
        (from..to).step_by(HOUR_MS as usize).for_each(|ms| check(ms, &rome));
    }

    #[test]
    fn clocks_change_to_the_millisecond() {
        let rome = rome();
        let start: jiff::Timestamp = "2000-01-01T00:00:00Z".parse().unwrap();
        let end: jiff::Timestamp = "2041-01-01T00:00:00Z".parse().unwrap();
        let changes: Vec<i64> = rome
            .following(start)
            .map(|change| change.timestamp())
            .take_while(|at| *at < end)
            .map(jiff::Timestamp::as_millisecond)
            .collect();
        assert_eq!(changes.len(), 2 * 41);
        for change in changes {
            [change - 1, change, change + 1].into_iter().for_each(|ms| check(ms, &rome));
            let offset = |ms| offset_ms(Timestamp::from_ms(ms));
            assert_eq!((offset(change - 1) - offset(change)).abs(), HOUR_MS, "{change}");
        }
    }

    #[test]
    fn days_begin_at_midnight_in_rome() {
        let rome = rome();
        let mut date = jiff::civil::date(2000, 1, 1);
        let first = Timestamp::parse("2000-01-01T00:00:00Z").unwrap().ms() / DAY_MS;
        let mut lengths = [0; 3];
        for day in first..first + 41 * 365 {
            let known = date.to_zoned(rome.clone()).unwrap().timestamp().as_millisecond();
            assert_eq!(day_start(day).ms(), known, "{date}");
            let hours = (day_start(day + 1).ms() - known) / HOUR_MS;
            lengths[(hours - 23) as usize] += 1;
            date = date.checked_add(1.day()).unwrap();
        }
        assert_eq!(lengths, [41, 41 * 363, 41], "days of 23, 24 and 25 hours");
    }

    #[test]
    fn the_ends_of_the_range_do_no_harm() {
        for ms in [i64::MIN, i64::MAX] {
            let hour = RomeHour::at(Timestamp::from_ms(ms));
            assert!(!hour.date().is_empty());
            assert_eq!(day_start(hour.day).ms() < 0, ms < 0);
        }
    }
}
