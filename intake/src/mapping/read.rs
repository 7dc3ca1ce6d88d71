//! From a source's `map` in the configuration to a mapping, with every problem named.
//!
//! Bounds: [`MAPS_MAX`] maps, [`CONDITIONS_MAX`] conditions of each sort in one, [`POINTERS_MAX`] pointers for one
//! value, [`WORDS_MAX`] values in a lookup or a condition.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Map, Mapping, Member,
    condition::Condition,
    convert::{Clock, Form},
    field::{self, Field, Found},
    pointer::{self, Pointer},
    target::{Shape, Sort, TARGETS, shapes},
};
use crate::config::table::{Table, one_of};
use crate::problem::Problem;

/// The most maps of one source.
pub const MAPS_MAX: usize = 32;
/// The most conditions of one sort in a map.
pub const CONDITIONS_MAX: usize = 16;
/// The most pointers for one value.
pub const POINTERS_MAX: usize = 8;
/// The most values in a lookup, or that a condition allows.
pub const WORDS_MAX: usize = 64;

/// The name of the table.
const MAP: &str = "map";

/// The keys of a map that are no fields.
const KEYS: [&str; 6] = ["target", "each", "when", "unless", "require", "event_id"];

/// Powers of ten that a number may have come with.
const SCALES: [(&str, u8); 3] = [("cents", 2), ("percent", 2), ("thousandths", 3)];

/// What a kind of source knows without its configuration.
pub(crate) struct Rules {
    /// The maps as JSON, unless the configuration has its own.
    pub(crate) built_in: Option<&'static str>,
    /// Where the sender's id is: all of these together.
    pub(crate) id: &'static [&'static str],
    /// Where the items are, when that is not the configuration's to say.
    pub(crate) each: Option<&'static str>,
}

/// Reads the `map` of a source; `None` after a problem.
pub(crate) fn read(table: &mut Table<'_>, rules: &Rules) -> Option<Mapping> {
    let before = table.problems.len();
    let built_in = rules.built_in.and_then(|json| serde_json::from_str(json).ok());
    let found = match (table.keys.get(MAP), &built_in) {
        (Some(found), _) | (None, Some(found)) => found,
        (None, None) => {
            let expected = "a table that says what becomes of the sender's JSON, like \
                            `target = \"conversion\"`, or a list of such tables";
            table.required(MAP, expected);
            return None;
        }
    };
    let maps: Vec<(String, &Value)> = match found {
        Value::Array(list) if (1..=MAPS_MAX).contains(&list.len()) => {
            list.iter().enumerate().map(|(at, map)| (format!("{MAP}[{at}]"), map)).collect()
        }
        Value::Object(_) => vec![(MAP.to_owned(), found)],
        _ => {
            table.wrong(MAP, found, &format!("a table, or a list of 1 to {MAPS_MAX} tables"));
            return None;
        }
    };
    let mut each = rules.each.and_then(Pointer::parse);
    let mut read = Vec::new();
    for (position, (name, map)) in maps.iter().enumerate() {
        within(table, name, map, |map| {
            let own = rules.each.is_none().then(|| self::each(map, each.as_ref(), position));
            if let Some(Some(own)) = own {
                each = Some(own);
            }
            read.extend(self::map(map, rules.each.is_some()));
        });
    }
    let id = rules.id.iter().filter_map(|pointer| Pointer::parse(pointer)).collect();
    (table.problems.len() == before).then_some(Mapping { each, id, maps: read })
}

