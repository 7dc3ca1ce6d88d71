//! The configured sources, and what becomes of a body in short.

use std::path::Path;
use std::sync::LazyLock;

use polso_core::{RawEvent, Reason, Timestamp};
use polso_intake::adapter::{Made, Piece};
use polso_intake::{Config, Sender};
use serde_json::{Value, json};

/// When everything is received.
pub const NOW: &str = "2026-11-28T12:00:00Z";

/// A file of `tests/payloads/`.
pub fn payload(file: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads");
    std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every secret that a source may name.
pub fn secret(name: &str) -> Option<String> {
    let value = match name {
        "JWT_KEYS" => "{}",
        "WEBHOOKS_SECRET" | "PAYMENTS_SECRET" | "PARTNER_SECRET" => {
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
        }
        "BASIC" | "FORMS_LOGIN" => "user:password",
        "SALESFORCE_ORGANISATION" => "00D5g0000012abc",
        "SALESFORCE_PATH" => "a-path-that-nobody-guesses",
        _ => "a secret for tests",
    };
    Some(value.to_owned())
}

/// The sources of a table of sources.
pub fn config(sources: &Value) -> Config {
    Config::parse(&json!({ "sources": sources }), secret).unwrap_or_else(|problems| {
        panic!("{:#?}", problems.iter().map(ToString::to_string).collect::<Vec<_>>())
    })
}

/// The sources of `tests/payloads/sources.toml`.
pub fn sources() -> &'static Config {
    static SOURCES: LazyLock<Config> = LazyLock::new(|| config(&tables()));
    &SOURCES
}

/// Their tables.
pub fn tables() -> Value {
    toml::from_str(&String::from_utf8(payload("sources.toml")).unwrap()).unwrap()
}

pub fn cut<'a>(sender: &Sender, file: &str, body: &'a [u8], id: Option<&str>) -> Vec<Piece<'a>> {
    let is_form = Path::new(file).extension().is_some_and(|extension| extension == "form");
    let content_type = if is_form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json; charset=utf-8"
    };
    sender.webhook.as_ref().unwrap().adapter.cut(Some(content_type), body, id)
}

/// What becomes of a piece: its event as JSON when that is valid, `filtered`, or the codes and fields of the reasons.
pub fn told(sender: &Sender, piece: &Piece<'_>) -> String {
    let codes = |reasons: &[Reason]| {
        let one = |reason: &Reason| {
            let code = reason.code.code();
            reason.field.as_deref().map_or(code.to_owned(), |field| format!("{code} {field}"))
        };
        reasons.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    match &piece.made {
        Made::Filtered => "filtered".to_owned(),
        Made::Rejected(reasons) => codes(reasons),
        Made::Event { kind, json } => {
            let raw = RawEvent { json, event_id: piece.id.as_deref() };
            match kind.validate(&raw, &sender.source, Timestamp::parse(NOW).unwrap()) {
                Ok(_) => json.clone(),
                Err(reasons) => codes(&reasons),
            }
        }
    }
}
