//! The grammar of JSON (RFC 8259): where values begin and end, read once from left to right.
//!
//! Each function takes what is left of the text and gives what is left behind the thing that it is
//! named after; `None` when that does not come next. Recurses into objects and arrays, never deeper
//! than [`DEPTH_MAX`]. It decides nothing about what is read: half a surrogate pair is a string like
//! any other.

use super::DEPTH_MAX;

/// Who wants to know the members of an object. A place in the text is told by what is left of it from
/// the place's start, and from its end.
pub(super) trait Visit<'a> {
    /// The name that most likely comes next: where it does, it need not be looked through.
    fn expected(&self) -> Option<&[u8]>;

    /// The member of that name.
    fn expected_came(&mut self, value: [&'a [u8]; 2]);

    /// A member, its name without the quotes and whether it holds a backslash.
    fn came(&mut self, name: [&'a [u8]; 2], escaped: bool, value: [&'a [u8]; 2]);
}

/// Nobody does.
struct Skip;

impl Visit<'_> for Skip {
    fn expected(&self) -> Option<&[u8]> {
        None
    }

    fn expected_came(&mut self, _: [&[u8]; 2]) {}

    fn came(&mut self, _: [&[u8]; 2], _: bool, _: [&[u8]; 2]) {}
}

/// Whitespace, if there is any.
pub(super) fn blank(mut rest: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r' | b'\n', after @ ..] = rest {
        rest = after;
    }
    rest
}

/// One value at `depth`.
#[inline]
pub(super) fn value(rest: &[u8], depth: usize) -> Option<&[u8]> {
    match rest {
        [b'"', rest @ ..] => string(rest),
        [b'-' | b'0'..=b'9', ..] => number(rest),
        _ => other_value(rest, depth),
    }
}

fn other_value(rest: &[u8], depth: usize) -> Option<&[u8]> {
    match rest {
        [b'{', rest @ ..] if depth <= DEPTH_MAX => members(rest, depth, &mut Skip),
        [b'[', rest @ ..] if depth <= DEPTH_MAX => elements(rest, depth, |_| ()),
        [b't', rest @ ..] => rest.strip_prefix(b"rue"),
        [b'f', rest @ ..] => rest.strip_prefix(b"alse"),
        [b'n', rest @ ..] => rest.strip_prefix(b"ull"),
        _ => None,
    }
}

/// An object at `depth` from behind its `{`. Shows each member.
pub(super) fn members<'a>(
    rest: &'a [u8],
    depth: usize,
    visit: &mut impl Visit<'a>,
) -> Option<&'a [u8]> {
    let mut rest = blank(rest);
    if let [b'}', after @ ..] = rest {
        return Some(after);
    }
    loop {
        let name = rest.strip_prefix(b"\"")?;
        let value_end = match visit.expected().and_then(|expected| name.strip_prefix(expected)) {
            Some([b'"', b':', value_start @ ..]) => {
                let value_start = blank(value_start);
                let value_end = value(value_start, depth + 1)?;
                visit.expected_came([value_start, value_end]);
                value_end
            }
            _ => {
                let name_end = name.get(plain(name)..)?;
                let (name_end, name_escaped) = match name_end {
                    [b'"', ..] => (name_end, false),
                    _ => (escaped(name_end)?, true),
                };
                let value_start = blank(blank(name_end.get(1..)?).strip_prefix(b":")?);
                let value_end = value(value_start, depth + 1)?;
                visit.came([name, name_end], name_escaped, [value_start, value_end]);
                value_end
            }
        };
        rest = match blank(value_end) {
            [b',', after @ ..] => blank(after),
            [b'}', after @ ..] => return Some(after),
            _ => return None,
        };
    }
}

/// An array at `depth` from behind its `[`. Shows what is left of the text from the start of each
/// element, and from its end.
pub(super) fn elements<'a>(
    rest: &'a [u8],
    depth: usize,
    mut show: impl FnMut([&'a [u8]; 2]),
) -> Option<&'a [u8]> {
    let mut rest = blank(rest);
    if let [b']', after @ ..] = rest {
        return Some(after);
    }
    loop {
        let end = value(rest, depth + 1)?;
        show([rest, end]);
        rest = match blank(end) {
            [b',', after @ ..] => blank(after),
            [b']', after @ ..] => return Some(after),
            _ => return None,
        };
    }
}

/// A string from behind its first quote.
#[inline]
fn string(rest: &[u8]) -> Option<&[u8]> {
    match rest.get(plain(rest)..)? {
        [b'"', after @ ..] => Some(after),
        rest => escaped(rest)?.strip_prefix(b"\""),
    }
}

/// What comes in a string before its last quote, from a backslash on.
#[cold]
fn escaped(mut rest: &[u8]) -> Option<&[u8]> {
    while let [b'\\', escape @ ..] = rest {
        let after = match escape {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', after @ ..] => after,
            [b'u', a, b, c, d, after @ ..]
                if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) =>
            {
                after
            }
            _ => return None,
        };
        rest = after.get(plain(after)..)?;
    }
    matches!(rest, [b'"', ..]).then_some(rest)
}

/// How many bytes from the start stand for themselves within a string: all before the first quote,
/// backslash or control character.
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((eight, after)) = rest.split_first_chunk() {
        let found = specials(u64::from_le_bytes(*eight));
        if found != 0 {
            return bytes.len() - rest.len() + found.trailing_zeros() as usize / 8;
        }
        rest = after;
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
}

/// The high bit of the lowest byte that is special. Bytes above it may have theirs set without
/// being so, since the subtractions borrow from them.
const fn specials(eight: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    let quote = eight ^ (ONES * b'"' as u64);
    let backslash = eight ^ (ONES * b'\\' as u64);
    let zero_in_quote = quote.wrapping_sub(ONES) & !quote;
    let zero_in_backslash = backslash.wrapping_sub(ONES) & !backslash;
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (zero_in_quote | zero_in_backslash | control) & (ONES << 7)
}

fn number(rest: &[u8]) -> Option<&[u8]> {
    let rest = match rest.strip_prefix(b"-").unwrap_or(rest) {
        [b'0', after @ ..] => after,
        rest => digits(rest)?,
    };
    let rest = match rest {
        [b'.', after @ ..] => digits(after)?,
        rest => rest,
    };
    match rest {
        [b'e' | b'E', b'+' | b'-', after @ ..] | [b'e' | b'E', after @ ..] => digits(after),
        rest => Some(rest),
    }
}

/// One digit or more.
fn digits(rest: &[u8]) -> Option<&[u8]> {
    let [b'0'..=b'9', rest @ ..] = rest else {
        return None;
    };
    let mut rest = rest;
    while let [b'0'..=b'9', after @ ..] = rest {
        rest = after;
    }
    Some(rest)
}
