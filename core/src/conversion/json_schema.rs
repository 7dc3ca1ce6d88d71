//! The JSON Schema of one conversion.

use serde_json::{Value, json};

use super::{Channel, ConversionKind, DEMO_REQUEST_ALIAS, Outcome, validate::TEXT_CHARS_MAX};
use crate::fields::ID_CHARS_MAX;
use crate::json_schema::{document, euro, happened, object, open_object, text};

/// The schema of what `POST /api/v1/eventi/conversione` accepts as one event.
#[must_use]
pub(crate) fn json_schema() -> Value {
    let kinds: Vec<&str> =
        ConversionKind::NAMES.iter().copied().chain([DEMO_REQUEST_ALIAS]).collect();
    let metadata = json!({
        "campagna": text(TEXT_CHARS_MAX),
        "dispositivo": text(TEXT_CHARS_MAX),
        "localita": text(TEXT_CHARS_MAX),
    });
    let free =
        format!("sources with client_id = \"free\" take 1 to {ID_CHARS_MAX} printable characters");
    let event = json!({
        "id_cliente": {
            "description": free,
            "type": "string",
            "pattern": "^CLIENTE-[A-Z]{4,10}-[0-9]{6}$",
        },
        "evento": { "enum": kinds },
        "timestamp": happened(),
        "valore": euro(),
        "canale": { "enum": Channel::NAMES },
        "stato": { "enum": Outcome::NAMES },
        "metadati": open_object(&metadata),
    });
    let required = ["id_cliente", "evento", "timestamp", "valore", "canale", "stato"];
    document(
        "Conversione",
        "What a client did.",
        "or more than 5 minutes ahead of the receiver, an amount with a third decimal.",
        object(&required, &event),
    )
}
