//! The JSON Schema of one conversion.

use serde_json::{Value, json};

use super::{Channel, ConversionKind, DEMO_REQUEST_ALIAS, Outcome, validate::TEXT_CHARS_MAX};
use crate::fields::ID_CHARS_MAX;
use crate::json_schema::{euro, event, instant, open_object, text};

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
    event(
        "Conversione",
        "or more than 5 minutes ahead of the receiver.",
        &["id_cliente", "evento", "timestamp", "valore", "canale", "stato"],
        &json!({
            "id_cliente": {
                "description": free,
                "type": "string",
                "pattern": "^CLIENTE-[A-Z]{4,10}-[0-9]{6}$",
            },
            "evento": { "enum": kinds },
            "timestamp": instant("RFC 3339 with an offset, up to 5 minutes ahead of the receiver"),
            "valore": euro(),
            "canale": { "enum": Channel::NAMES },
            "stato": { "enum": Outcome::NAMES },
            "metadati": open_object(&metadata),
        }),
    )
}
