//! What the JSON Schemas (2020-12) of all kinds of events have in common, made from the bounds that
//! validation reads.
//!
//! A schema accepts what validation accepts, as `core/tests/schema/` proves. What no schema can say
//! stands in its `description`: here what is common to all kinds, and each adds its own.

use serde_json::{Value, json};

use crate::{
    decimal::CENTS_MAX,
    fields::{COUNT_MAX, DURATION_S_MAX, ID_CHARS_MAX},
    json::{DEPTH_MAX, MEMBERS_MAX},
};

/// An instant in the form of RFC 3339 and from 2000 on, for the many validators that take `format`
/// for a comment; only that knows how long months are. West of Greenwich 1999 ends in 2000.
const INSTANT: &str = concat!(
    "^(1999-12-31|[2-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))",
    "[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?",
    "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
);

/// The schema of one kind of event. `unsaid` ends the sentence about what validation rejects beyond
/// the schema.
pub(crate) fn document(title: &str, about: &str, unsaid: &str, mut schema: Value) -> Value {
    let description = format!(
        "{about} Rejected although a schema cannot say so: a member that comes twice, half of a \
         surrogate pair, nesting deeper than {DEPTH_MAX}, an instant before 2000-01-01T00:00:00Z, \
         {unsaid}"
    );
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".to_owned(), json!(title));
        schema.insert("description".to_owned(), json!(description));
    }
    schema
}

/// An object of these members alone.
pub(crate) fn object(required: &[&str], properties: &Value) -> Value {
    json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// An object of these members, and others that are ignored.
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

/// An id that others chose.
pub(crate) fn id() -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": ID_CHARS_MAX,
        "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
    })
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

/// When something happened.
pub(crate) fn happened() -> Value {
    instant("RFC 3339 with an offset, up to 5 minutes ahead of the receiver")
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

/// A whole number of things.
pub(crate) fn count() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": COUNT_MAX })
}

/// A share of one.
pub(crate) fn rate() -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": 1 })
}

/// A duration in seconds.
pub(crate) fn duration() -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": DURATION_S_MAX })
}
