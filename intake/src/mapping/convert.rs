//! From a provider's value to the JSON of a field: numbers that came as text, amounts in cents, instants in any of the
//! usual forms. Digits are moved as text, never through a float.
//!
//! Bounds: [`VALUE_BYTES_MAX`], [`LIST_BYTES_MAX`]. What cannot be converted is left as it is, and the rules of the
//! event say what is wrong with it.

use std::borrow::Cow;

use polso_core::{Reason, ReasonCode as Code, Timestamp};
use serde_json::value::RawValue;

use super::node::{Kind, Node};

/// Longest value of a field, in bytes of JSON: more than any field may hold, however it is escaped.
pub const VALUE_BYTES_MAX: usize = 2_048;
/// Longest list, likewise.
pub const LIST_BYTES_MAX: usize = 32_768;

/// The last instant that RFC 3339 can tell, in milliseconds.
const INSTANT_MS_MAX: i64 = 253_402_300_799_999;

/// What a field is made into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// A number, which came as so many powers of ten more.
    Number(u8),
    /// RFC 3339 text, which came in this form.
    Time(Clock),
}

/// How an instant is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// As RFC 3339 says.
    Rfc3339,
    /// Seconds since the Unix epoch, maybe with decimals.
    UnixS,
    /// Milliseconds since the Unix epoch.
    UnixMs,
    /// Like RFC 3339, but for an offset without its colon: `2024-04-05T18:32:15+0000`.
    Meta,
}

impl Clock {
    /// Every form with its name in a mapping.
    pub(super) const NAMES: [(&str, Self); 4] = [
        ("rfc3339", Self::Rfc3339),
        ("unix_s", Self::UnixS),
        ("unix_ms", Self::UnixMs),
        ("meta", Self::Meta),
    ];
}

impl Form {
    /// The JSON of a field.
    ///
    /// # Errors
    /// `field_type` for an object or a list where neither can be, `text_length`, `text_invalid`.
    pub(super) fn json<'a>(self, node: Node<'a>, place: &str) -> Result<Cow<'a, str>, Reason> {
        let raw = node.raw();
        let (fits, bytes_max) = match node.kind() {
            Kind::List => (self == Self::Texts, LIST_BYTES_MAX),
            Kind::Object => (false, 0),
            _ => (true, VALUE_BYTES_MAX),
        };
        if !fits {
            let kind = if node.kind() == Kind::List { "a list" } else { "an object" };
            return Err(Reason::event(Code::FieldType, format!("what is at {place} is {kind}")));
        }
        if raw.len() > bytes_max {
            let message = format!("what is at {place} is longer than {bytes_max} bytes");
            return Err(Reason::event(Code::TextLength, message));
        }
        Ok(match (self, node.kind()) {
            (Self::Text, Kind::Text) | (Self::Texts, Kind::List) => Cow::Borrowed(raw),
            (Self::Text, _) => Cow::Owned(format!("\"{raw}\"")),
            (Self::Texts, Kind::Text) => Cow::Owned(format!("[{raw}]")),
            (Self::Texts, _) => Cow::Owned(format!("[\"{raw}\"]")),
            (Self::Number(places), _) => number(node, places)?,
            (Self::Time(clock), _) => instant(node, clock)?,
        })
    }
}

/// A number, or a string that holds one.
fn number(node: Node<'_>, places: u8) -> Result<Cow<'_, str>, Reason> {
    let text = node.text()?.filter(|text| is_number(text));
    Ok(match text {
        None => Cow::Borrowed(node.raw()),
        Some(text) if places == 0 => text,
        Some(text) => Cow::Owned(shifted(&text, usize::from(places))),
    })
}

/// Whether a text is a number of JSON.
fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<&RawValue>(text).is_ok_and(|raw| raw.get() == text)
}

/// A number of JSON divided by ten to the power of `places`.
fn shifted(number: &str, places: usize) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, decimals) = digits.split_at(digits.len() - places);
        return format!("{sign}{whole}.{decimals}");
    }
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    match exponent.parse::<i64>().ok().and_then(|exponent| exponent.checked_sub(places as i64)) {
        Some(exponent) => format!("{mantissa}e{exponent}"),
        // Further from any number that may be than two digits could matter.
        None => number.to_owned(),
    }
}

fn instant(node: Node<'_>, clock: Clock) -> Result<Cow<'_, str>, Reason> {
    let text = node.text()?.unwrap_or_default();
    let read = match clock {
        Clock::Rfc3339 => None,
        Clock::UnixS => unix_ms(&text, 3),
        Clock::UnixMs => unix_ms(&text, 0),
        Clock::Meta => with_colon(&text).and_then(|text| Timestamp::parse(&text)),
    };
    Ok(match read {
        Some(time) => Cow::Owned(format!("\"{time}\"")),
        None if node.kind() == Kind::Text => Cow::Borrowed(node.raw()),
        None => Cow::Owned(format!("\"{}\"", node.raw())),
    })
}

/// Digits, maybe with decimals, in units of 10^`places` milliseconds; what is below one is cut off.
pub(crate) fn unix_ms(text: &str, places: usize) -> Option<Timestamp> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    let decimals = decimals.get(..places).unwrap_or(decimals);
    let ms = format!("{whole}{decimals:0<places$}").parse().ok();
    ms.filter(|ms| *ms <= INSTANT_MS_MAX).map(Timestamp::from_ms)
}

