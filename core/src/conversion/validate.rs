//! From the raw JSON of one conversion to the event, or to every reason why not.
//!
//! Bounds: 64 members, nesting of 32, strings of 64 characters (client ids of 128). Keys of
//! `metadati` that mean nothing here are ignored, and the first 16 are named in the warnings.

use std::borrow::Cow;

use super::{Channel, Conversion, ConversionKind, DEMO_REQUEST_ALIAS, Outcome};
use crate::{
    fields::{Fields, is_free_id},
    json::Raw,
    reason::{Reason, ReasonCode as Code, excerpt},
    source::{ClientIdRule, Source},
    texts::Texts,
    time::Timestamp,
};

/// Longest string in `metadati`, in characters.
pub(super) const TEXT_CHARS_MAX: usize = 64;
const FIELDS: &[&str] =
    &["id_cliente", "evento", "timestamp", "valore", "canale", "stato", "metadati"];
const METADATA_FIELDS: &[&str] = &["campagna", "dispositivo", "localita"];
/// Most ignored keys that are named.
const WARNINGS_MAX: usize = 16;

/// Validates one conversion as it was received at `now`.
///
/// # Errors
/// Every reason why it is none.
pub(crate) fn validate(
    json: &str,
    source: &Source,
    now: Timestamp,
) -> Result<(Conversion, Vec<String>), Vec<Reason>> {
    let mut values = [None; FIELDS.len()];
    let mut fields = Fields::read(json, FIELDS, &mut values)?;
    let client = fields.required("id_cliente").and_then(|raw| client(&mut fields, raw, source));
    let kind = fields.required("evento").and_then(|raw| kind(&mut fields, raw));
    let time = fields.required("timestamp").and_then(|raw| fields.happened("timestamp", raw, now));
    let value_cents = fields.required("valore").and_then(|raw| fields.cents("valore", raw));
    let channel = fields
        .required("canale")
        .and_then(|raw| fields.choice("canale", raw, Channel::named, Channel::NAMES));
    let outcome = fields
        .required("stato")
        .and_then(|raw| fields.choice("stato", raw, Outcome::named, Outcome::NAMES));
    let metadata = fields.optional("metadati").map(|raw| Metadata::read(&mut fields, raw));
    fields.refuse_rest();

    let Metadata { campaign, device, place, warnings } = metadata.unwrap_or_default();
    match (client, kind, time, value_cents, channel, outcome, fields.into_reasons()) {
        (
            Some(client),
            Some(kind),
            Some(time),
            Some(value_cents),
            Some(channel),
            Some(outcome),
            reasons,
        ) if reasons.is_empty() => {
            let texts = Texts::new([&client, &campaign, &device, &place]);
            let event = Conversion { kind, time, value_cents, channel, outcome, texts };
            Ok((event, warnings))
        }
        (.., reasons) => Err(reasons),
    }
}

fn client<'r>(fields: &mut Fields<'_, '_>, raw: Raw<'r>, source: &Source) -> Option<Cow<'r, str>> {
    let id = fields.text("id_cliente", raw)?;
    let (valid, form) = match source.client_id {
        ClientIdRule::Cliente => {
            (is_cliente_id(&id), "`CLIENTE-` followed by 4 to 10 capital letters, `-` and 6 digits")
        }
        ClientIdRule::Free => (is_free_id(&id), "1 to 128 printable characters"),
    };
    if !valid {
        let message = format!("`{}` is no client id: expected {form}", excerpt(&id));
        fields.refuse(Reason::field(Code::ClientIdFormat, "id_cliente", message));
        return None;
    }
    Some(id)
}

/// `^CLIENTE-[A-Z]{4,10}-\d{6}$`
fn is_cliente_id(id: &str) -> bool {
    let Some((letters, [b'-', digits @ ..])) = id
        .as_bytes()
        .strip_prefix(b"CLIENTE-")
        .and_then(|rest| rest.split_at_checked(rest.len().checked_sub(7)?))
    else {
        return false;
    };
    (4..=10).contains(&letters.len())
        && letters.iter().all(u8::is_ascii_uppercase)
        && digits.iter().all(u8::is_ascii_digit)
}

