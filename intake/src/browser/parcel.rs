//! The body of a page's request: a key, and rows of one event each.
//!
//! A row has an id, the kind of its event, and the event as on the other routes, whose rules are the core's. Rows are
//! judged one by one: a bad one never condemns the others.

use std::borrow::Cow;

use polso_core::{Envelope, EventKind};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    adapter::{Made, Piece},
    body::{Limits, in_utf8, not_json, split, text_of},
    refusal::Refusal,
};

const JSON: &str = "application/json";
/// What it is, and what a browser asks no leave for.
const TYPES: [&str; 2] = [JSON, "text/plain"];

/// The kinds of events that pages may send.
const KINDS: [EventKind; 2] = [EventKind::Conversion, EventKind::Story];

/// # Errors
/// `content_type_unsupported`
pub(super) fn check_type(content_type: Option<&str>) -> Result<(), Refusal> {
    let found = in_utf8(content_type)?;
    let known = TYPES.iter().any(|known| found.eq_ignore_ascii_case(known));
    if known { Ok(()) } else { Err(Refusal::ContentTypeUnsupported) }
}

const EXPECTED: &str = "an object with `key` and `events`";

/// A body, not yet cut.
#[derive(Deserialize)]
#[serde(expecting = "an object with `key` and `events`")]
pub(super) struct Parcel<'a> {
    #[serde(borrow, default)]
    key: Option<Cow<'a, str>>,
    #[serde(borrow)]
    events: &'a RawValue,
}

impl<'a> Parcel<'a> {
    /// # Errors
    /// The refusals of 400 that begin with `body_`.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, Refusal> {
        let text = text_of(body)?;
        match text.trim_ascii_start().bytes().next() {
            None => Err(Refusal::BodyEmpty),
            // Serde would take a list of the members too.
            Some(b'[') => Err(Refusal::BodyNotJson { reason: format!("a list, not {EXPECTED}") }),
            Some(_) => serde_json::from_str(text).map_err(not_json),
        }
    }

    /// The key is public: how long it takes to compare tells nothing.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.key.as_deref() == Some(key)
    }

    /// One piece for each row.
    ///
    /// # Errors
    /// `events_missing`, `events_too_many`, `body_not_events`.
    pub(super) fn pieces(&self, limits: &Limits) -> Result<Vec<Piece<'a>>, Refusal> {
        let rows = split(Some(JSON), self.events.get().as_bytes(), limits)?;
        Ok(rows.iter().map(|row| piece(row.text())).collect())
    }
}

/// What a row tells. The row itself is its text: it holds no key, and is read again as it is.
pub(crate) fn piece(row: &str) -> Piece<'_> {
    let Envelope { id, event } = Envelope::read(row, &KINDS);
    let made = match event {
        Ok((kind, json)) => Made::Event { kind, json: json.to_owned() },
        Err(reasons) => Made::Rejected(reasons),
    };
    Piece { text: row.into(), id, made }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { body_bytes_max: 65_536, events_max: 3 };

    /// How many pieces there are, each of which reads its own text again.
    fn count(body: &str) -> Result<usize, &'static str> {
        let parcel = Parcel::read(body.as_bytes());
        let pieces = parcel.and_then(|parcel| parcel.pieces(&LIMITS));
        let pieces = pieces.map_err(|refusal| refusal.code())?;
        for piece in &pieces {
            assert_eq!(super::piece(&piece.text.to_string()), *piece);
        }
        Ok(pieces.len())
    }

    #[test]
    fn each_row_is_a_piece_with_its_id() {
        let good = r#"{"id":"e1","kind":"storia","event":{}}"#;
        let body = format!(r#"{{"events":[1, {good}],"key":"pk_1"}}"#);
        let parcel = Parcel::read(body.as_bytes()).unwrap();
        let [bad, good] = &parcel.pieces(&LIMITS).unwrap()[..] else { panic!("not two") };
        assert!(bad.id.is_none() && matches!(bad.made, Made::Rejected(_)));
        let event = Made::Event { kind: EventKind::Story, json: "{}".to_owned() };
        assert_eq!((good.id.as_deref(), &good.made), (Some("e1"), &event));
    }

    #[test]
    fn what_is_no_parcel_is_refused() {
        for (body, code) in [
            ("", "body_empty"),
            ("\u{feff}{}", "body_bom"),
            ("{", "body_not_json"),
            (r#"["pk_1",[1]]"#, "body_not_json"),
            ("7", "body_not_json"),
            ("{}", "body_not_json"),
            (r#"{"key":7,"events":[]}"#, "body_not_json"),
            (r#"{"key":"a","key":"b","events":[]}"#, "body_not_json"),
            (r#"{"events":[]}"#, "events_missing"),
            (r#"{"events":7}"#, "body_not_events"),
            (r#"{"events":[1,2,3,4]}"#, "events_too_many"),
        ] {
            assert_eq!(count(body), Err(code), "{body}");
        }
        assert_eq!(count(r#"{"events":[1,2,3]}"#), Ok(3));
    }

    #[test]
    fn only_the_key_itself_is_the_key() {
        for (body, expected) in [
            (r#"{"key":"pk_1","events":[]}"#, true),
            (r#"{"key":"pk\u005f1","events":[]}"#, true),
            (r#"{"key":"pk_12","events":[]}"#, false),
            (r#"{"key":"","events":[]}"#, false),
            (r#"{"events":[]}"#, false),
        ] {
            assert_eq!(Parcel::read(body.as_bytes()).unwrap().has_key("pk_1"), expected, "{body}");
        }
    }

    #[test]
    fn two_content_types_are_read() {
        for good in ["text/plain", "text/plain;charset=UTF-8", "application/json", "Text/Plain"] {
            assert_eq!(check_type(Some(good)), Ok(()), "{good}");
        }
        for bad in [Some("text/html"), Some("text/plain;charset=latin1"), Some(""), None] {
            assert_eq!(check_type(bad), Err(Refusal::ContentTypeUnsupported), "{bad:?}");
        }
    }
}
