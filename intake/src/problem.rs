//! One thing wrong with the configuration: where it is, and what it should be.
//!
//! It words problems and hints at near misses; it does not decide what is wrong. The value found
//! is shown only where it cannot be a secret.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// The longest excerpt of a found value that a message shows, in characters.
const FOUND_CHARS_MAX: usize = 60;

/// One thing wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The path of the key, like `sources.crm.dedup_ttl`.
    pub key: String,
    /// What was found there and what it should be.
    pub message: String,
}

impl Problem {
    /// A problem in free words.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }

    /// A value that is not what it should be: `` is `9d`; it should be … ``.
    pub(crate) fn wrong(key: impl Into<String>, found: &Value, expected: &str) -> Self {
        Self::new(key, format!("is {}; it should be {expected}", excerpt(found)))
    }

    /// A key that must be there and is not.
    pub(crate) fn missing(key: impl Into<String>, expected: &str) -> Self {
        Self::new(key, format!("is missing; it should be {expected}"))
    }

    /// A key that means nothing here, with the known key that was probably meant. Its value is not
    /// shown: a stranger may be a secret in the wrong place.
    pub(crate) fn unknown(key: impl Into<String>, name: &str, known: &[&str]) -> Self {
        let message = match nearest(name, known) {
            Some(meant) => format!("is not a known key; did you mean `{meant}`?"),
            None => format!("is not a known key; known are {}", listed(known)),
        };
        Self::new(key, message)
    }
}

impl fmt::Display for Problem {
    /// `` `sources.crm.dedup_ttl` is `9d`; it should be … ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.key, self.message)
    }
}

/// Names in backticks, with commas: `` `a`, `b` ``.
pub(crate) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A found value as JSON in backticks, strings without their quotes, cut to a readable length.
fn excerpt(found: &Value) -> String {
    let text = match found {
        Value::String(text) => text.clone(),
        Value::Array(_) => return "a list".to_owned(),
        Value::Object(_) => return "a table".to_owned(),
        other => other.to_string(),
    };
    match text.char_indices().nth(FOUND_CHARS_MAX) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

/// The known name that `name` is probably a slip of: equal but for case and separators, or at most
/// two edits away and no further than half its length.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let folded = |text: &str| text.replace(['-', '_', ' '], "").to_lowercase();
    let slip = folded(name);
    known
        .iter()
        .map(|candidate| (distance(&slip, &folded(candidate)), *candidate))
        .filter(|(edits, candidate)| *edits <= 2 && *edits * 2 < candidate.len())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters; names longer than 64 characters are far from everything.
fn distance(left: &str, right: &str) -> usize {
    if left.len().max(right.len()) > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut previous = i + 1;
        for (r, cell) in right.chars().zip(row.iter_mut().skip(1)) {
            let edits = (diagonal + usize::from(l != r)).min(previous + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = edits;
            previous = edits;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(problem: &Problem, expected: &str) {
        assert_eq!(problem.to_string(), expected);
    }

    #[test]
    fn names_the_key_the_value_and_what_it_should_be() {
        check(
            &Problem::wrong("SHARDS", &json!(65), "a whole number from 1 to 64"),
            "`SHARDS` is `65`; it should be a whole number from 1 to 64",
        );
        check(&Problem::wrong("k", &json!("x"), "y"), "`k` is `x`; it should be y");
        check(&Problem::wrong("k", &json!({}), "y"), "`k` is a table; it should be y");
        check(&Problem::wrong("k", &json!([1]), "y"), "`k` is a list; it should be y");
        check(&Problem::missing("k", "y"), "`k` is missing; it should be y");
    }

    #[test]
    fn cuts_long_values() {
        let fits = "è".repeat(FOUND_CHARS_MAX);
        check(&Problem::wrong("k", &json!(fits), "y"), &format!("`k` is `{fits}`; it should be y"));
        let long = "è".repeat(FOUND_CHARS_MAX + 1);
        check(
            &Problem::wrong("k", &json!(long), "y"),
            &format!("`k` is `{fits}…`; it should be y"),
        );
    }

    #[test]
    fn hints_at_near_misses() {
        let known = ["kind", "dedup", "dedup_ttl", "space"];
        for (name, meant) in [
            ("kinds", "kind"),
            ("Kind", "kind"),
            ("dedupTtl", "dedup_ttl"),
            ("dedup-ttl", "dedup_ttl"),
            ("dedpu_ttl", "dedup_ttl"),
            ("spce", "space"),
        ] {
            let expected = format!("`{name}` is not a known key; did you mean `{meant}`?");
            check(&Problem::unknown(name, name, &known), &expected);
        }
        check(
            &Problem::unknown("colour", "colour", &known),
            "`colour` is not a known key; known are `kind`, `dedup`, `dedup_ttl`, `space`",
        );
    }

    #[test]
    fn distance_counts_edits() {
        for (left, right, edits) in
            [("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("è", "e", 1)]
        {
            assert_eq!(distance(left, right), edits, "{left} {right}");
        }
        assert_eq!(distance(&"a".repeat(64), &"a".repeat(64)), 0);
        assert_eq!(distance(&"a".repeat(65), "a"), usize::MAX);
    }
}