fn kind(fields: &mut Fields<'_, '_>, raw: Raw<'_>) -> Option<ConversionKind> {
    let named = |name: &str| match name {
        DEMO_REQUEST_ALIAS => Some(ConversionKind::DemoRequest),
        name => ConversionKind::named(name),
    };
    fields.choice("evento", raw, named, ConversionKind::NAMES)
}

#[derive(Default)]
struct Metadata<'a> {
    campaign: Cow<'a, str>,
    device: Cow<'a, str>,
    place: Cow<'a, str>,
    warnings: Vec<String>,
}

impl<'a> Metadata<'a> {
    /// Reads what is known and takes faults over into `event`; a fault leaves the text empty.
    fn read(event: &mut Fields<'_, '_>, raw: Raw<'a>) -> Self {
        let mut values = [None; METADATA_FIELDS.len()];
        let Some(mut fields) = event.nested("metadati", raw, METADATA_FIELDS, &mut values) else {
            return Self::default();
        };
        let mut text = |name: &'static str, path: &'static str| {
            let raw = fields.optional(name)?;
            fields.bounded_text(path, raw, TEXT_CHARS_MAX)
        };
        let campaign = text("campagna", "metadati.campagna").unwrap_or_default();
        let device = text("dispositivo", "metadati.dispositivo").unwrap_or_default();
        let place = text("localita", "metadati.localita").unwrap_or_default();
        let warnings = fields
            .rest()
            .take(WARNINGS_MAX)
            .map(|name| format!("`metadati.{}` is ignored", excerpt(name)))
            .collect();
        event.take_over(fields);
        Self { campaign, device, place, warnings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2024-05-20T14:33:00Z";

    #[track_caller]
    fn check(json: &str, expected: &[(Code, &str)]) {
        let source = Source::named("crm");
        check_for(&source, json, expected);
    }

    #[track_caller]
    fn check_for(source: &Source, json: &str, expected: &[(Code, &str)]) {
        let found = validate(json, source, Timestamp::parse(NOW).unwrap());
        let reasons = found.err().unwrap_or_default();
        let found: Vec<_> =
            reasons.iter().map(|r| (r.code, r.field.as_deref().unwrap_or(""))).collect();
        assert_eq!(found, expected, "{json}");
    }

    /// The documented example with one member replaced, added (unknown name) or removed (empty).
    fn example(name: &str, value: &str) -> String {
        let mut members = vec![
            ("id_cliente", r#""CLIENTE-ITALIA-789456""#),
            ("evento", r#""richiesta_demo""#),
            ("timestamp", r#""2024-05-20T14:32:45.123Z""#),
            ("valore", "0.0"),
            ("canale", r#""email""#),
            ("stato", r#""completato""#),
            ("metadati", r#"{"campagna":"Campagna_Email_Verano2024","localita":"Roma"}"#),
        ];
        members.retain(|(known, _)| *known != name);
        members.push((name, value));
        let members: Vec<_> = members
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    }

    #[test]
    fn accepts_the_documented_example() {
        check(&example("valore", "0.0"), &[]);
        check(&example("metadati", ""), &[]);
        check(&example("evento", r#""richiesta_demo_completata""#), &[]);
    }

    #[test]
    fn names_every_reason_at_once() {
        let json = example("valore", "-1.234").replace('}', r#""}"#).replace(r#""}"#, "}");
        let json = format!("{},\"altro\":1}}", json.strip_suffix('}').unwrap());
        check(
            &json,
            &[
                (Code::ValueNegative, "valore"),
                (Code::ValuePrecision, "valore"),
                (Code::FieldUnknown, "altro"),
            ],
        );
        check(
            "{}",
            &[
                (Code::FieldMissing, "id_cliente"),
                (Code::FieldMissing, "evento"),
                (Code::FieldMissing, "timestamp"),
                (Code::FieldMissing, "valore"),
                (Code::FieldMissing, "canale"),
                (Code::FieldMissing, "stato"),
            ],
        );
    }

    #[test]
    fn client_ids_have_4_to_10_letters_and_6_digits() {
        for good in ["CLIENTE-ABCD-000000", "CLIENTE-ABCDEFGHIJ-123456"] {
            check(&example("id_cliente", &format!("\"{good}\"")), &[]);
        }
        for bad in [
            "CLIENTE-ABC-123456",
            "CLIENTE-ABCDEFGHIJK-123456",
            "CLIENTE-ITALIA-12345",
            "CLIENTE-ITALIA-1234567",
            "CLIENTE-italia-123456",
            "cliente-ITALIA-123456",
            "CLIENTE-ITALIA-123456\\n",
            " CLIENTE-ITALIA-123456",
            "CLIENTE-ITALIA-12345٦",
            "",
        ] {
            check(
                &example("id_cliente", &format!("\"{bad}\"")),
                &[(Code::ClientIdFormat, "id_cliente")],
            );
        }
    }

    #[test]
    fn free_client_ids_are_1_to_128_printable_characters() {
        let free = Source { client_id: ClientIdRule::Free, ..Source::named("crm") };
        let id = |id: &str| example("id_cliente", &format!("\"{id}\""));
        check_for(&free, &id(&"è".repeat(128)), &[]);
        for bad in [String::new(), "è".repeat(129), "a\\u0007b".into()] {
            check_for(&free, &id(&bad), &[(Code::ClientIdFormat, "id_cliente")]);
        }
    }

    #[test]
    fn times_reach_from_2000_to_5_minutes_ahead() {
        check(&example("timestamp", r#""2000-01-01T00:00:00Z""#), &[]);
        check(
            &example("timestamp", r#""1999-12-31T23:59:59.999Z""#),
            &[(Code::TimestampPast, "timestamp")],
        );
        check(&example("timestamp", r#""2024-05-20T14:38:00Z""#), &[]);
        check(
            &example("timestamp", r#""2024-05-20T14:38:00.001Z""#),
            &[(Code::TimestampFuture, "timestamp")],
        );
        check(
            &example("timestamp", r#""2024-05-20 14:32:45Z""#),
            &[(Code::TimestampFormat, "timestamp")],
        );
        check(&example("timestamp", "1716215565123"), &[(Code::FieldType, "timestamp")]);
    }

    #[test]
    fn metadata_is_an_object_of_short_strings() {
        let text = |count: usize| {
            example("metadati", &format!("{{\"campagna\":\"{}\"}}", "è".repeat(count)))
        };
        check(&text(64), &[]);
        check(&text(65), &[(Code::TextLength, "metadati.campagna")]);
        check(&example("metadati", "[]"), &[(Code::FieldType, "metadati")]);
        check(&example("metadati", "null"), &[(Code::FieldType, "metadati")]);
        check(
            &example("metadati", r#"{"campagna":1,"localita":"\ud800"}"#),
            &[(Code::FieldType, "metadati.campagna"), (Code::TextInvalid, "metadati.localita")],
        );
        check(
            &example("metadati", r#"{"campagna":"a","campagna":"b"}"#),
            &[(Code::FieldDuplicate, "metadati.campagna")],
        );
    }

    #[test]
    fn other_metadata_is_ignored_and_named() {
        let json = example("metadati", r#"{"utm":"x","campagna":"c"}"#);
        let source = Source::named("crm");
        let (event, warnings) = validate(&json, &source, Timestamp::parse(NOW).unwrap()).unwrap();
        assert_eq!(event.campaign(), "c");
        assert_eq!(warnings, ["`metadati.utm` is ignored"]);
    }

    #[test]
    fn refuses_what_is_no_plain_object() {
        check("[]", &[(Code::NotAnObject, "")]);
        check("7", &[(Code::NotAnObject, "")]);
        check(&format!("{{\"a\":{}}}", "[".repeat(32) + &"]".repeat(32)), &[(Code::JsonDepth, "")]);
        check(
            &example("stato", r#""completato","stato":"fallito""#),
            &[(Code::FieldDuplicate, "stato")],
        );
        check(&example("stato", r#""aperto""#), &[(Code::ChoiceUnknown, "stato")]);
        check(&example("canale", "null"), &[(Code::FieldType, "canale")]);
    }
}
