//! Strict reading of one JSON object: its members by their names, values still raw.
//!
//! Beyond RFC 8259: duplicate members are found and told apart, nesting is at most [`DEPTH_MAX`]
//! and an object has at most [`MEMBERS_MAX`] members. Numbers keep their text. Invalid UTF-8 cannot
//! come here: the input is a `&str`.

use std::borrow::Cow;

#[cfg(test)]
mod against_serde_json;
mod scan;
mod whole;
mod write;

use scan::Found;
pub use whole::{raw_elements, raw_value};
pub(crate) use write::Object;

/// Deepest nesting of objects and arrays, the outermost being 1.
pub const DEPTH_MAX: usize = 32;
/// Most members of one object; those after it are not looked at.
pub const MEMBERS_MAX: usize = 64;

/// A value, still raw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw<'a> {
    /// What a string without escapes has between its quotes: its text.
    Plain(&'a str),
    /// Any other value as it was written, without the whitespace around it.
    Other(&'a str),
}

impl<'a> Raw<'a> {
    fn of(whole: &'a str, found: Found<'_>) -> Option<Self> {
        let text = between(whole, found)?;
        Some(if found.plain { Self::Plain(text) } else { Self::Other(text) })
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Plain(_) => Kind::Text,
            Self::Other(raw) => Kind::of(raw),
        }
    }
}

/// What an object has beside the values that were asked for. Of a name that comes again, only the
/// first value is kept.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Members<'a> {
    /// The names that nobody asked for, in the order of the object, unescaped like those below.
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

/// Reads the object that `raw` is. `names` are those whose values are wanted, best in the order in
/// which senders write them; the value of each is put into its place among `values`.
///
/// # Errors
/// Why there are no members: of several reasons the first in the order of [`Unreadable`].
pub fn members<'a>(
    raw: &'a str,
    names: &[&str],
    values: &mut [Option<Raw<'a>>],
) -> Result<Members<'a>, Unreadable> {
    let found = Members::default();
    let mut reader = Reader { raw, names, values, found, next: 0, count: 0, names_valid: true };
    let start = scan::blank(raw.as_bytes());
    let (is_object, end) = match start {
        [b'{', rest @ ..] => (true, scan::members(rest, 1, &mut reader)),
        rest => (false, scan::value(rest, 1).map(|value| value.after)),
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
    values: &'n mut [Option<Raw<'a>>],
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
    fn came(&mut self, name: Option<Found<'a>>, value: Found<'a>) {
        let value = Raw::of(self.raw, value);
        if name.is_none()
            && self.count < MEMBERS_MAX
            && let Some(place @ None) = self.values.get_mut(self.next)
        {
            *place = value;
            self.next += 1;
            self.count += 1;
        } else {
            self.add(name, value);
        }
    }
}

impl<'a> Reader<'a, '_> {
    /// Adds a member under its name, or under the one that was expected.
    fn add(&mut self, name: Option<Found<'_>>, value: Option<Raw<'a>>) {
        let name = match name {
            None => self.names.get(self.next).map(|name| Cow::Owned((*name).to_owned())),
            Some(found) => between(self.raw, found).and_then(|name| match found.plain {
                true => Some(Cow::Borrowed(name)),
                false => unescaped(name).map(Cow::Owned),
            }),
        };
        self.names_valid &= name.is_some();
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
            Some(at) => match self.values.get_mut(at) {
                Some(place @ None) => {
                    *place = value;
                    self.next = at + 1;
                }
                _ => found.duplicated.push(name),
            },
            None if found.unknown.contains(&name) => found.duplicated.push(name),
            None => found.unknown.push(name),
        }
    }
}

/// The text of what was found in `whole`.
fn between<'a>(whole: &'a str, found: Found<'_>) -> Option<&'a str> {
    let [start, end] = found.ends.map(|left| whole.len() - left);
    whole.get(start..end)
}

/// The elements of a raw JSON array within an event; `None` when it is something else.
#[must_use]
pub fn elements(raw: Raw<'_>) -> Option<Vec<Raw<'_>>> {
    let Raw::Other(raw) = raw else {
        return None;
    };
    let mut elements = Vec::new();
    let rest = raw.as_bytes().strip_prefix(b"[")?;
    scan::elements(rest, 1, |found| Raw::of(raw, found).map(|element| elements.push(element)))?;
    Some(elements)
}

/// The text of a raw JSON string; `None` when it holds half a surrogate pair.
#[must_use]
pub fn text(raw: Raw<'_>) -> Option<Cow<'_, str>> {
    match raw {
        Raw::Plain(text) => Some(Cow::Borrowed(text)),
        Raw::Other(raw) => {
            let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
            unescaped(inner).map(Cow::Owned)
        }
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
#[must_use]
pub fn nests_too_deep(raw: &str) -> bool {
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
    use super::{
        Raw::{Other, Plain},
        *,
    };

    /// The values that were asked for, and what else there is.
    pub(super) fn read<'a>(
        raw: &'a str,
        names: &[&str],
    ) -> Result<(Vec<Option<Raw<'a>>>, Members<'a>), Unreadable> {
        let mut values = vec![None; names.len()];
        members(raw, names, &mut values).map(|found| (values, found))
    }

    #[test]
    fn elements_are_raw_values_in_their_order() {
        let check = |raw, expected| assert_eq!(elements(Other(raw)), expected, "{raw}");
        check("[]", Some(Vec::new()));
        check(
            r#"[ "a,]" ,1, [2] ,"\n"]"#,
            Some(vec![Plain("a,]"), Other("1"), Other("[2]"), Other(r#""\n""#)]),
        );
        check("{}", None);
        check("7", None);
        assert_eq!(elements(Plain("[]")), None);
    }

    #[test]
    fn values_stay_raw_and_names_are_unescaped() {
        let raw = r#" {"a\u0062": 1.0e5 , "e":0, "c":{"d":[]},"f\u0062":1} "#;
        let (values, found) = read(raw, &["c", "ab", "x"]).unwrap();
        assert_eq!(values, [Some(Other(r#"{"d":[]}"#)), Some(Other("1.0e5")), None]);
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
            let (values, found) = read(raw, names).unwrap();
            assert_eq!(values.last().copied(), names.last().map(|_| Some(Other("1"))));
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
        assert!(!read(&object(MEMBERS_MAX), &[]).unwrap().1.overflow);
        let full = object(MEMBERS_MAX + 1);
        let (values, found) = read(&full, &["k63", "k64"]).unwrap();
        assert!(found.overflow);
        assert_eq!(found.unknown.len(), MEMBERS_MAX - 1);
        assert_eq!(values, [Some(Other("0")), None]);
    }

    #[test]
    fn says_why_there_are_no_members() {
        for raw in ["", "{", "[", "{\"a\":}", "{}x", "{'a':1}", "{\"a\":01}", "\"\u{1}\""] {
            assert_eq!(read(raw, &[]), Err(Unreadable::NotJson), "{raw}");
        }
        for raw in ["1", " [] ", "null", "\"{}\""] {
            assert_eq!(read(raw, &[]), Err(Unreadable::NotAnObject), "{raw}");
        }
        for raw in [r#"{"\ud800":1}"#, r#"{"a":1,"\udc00\ud800":{}}"#] {
            assert_eq!(read(raw, &[]), Err(Unreadable::NameInvalid), "{raw}");
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
        assert_eq!(text(Plain("è")).as_deref(), Some("è"));
        assert_eq!(text(Other(r#""è\u00e8""#)).as_deref(), Some("èè"));
        assert_eq!(text(Other(r#""\ud800""#)), None);
    }
}
