//! From a content type and raw bytes to single events, not yet read.
//!
//! It decides whether the body can be cut into events at all: length, UTF-8, JSON grammar at any
//! depth (without recursion beyond the core's `DEPTH_MAX`, so depth costs no stack), number of
//! events. Items borrow the body; at most `events_max` are held. What an item means, its nesting
//! limit and its duplicate keys are for `polso-core` to judge, one event at a time.

use std::fmt;

use polso_core::{raw_elements, raw_value};
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::refusal::Refusal;

/// How much one request may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest body, in bytes.
    pub body_bytes_max: usize,
    /// The most events in one body.
    pub events_max: usize,
}

impl Limits {
    /// Judges a body by its length alone: usable with `Content-Length`, before anything is read.
    ///
    /// # Errors
    /// `body_too_large` above the limit.
    pub fn check_length(&self, length_bytes: u64) -> Result<(), Refusal> {
        match usize::try_from(length_bytes) {
            Ok(length) if length <= self.body_bytes_max => Ok(()),
            _ => Err(Refusal::BodyTooLarge { limit: self.body_bytes_max }),
        }
    }
}

/// One event of a body, not yet read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// The text of one JSON value of any type, without the whitespace around it.
    Json(&'a str),
    /// A line of NDJSON that is not JSON. It is rejected on its own; the others stand.
    Malformed(&'a str),
}

impl<'a> Item<'a> {
    /// Its text.
    #[must_use]
    pub const fn text(self) -> &'a str {
        match self {
            Self::Json(text) | Self::Malformed(text) => text,
        }
    }
}

/// How a body holds its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`: one object, or an array with one event per element.
    Json,
    /// `application/x-ndjson`: one event per line; blank lines and CRLF are fine.
    Ndjson,
}

impl Format {
    /// The format that a `Content-Type` header names. Its `charset`, if any, must be UTF-8; other
    /// parameters mean nothing to either format.
    ///
    /// # Errors
    /// `content_type_unsupported` for anything else, and without the header.
    pub fn of(content_type: Option<&str>) -> Result<Self, Refusal> {
        let media_type = in_utf8(content_type)?;
        if media_type.eq_ignore_ascii_case("application/json") {
            Ok(Self::Json)
        } else if media_type.eq_ignore_ascii_case("application/x-ndjson") {
            Ok(Self::Ndjson)
        } else {
            Err(Refusal::ContentTypeUnsupported)
        }
    }
}

/// The media type of a `Content-Type` header whose `charset`, if any, is UTF-8.
///
/// # Errors
/// `content_type_unsupported`
pub(crate) fn in_utf8(content_type: Option<&str>) -> Result<&str, Refusal> {
    let mut parts = content_type.unwrap_or_default().split(';');
    let media_type = parts.next().unwrap_or_default().trim_ascii();
    for (name, value) in parts.filter_map(|parameter| parameter.split_once('=')) {
        let value = value.trim_ascii().trim_matches('"');
        let utf8 = ["utf-8", "utf8"].iter().any(|label| value.eq_ignore_ascii_case(label));
        if name.trim_ascii().eq_ignore_ascii_case("charset") && !utf8 {
            return Err(Refusal::ContentTypeUnsupported);
        }
    }
    Ok(media_type)
}

/// Cuts a body into its events: at least one, at most `limits.events_max`.
///
/// # Errors
/// The refusals of 400 that begin with `body_`, `events_missing`, and those of 413 and 415.
pub fn split<'a>(
    content_type: Option<&str>,
    body: &'a [u8],
    limits: &Limits,
) -> Result<Vec<Item<'a>>, Refusal> {
    let format = Format::of(content_type)?;
    if body.len() > limits.body_bytes_max {
        return Err(Refusal::BodyTooLarge { limit: limits.body_bytes_max });
    }
    let text = text_of(body)?;
    let items = match (format, text.bytes().find(|byte| !is_blank(*byte))) {
        (_, None) => return Err(Refusal::BodyEmpty),
        (Format::Ndjson, _) => split_lines(text, limits.events_max)?,
        (Format::Json, Some(b'[')) => split_array(text, limits.events_max)?,
        (Format::Json, Some(b'{')) => vec![Item::Json(one_value(text).map_err(not_json)?)],
        (Format::Json, _) => {
            return Err(one_value(text).map_or_else(not_json, |_| Refusal::BodyNotEvents));
        }
    };
    if items.is_empty() {
        return Err(Refusal::EventsMissing);
    }
    Ok(items)
}

/// The text of a body.
///
/// # Errors
/// `body_bom`, `body_not_utf8`.
pub(crate) fn text_of(body: &[u8]) -> Result<&str, Refusal> {
    if body.starts_with(b"\xEF\xBB\xBF") {
        return Err(Refusal::BodyBom);
    }
    std::str::from_utf8(body).map_err(|error| Refusal::BodyNotUtf8 { at: error.valid_up_to() })
}

