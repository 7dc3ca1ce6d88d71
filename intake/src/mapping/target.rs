//! What can be mapped to: the fields of each kind of event, nested as they are in its JSON. Which of them must be there,
//! and which words some of them take, is read from the event's JSON Schema.

use polso_core::EventKind;
use serde_json::Value;

/// The kinds of events by their names in a mapping.
pub(super) const TARGETS: [(&str, EventKind); 3] = [
    ("conversion", EventKind::Conversion),
    ("story", EventKind::Story),
    ("spend", EventKind::Spend),
];

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// A number.
    Number,
    /// An instant, as RFC 3339 text.
    Time,
}

/// A member of an event.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Field(&'static str, Sort),
    Group(&'static str, &'static [Self]),
}

impl Shape {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Field(name, _) | Self::Group(name, _) => name,
        }
    }
}

/// The fields without which there is no event of this schema.
pub(super) fn required(schema: &Value) -> Vec<String> {
    let mut forms = forms(schema).iter().map(|form| texts(form.get("required")));
    let first = forms.next().unwrap_or_default();
    let others: Vec<_> = forms.collect();
    first.into_iter().filter(|name| others.iter().all(|form| form.contains(name))).collect()
}

/// The words that a field may have, where they are a closed set; `path` is like `metadati.campagna`.
pub(super) fn words(schema: &Value, path: &str) -> Vec<String> {
    let mut words = Vec::new();
    for form in forms(schema) {
        let field = path.split('.').try_fold(form, |form, name| form.get("properties")?.get(name));
        let constant = field.and_then(|field| field.get("const")?.as_str()).map(str::to_owned);
        words.extend(constant.into_iter().chain(texts(field.and_then(|field| field.get("enum")))));
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// An event of a kind has one of several forms, or one.
fn forms(schema: &Value) -> &[Value] {
    schema
        .get("oneOf")
        .and_then(Value::as_array)
        .map_or(std::slice::from_ref(schema), Vec::as_slice)
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The members of an event of this kind.
pub(super) const fn shapes(kind: EventKind) -> &'static [Shape] {
    match kind {
        EventKind::Conversion => CONVERSION,
        EventKind::Spend => SPEND,
        EventKind::Story => STORY,
    }
}

use self::{
    Shape::{Field, Group},
    Sort::{Number, Text, Texts, Time},
};

const CONVERSION: &[Shape] = &[
    Field("id_cliente", Text),
    Field("evento", Text),
    Field("timestamp", Time),
    Field("valore", Number),
    Field("canale", Text),
    Field("stato", Text),
    Group(
        "metadati",
        &[Field("campagna", Text), Field("dispositivo", Text), Field("localita", Text)],
    ),
];

const SPEND: &[Shape] = &[
    Field("canale", Text),
    Field("campagna", Text),
    Field("importo", Number),
    Field("da", Time),
    Field("a", Time),
];

const STORY: &[Shape] = &[
    Field("event_type", Text),
    Field("interaction_type", Text),
    Field("story_id", Text),
    Field("user_id", Text),
    Field("user_location", Text),
    Field("timestamp", Time),
    Field("formato", Text),
    Field("durata_s", Number),
    Field("completion_rate", Number),
    Field("tempo_visione_s", Number),
    Field("hashtag", Texts),
    Group("segmento", &[Field("eta", Text), Field("genere", Text), Field("interesse", Text)]),
    Group(
        "engagement",
        &[
            Field("completion_rate", Number),
            Field("view_count", Number),
            Field("clicks", Number),
            Field("comments", Number),
            Field("shares", Number),
            Group(
                "reactions",
                &[Field("like", Number), Field("love", Number), Field("laugh", Number)],
            ),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(kind: EventKind) -> Value {
        kind.json_schema()
    }

    fn check(shapes: &[Shape], forms: &[Value], path: &str) {
        let known = |name: &str| forms.iter().any(|form| form["properties"].get(name).is_some());
        for shape in shapes {
            let path = format!("{path}.{}", shape.name());
            assert!(known(shape.name()), "{path} is no field");
            if let Group(name, shapes) = shape {
                let form = forms.iter().find(|form| form["properties"].get(*name).is_some());
                check(shapes, std::slice::from_ref(&form.unwrap()["properties"][*name]), &path);
            }
        }
        for name in forms.iter().flat_map(|form| form["properties"].as_object().unwrap().keys()) {
            assert!(shapes.iter().any(|shape| shape.name() == name), "{path}.{name} is not there");
        }
    }

    #[test]
    fn every_field_of_an_event_can_be_mapped() {
        for (name, kind) in TARGETS {
            check(shapes(kind), forms(&kind.json_schema()), name);
        }
    }

    #[test]
    fn what_must_be_there_is_what_all_forms_need() {
        let all = ["id_cliente", "evento", "timestamp", "valore", "canale", "stato"];
        assert_eq!(required(&schema(EventKind::Conversion)), all);
        assert_eq!(required(&schema(EventKind::Story)), ["event_type", "story_id", "timestamp"]);
        assert_eq!(required(&schema(EventKind::Spend)), ["canale", "importo", "da", "a"]);
    }

    #[test]
    fn closed_sets_have_their_words() {
        assert_eq!(
            words(&schema(EventKind::Conversion), "stato"),
            ["completato", "duplicato", "fallito"]
        );
        assert_eq!(
            words(&schema(EventKind::Story), "event_type"),
            ["Interaction", "Share", "StoryView"]
        );
        assert_eq!(words(&schema(EventKind::Story), "interaction_type").len(), 7);
        for free in ["id_cliente", "metadati.campagna", "metadati", "x"] {
            assert_eq!(words(&schema(EventKind::Conversion), free), Vec::<String>::new(), "{free}");
        }
    }
}
