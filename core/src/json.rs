//! Strict reading of one JSON object: its members by their names, values still raw.
//!
//! Beyond RFC 8259: duplicate members are found and told apart, nesting is at most [`DEPTH_MAX`]
//! and an object has at most [`MEMBERS_MAX`] members. Numbers keep their text. Invalid UTF-8 cannot
//! come here: the input is a `&str`.

use std::borrow::Cow;

#[cfg(test)]
mod against_serde_json;
mod scan;
mod write;

pub(crate) use write::Object;

/// Deepest nesting of objects and arrays, the outermost being 1.
pub const DEPTH_MAX: usize = 32;
/// Most members of one object; those after it are not looked at.
pub const MEMBERS_MAX: usize = 64;

/// The members of one object. Of a name that comes again, only the first is kept.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Members<'a> {
    /// The value of each name that was asked for as it was written, in the order of the names.
    pub known: Vec<Option<&'a str>>,
    /// The other names, in the order of the object, unescaped like those below.
    pub unknown: Vec<Cow<'a, str>>,
    /// Names that came again.
    pub duplicated: Vec<Cow<'a, str>>,
    /// Whether members were left out because there were more than [`MEMBERS_MAX`].
    pub overflow: bool,
}

/// What a raw JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `"…"`
    Text,
    /// A number.
    Number,
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `true` or `false`
    Boolean,
    /// `null`
    Null,
}

impl Kind {
    /// The kind of a raw value that a JSON parser has accepted.
    #[must_use]
    pub fn of(raw: &str) -> Self {
        match raw.as_bytes().first() {
            Some(b'"') => Self::Text,
            Some(b'{') => Self::Object,
            Some(b'[') => Self::Array,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'n') => Self::Null,
            _ => Self::Number,
        }
    }

    /// Its name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Number => "a number",
            Self::Object => "an object",
            Self::Array => "an array",
            Self::Boolean => "a boolean",
            Self::Null => "null",
        }
    }
}

/// Why a text has no members to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It nests deeper than [`DEPTH_MAX`], JSON or not.
    TooDeep,
    /// It is no JSON.
    NotJson,
    /// It is JSON of another kind.
    NotAnObject,
    /// A name in it holds half a surrogate pair.
    NameInvalid,
}

/// The members of the object that `raw` is; `names` are those whose values are wanted, best in the
/// order in which senders write them.
///
/// # Errors
/// Why it has none: of several reasons the first in the order of [`Unreadable`].
pub fn members<'a>(raw: &'a str, names: &[&str]) -> Result<Members<'a>, Unreadable> {
    let mut known = Vec::with_capacity(names.len());
    known.resize(names.len(), None);
    let mut reader = Reader {
        raw,
        names,
        found: Members { known, ..Members::default() },
        next: 0,
        count: 0,
        names_valid: true,
    };
    let start = scan::blank(raw.as_bytes());
    let (is_object, end) = match start {
        [b'{', rest @ ..] => (true, scan::members(rest, 1, &mut reader)),
        rest => (false, scan::value(rest, 1)),
    };
    match end.map(scan::blank) {
        Some([]) if !is_object => Err(Unreadable::NotAnObject),
        Some([]) if !reader.names_valid => Err(Unreadable::NameInvalid),
        Some([]) => Ok(reader.found),
        _ if nests_too_deep(raw) => Err(Unreadable::TooDeep),
        _ => Err(Unreadable::NotJson),
    }
}

/// Gathers the members of one object.
struct Reader<'a, 'n> {
    raw: &'a str,
    names: &'n [&'n str],
    found: Members<'a>,
    /// The position of the name that most senders write next.
    next: usize,
    count: usize,
    /// Whether no name so far held half a surrogate pair.
    names_valid: bool,
}

impl<'a> scan::Visit<'a> for Reader<'a, '_> {
    #[inline]
    fn expected(&self) -> Option<&[u8]> {
        self.names.get(self.next).map(|name| name.as_bytes())
    }

    #[inline]
    fn expected_came(&mut self, value: [&[u8]; 2]) {
        if self.count < MEMBERS_MAX
            && let Some(known @ None) = self.found.known.get_mut(self.next)
        {
            *known = between(self.raw, value);
            self.next += 1;
            self.count += 1;
        } else {
            let name = self.names.get(self.next).map(|name| Cow::Owned((*name).to_owned()));
            self.add(name, value);
        }
    }

    fn came(&mut self, name: [&[u8]; 2], escaped: bool, value: [&[u8]; 2]) {
        let name = between(self.raw, name).and_then(|name| match escaped {
            false => Some(Cow::Borrowed(name)),
            true => unescaped(name).map(Cow::Owned),
        });
        self.names_valid &= name.is_some();
        self.add(name, value);
    }
}

impl<'a> Reader<'a, '_> {
    fn add(&mut self, name: Option<Cow<'a, str>>, value: [&[u8]; 2]) {
        let Some(name) = name else {
            return;
        };
        let found = &mut self.found;
        if self.count == MEMBERS_MAX {
            found.overflow = true;
            return;
        }
        self.count += 1;
        match self.names.iter().position(|known| *known == name) {
            Some(at) => match found.known.get_mut(at) {
                Some(known @ None) => {
                    *known = between(self.raw, value);
                    self.next = at + 1;
                }
                _ => found.duplicated.push(name),
            },
            None if found.unknown.contains(&name) => found.duplicated.push(name),
            None => found.unknown.push(name),
        }
    }
}

