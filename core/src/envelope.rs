//! An event in an envelope: its sender says beside it which kind it is, and by which id it is the same.
//!
//! Nothing of the event is read here.

use crate::{domain::EventKind, fields::Fields, reason::Reason};

const FIELDS: &[&str] = &["id", "kind", "event"];

/// What an envelope says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// 1 to 128 printable characters; nothing where there is no such id.
    pub id: Option<String>,
    /// The kind and the JSON of the event, or every reason why the envelope is none.
    pub event: Result<(EventKind, &'a str), Vec<Reason>>,
}

impl<'a> Envelope<'a> {
    /// Reads one envelope that may hold events of these kinds.
    #[must_use]
    pub fn read(json: &'a str, kinds: &[EventKind]) -> Self {
        let mut values = [None; FIELDS.len()];
        let mut fields = match Fields::read(json, FIELDS, &mut values) {
            Ok(fields) => fields,
            Err(reasons) => return Self { id: None, event: Err(reasons) },
        };
        let id = fields.required("id").and_then(|raw| fields.id("id", raw));
        let kind = fields.required("kind").and_then(|raw| {
            let named = |name: &str| kinds.iter().copied().find(|kind| kind.name() == name);
            let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
            fields.choice("kind", raw, named, &names)
        });
        let event = fields.required("event").and_then(|raw| fields.object("event", raw));
        fields.refuse_rest();
        let event = match (kind, event, fields.into_reasons()) {
            (Some(kind), Some(event), reasons) if reasons.is_empty() => Ok((kind, event)),
            (_, _, reasons) => Err(reasons),
        };
        Self { id, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [EventKind; 2] = [EventKind::Conversion, EventKind::Story];

    /// Its id, and the kind and event or the codes of the reasons.
    #[track_caller]
    fn check(json: &str, id: Option<&str>, expected: Result<(&str, &str), &[&str]>) {
        let found = Envelope::read(json, &KINDS);
        let event = found.event.map(|(kind, event)| (kind.name(), event));
        let event = event
            .map_err(|reasons| reasons.iter().map(|reason| reason.code.code()).collect::<Vec<_>>());
        assert_eq!(found.id.as_deref(), id, "{json}");
        assert_eq!(
            event.as_ref().map_err(Vec::as_slice),
            expected.as_ref().map_err(|e| *e),
            "{json}"
        );
    }

    #[test]
    fn it_has_an_id_a_kind_and_an_event() {
        let json = r#"{"id":"e1","kind":"conversione","event":{"a": 1}}"#;
        check(json, Some("e1"), Ok(("conversione", r#"{"a": 1}"#)));
        let json = r#" {"event":{"id":[]},"kind":"storia","id":"\u00e8"} "#;
        check(json, Some("è"), Ok(("storia", r#"{"id":[]}"#)));
    }

    #[test]
    fn a_bad_one_has_every_reason_and_its_id() {
        check("{}", None, Err(&["field_missing"; 3]));
        check(r#"{"id":"e1","kind":"spesa","event":{}}"#, Some("e1"), Err(&["choice_unknown"]));
        check(
            r#"{"id":"","kind":7,"event":"{}"}"#,
            None,
            Err(&["id_format", "field_type", "field_type"]),
        );
        check(r#"{"id":"e","kind":"storia","event":[]}"#, Some("e"), Err(&["field_type"]));
        let twice = r#"{"id":"e","id":"f","kind":"storia","event":{},"x":1}"#;
        check(twice, Some("e"), Err(&["field_duplicate", "field_unknown"]));
        for other in ["null", r#""e1""#, "[]"] {
            check(other, None, Err(&["not_an_object"]));
        }
    }

    #[test]
    fn an_id_has_1_to_128_characters() {
        let json = |chars: usize| {
            format!(r#"{{"id":"{}","kind":"storia","event":{{}}}}"#, "x".repeat(chars))
        };
        check(&json(128), Some(&"x".repeat(128)), Ok(("storia", "{}")));
        check(&json(129), None, Err(&["id_format"]));
    }
}
