//! Windows: from "the last five minutes" to the exact span of whole buckets that is summed.

use serde::{Deserialize, Serialize};

use crate::{
    tier::{PANE_MS, TIERS},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
};

/// How a window lies around its instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// Ends at the instant.
    #[default]
    Sliding,
    /// The aligned span that contains the instant.
    Tumbling,
}

/// A span of time relative to an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    /// Of this many milliseconds, from [`PANE_MS`] to 400 days.
    Of(WindowKind, i64),
    /// Since ever.
    AllTime,
}

/// Longest window, in milliseconds.
const LENGTH_MS_MAX: i64 = 400 * DAY_MS;

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
    /// Reads `30s`, `5m`, `24h`, `400d` or `all`.
    #[must_use]
    pub fn parse(text: &str, kind: WindowKind) -> Option<Self> {
        if text == "all" {
            return Some(Self::AllTime);
        }
        let unit = text.chars().next_back()?;
        let unit_ms = match unit {
            's' => SECOND_MS,
            'm' => MINUTE_MS,
            'h' => HOUR_MS,
            'd' => DAY_MS,
            _ => return None,
        };
        let count = text.strip_suffix(unit)?;
        if !(1..=9).contains(&count.len()) || !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let length_ms = count.parse::<i64>().ok()? * unit_ms;
        (PANE_MS..=LENGTH_MS_MAX).contains(&length_ms).then_some(Self::Of(kind, length_ms))
    }

    /// The span of this window at the instant `at`, from the finest tier that still holds all of it
    /// at `now`; `None` when no tier does.
    #[must_use]
    pub fn resolve(self, at: Timestamp, now: Timestamp) -> Option<Span> {
        let Self::Of(kind, length_ms) = self else {
            return Some(Span { from: Timestamp::from_ms(0), to: now, tier: None });
        };
        TIERS.iter().enumerate().find_map(|(position, tier)| {
            // Whole buckets: a shorter window is widened to one.
            let buckets = length_ms.max(tier.bucket_ms).div_euclid(tier.bucket_ms);
            let (from, to) = match kind {
                WindowKind::Sliding => {
                    let last = at.floor(tier.bucket_ms);
                    let first = at.plus_ms(-length_ms.max(tier.bucket_ms)).floor(tier.bucket_ms);
                    (first.plus_ms(tier.bucket_ms), last.plus_ms(tier.bucket_ms))
                }
                WindowKind::Tumbling => {
                    let span_ms = buckets * tier.bucket_ms;
                    let from = at.floor(span_ms);
                    (from, from.plus_ms(span_ms))
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
        self.tier.and_then(|tier| TIERS.get(tier)).map(|tier| tier.bucket_ms / SECOND_MS)
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
}
