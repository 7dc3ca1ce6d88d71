//! From what the configuration says of one field to where its value comes from.
//!
//! What the configuration itself gives a field must be what that may hold, as its sort and, where there is one, its
//! closed set of words say. Bounds: those of [`read`](super).

use std::collections::BTreeMap;

use polso_core::Timestamp;
use serde_json::Value;

use super::super::{
    convert::{Clock, Form},
    field::{self, Found},
    pointer,
    target::Sort,
};
use super::{WORDS_MAX, bounded, pointers, within, word};
use crate::config::table::Table;
use crate::problem::listed;

/// What a field is given, for problems.
pub(in super::super) const FIELD: &str =
    "a JSON pointer, like \"/customer/id\", a list of them, or a table with `pointer` or `const`";

/// Powers of ten that a number may have come with.
const SCALES: [(&str, u8); 3] = [("cents", 2), ("percent", 2), ("thousandths", 3)];

/// What a field may be.
pub(super) struct Spec<'w> {
    pub(super) sort: Sort,
    /// The words that it may have; none when it is free.
    pub(super) words: &'w [String],
}

/// Where the value of a field comes from.
pub(super) fn value(
    table: &mut Table<'_>,
    name: &str,
    found: &Value,
    spec: &Spec<'_>,
) -> Option<field::Value> {
    match found {
        Value::Object(keys) if keys.contains_key("const") => {
            let constant = within(table, name, found, |table| {
                table.refuse_unknown(&["const"]);
                constant(table, "const", spec)
            });
            constant.flatten().map(field::Value::Constant)
        }
        Value::Object(_) => within(table, name, found, |table| described(table, spec)).flatten(),
        Value::String(_) | Value::Array(_) => {
            let (pointers, form) = (pointers(table, name, found)?, form(spec.sort));
            let found = Found { pointers, absent: Vec::new(), lookup: None, default: None, form };
            Some(field::Value::Found(found))
        }
        _ => {
            table.wrong(name, found, FIELD);
            None
        }
    }
}

const fn form(sort: Sort) -> Form {
    match sort {
        Sort::Text => Form::Text,
        Sort::Texts => Form::Texts,
        Sort::Number => Form::Number(0),
        Sort::Time => Form::Time(Clock::Rfc3339),
    }
}

/// A value that the configuration itself gives a field, as JSON.
fn constant(table: &mut Table<'_>, name: &str, spec: &Spec<'_>) -> Option<String> {
    let found = table.keys.get(name)?;
    let (fits, expected) = match spec.sort {
        _ if !spec.words.is_empty() => {
            let words: Vec<_> = spec.words.iter().map(String::as_str).collect();
            (
                found.as_str().is_some_and(|text| words.contains(&text)),
                format!("one of {}", listed(&words)),
            )
        }
        Sort::Text => (found.is_string(), "a string".to_owned()),
        Sort::Number => (found.is_number(), "a number".to_owned()),
        Sort::Time => {
            let time = found.as_str().and_then(Timestamp::parse);
            (time.is_some(), "an instant, like \"2026-02-02T10:00:00Z\"".to_owned())
        }
        Sort::Texts => {
            let list = found.as_array();
            (
                list.is_some_and(|list| list.iter().all(Value::is_string)),
                "a list of strings".to_owned(),
            )
        }
    };
    if !fits {
        table.wrong(name, found, &expected);
    }
    fits.then(|| found.to_string())
}

/// A value that is found in the body, with what becomes of it.
fn described(table: &mut Table<'_>, spec: &Spec<'_>) -> Option<field::Value> {
    let mut known = vec!["pointer", "lookup", "default", "absent", "const"];
    let form = match spec.sort {
        Sort::Number => {
            known.push("scale");
            Form::Number(table.choice("scale", &SCALES).unwrap_or_default())
        }
        Sort::Time => {
            known.push("format");
            Form::Time(table.choice("format", &Clock::NAMES).unwrap_or(Clock::Rfc3339))
        }
        sort => form(sort),
    };
    table.refuse_unknown(&known);
    let pointers = match table.required("pointer", pointer::EXPECTED).cloned() {
        Some(found) => pointers(table, "pointer", &found),
        None => None,
    };
    let absent = match table.keys.get("absent") {
        None => Some(Vec::new()),
        Some(found) => absent(table, found),
    };
    let lookup = table.keys.get("lookup").map(|found| lookup(table, found, spec));
    let default = constant(table, "default", spec);
    let (pointers, absent) = (pointers?, absent?);
    Some(field::Value::Found(Found { pointers, absent, lookup: lookup.flatten(), default, form }))
}

fn absent(table: &mut Table<'_>, found: &Value) -> Option<Vec<String>> {
    let list = found.as_array().filter(|list| (1..=WORDS_MAX).contains(&list.len()));
    let words = list.and_then(|list| list.iter().map(word).collect());
    if words.is_none() {
        let expected = format!("a list of 1 to {WORDS_MAX} strings, numbers or booleans");
        table.wrong("absent", found, &expected);
    }
    words
}

fn lookup(
    table: &mut Table<'_>,
    found: &Value,
    spec: &Spec<'_>,
) -> Option<BTreeMap<String, String>> {
    within(table, "lookup", found, |table| {
        let keys = table.keys;
        bounded(table, "values", WORDS_MAX);
        keys.keys().filter_map(|key| Some((key.clone(), constant(table, key, spec)?))).collect()
    })
}