/// Reads a table within a table; a problem when it is none.
fn within<T>(
    table: &mut Table<'_>,
    name: &str,
    found: &Value,
    read: impl FnOnce(&mut Table<'_>) -> T,
) -> Option<T> {
    let Some(keys) = found.as_object() else {
        table.wrong(name, found, "a table");
        return None;
    };
    let path = table.key(name);
    let secrets = table.secrets;
    Some(read(&mut Table { keys, path: &path, problems: table.problems, secrets }))
}

/// Where the items are. A body is cut in one way, so that all maps must say the same.
fn each(table: &mut Table<'_>, before: Option<&Pointer>, position: usize) -> Option<Pointer> {
    let found = table.keys.get("each");
    let each = match found {
        None => None,
        Some(found) => pointer(table, "each", found),
    };
    if position > 0 && each.as_ref() != before {
        let expected = match before {
            Some(before) => format!("`{}`, as in the first map", before.text()),
            None => "left out, as in the first map".to_owned(),
        };
        let found = found.and_then(Value::as_str).unwrap_or("missing");
        table.problem("each", format!("is `{found}`; it should be {expected}"));
    }
    each
}

fn map(table: &mut Table<'_>, is_cut: bool) -> Option<Map> {
    table.required("target", &one_of(&TARGETS))?;
    let kind = table.choice("target", &TARGETS)?;
    let shapes = shapes(kind);
    let own = KEYS.iter().copied().filter(|key| !(is_cut && *key == "each"));
    let known: Vec<_> = own.chain(shapes.iter().map(Shape::name)).collect();
    table.refuse_unknown(&known);
    let id = match table.keys.get("event_id") {
        None => Vec::new(),
        Some(found) => pointers(table, "event_id", found).unwrap_or_default(),
    };
    Some(Map {
        kind,
        when: conditions(table, "when"),
        unless: conditions(table, "unless"),
        require: conditions(table, "require"),
        id,
        members: members(table, shapes, ""),
    })
}

fn conditions(table: &mut Table<'_>, name: &str) -> Vec<Condition> {
    let Some(found) = table.keys.get(name) else {
        return Vec::new();
    };
    let read = within(table, name, found, |table| {
        if !(1..=CONDITIONS_MAX).contains(&table.keys.len()) {
            let message = format!(
                "holds {} conditions; it should be 1 to {CONDITIONS_MAX}",
                table.keys.len()
            );
            table.problems.push(Problem::new(table.path, message));
        }
        let keys = table.keys;
        keys.iter().filter_map(|(key, values)| condition(table, key, values)).collect()
    });
    read.unwrap_or_default()
}

fn condition(table: &mut Table<'_>, key: &str, values: &Value) -> Option<Condition> {
    let Some(pointer) = Pointer::parse(key) else {
        table.problem(key, format!("is no place in a body; it should be {}", pointer::EXPECTED));
        return None;
    };
    let one = std::slice::from_ref(values);
    let list = values.as_array().map_or(one, Vec::as_slice);
    match list.iter().map(word).collect::<Option<Vec<_>>>() {
        Some(any_of) if (1..=WORDS_MAX).contains(&any_of.len()) => {
            Some(Condition { pointer, any_of })
        }
        _ => {
            let expected =
                format!("a string, a number or a boolean, or a list of 1 to {WORDS_MAX} of them");
            table.wrong(key, values, &expected);
            None
        }
    }
}

/// The text that a value of a condition or a lookup is compared as.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Reads the fields that are there, of an event or of a part of it.
fn members(table: &mut Table<'_>, shapes: &[Shape], parent: &str) -> Vec<Member> {
    let mut members = Vec::new();
    for shape in shapes {
        let name = shape.name();
        let Some(found) = table.keys.get(name) else {
            continue;
        };
        let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
        members.extend(match shape {
            Shape::Group(_, shapes) => within(table, name, found, |table| {
                let known: Vec<_> = shapes.iter().map(Shape::name).collect();
                table.refuse_unknown(&known);
                Member::Group(name, self::members(table, shapes, &path))
            }),
            Shape::Field(_, sort) => value(table, name, *sort, found)
                .map(|value| Member::Field(name, Field { path, value })),
        });
    }
    members
}

/// Where the value of a field comes from.
fn value(table: &mut Table<'_>, name: &str, sort: Sort, found: &Value) -> Option<field::Value> {
    let form = match sort {
        Sort::Text => Form::Text,
        Sort::Texts => Form::Texts,
        Sort::Number => Form::Number(0),
        Sort::Time => Form::Time(Clock::Rfc3339),
    };
    match found {
        Value::Object(keys) if keys.contains_key("const") => {
            within(table, name, found, constant).flatten().map(field::Value::Constant)
        }
        Value::Object(_) => within(table, name, found, |table| described(table, form)).flatten(),
        _ => {
            let pointers = pointers(table, name, found)?;
            let found = Found { pointers, absent: Vec::new(), lookup: None, default: None, form };
            Some(field::Value::Found(found))
        }
    }
}

fn constant(table: &mut Table<'_>) -> Option<String> {
    table.refuse_unknown(&["const"]);
    let found = table.keys.get("const")?;
    json(table, "const", found)
}

/// A constant as JSON.
fn json(table: &mut Table<'_>, name: &str, found: &Value) -> Option<String> {
    let is_plain =
        |value: &Value| !matches!(value, Value::Object(_) | Value::Array(_) | Value::Null);
    let fits = match found {
        Value::Array(list) => list.iter().all(Value::is_string),
        found => is_plain(found),
    };
    if !fits {
        table.wrong(name, found, "a string, a number, or a list of strings");
    }
    fits.then(|| found.to_string())
}

/// A value that is found in the body, with what becomes of it.
fn described(table: &mut Table<'_>, form: Form) -> Option<field::Value> {
    let (own, form) = match form {
        Form::Number(_) => {
            (Some("scale"), Form::Number(table.choice("scale", &SCALES).unwrap_or_default()))
        }
        Form::Time(clock) => {
            (Some("format"), Form::Time(table.choice("format", &Clock::NAMES).unwrap_or(clock)))
        }
        form => (None, form),
    };
    let mut known = vec!["pointer", "lookup", "default", "absent", "const"];
    known.extend(own);
    table.refuse_unknown(&known);
    let pointers = match table.required("pointer", pointer::EXPECTED).cloned() {
        Some(found) => pointers(table, "pointer", &found),
        None => None,
    };
    let absent = match table.keys.get("absent") {
        None => Some(Vec::new()),
        Some(found) => words(table, "absent", found),
    };
    let lookup = table.keys.get("lookup").map(|found| lookup(table, found));
    let default = table.keys.get("default").map(|found| json(table, "default", found));
    let found = Found {
        pointers: pointers?,
        absent: absent?,
        lookup: lookup.flatten(),
        default: default.flatten(),
        form,
    };
    Some(field::Value::Found(found))
}

fn words(table: &mut Table<'_>, name: &str, found: &Value) -> Option<Vec<String>> {
    let words = found.as_array().and_then(|list| list.iter().map(word).collect::<Option<Vec<_>>>());
    let words = words.filter(|words| words.len() <= WORDS_MAX);
    if words.is_none() {
        table.wrong(
            name,
            found,
            &format!("a list of at most {WORDS_MAX} strings, numbers or booleans"),
        );
    }
    words
}

fn lookup(table: &mut Table<'_>, found: &Value) -> Option<BTreeMap<String, String>> {
    within(table, "lookup", found, |table| {
        let keys = table.keys;
        if !(1..=WORDS_MAX).contains(&keys.len()) {
            let message = format!("holds {} values; it should be 1 to {WORDS_MAX}", keys.len());
            table.problems.push(Problem::new(table.path, message));
        }
        let entry = |(key, value): (&String, &Value)| Some((key.clone(), json(table, key, value)?));
        keys.iter().filter_map(entry).collect()
    })
}

fn pointer(table: &mut Table<'_>, name: &str, found: &Value) -> Option<Pointer> {
    let pointer = found.as_str().and_then(Pointer::parse);
    if pointer.is_none() {
        table.wrong(name, found, pointer::EXPECTED);
    }
    pointer
}

/// One pointer, or a list of them.
fn pointers(table: &mut Table<'_>, name: &str, found: &Value) -> Option<Vec<Pointer>> {
    match found {
        Value::Array(list) if (1..=POINTERS_MAX).contains(&list.len()) => {
            let read = list.iter().enumerate();
            let read = read.map(|(at, found)| pointer(table, &format!("{name}[{at}]"), found));
            read.collect::<Vec<_>>().into_iter().collect()
        }
        Value::Array(_) => {
            table.wrong(name, found, &format!("1 to {POINTERS_MAX} JSON pointers"));
            None
        }
        _ => pointer(table, name, found).map(|pointer| vec![pointer]),
    }
}