/// The whitespace of RFC 8259, section 2.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The core's reader is the faster one. What it leaves, because it nests deep or is no JSON, is for
/// `serde_json` to take or to refuse.
fn one_value(text: &str) -> serde_json::Result<&str> {
    match raw_value(text) {
        Some(value) => Ok(value),
        None => serde_json::from_str(text).map(RawValue::get),
    }
}

fn split_lines(text: &str, events_max: usize) -> Result<Vec<Item<'_>>, Refusal> {
    let mut items = Vec::new();
    for line in text.split('\n') {
        let line = line.trim_matches([' ', '\t', '\r']);
        if line.is_empty() {
            continue;
        }
        if items.len() == events_max {
            return Err(Refusal::EventsTooMany { limit: events_max });
        }
        items.push(match one_value(line) {
            Ok(value) => Item::Json(value),
            Err(_) => Item::Malformed(line),
        });
    }
    Ok(items)
}

/// Reads like [`one_value`].
fn split_array(text: &str, events_max: usize) -> Result<Vec<Item<'_>>, Refusal> {
    if let Some(values) = raw_elements(text, events_max) {
        return Ok(values.into_iter().map(Item::Json).collect());
    }
    let mut parser = serde_json::Deserializer::from_str(text);
    let mut too_many = false;
    let elements = Elements { events_max, too_many: &mut too_many };
    let items = parser.deserialize_seq(elements);
    if too_many {
        return Err(Refusal::EventsTooMany { limit: events_max });
    }
    let items = items.map_err(not_json)?;
    parser.end().map_err(not_json)?;
    Ok(items)
}

/// Collects the texts of an array's elements and stops reading at the first one too many.
struct Elements<'l> {
    events_max: usize,
    too_many: &'l mut bool,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = Vec<Item<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(value) = array.next_element::<&RawValue>()? {
            if items.len() == self.events_max {
                *self.too_many = true;
                return Err(A::Error::custom("too many events"));
            }
            items.push(Item::Json(value.get()));
        }
        Ok(items)
    }
}

