//! Cutting a whole text into raw values, none of which is read.
//!
//! Only values that nest no deeper than [`DEPTH_MAX`](super::DEPTH_MAX) are found: whoever must take
//! others, or say why there are none, needs another reader.

use super::scan;

/// The one value that a text is, without the whitespace around it; `None` when it is no JSON or nests
/// too deep.
#[must_use]
pub fn raw_value(text: &str) -> Option<&str> {
    let start = scan::blank(text.as_bytes());
    let after = scan::value(start, 1)?.after;
    let value = text.get(text.len() - start.len()..text.len() - after.len());
    value.filter(|_| scan::blank(after).is_empty())
}

/// The elements of the array that a text is, each without the whitespace around it; `None` when it is
/// no array, an element nests too deep or more than `elements_max` are found.
#[must_use]
pub fn raw_elements(text: &str, elements_max: usize) -> Option<Vec<&str>> {
    let start = scan::blank(text.as_bytes()).strip_prefix(b"[")?;
    let mut elements = Vec::new();
    let after = scan::elements(start, 0, |found| {
        let [start, end] = found.whole().map(|left| text.len() - left);
        elements.push(text.get(start..end).filter(|_| elements.len() < elements_max)?);
        Some(())
    })?;
    scan::blank(after).is_empty().then_some(elements)
}

#[cfg(test)]
mod tests {
    use super::{super::DEPTH_MAX, *};

    #[test]
    fn cuts_whole_texts_only() {
        for (text, expected) in [
            (" {\"a\": 1}\r\n", Some("{\"a\": 1}")),
            ("\t\"a\\\"\" ", Some("\"a\\\"\"")),
            ("-0.5e1", Some("-0.5e1")),
            ("", None),
            ("{} {}", None),
            ("1,", None),
        ] {
            assert_eq!(raw_value(text), expected, "{text}");
        }
        for (text, expected) in [
            (" [ ] ", Some([].as_slice())),
            ("[\"a\" , 1,[2],\"\\n\" ]\n", Some(&["\"a\"", "1", "[2]", "\"\\n\""])),
            ("[1] 2", None),
            ("[1,]", None),
            ("[1", None),
            ("{}", None),
        ] {
            assert_eq!(raw_elements(text, 4).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn ends_at_its_bounds() {
        assert_eq!(raw_elements("[1,2]", 2).map(|elements| elements.len()), Some(2));
        assert_eq!(raw_elements("[1,2]", 1), None);
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        for (depth, fits) in [(DEPTH_MAX, true), (DEPTH_MAX + 1, false)] {
            let value = nested(depth);
            assert_eq!(raw_value(&value), fits.then_some(value.as_str()));
            let array = format!("[{value}]");
            assert_eq!(raw_elements(&array, 1), fits.then(|| vec![value.as_str()]));
        }
    }
}
