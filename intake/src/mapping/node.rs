//! Values within a JSON text, as they were written: numbers keep every digit, strings their escapes.
//!
//! Nothing is copied, and nothing is built up: a value is a part of the text, and is looked through when it is asked
//! what is in it. Bound: nesting of [`DEPTH_MAX`].

use std::borrow::Cow;
use std::fmt;

use polso_core::{DEPTH_MAX, Reason, ReasonCode as Code, excerpt, nests_too_deep};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node<'a>(&'a str);

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Boolean,
    Null,
    Object,
    List,
}

impl<'a> Node<'a> {
    /// The value that a text is.
    ///
    /// # Errors
    /// `json_invalid`, `json_depth`.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Reason> {
        let invalid = |error: serde_json::Error| {
            Reason::event(Code::JsonInvalid, format!("the body is not JSON: {error}"))
        };
        let raw = serde_json::from_str::<&RawValue>(text).map_err(invalid)?;
        if nests_too_deep(text) {
            let message = format!("objects and arrays nest deeper than {DEPTH_MAX}");
            return Err(Reason::event(Code::JsonDepth, message));
        }
        Ok(Self(raw.get()))
    }

    /// As it was written.
    pub(crate) const fn raw(self) -> &'a str {
        self.0
    }

    pub(crate) fn kind(self) -> Kind {
        match self.0.as_bytes().first() {
            Some(b'"') => Kind::Text,
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The members of an object in their order; none of what is no object.
    ///
    /// # Errors
    /// `text_invalid` when a name holds half a surrogate pair.
    pub(crate) fn members(self) -> Result<Vec<Member<'a>>, Reason> {
        if self.kind() != Kind::Object {
            return Ok(Vec::new());
        }
        serde_json::Deserializer::from_str(self.0).deserialize_map(Members).map_err(|_| {
            Reason::event(Code::TextInvalid, "the name of a member holds half a surrogate pair")
        })
    }

    pub(crate) fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    pub(crate) fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The value of an object's member; `None` where there is none of that name, and in anything that is no object.
    ///
    /// # Errors
    /// `field_duplicate` when it comes twice, and those of [`members`](Self::members).
    pub(crate) fn member(self, name: &str) -> Result<Option<Self>, Reason> {
        only(&self.members()?, name)
    }

    /// The value at the end of a way of members, if it is there and no `null`.
    ///
    /// # Errors
    /// Those of [`member`](Self::member).
    pub(crate) fn at(self, way: &[&str]) -> Result<Option<Self>, Reason> {
        let mut node = self;
        for name in way {
            match node.member(name)? {
                Some(member) => node = member,
                None => return Ok(None),
            }
        }
        Ok(Some(node).filter(|node| !node.is_null()))
    }

    /// The elements of a list; `None` where it is none.
    pub(crate) fn elements(self) -> Option<Vec<Self>> {
        let raw = (self.kind() == Kind::List)
            .then(|| serde_json::Deserializer::from_str(self.0).deserialize_seq(Elements).ok());
        raw.flatten()
    }

    /// What a string says, or a number or boolean as it is written; `None` for what is no such thing.
    ///
    /// # Errors
    /// `text_invalid` for half a surrogate pair.
    pub(crate) fn text(self) -> Result<Option<Cow<'a, str>>, Reason> {
        match self.kind() {
            Kind::Text => unescaped(self.0).map(Some),
            Kind::Number | Kind::Boolean => Ok(Some(Cow::Borrowed(self.0))),
            Kind::Null | Kind::Object | Kind::List => Ok(None),
        }
    }
}

fn unescaped(raw: &str) -> Result<Cow<'_, str>, Reason> {
    if let Some(plain) = raw.get(1..raw.len().saturating_sub(1)).filter(|text| !text.contains('\\'))
    {
        return Ok(Cow::Borrowed(plain));
    }
    serde_json::from_str(raw)
        .map(Cow::Owned)
        .map_err(|_| Reason::event(Code::TextInvalid, "a string holds half a surrogate pair"))
}

/// A member of an object: its name and its value.
pub(crate) type Member<'a> = (Cow<'a, str>, Node<'a>);

