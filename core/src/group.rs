//! Groups: by what a query may tell counts apart, the dimensions of a domain, time in Rome, or equal
//! steps of the window.
//!
//! Groups by time are made of whole hours, steps of whole buckets: they need buckets that are no
//! longer, which the query sees to.

use crate::{
    choice::choice,
    fact::Schema,
    kpi::{Kpi, Over},
    rome::RomeHour,
    time::{HOUR_MS, Timestamp},
    window::{Span, Window, WindowKind},
};

/// By what counts are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// By the value of the dimension at this position.
    Dimension(usize),
    /// By when it happened.
    Time(TimeGroup),
    /// By steps of this many milliseconds, the first of which begins with the window.
    Steps(i64),
}

choice! {
    /// By which part of the time that Rome's calendar and clocks show.
    TimeGroup {
        /// The date, `2026-03-29`.
        Day = "giorno",
        /// The hour of the day, `00` to `23`.
        Hour = "ora",
        /// The day of the week and the hour, `1-00` on Monday to `7-23` on Sunday.
        WeekdayHour = "giorno_ora",
    }
}

impl Group {
    /// The group of a name in a domain.
    pub(crate) fn named(name: &str, schema: &Schema) -> Option<Self> {
        let dimension = || schema.dimension(name).map(Self::Dimension);
        Self::of_time(name).or_else(dimension)
    }

    /// The group of a name that every domain has: a part of Rome's time, or the length of a step.
    pub(crate) fn of_time(name: &str) -> Option<Self> {
        let step = || match Window::parse(name, WindowKind::Sliding)? {
            Window::Of(_, step_ms) => Some(Self::Steps(step_ms)),
            Window::AllTime => None,
        };
        TimeGroup::named(name).map(Self::Time).or_else(step)
    }

    /// Whether a KPI of a domain can be told apart so.
    pub(crate) fn tells_apart(self, kpi: &Kpi, schema: &Schema) -> bool {
        match (kpi.over, &schema.opening) {
            (Over::Window, _) => true,
            (Over::Opening, Some(opening)) => self == Self::Dimension(opening.dimension),
            (Over::Opening, None) => false,
        }
    }
}

/// The steps of a span that have begun at `now`, each named by its start; the last ends with the span.
pub(crate) fn steps(step_ms: i64, span: &Span, now: Timestamp) -> Vec<(String, Span)> {
    let mut steps = Vec::new();
    let mut from = span.from;
    while from < span.to && from <= now {
        let to = from.plus_ms(step_ms).min(span.to);
        steps.push((from.to_string(), Span { from, to, ..*span }));
        from = to;
    }
    steps
}

impl TimeGroup {
    /// The parts of a span that lie in one group each, in their order, with the names of the groups.
    pub(crate) fn parts(self, span: &Span) -> Vec<(String, Span)> {
        let mut parts: Vec<(String, Span)> = Vec::new();
        let mut from = span.from;
        while from < span.to {
            let to = from.floor(HOUR_MS).plus_ms(HOUR_MS).min(span.to);
            let name = self.name_at(from);
            match parts.last_mut() {
                Some((last, part)) if *last == name => part.to = to,
                _ => parts.push((name, Span { from, to, ..*span })),
            }
            from = to;
        }
        parts
    }

    fn name_at(self, at: Timestamp) -> String {
        let hour = RomeHour::at(at);
        match self {
            Self::Day => hour.date(),
            Self::Hour => format!("{:02}", hour.hour),
            Self::WeekdayHour => format!("{}-{:02}", hour.weekday(), hour.hour),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Domain;

    #[track_caller]
    fn check(group: &str, from: &str, to: &str, expected: &[(&str, &str)]) {
        let at = |text: &str| Timestamp::parse(&format!("2026-{text}Z")).unwrap();
        let span = Span { from: at(from), to: at(to), tier: Some(0) };
        let parts = TimeGroup::named(group).unwrap().parts(&span);
        let found: Vec<(&str, String)> =
            parts.iter().map(|(name, part)| (name.as_str(), part.from.to_string())).collect();
        let expected: Vec<(&str, String)> =
            expected.iter().map(|(name, from)| (*name, at(from).to_string())).collect();
        assert_eq!(found, expected);
        let ends = parts.iter().map(|(_, part)| part.to);
        let next = parts.iter().skip(1).map(|(_, part)| part.from).chain([span.to]);
        assert!(ends.eq(next), "without gaps: {parts:?}");
    }

    #[test]
    fn an_hour_that_is_missing_is_no_group() {
        check(
            "ora",
            "03-29T00:00:00",
            "03-29T02:00:00",
            &[("01", "03-29T00:00:00"), ("03", "03-29T01:00:00")],
        );
    }

    #[test]
    fn an_hour_that_comes_twice_is_one_group() {
        let parts = [("01", "10-24T23:30:00"), ("02", "10-25T00:00:00"), ("03", "10-25T02:00:00")];
        check("ora", "10-24T23:30:00", "10-25T02:00:30", &parts);
        let parts =
            [("7-01", "10-24T23:30:00"), ("7-02", "10-25T00:00:00"), ("7-03", "10-25T02:00:00")];
        check("giorno_ora", "10-24T23:30:00", "10-25T02:00:30", &parts);
    }

    #[test]
    fn days_end_at_midnight_in_rome() {
        check(
            "giorno",
            "03-27T23:00:00",
            "03-29T22:00:30",
            &[
                ("2026-03-28", "03-27T23:00:00"),
                ("2026-03-29", "03-28T23:00:00"),
                ("2026-03-30", "03-29T22:00:00"),
            ],
        );
        check("giorno", "10-25T22:59:30", "10-25T23:00:00", &[("2026-10-25", "10-25T22:59:30")]);
    }

    #[test]
    fn a_week_has_168_hours_with_names_in_their_order() {
        let from = Timestamp::parse("2026-02-01T23:00:00Z").unwrap();
        let span = Span { from, to: from.plus_ms(168 * HOUR_MS), tier: Some(2) };
        let parts = TimeGroup::WeekdayHour.parts(&span);
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names.len(), names[0], names[167]), (168, "1-00", "7-23"));
        assert!(names.is_sorted());
    }

    #[test]
    fn steps_begin_with_the_span_end_with_it_and_stop_at_now() {
        let at = |text: &str| Timestamp::parse(&format!("2026-03-10T{text}Z")).unwrap();
        let span = Span { from: at("11:00:30"), to: at("11:12:30"), tier: Some(0) };
        let found = |now: &str| -> Vec<(String, Timestamp)> {
            let steps = steps(300_000, &span, at(now));
            steps.into_iter().map(|(name, step)| (name, step.to)).collect()
        };
        let step = |from: &str, to: &str| (at(from).to_string(), at(to));
        let all = [
            step("11:00:30", "11:05:30"),
            step("11:05:30", "11:10:30"),
            step("11:10:30", "11:12:30"),
        ];
        assert_eq!(found("11:12:29"), all);
        assert_eq!(found("11:10:30"), all);
        assert_eq!(found("11:10:29"), all[..2]);
    }

    #[test]
    fn no_dimension_has_the_name_of_a_group_by_time() {
        for domain in Domain::ALL {
            for name in TimeGroup::NAMES {
                assert_eq!(domain.schema().dimension(name), None, "{name}");
            }
            for dimension in domain.schema().dimensions {
                assert_eq!(Group::of_time(dimension.name), None, "{}", dimension.name);
            }
        }
    }
}
