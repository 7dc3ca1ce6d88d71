//! Reading members and cutting into values say of every text what `serde_json`, an independent
//! reader, says of it.

use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{tests::read, *};

/// What `serde_json` makes of the same text.
fn expected(raw: &str) -> Result<All<'_>, Unreadable> {
    if nests_too_deep(raw) {
        return Err(Unreadable::TooDeep);
    }
    let value: &RawValue = serde_json::from_str(raw).map_err(|_| Unreadable::NotJson)?;
    if Kind::of(value.get()) != Kind::Object {
        return Err(Unreadable::NotAnObject);
    }
    serde_json::from_str(raw).map_err(|_| Unreadable::NameInvalid)
}

#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object, names and values.
#[derive(Default)]
struct All<'a> {
    members: Vec<(Cow<'a, str>, &'a str)>,
    duplicated: Vec<Cow<'a, str>>,
    overflow: bool,
}

impl<'a> All<'a> {
    /// Parted by which names are known.
    fn parted(&self, names: &[&str]) -> (Vec<Option<Raw<'a>>>, Members<'a>) {
        let value = |name: &&str| self.members.iter().find(|(known, _)| known == name);
        let unknown = self.members.iter().filter(|(name, _)| !names.contains(&name.as_ref()));
        let found = Members {
            unknown: unknown.map(|(name, _)| name.clone()).collect(),
            duplicated: self.duplicated.clone(),
            overflow: self.overflow,
        };
        (names.iter().map(|name| value(name).map(|(_, value)| as_read(value))).collect(), found)
    }
}

/// What is read of a value.
fn as_read(value: &str) -> Raw<'_> {
    let inside = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inside.filter(|text| !text.contains('\\')).map_or(Raw::Other(value), Raw::Plain)
}

impl<'de> Deserialize<'de> for All<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Collect)
    }
}

struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = All<'de>;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = All::default();
        while let Some(Text(name)) = map.next_key()? {
            if found.members.len() + found.duplicated.len() == MEMBERS_MAX {
                map.next_value::<IgnoredAny>()?;
                found.overflow = true;
            } else if found.members.iter().any(|(known, _)| *known == name) {
                map.next_value::<IgnoredAny>()?;
                found.duplicated.push(name);
            } else {
                found.members.push((name, map.next_value::<&RawValue>()?.get()));
            }
        }
        Ok(found)
    }
}

#[track_caller]
fn check(raw: &str) {
    let expected = expected(raw);
    for names in [&[], ["a", "b", ""].as_slice(), &["b", "a"], &["a", "é", "zz"]] {
        let expected = expected.as_ref().map(|all| all.parted(names)).map_err(|error| *error);
        assert_eq!(read(raw, names), expected, "{raw:?} {names:?}");
    }
    for (_, value) in expected.into_iter().flat_map(|all| all.members) {
        if Kind::of(value) == Kind::Text {
            let expected = serde_json::from_str(value).ok().map(|Text(text)| text);
            assert_eq!(text(as_read(value)), expected, "{value:?}");
        }
    }
    check_cuts(raw);
}

/// The text as one value, and as what an array has between its brackets.
#[track_caller]
fn check_cuts(raw: &str) {
    let value = serde_json::from_str(raw).ok().map(RawValue::get);
    let value = value.filter(|value| !nests_too_deep(value));
    assert_eq!(raw_value(raw), value, "{raw:?}");
    for array in [format!("[{raw}]"), format!(" [ {raw} , 0,{raw}]\n")] {
        let elements: Option<Vec<&RawValue>> = serde_json::from_str(&array).ok();
        let elements = elements.map(|elements| elements.into_iter().map(RawValue::get).collect());
        let fits = |elements: &Vec<&str>| !elements.iter().any(|element| nests_too_deep(element));
        assert_eq!(raw_elements(&array, usize::MAX), elements.filter(fits), "{array:?}");
    }
}

/// A string as a sender may write it: every kind of escape, halves of surrogate pairs, any length.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ -!#-\\[\\]-~]{0,20}",
        2 => "[^\"\\\\\u{0}-\u{1f}]{0,4}",
        1 => proptest::sample::select(vec![
            "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u00e8", "\\u2028",
            "\\uFFFF", "\\ud83d\\ude00", "\\uD83D\\uDE00", "\\ud800", "\\udc00", "\\ud800\\ud800",
            "\\ud800\\n", "\\udbff\\udfff", "\u{7f}",
        ]).prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?"
}

fn blank() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just(String::new()), 1 => "[ \t\r\n]{0,3}"]
}

