//! The members of one JSON object, each name once.
//!
//! RFC 7515, section 4 and RFC 7519, section 4 leave what to do with a repeated name to the
//! reader; two readers that choose differently can be played against each other, so here it is
//! refused. At most [`MEMBERS_MAX`] members. Objects further down are not looked into.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::TokenFault;

/// The most members that an object may have.
const MEMBERS_MAX: usize = 64;

/// A string of JSON, borrowed from its text unless it holds escapes.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// Shows every member's name and the text of its value to `visit`.
pub(super) fn read<'a>(
    json: &'a [u8],
    visit: impl FnMut(&str, &'a str) -> Result<(), TokenFault>,
) -> Result<(), TokenFault> {
    let json = std::str::from_utf8(json).map_err(|_| TokenFault::Malformed)?;
    let mut fault = None;
    let mut parser = serde_json::Deserializer::from_str(json);
    let whole = parser.deserialize_map(Members { visit, fault: &mut fault });
    match (whole.and_then(|()| parser.end()), fault) {
        (_, Some(fault)) => Err(fault),
        (Err(_), None) => Err(TokenFault::Malformed),
        (Ok(()), None) => Ok(()),
    }
}

/// The value of a member that must be a string.
pub(super) fn text(json: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(json).ok().map(|text| text.0)
}

struct Members<'l, F> {
    visit: F,
    fault: &'l mut Option<TokenFault>,
}

impl<'de, F: FnMut(&str, &'de str) -> Result<(), TokenFault>> Visitor<'de> for Members<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut seen: Vec<Cow<'de, str>> = Vec::new();
        while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            let judged = if seen.contains(&name) || seen.len() == MEMBERS_MAX {
                Err(TokenFault::Members)
            } else {
                (self.visit)(&name, value.get())
            };
            if let Err(fault) = judged {
                *self.fault = Some(fault);
                return Err(A::Error::custom("refused"));
            }
            seen.push(name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: Result<&[(&str, &str)], TokenFault>) {
        let mut found = Vec::new();
        let outcome = read(json.as_bytes(), |name, value| {
            found.push((name.to_owned(), value.to_owned()));
            if name == "bad" { Err(TokenFault::Key) } else { Ok(()) }
        });
        let found: Vec<_> = found.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(outcome.map(|()| found.as_slice()), expected, "{json}");
    }

    #[test]
    fn shows_each_member() {
        check("{}", Ok(&[]));
        check(r#" { "a" : [1] , "b\u0063" : "x" } "#, Ok(&[("a", "[1]"), ("bc", "\"x\"")]));
    }

    #[test]
    fn refuses_a_name_twice_however_it_is_written() {
        check(r#"{"a":1,"a":1}"#, Err(TokenFault::Members));
        check(r#"{"a":1,"\u0061":2}"#, Err(TokenFault::Members));
        check(r#"{"a":{"b":1,"b":2}}"#, Ok(&[("a", r#"{"b":1,"b":2}"#)]));
    }

    #[test]
    fn passes_on_what_the_reader_refuses() {
        check(r#"{"bad":1,"#, Err(TokenFault::Key));
    }

    #[test]
    fn refuses_what_is_not_one_object() {
        for json in ["", "[]", "1", "{", "{}{}", r#"{"a":}"#, "{a:1}", "null"] {
            check(json, Err(TokenFault::Malformed));
        }
        assert_eq!(read(b"{\"a\":\"\xff\"}", |_, _| Ok(())), Err(TokenFault::Malformed));
    }

    #[test]
    fn counts_members_up_to_the_limit() {
        let object = |members: usize| {
            let members: Vec<_> = (0..members).map(|n| format!("\"{n}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert_eq!(read(object(MEMBERS_MAX).as_bytes(), |_, _| Ok(())), Ok(()));
        let over = read(object(MEMBERS_MAX + 1).as_bytes(), |_, _| Ok(()));
        assert_eq!(over, Err(TokenFault::Members));
    }
}
