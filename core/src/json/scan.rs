//! The grammar of JSON (RFC 8259): where values begin and end, read once from left to right.
//!
//! Each function takes what is left of the text and gives what is left behind the thing that it is
//! named after, or what was [`Found`]; `None` when that does not come next. Recurses into objects and
//! arrays, never deeper than [`DEPTH_MAX`]. It decides nothing about what is read: half a surrogate
//! pair is a string like any other.

use super::DEPTH_MAX;

/// A value, or the name of a member.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    /// Where it starts and ends, told by how many bytes are left from there. Of a name and of a plain
    /// string it is what is between the quotes.
    pub(super) ends: [usize; 2],
    /// Whether it is a string in which every byte stands for itself.
    pub(super) plain: bool,
    /// What is left behind it.
    pub(super) after: &'a [u8],
}

impl Found<'_> {
    /// Where a value starts and ends with its quotes, told like `ends`.
    pub(super) fn whole(&self) -> [usize; 2] {
        let [start, _] = self.ends;
        [start + usize::from(self.plain), self.after.len()]
    }
}

/// Who wants to know the members of an object.
pub(super) trait Visit<'a> {
    /// The name that most likely comes next: where it does, it need not be looked through.
    fn expected(&self) -> Option<&[u8]>;

    /// A member: its name without the quotes, unless it is the expected one, and its value.
    fn came(&mut self, name: Option<Found<'a>>, value: Found<'a>);
}

/// Nobody does.
struct Skip;

impl Visit<'_> for Skip {
    fn expected(&self) -> Option<&[u8]> {
        None
    }

    fn came(&mut self, _: Option<Found<'_>>, _: Found<'_>) {}
}

/// Whitespace, if there is any.
pub(super) fn blank(mut rest: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r' | b'\n', after @ ..] = rest {
        rest = after;
    }
    rest
}

/// One value at `depth`. Most are plain strings: those are worth no call.
#[inline(always)]
pub(super) fn value(start: &[u8], depth: usize) -> Option<Found<'_>> {
    let after = match start {
        [b'"', rest @ ..] => match string(rest)? {
            found if found.plain => return Some(found),
            found => found.after,
        },
        [b'-' | b'0'..=b'9', ..] => number(start)?,
        _ => other_value(start, depth)?,
    };
    Some(Found { ends: [start.len(), after.len()], plain: false, after })
}

fn other_value(rest: &[u8], depth: usize) -> Option<&[u8]> {
    match rest {
        [b'{', rest @ ..] if depth <= DEPTH_MAX => members(rest, depth, &mut Skip),
        [b'[', rest @ ..] if depth <= DEPTH_MAX => elements(rest, depth, |_| Some(())),
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
    let mut start = match blank(rest) {
        [b'"', start @ ..] => start,
        [b'}', after @ ..] => return Some(after),
        _ => return None,
    };
    loop {
        let expected = visit.expected().and_then(|name| start.strip_prefix(name));
        let (name, after) = match expected {
            Some([b'"', b':', after @ ..]) => (None, after),
            _ => {
                let name = string(start)?;
                (Some(name), blank(name.after).strip_prefix(b":")?)
            }
        };
        let value = value(blank(after), depth + 1)?;
        visit.came(name, value);
        start = match value.after {
            // Mostly nothing stands between two members.
            [b',', b'"', start @ ..] => start,
            rest => match blank(rest) {
                [b',', after @ ..] => blank(after).strip_prefix(b"\"")?,
                [b'}', after @ ..] => return Some(after),
                _ => return None,
            },
        };
    }
}

/// An array at `depth` from behind its `[`. Shows each element, until one is not wanted.
pub(super) fn elements<'a>(
    rest: &'a [u8],
    depth: usize,
    mut show: impl FnMut(Found<'a>) -> Option<()>,
) -> Option<&'a [u8]> {
    let mut rest = blank(rest);
    if let [b']', after @ ..] = rest {
        return Some(after);
    }
    loop {
        let value = value(rest, depth + 1)?;
        show(value)?;
        rest = match blank(value.after) {
            [b',', after @ ..] => blank(after),
            [b']', after @ ..] => return Some(after),
            _ => return None,
        };
    }
}

/// A string from behind its first quote.
#[inline(always)]
fn string(start: &[u8]) -> Option<Found<'_>> {
    let end = from_special(start);
    let (end, plain) = match end {
        [b'"', ..] => (end, true),
        _ => (escaped(end)?, false),
    };
    Some(Found { ends: [start.len(), end.len()], plain, after: end.get(1..)? })
}

/// What is left of a string from its last quote on, from a backslash on.
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
        rest = from_special(after);
    }
    matches!(rest, [b'"', ..]).then_some(rest)
}

/// What is left from the first byte on that does not stand for itself within a string: a quote, a
/// backslash or a control character.
#[inline(always)]
fn from_special(mut rest: &[u8]) -> &[u8] {
    while let Some((eight, after)) = rest.split_first_chunk() {
        let found = specials(u64::from_le_bytes(*eight));
        if found != 0 {
            return rest.get(found.trailing_zeros() as usize / 8..).unwrap_or_default();
        }
        rest = after;
    }
    while let [b' '..=b'!' | b'#'..=b'[' | b']'.., after @ ..] = rest {
        rest = after;
    }
    rest
}

/// The high bit of the lowest byte that is special. Bytes above it may have theirs set without
/// being so, since the subtractions borrow from them.
const fn specials(eight: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    // A quote changes places with a space: then it comes right behind the control characters.
    let quote_or_control = (eight ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (eight ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    (quote_or_control | backslash) & !eight & (ONES << 7)
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
