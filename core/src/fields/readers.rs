//! Values that more than one kind of event has: instants, ids, rates, counts, durations, lists.

use std::borrow::Cow;

use super::Fields;
use crate::{
    decimal::{parse_rounded, parse_whole},
    json::{self, Kind, Raw},
    reason::{Reason, ReasonCode as Code, excerpt},
    time::{MINUTE_MS, SECOND_MS, Timestamp},
};

/// How far an event may be ahead of the receiver's clock.
const AHEAD_MS_MAX: i64 = 5 * MINUTE_MS;
/// Longest id, in characters.
pub(crate) const ID_CHARS_MAX: usize = 128;
/// Largest count.
pub(crate) const COUNT_MAX: i64 = 1_000_000_000;
/// Longest duration, in seconds.
pub(crate) const DURATION_S_MAX: i64 = 3_600;
/// One, in millionths.
const ONE: i64 = 1_000_000;

impl Fields<'_, '_> {
    /// Reads the instant at which something happened that was received at `now`.
    pub(crate) fn happened(
        &mut self,
        name: &'static str,
        raw: Raw<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let time = self.timestamp(name, raw)?;
        if time > now.plus_ms(AHEAD_MS_MAX) {
            let message = format!(
                "`{time}` is more than 5 minutes ahead of the receiver, where it is `{now}`"
            );
            self.refuse(Reason::field(Code::TimestampFuture, name, message));
            return None;
        }
        Some(time)
    }

    /// Reads an id that others chose: 1 to [`ID_CHARS_MAX`] printable characters.
    pub(crate) fn id(&mut self, name: &'static str, raw: Raw<'_>) -> Option<String> {
        let id = self.text(name, raw)?;
        if is_free_id(&id) {
            return Some(id.into_owned());
        }
        let message =
            format!("`{}` is no id: expected 1 to 128 printable characters", excerpt(&id));
        self.refuse(Reason::field(Code::IdFormat, name, message));
        None
    }

    /// The text of an object.
    pub(crate) fn object<'r>(&mut self, name: &'static str, raw: Raw<'r>) -> Option<&'r str> {
        match raw {
            Raw::Other(text) if raw.kind() == Kind::Object => Some(text),
            _ => self.refuse_type(name, raw, Kind::Object),
        }
    }

    /// Reads a rate from 0 to 1, as millionths.
    pub(crate) fn rate(&mut self, name: &'static str, raw: Raw<'_>) -> Option<i64> {
        let number = self.number(name, raw)?;
        let rate = parse_rounded(number, 6, ONE);
        self.in_range(Code::RateRange, name, number, rate, "must be from 0 to 1")
    }

    /// Reads a whole number of things.
    pub(crate) fn count(&mut self, name: &'static str, raw: Raw<'_>) -> Option<i64> {
        let number = self.number(name, raw)?;
        let count = parse_whole(number, COUNT_MAX);
        let should = "must be a whole number from 0 to 1000000000";
        self.in_range(Code::CountRange, name, number, count, should)
    }

    /// Reads a duration of at most an hour in seconds, as milliseconds.
    pub(crate) fn duration_ms(&mut self, name: &'static str, raw: Raw<'_>) -> Option<i64> {
        let number = self.number(name, raw)?;
        let duration = parse_rounded(number, 3, DURATION_S_MAX * SECOND_MS);
        self.in_range(Code::DurationRange, name, number, duration, "must be from 0 to 3600 seconds")
    }

    /// Reads a list of at most `items_max` strings of at most `chars_max` characters.
    pub(crate) fn texts(
        &mut self,
        name: &'static str,
        raw: Raw<'_>,
        items_max: usize,
        chars_max: usize,
    ) -> Option<Vec<String>> {
        let Some(items) = json::elements(raw) else {
            return self.refuse_type(name, raw, Kind::Array);
        };
        if items.len() > items_max {
            let message = format!("`{name}` has more than {items_max} items");
            self.refuse(Reason::field(Code::ListLength, name, message));
            return None;
        }
        // Every item is judged, so that no fault hides another.
        let texts: Vec<Option<String>> = items
            .iter()
            .map(|item| self.bounded_text(name, *item, chars_max).map(Cow::into_owned))
            .collect();
        texts.into_iter().collect()
    }

    fn in_range(
        &mut self,
        code: Code,
        name: &'static str,
        number: &str,
        value: Option<i64>,
        should: &str,
    ) -> Option<i64> {
        if value.is_none() {
            self.refuse(Reason::field(code, name, format!("`{}` {should}", excerpt(number))));
        }
        value
    }
}

/// Whether an id has 1 to [`ID_CHARS_MAX`] printable characters.
pub(crate) fn is_free_id(id: &str) -> bool {
    (1..=ID_CHARS_MAX).contains(&id.chars().count()) && !id.chars().any(char::is_control)
}
