//! The JSON Schema (2020-12) of one story event, from the tables that validation reads.
//!
//! It cannot say: how far ahead a time may be (that depends on the receiver's clock), that a member
//! must not come twice, and that no string holds half a surrogate pair.

use serde_json::{Value, json};

use super::{
    EventType, Interaction,
    validate::{HASHTAGS_MAX, TEXT_CHARS_MAX},
};
use crate::fields::{COUNT_MAX, DURATION_S_MAX, ID_CHARS_MAX};

/// The schema of what `POST /api/v1/eventi/storia` accepts as one event.
#[must_use]
pub(crate) fn json_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Storia",
        "description": "totals of a story (`engagement`), or what one viewer did with it (`user_id`)",
        "oneOf": [snapshot(), view(), interaction(), share()],
    })
}

fn id() -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": ID_CHARS_MAX,
        "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
    })
}

fn text() -> Value {
    json!({ "type": "string", "maxLength": TEXT_CHARS_MAX })
}

fn duration() -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": DURATION_S_MAX })
}

fn rate() -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": 1 })
}

/// One form: what all have in common, its own members, and which of those must be there.
fn form(event_type: &str, own: Value, required: &[&str]) -> Value {
    let mut form = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["event_type", "story_id", "timestamp"],
        "properties": {
            "event_type": { "const": event_type },
            "story_id": id(),
            "user_location": text(),
            "timestamp": {
                "description": "from 2000-01-01 to 5 minutes ahead of the receiver",
                "type": "string",
                "format": "date-time",
            },
            "formato": text(),
            "durata_s": duration(),
            "segmento": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "eta": text(), "genere": text(), "interesse": text() },
            },
        },
    });
    if let (Some(properties), Value::Object(own)) =
        (form.pointer_mut("/properties").and_then(Value::as_object_mut), own)
    {
        properties.extend(own);
    }
    if let Some(names) = form.pointer_mut("/required").and_then(Value::as_array_mut) {
        names.extend(required.iter().map(|name| json!(name)));
    }
    form
}

fn snapshot() -> Value {
    let count = json!({ "type": "integer", "minimum": 0, "maximum": COUNT_MAX });
    let reactions = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": { "like": count, "love": count, "laugh": count },
    });
    let engagement = json!({
        "description": "totals since the story began",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "completion_rate": rate(),
            "view_count": count,
            "clicks": count,
            "comments": count,
            "shares": count,
            "reactions": reactions,
        },
    });
    form(EventType::View.name(), json!({ "engagement": engagement }), &["engagement"])
}

fn view() -> Value {
    let own = json!({ "user_id": id(), "completion_rate": rate(), "tempo_visione_s": duration() });
    let mut form = form(EventType::View.name(), own, &["user_id"]);
    if let Some(form) = form.as_object_mut() {
        // Half a millisecond is the least that is not nothing.
        let duration = json!({ "type": "number", "minimum": 0.0005 });
        let watched = json!({ "tempo_visione_s": true, "durata_s": duration });
        let either = json!([
            { "required": ["completion_rate"], "properties": { "completion_rate": true } },
            { "required": ["tempo_visione_s", "durata_s"], "properties": watched },
        ]);
        form.insert("anyOf".to_owned(), either);
    }
    form
}

fn interaction() -> Value {
    let own = json!({ "user_id": id(), "interaction_type": { "enum": Interaction::NAMES } });
    form(EventType::Interaction.name(), own, &["user_id", "interaction_type"])
}

fn share() -> Value {
    let hashtags = json!({ "type": "array", "maxItems": HASHTAGS_MAX, "items": text() });
    let own = json!({ "user_id": id(), "hashtag": hashtags });
    form(EventType::Share.name(), own, &["user_id"])
}