/// The member of that name among these.
///
/// # Errors
/// `field_duplicate` when there are several: what was meant cannot be told.
pub(crate) fn only<'a>(members: &[Member<'a>], name: &str) -> Result<Option<Node<'a>>, Reason> {
    let mut named = members.iter().filter(|(known, _)| known == name).map(|(_, value)| *value);
    let found = named.next();
    if named.next().is_some() {
        let message = format!("`{}` comes twice", excerpt(name));
        return Err(Reason::foreign_field(Code::FieldDuplicate, name, message));
    }
    Ok(found)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<Member<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(name) = object.next_key_seed(Name)? {
            found.push((name, Node(object.next_value::<&RawValue>()?.get())));
        }
        Ok(found)
    }
}

/// A name, borrowed where it has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

struct Elements;

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<Node<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(raw) = list.next_element::<&RawValue>()? {
            found.push(Node(raw.get()));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node<'_> {
        Node::parse(text).unwrap()
    }

    #[track_caller]
    fn check_member(text: &str, name: &str, expected: Result<Option<&str>, Code>) {
        let found = node(text).member(name);
        assert_eq!(
            found.map(|found| found.map(Node::raw)).map_err(|reason| reason.code),
            expected,
            "{text}"
        );
    }

    #[test]
    fn members_are_as_they_were_written() {
        check_member(
            r#" {"a": 9007199254740993.10 , "b":"\u00e8"} "#,
            "a",
            Ok(Some("9007199254740993.10")),
        );
        check_member(r#"{"a":1,"b":"\u00e8\/"}"#, "b", Ok(Some(r#""\u00e8\/""#)));
        check_member(r#"{"\u0061":{"b":[ 1 ]}}"#, "a", Ok(Some(r#"{"b":[ 1 ]}"#)));
        check_member(r#"{"a":1e999}"#, "a", Ok(Some("1e999")));
        for none in ["{}", r#"{"b":1}"#, "[1]", "1", r#""a""#, "null"] {
            check_member(none, "a", Ok(None));
        }
    }

    #[test]
    fn a_member_that_comes_twice_is_none() {
        check_member(r#"{"a":1,"\u0061":1}"#, "a", Err(Code::FieldDuplicate));
        check_member(r#"{"b":1,"a":1,"b":2}"#, "a", Ok(Some("1")));
        check_member(r#"{"a":1,"\ud800":1}"#, "a", Err(Code::TextInvalid));
    }

    #[test]
    fn elements_keep_their_order() {
        let raw = |text| {
            node(text).elements().map(|list| list.into_iter().map(Node::raw).collect::<Vec<_>>())
        };
        assert_eq!(raw(r#"[ "a,]" ,1, [2] ]"#), Some(vec![r#""a,]""#, "1", "[2]"]));
        assert_eq!(raw("[]"), Some(vec![]));
        assert_eq!(raw("{}"), None);
    }

    #[test]
    fn texts_are_unescaped_and_numbers_are_not_read() {
        let text = |text| node(text).text().map_err(|reason| reason.code);
        assert_eq!(text(r#""a""#), Ok(Some("a".into())));
        assert_eq!(text(r#""\u00e8\"""#), Ok(Some("è\"".into())));
        assert_eq!(text("9007199254740993"), Ok(Some("9007199254740993".into())));
        assert_eq!(text("true"), Ok(Some("true".into())));
        assert_eq!(text("null"), Ok(None));
        assert_eq!(text("[]"), Ok(None));
        assert_eq!(text(r#""\ud800""#), Err(Code::TextInvalid));
    }

    #[test]
    fn nests_32_deep() {
        let nested = |depth: usize| "[".repeat(depth) + "\"[[\"" + &"]".repeat(depth);
        let code = |text: &str| Node::parse(text).map(drop).map_err(|reason| reason.code);
        assert_eq!(code(&nested(31)), Ok(()));
        assert_eq!(code(&nested(32)), Ok(()));
        assert_eq!(code(&nested(33)), Err(Code::JsonDepth));
        assert_eq!(code(&nested(100_000)), Err(Code::JsonDepth));
        for bad in ["", "{", "{'a':1}", "{} {}", "01", "\u{feff}{}"] {
            assert_eq!(code(bad), Err(Code::JsonInvalid), "{bad}");
        }
    }
}
