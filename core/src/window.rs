//! Windows: from "the last five minutes" to the exact span of whole buckets that is summed.

use serde::{Deserialize, Serialize};

use crate::{
    choice::choice,
    rome::{RomeHour, day_start},
    tier::{PANE_MS, TIERS},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
};

choice! {
    /// How a window lies around its instant.
    WindowKind {
        /// Ends at the instant.
        Sliding = "sliding",
        /// The aligned span that contains the instant.
        Tumbling = "tumbling",
        /// Whole days of Rome, the last of which contains the instant.
        Calendar = "calendar",
    }
}

/// A span of time relative to an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    /// Of this many milliseconds, from [`PANE_MS`] to [`LENGTH_DAYS_MAX`]; of the calendar, from one
    /// day to [`HOURS_HELD_DAYS`], each counted as 24 hours.
    Of(WindowKind, i64),
    /// Since ever.
    AllTime,
}

/// Longest window, in days.
pub(crate) const LENGTH_DAYS_MAX: i64 = 400;
/// How far back buckets of at most one hour reach, in days: those that days and hours of Rome are
/// made of.
pub(crate) const HOURS_HELD_DAYS: i64 = 35;

/// What is summed: whole buckets of one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Start of the first bucket.
    pub from: Timestamp,
    /// End of the last bucket; no longer part of the span.
    pub to: Timestamp,
    /// The position of the tier; none for the all-time total.
    pub tier: Option<usize>,
}

impl Window {
    /// Reads `30s`, `5m`, `24h`, `400d` or `all`; of the calendar only days.
    #[must_use]
    pub fn parse(text: &str, kind: WindowKind) -> Option<Self> {
        if text == "all" {
            return Some(Self::AllTime);
        }
        let unit = text.chars().next_back()?;
        let unit_ms = match (unit, kind) {
            ('d', _) => DAY_MS,
            (_, WindowKind::Calendar) => return None,
            ('s', _) => SECOND_MS,
            ('m', _) => MINUTE_MS,
            ('h', _) => HOUR_MS,
            _ => return None,
        };
        let count = text.strip_suffix(unit)?;
        if !(1..=9).contains(&count.len()) || !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let length_ms = count.parse::<i64>().ok()? * unit_ms;
        let window = Self::Of(kind, length_ms);
        (PANE_MS..=window.reach_days() * DAY_MS).contains(&length_ms).then_some(window)
    }

    /// How far back windows of its kind may reach, in days.
    pub(crate) const fn reach_days(self) -> i64 {
        match self {
            Self::Of(WindowKind::Calendar, _) => HOURS_HELD_DAYS,
            Self::Of(WindowKind::Sliding | WindowKind::Tumbling, _) | Self::AllTime => {
                LENGTH_DAYS_MAX
            }
        }
    }

    /// The span of this window at the instant `at`, from the finest tier that still holds all of it
    /// at `now`; `None` when no tier does.
    #[must_use]
    pub fn resolve(self, at: Timestamp, now: Timestamp) -> Option<Span> {
        let Self::Of(kind, length_ms) = self else {
            return Some(Span { from: Timestamp::from_ms(0), to: now, tier: None });
        };
        TIERS.iter().enumerate().find_map(|(position, tier)| {
            let (from, to) = match kind {
                // Whole buckets: a shorter window is widened to one.
                WindowKind::Sliding => {
                    let last = at.floor(tier.bucket_ms);
                    let first = at.plus_ms(-length_ms.max(tier.bucket_ms)).floor(tier.bucket_ms);
                    (first.plus_ms(tier.bucket_ms), last.plus_ms(tier.bucket_ms))
                }
                WindowKind::Tumbling => {
                    let span_ms = length_ms.max(tier.bucket_ms);
                    let span_ms = span_ms - span_ms % tier.bucket_ms;
                    let from = at.floor(span_ms);
                    (from, from.plus_ms(span_ms))
                }
                WindowKind::Calendar if tier.bucket_ms > HOUR_MS => return None,
                WindowKind::Calendar => {
                    let end = RomeHour::at(at).day.saturating_add(1);
                    let days = length_ms.div_euclid(DAY_MS);
                    (day_start(end.saturating_sub(days)), day_start(end))
                }
            };
            tier.holds(from, now).then_some(Span { from, to, tier: Some(position) })
        })
    }
}

impl Span {
    /// The length of its buckets, in seconds; none for the all-time total.
    #[must_use]
    pub fn bucket_s(&self) -> Option<i64> {
        self.bucket_ms().map(|bucket_ms| bucket_ms / SECOND_MS)
    }

    /// Whether its buckets lie in one hour each.
    pub(crate) fn is_of_hours(&self) -> bool {
        self.bucket_ms().is_some_and(|bucket_ms| bucket_ms <= HOUR_MS)
    }

