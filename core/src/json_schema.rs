//! What the JSON Schemas (2020-12) of all kinds of events have in common, made from the bounds that
//! validation reads.
//!
//! A schema accepts what validation accepts, as `core/tests/schema/` proves. What no schema can say
//! stands in its `description`: here what is common to all kinds, and each adds its own.

use serde_json::{Value, json};

use crate::{
    decimal::CENTS_MAX,
    json::{DEPTH_MAX, MEMBERS_MAX},
};

/// An instant in the form of RFC 3339 and from 2000 on, for the many validators that take `format`
/// for a comment; only that knows how long months are. West of Greenwich 1999 ends in 2000.
const INSTANT: &str = concat!(
    "^(1999-12-31|[2-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))",
    "[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?",
    "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
);

/// The schema of one event: exactly these members. `unsaid` ends the sentence about what validation
/// rejects beyond the schema.
pub(crate) fn event(title: &str, unsaid: &str, required: &[&str], properties: &Value) -> Value {
    let description = format!(
        "Rejected although a schema cannot say so: a member that comes twice, half of a surrogate \
         pair, nesting deeper than {DEPTH_MAX}, an amount with a third decimal, an instant before \
         2000-01-01T00:00:00Z, {unsaid}"
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// A nested object: these members, and others that are ignored.
pub(crate) fn open_object(properties: &Value) -> Value {
    json!({
        "description": "other members are ignored",
        "type": "object",
        "maxProperties": MEMBERS_MAX,
        "properties": properties,
    })
}

/// A string of at most so many characters.
pub(crate) fn text(chars_max: usize) -> Value {
    json!({ "type": "string", "maxLength": chars_max })
}

/// An instant.
pub(crate) fn instant(description: &str) -> Value {
    json!({
        "description": description,
        "type": "string",
        "format": "date-time",
        "pattern": INSTANT,
    })
}

/// An amount of euro. `multipleOf` would say that it has two decimals, but it is mathematics, and
/// validators divide floats: 4.35 is no multiple of 0.01 to most of them.
pub(crate) fn euro() -> Value {
    json!({
        "description": "euro, with at most two decimals",
        "type": "number",
        "minimum": 0,
        "maximum": CENTS_MAX / 100,
    })
}