/// An object of the members; few names, so that they come again.
fn object(
    name: impl Strategy<Value = String>,
    value: impl Strategy<Value = String>,
    members_max: usize,
) -> impl Strategy<Value = String> {
    let name = prop_oneof![
        3 => proptest::sample::select(vec![r#""a""#, r#""\u0061""#, r#""b""#, r#""""#])
            .prop_map(str::to_owned),
        2 => name,
    ];
    let member = (blank(), name, blank(), blank(), value, blank())
        .prop_map(|(a, name, b, c, value, d)| format!("{a}{name}{b}:{c}{value}{d}"));
    (blank(), proptest::collection::vec(member, 0..=members_max)).prop_map(|(blank, members)| {
        format!("{{{}}}", if members.is_empty() { blank } else { members.join(",") })
    })
}

fn value() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        string(),
        number(),
        proptest::sample::select(vec!["true", "false", "null"]).prop_map(str::to_owned),
    ];
    scalar.prop_recursive(6, 40, 5, |value| {
        let elements = proptest::collection::vec((blank(), value.clone(), blank()), 1..5);
        let array = elements.prop_map(|elements| {
            let elements: Vec<_> =
                elements.into_iter().map(|(a, value, b)| format!("{a}{value}{b}")).collect();
            format!("[{}]", elements.join(","))
        });
        prop_oneof![array, Just("[ ]".to_owned()), object(string(), value, 5)]
    })
}

fn document() -> impl Strategy<Value = String> {
    let any = prop_oneof![6 => object(string(), value(), 8), 1 => value()];
    (blank(), any, blank()).prop_map(|(a, any, b)| format!("{a}{any}{b}"))
}

/// What is put in place of a part of a document.
fn noise() -> impl Strategy<Value = String> {
    let tokens = proptest::sample::select(vec![
        "", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\u12", "0", "-", "+", ".", "e",
        "E1", "tru", "null", " ", "\u{b}", "\u{a0}", "\u{0}", "\u{1f}", "\u{feff}", "è", "//", "'",
        "1.", "00", "NaN",
    ]);
    prop_oneof![4 => tokens.prop_map(str::to_owned), 1 => "\\PC{0,3}"]
}

fn damaged() -> impl Strategy<Value = String> {
    let cuts = (any::<proptest::sample::Index>(), 0..4_usize, noise());
    (document(), proptest::collection::vec(cuts, 1..3)).prop_map(|(document, cuts)| {
        let mut chars: Vec<char> = document.chars().collect();
        for (at, length, noise) in cuts {
            let start = at.index(chars.len() + 1);
            let end = (start + length).min(chars.len());
            chars.splice(start..end, noise.chars());
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn documents(raw in document()) {
        check(&raw);
    }

    #[test]
    fn damaged_documents(raw in damaged()) {
        check(&raw);
    }

    #[test]
    fn any_text(raw in prop_oneof!["\\PC{0,40}", "[\\x00-\\x7f]{0,40}", "[\\[\\]{}\",:0-9.eE+\\\\ -]{0,60}"]) {
        check(&raw);
        check(&format!("{{\"a\":{raw}}}"));
        check(&format!("{{\"a\":\"{raw}\",\"{raw}\":0}}"));
    }

    #[test]
    fn objects_around_the_bound_of_members(
        raw in object("\"[a-z]{2,3}\"", number(), MEMBERS_MAX + 8)
    ) {
        check(&raw);
    }

    #[test]
    fn nesting_around_the_bound(
        opening in proptest::collection::vec(any::<bool>(), DEPTH_MAX - 3..DEPTH_MAX + 3),
        inner in "0|\"[\\[{]\"||x",
        closed in any::<bool>(),
    ) {
        let mut raw = String::new();
        opening.iter().for_each(|array| raw.push_str(if *array { "[" } else { "{\"a\":" }));
        raw.push_str(&inner);
        if closed {
            opening.iter().rev().for_each(|array| raw.push(if *array { ']' } else { '}' }));
        }
        check(&raw);
        check(&format!("{{\"a\":{raw}}}"));
    }
}

#[test]
fn every_byte_at_every_place_of_a_string() {
    for byte in 0..0x80_u8 {
        for before in 0..20 {
            let (before, byte) = ("x".repeat(before), char::from(byte));
            check(&format!("{{\"{before}{byte}n\":\"{before}{byte}n{before}\"}}"));
        }
    }
}

#[test]
fn every_escape() {
    for unit in 0..=0xFFFF_u32 {
        check(&format!(
            "{{\"a\":\"\\u{unit:04x}\",\"\\u{unit:04X}\\udc00\":\"\\uD83D\\u{unit:04x}\"}}"
        ));
    }
    for byte in 0..0x80_u8 {
        check(&format!("{{\"a\":\"\\{}\"}}", char::from(byte)));
        check(&format!("{{\"a\":\"\\u00{}0\"}}", char::from(byte)));
    }
}