/// `…+0000` as `…+00:00`.
fn with_colon(text: &str) -> Option<String> {
    let (rest, minutes) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let sign = rest.len().checked_sub(3).and_then(|at| rest.as_bytes().get(at))?;
    matches!(sign, b'+' | b'-').then(|| format!("{rest}:{minutes}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: Form, raw: &str, expected: &str) {
        let found = form.json(Node::parse(raw).unwrap(), "/x");
        assert_eq!(found.as_deref().map_err(|reason| reason.code.code()), Ok(expected), "{form:?}");
    }

    #[track_caller]
    fn check_refused(form: Form, raw: &str, expected: Code) {
        let found = form.json(Node::parse(raw).unwrap(), "/x");
        assert_eq!(found.map_err(|reason| reason.code), Err(expected), "{form:?}");
    }

    #[test]
    fn texts_are_left_as_they_are_and_numbers_become_texts() {
        check(Form::Text, r#""\u00e8\/""#, r#""\u00e8\/""#);
        check(Form::Text, "90071992547409931234", "\"90071992547409931234\"");
        check(Form::Text, "true", "\"true\"");
        check(Form::Texts, r#"["a", "b"]"#, r#"["a", "b"]"#);
        check(Form::Texts, r#""a""#, r#"["a"]"#);
        check(Form::Texts, "1", r#"["1"]"#);
    }

    #[test]
    fn numbers_may_come_as_texts() {
        for (raw, expected) in [
            ("12.50", "12.50"),
            ("\"12.50\"", "12.50"),
            ("\"\\u0031\"", "1"),
            ("\"-1e2\"", "-1e2"),
            ("\"12,50\"", "\"12,50\""),
            ("\"01\"", "\"01\""),
            ("\" 1\"", "\" 1\""),
            ("\"1 \"", "\"1 \""),
            ("\"\"", "\"\""),
            ("\"null\"", "\"null\""),
            ("true", "true"),
        ] {
            check(Form::Number(0), raw, expected);
        }
    }

    #[test]
    fn cents_are_moved_as_text() {
        for (raw, expected) in [
            ("1999", "19.99"),
            ("\"1999\"", "19.99"),
            ("5", "0.05"),
            ("0", "0.00"),
            ("-5", "-0.05"),
            ("-0", "-0.00"),
            ("100", "1.00"),
            ("9007199254740993", "90071992547409.93"),
            ("12.5", "12.5e-2"),
            ("1.5e3", "1.5e1"),
            ("1E+3", "1e1"),
            ("1e99999999999999999999", "1e99999999999999999999"),
            ("\"x\"", "\"x\""),
        ] {
            check(Form::Number(2), raw, expected);
        }
    }

    #[test]
    fn instants_become_rfc_3339() {
        let s = Form::Time(Clock::UnixS);
        check(s, "1700000000", "\"2023-11-14T22:13:20.000Z\"");
        check(s, "\"1700000000.9876\"", "\"2023-11-14T22:13:20.987Z\"");
        check(s, "1700000000.5", "\"2023-11-14T22:13:20.500Z\"");
        check(s, "0", "\"1970-01-01T00:00:00.000Z\"");
        check(s, "253402300799", "\"9999-12-31T23:59:59.000Z\"");
        for odd in ["253402300800", "-1", "1e9", "99999999999999999999"] {
            check(s, odd, &format!("\"{odd}\""));
        }
        let ms = Form::Time(Clock::UnixMs);
        check(ms, "1700000000987", "\"2023-11-14T22:13:20.987Z\"");
        check(ms, "1700000000987.9", "\"2023-11-14T22:13:20.987Z\"");
        let meta = Form::Time(Clock::Meta);
        check(meta, "\"2024-04-05T18:32:15+0000\"", "\"2024-04-05T18:32:15.000Z\"");
        check(meta, "\"2024-04-05T18:32:15-0730\"", "\"2024-04-06T02:02:15.000Z\"");
        for odd in ["\"2024-04-05T18:32:15\"", "\"\"", "\"è\"", "\"2024-04-05T18:32:15+00:00\""] {
            check(meta, odd, odd);
        }
        check(Form::Time(Clock::Rfc3339), "\"2024-04-05T18:32:15Z\"", "\"2024-04-05T18:32:15Z\"");
        check(Form::Time(Clock::Rfc3339), "1700000000", "\"1700000000\"");
    }

    #[test]
    fn what_is_no_such_value_is_refused() {
        let long = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
        for form in [Form::Text, Form::Number(2), Form::Time(Clock::UnixS)] {
            check_refused(form, "{}", Code::FieldType);
            check_refused(form, "[]", Code::FieldType);
            check(form, &long(VALUE_BYTES_MAX), &long(VALUE_BYTES_MAX));
            check_refused(form, &long(VALUE_BYTES_MAX + 1), Code::TextLength);
        }
        check_refused(Form::Texts, "{}", Code::FieldType);
        check_refused(Form::Texts, &format!("[{}]", long(LIST_BYTES_MAX - 1)), Code::TextLength);
        check_refused(Form::Number(0), r#""\ud800""#, Code::TextInvalid);
    }
}
