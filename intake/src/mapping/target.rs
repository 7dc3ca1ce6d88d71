//! What can be mapped to: the fields of each kind of event, nested as they are in its JSON.

use polso_core::EventKind;

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
    use serde_json::Value;

    use super::*;

    fn check(shapes: &[Shape], schema: &Value, path: &str) {
        let known: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        for shape in shapes {
            let path = format!("{path}.{}", shape.name());
            assert!(known.iter().any(|name| *name == shape.name()), "{path} is no field");
            let field = &schema["properties"][shape.name()];
            match shape {
                Group(_, shapes) => check(shapes, field, &path),
                Field(..) => assert_ne!(field["type"], "object", "{path}"),
            }
        }
        for name in known {
            assert!(
                shapes.iter().any(|shape| shape.name() == name),
                "{path}.{name} cannot be mapped"
            );
        }
    }

    #[test]
    fn every_field_of_an_event_can_be_mapped() {
        check(shapes(EventKind::Conversion), &EventKind::Conversion.json_schema(), "conversion");
        check(shapes(EventKind::Spend), &EventKind::Spend.json_schema(), "spend");
    }
}