pub(crate) fn not_json(error: serde_json::Error) -> Refusal {
    Refusal::BodyNotJson { reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits { body_bytes_max: 1_024, events_max: 3 };
    const JSON: Option<&str> = Some("application/json");
    const NDJSON: Option<&str> = Some("application/x-ndjson");

    /// Items in short: JSON as it is, malformed lines after a `!`; or the code of the refusal.
    fn outcome(content_type: Option<&str>, body: &[u8]) -> Result<Vec<String>, &'static str> {
        let items = split(content_type, body, &LIMITS).map_err(|refusal| refusal.code())?;
        Ok(items
            .into_iter()
            .map(|item| match item {
                Item::Json(text) => text.to_owned(),
                Item::Malformed(text) => format!("!{text}"),
            })
            .collect())
    }

    #[track_caller]
    fn check(content_type: Option<&str>, body: &str, expected: Result<&[&str], &str>) {
        let outcome = outcome(content_type, body.as_bytes());
        let found = outcome.as_ref().map(|items| items.iter().map(String::as_str).collect());
        assert_eq!(found.map_err(|code| *code), expected.map(<[&str]>::to_vec), "{body}");
    }

    #[test]
    fn one_object_or_an_array() {
        check(JSON, r#" {"a": 1} "#, Ok(&[r#"{"a": 1}"#]));
        check(JSON, r#"[ {"a":1} , {"a":[2]} ]"#, Ok(&[r#"{"a":1}"#, r#"{"a":[2]}"#]));
        check(JSON, "[1,null,[]]", Ok(&["1", "null", "[]"]));
        check(JSON, "\n[{}]\r\n", Ok(&["{}"]));
    }

    #[test]
    fn one_event_per_line() {
        check(NDJSON, "{\"a\":1}\n{\"a\":2}", Ok(&["{\"a\":1}", "{\"a\":2}"]));
        check(NDJSON, "\n{} \r\n\t\r\n {}\n", Ok(&["{}", "{}"]));
        check(NDJSON, "{}\n{\"a\":\n[1] 2", Ok(&["{}", "!{\"a\":", "![1] 2"]));
        check(NDJSON, "\"\u{2028}\"", Ok(&["\"\u{2028}\""]));
    }

    #[test]
    fn refuses_what_holds_no_event() {
        check(JSON, "", Err("body_empty"));
        check(JSON, " \r\n\t", Err("body_empty"));
        check(NDJSON, "\n\n", Err("body_empty"));
        check(JSON, "[]", Err("events_missing"));
        for scalar in ["null", "1", "\"{}\"", "true"] {
            check(JSON, scalar, Err("body_not_events"));
        }
    }

    #[test]
    fn refuses_what_is_not_json() {
        for body in ["{", "[", "[{}", "[{},]", "{} {}", "[] []", "nul", "{'a':1}", "{\"a\":01}"] {
            check(JSON, body, Err("body_not_json"));
        }
        check(JSON, "\u{feff}{}", Err("body_bom"));
        check(NDJSON, "\u{feff}{}", Err("body_bom"));
        assert_eq!(outcome(JSON, b"{\"a\":\"\xff\"}"), Err("body_not_utf8"));
        assert_eq!(outcome(NDJSON, b"{}\n\xff"), Err("body_not_utf8"));
        let refusal = split(JSON, b"{}\n  x", &LIMITS).unwrap_err();
        assert_eq!(
            refusal.message(),
            "the body is not JSON: trailing characters at line 2 column 3"
        );
    }

    #[test]
    fn counts_events_up_to_the_limit() {
        check(JSON, "[1,2,3]", Ok(&["1", "2", "3"]));
        check(JSON, "[1,2,3,4]", Err("events_too_many"));
        check(JSON, "[1,2,3,4", Err("events_too_many"));
        check(NDJSON, "1\n2\n3\n", Ok(&["1", "2", "3"]));
        check(NDJSON, "1\n2\n\n3\nx", Err("events_too_many"));
    }

    #[test]
    fn counts_bytes_up_to_the_limit() {
        let body = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
        for length in [1_023, 1_024] {
            assert_eq!(body(length).len(), length);
            assert!(split(JSON, body(length).as_bytes(), &LIMITS).is_ok());
            assert!(LIMITS.check_length(length as u64).is_ok());
        }
        let refused = Refusal::BodyTooLarge { limit: 1_024 };
        assert_eq!(split(JSON, body(1_025).as_bytes(), &LIMITS), Err(refused.clone()));
        assert_eq!(LIMITS.check_length(1_025), Err(refused.clone()));
        assert_eq!(LIMITS.check_length(u64::MAX), Err(refused));
    }

    #[track_caller]
    fn check_type(content_type: &str, expected: Option<Format>) {
        assert_eq!(Format::of(Some(content_type)).ok(), expected, "{content_type}");
    }

    #[test]
    fn reads_two_content_types_in_utf_8() {
        check_type("application/json", Some(Format::Json));
        check_type("Application/JSON ; Charset=\"UTF-8\"", Some(Format::Json));
        check_type("application/json;", Some(Format::Json));
        check_type("application/x-ndjson;charset=utf8", Some(Format::Ndjson));
        check_type("application/json; charset=utf-16", None);
        check_type("application/json; charset=utf-8; charset=latin1", None);
        check_type("application/json, application/json", None);
        for other in ["", "text/plain", "application/jsonp", "application/vnd.api+json", "json"] {
            check_type(other, None);
        }
        assert_eq!(Format::of(None), Err(Refusal::ContentTypeUnsupported));
    }

    #[test]
    fn depth_costs_no_stack() {
        let limits = Limits { body_bytes_max: 1 << 20, events_max: 3 };
        let run = move || {
            let closed = "[".repeat(100_000) + &"]".repeat(100_000);
            let items = split(JSON, closed.as_bytes(), &limits).unwrap();
            assert_eq!(items, [Item::Json(&closed[1..closed.len() - 1])]);
            assert_eq!(split(NDJSON, closed.as_bytes(), &limits).unwrap(), [Item::Json(&closed)]);
            for open in ["[".repeat(100_000), "[{\"\":".repeat(50_000)] {
                let refusal = split(JSON, open.as_bytes(), &limits).unwrap_err();
                assert_eq!(refusal.code(), "body_not_json");
            }
        };
        let thread = std::thread::Builder::new().stack_size(128 * 1_024).spawn(run).unwrap();
        thread.join().unwrap();
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_items_or_a_refusal(
            body in proptest::collection::vec(any::<u8>(), 0..200),
            lines in any::<bool>(),
        ) {
            let _ = split(if lines { NDJSON } else { JSON }, &body, &LIMITS);
        }

        #[test]
        fn what_was_joined_is_split(values in proptest::collection::vec("[a-z0-9 ,\\[\\]{}]{0,12}", 1..4)) {
            let values: Vec<String> =
                values.iter().map(|text| format!("{{\"v\":\"{text}\"}}")).collect();
            let array = format!("[{}]", values.join(" , "));
            prop_assert_eq!(outcome(JSON, array.as_bytes()), Ok(values.clone()));
            prop_assert_eq!(outcome(NDJSON, values.join("\r\n").as_bytes()), Ok(values));
        }
    }
}