/// What lies between two ends of `raw`, each told by what is left behind it.
fn between<'a>(raw: &'a str, [start, end]: [&[u8]; 2]) -> Option<&'a str> {
    raw.get(raw.len() - start.len()..raw.len() - end.len())
}

/// The elements of a raw JSON array within an event; `None` when it is something else.
#[must_use]
pub fn elements(raw: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let rest = raw.as_bytes().strip_prefix(b"[")?;
    scan::elements(rest, 1, |ends| found.extend(between(raw, ends)))?;
    Some(found)
}

/// The text of a raw JSON string, unescaped; `None` when it holds half a surrogate pair.
#[must_use]
pub fn text(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    match scan::plain(inner.as_bytes()) == inner.len() {
        true => Some(Cow::Borrowed(inner)),
        false => unescaped(inner).map(Cow::Owned),
    }
}

fn unescaped(inner: &str) -> Option<String> {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut after = escape.chars();
        let meant = match after.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (meant, behind) = character(after.as_str())?;
                after = behind.chars();
                meant
            }
            itself => itself,
        };
        text.push(meant);
        rest = after.as_str();
    }
    text.push_str(rest);
    Some(text)
}

/// The character that the four digits after `\u` mean, or with the escape after them, and the rest.
fn character(escaped: &str) -> Option<(char, &str)> {
    let (first, rest) = code_unit(escaped)?;
    if let Some(meant) = char::from_u32(u32::from(first)) {
        return Some((meant, rest));
    }
    let (second, rest) = code_unit(rest.strip_prefix("\\u")?)?;
    let meant = char::decode_utf16([first, second]).next()?.ok()?;
    Some((meant, rest))
}

fn code_unit(escaped: &str) -> Option<(u16, &str)> {
    let (digits, rest) = escaped.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}

/// Whether `raw`, valid JSON or not, nests deeper than [`DEPTH_MAX`].
fn nests_too_deep(raw: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in raw.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_raw_values_in_their_order() {
        assert_eq!(elements("[]"), Some(Vec::new()));
        assert_eq!(elements(r#"[ "a,]" ,1, [2] ]"#), Some(vec![r#""a,]""#, "1", "[2]"]));
        assert_eq!(elements("{}"), None);
        assert_eq!(elements("7"), None);
    }

    #[test]
    fn values_stay_raw_and_names_are_unescaped() {
        let raw = r#" {"a\u0062": 1.0e5 , "e":0, "c":{"d":[]},"f\u0062":1} "#;
        let found = members(raw, &["c", "ab", "x"]).unwrap();
        assert_eq!(found.known, [Some(r#"{"d":[]}"#), Some("1.0e5"), None]);
        assert_eq!(found.unknown, ["e", "fb"]);
        assert_eq!(found.duplicated.len(), 0);
    }

    #[test]
    fn finds_duplicates_however_they_are_escaped() {
        for (raw, names) in [
            (r#"{"a":1,"\u0061":2}"#, ["a"].as_slice()),
            (r#"{"\u0061":1,"a":2}"#, &["b", "a"]),
            (r#"{"a":1,"\u0061":2}"#, &[]),
        ] {
            let found = members(raw, names).unwrap();
            assert_eq!(found.known.last().copied(), names.last().map(|_| Some("1")));
            assert_eq!(found.unknown.len(), 1 - names.len().min(1));
            assert_eq!(found.duplicated, ["a"]);
        }
    }

    #[test]
    fn stops_at_the_bound_of_members() {
        let object = |count: usize| {
            let all: Vec<String> = (0..count).map(|n| format!("\"k{n}\":0")).collect();
            format!("{{{}}}", all.join(","))
        };
        assert!(!members(&object(MEMBERS_MAX), &[]).unwrap().overflow);
        let full = object(MEMBERS_MAX + 1);
        let found = members(&full, &["k63", "k64"]).unwrap();
        assert!(found.overflow);
        assert_eq!(found.unknown.len(), MEMBERS_MAX - 1);
        assert_eq!(found.known, [Some("0"), None]);
    }

    #[test]
    fn says_why_there_are_no_members() {
        for raw in ["", "{", "[", "{\"a\":}", "{}x", "{'a':1}", "{\"a\":01}", "\"\u{1}\""] {
            assert_eq!(members(raw, &[]), Err(Unreadable::NotJson), "{raw}");
        }
        for raw in ["1", " [] ", "null", "\"{}\""] {
            assert_eq!(members(raw, &[]), Err(Unreadable::NotAnObject), "{raw}");
        }
        for raw in [r#"{"\ud800":1}"#, r#"{"a":1,"\udc00\ud800":{}}"#] {
            assert_eq!(members(raw, &[]), Err(Unreadable::NameInvalid), "{raw}");
        }
    }

    #[test]
    fn measures_depth_outside_strings_only() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(!nests_too_deep(&nested(DEPTH_MAX)));
        assert!(nests_too_deep(&nested(DEPTH_MAX + 1)));
        assert!(!nests_too_deep(&format!("\"{}\\\"[\"", "[".repeat(99))));
    }

    #[test]
    fn half_a_surrogate_pair_is_no_text() {
        assert_eq!(text(r#""è\u00e8""#).as_deref(), Some("èè"));
        assert_eq!(text(r#""\ud800""#), None);
    }
}
