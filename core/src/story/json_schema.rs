//! The JSON Schema of one story event: the totals of a story, or one of three things that a viewer
//! may have done with it.

use serde_json::{Value, json};

use super::{
    EventType, Interaction,
    validate::{HASHTAGS_MAX, TEXT_CHARS_MAX},
};
use crate::json_schema::{count, document, duration, happened, id, object, rate, text};

/// The schema of what `POST /api/v1/eventi/storia` accepts as one event.
#[must_use]
pub(crate) fn json_schema() -> Value {
    document(
        "Storia",
        "Totals of a story (`engagement`), or what one viewer did with it (`user_id`).",
        "or more than 5 minutes ahead of the receiver.",
        json!({ "oneOf": [snapshot(), view(), interaction(), share()] }),
    )
}

/// One form: what all have in common, its own members, and which of those must be there.
fn form(event_type: EventType, own: Value, required: &[&str]) -> Value {
    let segment = json!({
        "eta": text(TEXT_CHARS_MAX),
        "genere": text(TEXT_CHARS_MAX),
        "interesse": text(TEXT_CHARS_MAX),
    });
    let mut properties = json!({
        "event_type": { "const": event_type.name() },
        "story_id": id(),
        "user_location": text(TEXT_CHARS_MAX),
        "timestamp": happened(),
        "formato": text(TEXT_CHARS_MAX),
        "durata_s": duration(),
        "segmento": object(&[], &segment),
    });
    if let (Some(properties), Value::Object(own)) = (properties.as_object_mut(), own) {
        properties.extend(own);
    }
    let all = ["event_type", "story_id", "timestamp"];
    let required: Vec<&str> = all.iter().chain(required).copied().collect();
    object(&required, &properties)
}

fn snapshot() -> Value {
    let reactions = json!({ "like": count(), "love": count(), "laugh": count() });
    let engagement = json!({
        "completion_rate": rate(),
        "view_count": count(),
        "clicks": count(),
        "comments": count(),
        "shares": count(),
        "reactions": object(&[], &reactions),
    });
    let own = json!({ "engagement": object(&[], &engagement) });
    form(EventType::View, own, &["engagement"])
}

fn view() -> Value {
    let own = json!({ "user_id": id(), "completion_rate": rate(), "tempo_visione_s": duration() });
    let mut form = form(EventType::View, own, &["user_id"]);
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
    form(EventType::Interaction, own, &["user_id", "interaction_type"])
}

fn share() -> Value {
    let hashtags =
        json!({ "type": "array", "maxItems": HASHTAGS_MAX, "items": text(TEXT_CHARS_MAX) });
    let own = json!({ "user_id": id(), "hashtag": hashtags });
    form(EventType::Share, own, &["user_id"])
}