    fn bucket_ms(&self) -> Option<i64> {
        self.tier.and_then(|tier| TIERS.get(tier)).map(|tier| tier.bucket_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-03-10T12:00:10Z";

    #[track_caller]
    fn check(window: &str, kind: WindowKind, at: &str, expected: Option<(&str, &str, i64)>) {
        let at = Timestamp::parse(at).unwrap();
        let now = Timestamp::parse(NOW).unwrap();
        let span = Window::parse(window, kind).unwrap().resolve(at, now);
        let found = span.map(|span| {
            assert!(span.from <= at && at < span.to, "from ≤ at < to: {span:?}");
            (span.from.to_string(), span.to.to_string(), span.bucket_s().unwrap())
        });
        let expected = expected.map(|(from, to, bucket_s)| {
            (format!("2026-{from}.000Z"), format!("2026-{to}.000Z"), bucket_s)
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn a_sliding_window_covers_the_buckets_that_start_in_it() {
        use WindowKind::Sliding;
        check("5m", Sliding, NOW, Some(("03-10T11:55:30", "03-10T12:00:30", 30)));
        check(
            "5m",
            Sliding,
            "2026-03-10T12:00:00Z",
            Some(("03-10T11:55:30", "03-10T12:00:30", 30)),
        );
        check(
            "5m",
            Sliding,
            "2026-03-10T11:59:59.999Z",
            Some(("03-10T11:55:00", "03-10T12:00:00", 30)),
        );
        check("30s", Sliding, NOW, Some(("03-10T12:00:00", "03-10T12:00:30", 30)));
    }

    #[test]
    fn the_finest_tier_that_holds_the_whole_window_counts() {
        use WindowKind::Sliding;
        check("2h", Sliding, NOW, Some(("03-10T10:00:30", "03-10T12:00:30", 30)));
        check("7221s", Sliding, NOW, Some(("03-10T10:00:00", "03-10T12:05:00", 300)));
        check(
            "5m",
            Sliding,
            "2026-03-10T09:33:00Z",
            Some(("03-10T09:30:00", "03-10T09:35:00", 300)),
        );
        check(
            "5m",
            Sliding,
            "2026-03-01T09:33:00Z",
            Some(("03-01T09:00:00", "03-01T10:00:00", 3_600)),
        );
        check(
            "5m",
            Sliding,
            "2026-01-01T09:33:00Z",
            Some(("01-01T00:00:00", "01-02T00:00:00", 86_400)),
        );
        let at = Timestamp::parse("2024-05-20T14:32:45Z").unwrap();
        let now = Timestamp::parse(NOW).unwrap();
        assert_eq!(Window::parse("5m", Sliding).unwrap().resolve(at, now), None);
        assert_eq!(Window::AllTime.resolve(at, now).unwrap().tier, None);
    }

    #[test]
    fn a_tumbling_window_is_aligned_and_contains_its_instant() {
        use WindowKind::Tumbling;
        check("5m", Tumbling, NOW, Some(("03-10T12:00:00", "03-10T12:05:00", 30)));
        check(
            "5m",
            Tumbling,
            "2026-03-10T11:59:59.999Z",
            Some(("03-10T11:55:00", "03-10T12:00:00", 30)),
        );
        check("1d", Tumbling, NOW, Some(("03-10T00:00:00", "03-11T00:00:00", 300)));
    }

    #[test]
    fn a_day_of_the_calendar_is_the_one_in_rome_that_contains_its_instant() {
        use WindowKind::Calendar;
        let day = Some(("03-09T23:00:00", "03-10T23:00:00", 300));
        check("1d", Calendar, NOW, day);
        check("1d", Calendar, "2026-03-10T22:59:59.999Z", day);
        check("1d", Calendar, "2026-03-09T23:00:00Z", day);
        let before = Some(("03-08T23:00:00", "03-09T23:00:00", 300));
        check("1d", Calendar, "2026-03-09T22:59:59.999Z", before);
        check("7d", Calendar, NOW, Some(("03-03T23:00:00", "03-10T23:00:00", 3_600)));
    }

    #[test]
    fn days_of_the_calendar_reach_back_as_far_as_hours_are_held() {
        use WindowKind::Calendar;
        check("35d", Calendar, NOW, Some(("02-03T23:00:00", "03-10T23:00:00", 3_600)));
        let first = Some(("02-03T23:00:00", "02-04T23:00:00", 3_600));
        check("1d", Calendar, "2026-02-03T23:00:00Z", first);
        check("1d", Calendar, "2026-02-03T22:59:59.999Z", None);
        let held = TIERS.iter().filter(|tier| tier.bucket_ms <= HOUR_MS).map(|tier| tier.span_ms);
        assert_eq!(held.max(), Some(HOURS_HELD_DAYS * DAY_MS));
    }

    #[test]
    fn the_days_of_23_and_25_hours_are_whole() {
        for (at, from, to) in [
            ("2026-03-29T12:00:00Z", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"),
            ("2026-10-25T12:00:00Z", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"),
        ] {
            let at = Timestamp::parse(at).unwrap();
            let window = Window::parse("1d", WindowKind::Calendar).unwrap();
            let span = window.resolve(at, at).unwrap();
            assert_eq!((span.from.to_string().as_str(), span.to.to_string().as_str()), (from, to));
        }
    }

    #[test]
    fn reads_lengths_from_30_seconds_to_400_days() {
        let parse = |text| Window::parse(text, WindowKind::Sliding);
        assert_eq!(parse("30s"), Some(Window::Of(WindowKind::Sliding, 30_000)));
        assert_eq!(parse("400d"), Some(Window::Of(WindowKind::Sliding, 400 * DAY_MS)));
        assert_eq!(parse("all"), Some(Window::AllTime));
        for bad in
            ["29s", "401d", "0m", "", "m", "5", "5M", "-5m", "+5m", "5.0m", "9999999999d", "5è"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_calendar_has_whole_days_from_1_to_35() {
        let parse = |text| Window::parse(text, WindowKind::Calendar);
        assert_eq!(parse("1d"), Some(Window::Of(WindowKind::Calendar, DAY_MS)));
        assert_eq!(parse("35d"), Some(Window::Of(WindowKind::Calendar, 35 * DAY_MS)));
        assert_eq!(parse("all"), Some(Window::AllTime));
        for bad in ["0d", "36d", "24h", "1440m", "86400s"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
