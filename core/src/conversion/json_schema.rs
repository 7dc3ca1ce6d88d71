//! The JSON Schema (2020-12) of one conversion, from the tables that validation reads.
//!
//! It does not say that amounts have two decimals at most: `multipleOf` is mathematics, but
//! validators divide floats, and 4.35 is no multiple of 0.01 to most of them.
//! It cannot say: how far ahead a time may be (that depends on the receiver's clock), that a member
//! must not come twice, and that no string holds half a surrogate pair.

use serde_json::{Value, json};

use super::{Channel, ConversionKind, DEMO_REQUEST_ALIAS, Outcome, validate::TEXT_CHARS_MAX};
use crate::{decimal::CENTS_MAX, fields::ID_CHARS_MAX};

/// The schema of what `POST /api/v1/eventi/conversione` accepts as one event.
#[must_use]
pub(crate) fn json_schema() -> Value {
    let kinds: Vec<&str> =
        ConversionKind::NAMES.iter().copied().chain([DEMO_REQUEST_ALIAS]).collect();
    let text = json!({ "type": "string", "maxLength": TEXT_CHARS_MAX });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Conversione",
        "type": "object",
        "required": ["id_cliente", "evento", "timestamp", "valore", "canale", "stato"],
        "additionalProperties": false,
        "properties": {
            "id_cliente": {
                "description": "sources with client_id = \"free\" take 1 to 128 printable characters",
                "type": "string",
                "maxLength": ID_CHARS_MAX,
                "pattern": "^CLIENTE-[A-Z]{4,10}-[0-9]{6}$",
            },
            "evento": { "enum": kinds },
            "timestamp": {
                "description": "from 2000-01-01 to 5 minutes ahead of the receiver",
                "type": "string",
                "format": "date-time",
            },
            "valore": {
                "description": "euro, with at most two decimals",
                "type": "number",
                "minimum": 0,
                "maximum": CENTS_MAX / 100,
            },
            "canale": { "enum": Channel::NAMES },
            "stato": { "enum": Outcome::NAMES },
            "metadati": {
                "description": "other keys are ignored",
                "type": "object",
                "properties": { "campagna": text, "dispositivo": text, "localita": text },
            },
        },
    })
}
