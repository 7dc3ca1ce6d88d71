//! How many ledgers a space has, and had: the vars `SHARDS` and `SHARDS_BEFORE`.

use polso_core::{Before, GENERATIONS_MAX, Shards, Timestamp};
use serde_json::Value;

use super::SHARDS_MAX;
use crate::problem::Problem;

const BEFORE: &str = "SHARDS_BEFORE";

/// Reads both; what is wrong becomes a problem.
pub(super) fn read(
    count: Option<&Value>,
    before: Option<&Value>,
    problems: &mut Vec<Problem>,
) -> Shards {
    let count = match count {
        None => 1,
        Some(found) => number(found).unwrap_or_else(|| {
            problems.push(Problem::wrong("SHARDS", found, &number_expected()));
            1
        }),
    };
    let entries = match before {
        None => &[][..],
        Some(Value::Array(entries)) => entries,
        Some(found) => {
            let expected = "a list, like `[{ count = 1, until = \"2026-12-01T10:00:00Z\" }]`";
            problems.push(Problem::wrong(BEFORE, found, expected));
            &[]
        }
    };
    if entries.len() > GENERATIONS_MAX {
        let message = format!("has {} entries; at most {GENERATIONS_MAX} may be", entries.len());
        problems.push(Problem::new(BEFORE, message));
    }
    let mut earlier: Vec<Before> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let path = format!("{BEFORE}[{index}]");
        if let Some(entry) = read_before(entry, &path, problems) {
            if earlier.last().is_some_and(|last| last.until > entry.until) {
                let message = "is before that of the entry above; the oldest comes first";
                problems.push(Problem::new(format!("{path}.until"), message));
            }
            earlier.push(entry);
        }
    }
    Shards::new(count, earlier)
}

fn read_before(entry: &Value, path: &str, problems: &mut Vec<Problem>) -> Option<Before> {
    let Some(keys) = entry.as_object() else {
        let expected = "a table, like `{ count = 1, until = \"2026-12-01T10:00:00Z\" }`";
        problems.push(Problem::wrong(path, entry, expected));
        return None;
    };
    for name in keys.keys().filter(|name| !["count", "until"].contains(&name.as_str())) {
        problems.push(Problem::unknown(format!("{path}.{name}"), name, &["count", "until"]));
    }
    let mut read = |name: &str, expected: &str| {
        let key = format!("{path}.{name}");
        let found = keys.get(name);
        if found.is_none() {
            problems.push(Problem::missing(key.clone(), expected));
        }
        (key, found)
    };
    let time_expected = "the time of the change in RFC 3339, like \"2026-12-01T10:00:00Z\"";
    let (count_key, count) = read("count", &number_expected());
    let (until_key, until) = read("until", time_expected);
    let count = count.and_then(|found| {
        let count = number(found);
        if count.is_none() {
            problems.push(Problem::wrong(count_key, found, &number_expected()));
        }
        count
    });
    let until = until.and_then(|found| {
        let until = found.as_str().and_then(Timestamp::parse);
        if until.is_none() {
            problems.push(Problem::wrong(until_key, found, time_expected));
        }
        until
    });
    Some(Before { count: count?, until: until? })
}

fn number_expected() -> String {
    format!("a whole number from 1 to {SHARDS_MAX}")
}

/// A number, or its digits as text, since vars given on a command line are text.
fn number(value: &Value) -> Option<u16> {
    let number = match value {
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        value => value.as_u64(),
    };
    let number = number.and_then(|number: u64| u16::try_from(number).ok());
    number.filter(|count| (1..=u16::from(SHARDS_MAX)).contains(count))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(count: &Value, before: &Value, expected: &[&str]) {
        let mut problems = Vec::new();
        read(Some(count), Some(before), &mut problems);
        let found: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{count} {before}");
    }

    fn entry(count: u64, until: &str) -> Value {
        json!({ "count": count, "until": until })
    }

    #[test]
    fn one_that_never_changed_unless_said() {
        assert_eq!(read(None, None, &mut Vec::new()), Shards::always(1));
        for (value, expected) in [(json!(1), 1), (json!(64), 64), (json!("4"), 4)] {
            assert_eq!(read(Some(&value), None, &mut Vec::new()), Shards::always(expected));
        }
    }

    #[test]
    fn shards_are_1_to_64() {
        for value in ["0", "65", "-1", "1.5", "256", "65537", "4294967297"] {
            let expected =
                format!("`SHARDS` is `{value}`; it should be a whole number from 1 to 64");
            check(&serde_json::from_str(value).unwrap(), &json!([]), &[&expected]);
            check(&json!(value), &json!([]), &[&expected]);
        }
        for (value, found) in
            [(json!(""), ""), (json!(" 4"), " 4"), (json!("+4"), "+4"), (Value::Null, "null")]
        {
            let expected =
                format!("`SHARDS` is `{found}`; it should be a whole number from 1 to 64");
            check(&value, &json!([]), &[&expected]);
        }
    }

    #[test]
    fn what_was_before_is_told_in_its_order() {
        let before = json!([entry(1, "2026-12-01T10:00:00Z"), entry(4, "2027-01-01T10:00:00Z")]);
        let mut problems = Vec::new();
        let shards = read(Some(&json!(2)), Some(&before), &mut problems);
        assert_eq!((shards.count(), shards.most(), shards.generation()), (2, 4, 2));
        assert!(problems.is_empty());
        let backwards = json!([entry(1, "2026-12-01T10:00:01Z"), entry(4, "2026-12-01T10:00:00Z")]);
        check(
            &json!(2),
            &backwards,
            &["`SHARDS_BEFORE[1].until` is before that of the entry above; the oldest comes first"],
        );
    }

    #[test]
    fn says_what_an_entry_should_be() {
        let number = "it should be a whole number from 1 to 64";
        let time = "it should be the time of the change in RFC 3339, like \"2026-12-01T10:00:00Z\"";
        check(
            &json!(2),
            &json!([{ "count": 0, "until": "yesterday", "since": 1 }, {}]),
            &[
                "`SHARDS_BEFORE[0].since` is not a known key; known are `count`, `until`",
                &format!("`SHARDS_BEFORE[0].count` is `0`; {number}"),
                &format!("`SHARDS_BEFORE[0].until` is `yesterday`; {time}"),
                &format!("`SHARDS_BEFORE[1].count` is missing; {number}"),
                &format!("`SHARDS_BEFORE[1].until` is missing; {time}"),
            ],
        );
        check(
            &json!(2),
            &json!([3]),
            &["`SHARDS_BEFORE[0]` is `3`; it should be a table, like \
               `{ count = 1, until = \"2026-12-01T10:00:00Z\" }`"],
        );
        check(
            &json!(2),
            &json!(1),
            &["`SHARDS_BEFORE` is `1`; it should be a list, like \
               `[{ count = 1, until = \"2026-12-01T10:00:00Z\" }]`"],
        );
    }

    #[test]
    fn the_number_may_change_8_times() {
        let entries = |count| json!(vec![entry(1, "2026-12-01T10:00:00Z"); count]);
        check(&json!(2), &entries(8), &[]);
        check(&json!(2), &entries(9), &["`SHARDS_BEFORE` has 9 entries; at most 8 may be"]);
    }
}
