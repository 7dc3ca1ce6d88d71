//! From a source's `map` in the configuration to a mapping, with every problem named.
//!
//! Bounds: [`MAPS_MAX`] maps, [`CONDITIONS_MAX`] conditions of each sort in one, [`POINTERS_MAX`] pointers for one
//! value, [`WORDS_MAX`] values in a lookup or a condition.

mod value;

use serde_json::Value;

pub(super) use self::value::FIELD;
use self::value::{Spec, value};
use super::{
    Map, Mapping, Member,
    condition::Condition,
    field::Field,
    pointer::{self, Pointer},
    target::{Shape, TARGETS, required, shapes, words},
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

/// What a kind of source knows without its configuration.
pub(crate) struct Rules {
    /// The maps as JSON, unless the configuration has its own.
    pub(crate) built_in: Option<&'static str>,
    /// Where the sender's id is: all of these together.
    pub(crate) id: &'static [&'static str],
    /// Where bodies hold credentials. Of bodies that are lists, none is looked for.
    pub(crate) hidden: &'static [&'static str],
    pub(crate) cut: Cut,
}

/// What of a body is one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The configuration says, with `each`.
    Configured,
    /// All of it.
    Whole,
    /// An element of the list that it is.
    List,
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
    let tables: Vec<(String, &Value)> = match found {
        Value::Array(list) if (1..=MAPS_MAX).contains(&list.len()) => {
            list.iter().enumerate().map(|(at, map)| (format!("{MAP}[{at}]"), map)).collect()
        }
        Value::Object(_) => vec![(MAP.to_owned(), found)],
        _ => {
            table.wrong(MAP, found, &format!("a table, or a list of 1 to {MAPS_MAX} tables"));
            return None;
        }
    };
    let mut each = (rules.cut == Cut::List).then(|| Pointer::parse("")).flatten();
    let mut maps = Vec::new();
    for (position, (name, found)) in tables.iter().enumerate() {
        within(table, name, found, |table| {
            if rules.cut == Cut::Configured {
                let own = self::each(table, (position > 0).then_some(each.as_ref()));
                if position == 0 {
                    each = own;
                }
            }
            maps.extend(map(table, rules.cut));
        });
    }
    let pointers = |texts: &[&str]| texts.iter().filter_map(|text| Pointer::parse(text)).collect();
    let (id, hidden) = (pointers(rules.id), pointers(rules.hidden));
    (table.problems.len() == before).then_some(Mapping { each, id, hidden, maps })
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

/// Where the items are. A body is cut in one way, so that all maps must say the same as the first.
fn each(table: &mut Table<'_>, first: Option<Option<&Pointer>>) -> Option<Pointer> {
    let found = table.keys.get("each");
    let each = found.and_then(|found| pointer(table, "each", found));
    if let Some(first) = first
        && each.as_ref() != first
    {
        let expected = match first {
            Some(first) => format!("`{}`, as in the first map", first.text()),
            None => "left out, as in the first map".to_owned(),
        };
        match found {
            Some(found) => table.wrong("each", found, &expected),
            None => table.problems.push(Problem::missing(table.key("each"), &expected)),
        }
    }
    each
}

fn map(table: &mut Table<'_>, cut: Cut) -> Option<Map> {
    table.required("target", &one_of(&TARGETS))?;
    let kind = table.choice("target", &TARGETS)?;
    let shapes = shapes(kind);
    let own = KEYS.iter().copied().filter(|key| cut == Cut::Configured || *key != "each");
    let known: Vec<_> = own.chain(shapes.iter().map(Shape::name)).collect();
    table.refuse_unknown(&known);
    let schema = kind.json_schema();
    let id = table.keys.get("event_id").map(|found| pointers(table, "event_id", found));
    let map = Map {
        kind,
        when: conditions(table, "when"),
        unless: conditions(table, "unless"),
        require: conditions(table, "require"),
        id: id.flatten().unwrap_or_default(),
        members: members(table, &schema, shapes, ""),
    };
    if shapes.iter().any(|shape| table.keys.contains_key(shape.name())) {
        for name in required(&schema) {
            table.required(&name, FIELD);
        }
    }
    Some(map)
}

fn conditions(table: &mut Table<'_>, name: &str) -> Vec<Condition> {
    let Some(found) = table.keys.get(name) else {
        return Vec::new();
    };
    let read = within(table, name, found, |table| {
        bounded(table, "conditions", CONDITIONS_MAX);
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
fn members(table: &mut Table<'_>, schema: &Value, shapes: &[Shape], parent: &str) -> Vec<Member> {
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
                Member::Group(name, self::members(table, schema, shapes, &path))
            }),
            Shape::Field(_, sort) => {
                let words = words(schema, &path);
                let value = value(table, name, found, &Spec { sort: *sort, words: &words });
                value.map(|value| Member::Field(name, Field { path, value }))
            }
        });
    }
    members
}

/// A problem when a table holds nothing, or too much.
fn bounded(table: &mut Table<'_>, what: &str, max: usize) {
    let count = table.keys.len();
    if !(1..=max).contains(&count) {
        let message = format!("holds {count} {what}; it should be 1 to {max}");
        table.problems.push(Problem::new(table.path, message));
    }
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
