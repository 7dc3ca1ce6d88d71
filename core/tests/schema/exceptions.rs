//! What validation decides and JSON Schema cannot express. Everything else is a fault of one of them.

use std::collections::BTreeSet;

use polso_core::{EventKind, Reason, ReasonCode as Code, Valid};

use crate::mutations::Node;

pub type Judged = Result<Valid, Vec<Reason>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exception {
    /// How far ahead a time may be depends on the receiver's clock.
    Ahead,
    /// An interval is about two members at once.
    Interval,
    /// A reader keeps one of two members of the same name.
    Repeated,
    /// A schema knows no depth.
    Depth,
    /// `multipleOf` is computed with floats.
    Decimals,
    /// A reader keeps numbers as floats, and the last digits are lost.
    Digits,
    /// The year 2000 begins in UTC, and the pattern sees no offset.
    TurnOf2000,
    /// What validation ignores, a reader must still read: numbers beyond any float, half of a
    /// surrogate pair.
    Unread,
}

impl Exception {
    pub const ALL: [Self; 8] = [
        Self::Ahead,
        Self::Interval,
        Self::Repeated,
        Self::Depth,
        Self::Decimals,
        Self::Digits,
        Self::TurnOf2000,
        Self::Unread,
    ];

    /// What the document of a kind says of it; `None` when it cannot happen to that kind, and for
    /// what is about the reader and not about the event.
    pub fn words(self, kind: EventKind) -> Option<&'static str> {
        match self {
            Self::Ahead => Some("ahead of the receiver"),
            Self::Interval => (kind == EventKind::Spend).then_some("an interval"),
            Self::Repeated => Some("a member that comes twice"),
            Self::Depth => Some("nesting deeper than 32"),
            Self::Decimals => (kind != EventKind::Story).then_some("a third decimal"),
            Self::TurnOf2000 => Some("before 2000-01-01T00:00:00Z"),
            Self::Digits | Self::Unread => None,
        }
    }
}

/// Why the schema may think otherwise of this event than validation; `None` when it may not.
/// `as_read` is what validation says of it after a JSON reader has taken it in and written it again.
pub fn excuses(
    json: &str,
    schema: Option<bool>,
    validated: &Judged,
    as_read: Option<&Judged>,
) -> Option<BTreeSet<Exception>> {
    match validated {
        Ok(valid) => (schema.is_none() && !valid.warnings.is_empty())
            .then(|| BTreeSet::from([Exception::Unread])),
        // Which of the two a reader kept, and what was wrong with the other, says nothing.
        Err(reasons) if reasons.iter().any(|reason| reason.code == Code::FieldDuplicate) => {
            Some(BTreeSet::from([Exception::Repeated]))
        }
        Err(reasons) => {
            let left =
                as_read.and_then(|judged| judged.as_ref().err()).map_or(&[][..], Vec::as_slice);
            let about = |reason: &Reason| (reason.code, reason.field.clone());
            let excuse = |reason: &Reason| match left.iter().any(|l| about(l) == about(reason)) {
                true => excuse(json, reason),
                // Repetitions count as members, and those past the bound are not looked at.
                false if reason.code == Code::FieldsTooMany => Some(Exception::Repeated),
                false => Some(Exception::Digits),
            };
            reasons.iter().map(excuse).collect()
        }
    }
}

fn excuse(json: &str, reason: &Reason) -> Option<Exception> {
    match reason.code {
        Code::TimestampFuture => Some(Exception::Ahead),
        Code::IntervalEmpty | Code::IntervalLength => Some(Exception::Interval),
        Code::JsonDepth => Some(Exception::Depth),
        Code::ValuePrecision => Some(Exception::Decimals),
        Code::TimestampPast => {
            let text = Node::parse(json).text(reason.field.as_deref()?)?;
            let turn = text.starts_with("1999-12-31") || text.starts_with("2000-01-01");
            turn.then_some(Exception::TurnOf2000)
        }
        _ => None,
    }
}

/// For each exception an event that the schema takes for something else, by one member of the
/// kind's first example.
pub fn listed() -> Vec<(EventKind, &'static str, String, Exception)> {
    use EventKind::{Conversion, Spend, Story};
    let deep = format!(r#"{{"altro":{}{}}}"#, "[".repeat(31), "]".repeat(31));
    [
        (Conversion, "timestamp", r#""2026-05-20T12:05:00.001Z""#, Exception::Ahead),
        (Spend, "a", r#""2026-05-19T22:00:00Z""#, Exception::Interval),
        (Spend, "da", r#""2025-04-15T21:59:59.999Z""#, Exception::Interval),
        (Conversion, "stato", r#""fallito","stato":"fallito""#, Exception::Repeated),
        (Conversion, "metadati", r#"{"a":1,"a":1}"#, Exception::Repeated),
        (Conversion, "metadati", &deep, Exception::Depth),
        (Conversion, "valore", "0.001", Exception::Decimals),
        (Spend, "importo", "1000000000.0000000001", Exception::Digits),
        (Spend, "importo", "-1e-999", Exception::Digits),
        (Story, "completion_rate", "1.00000000000000000001", Exception::Digits),
        (Conversion, "timestamp", r#""2000-01-01T00:00:00+00:01""#, Exception::TurnOf2000),
        (Conversion, "timestamp", r#""1999-12-31T23:59:59.999Z""#, Exception::TurnOf2000),
        (Conversion, "metadati", r#"{"altro":1e999}"#, Exception::Unread),
        (Conversion, "metadati", r#"{"altro":"\ud800"}"#, Exception::Unread),
    ]
    .map(|(kind, name, raw, exception)| (kind, name, raw.to_owned(), exception))
    .to_vec()
}
