//! Bodies of providers: cut the same every time, into pieces of which each is read again to itself; no body makes more
//! of itself than its bounds, and no text holds what proved it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use polso_core::{RawEvent, Reason};
use polso_intake::adapter::{Adapter, Made, Piece};
use polso_intake::{Config, Sender};
use serde_json::{Value, json};

use crate::input::{Input, chunk};
use crate::world::now;

/// One more than a source may take.
const PIECES_MAX: usize = 1_001;
/// No event that a mapping makes is larger: a value for each field.
const EVENT_BYTES_MAX: usize = 20 * 2_048 + 32_768;
/// Stands in bodies for what proves them.
const CREDENTIAL: &str = "cReDeNtIaL-0123456789";

/// A byte that chooses the source, one that is even for JSON, a chunk that is the id of the message if it is not empty; then
/// the body.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let senders: Vec<_> = SENDERS.values().collect();
    let sender = input.pick(&senders);
    let content_type =
        if input.is_even() { "application/json" } else { "application/x-www-form-urlencoded" };
    let message_id = String::from_utf8_lossy(input.chunk()).into_owned();
    let message_id = Some(message_id.as_str()).filter(|id| !id.is_empty());
    let adapter = &sender.webhook.as_ref().unwrap().adapter;
    let body = input.rest();
    let pieces = adapter.cut(Some(content_type), body, message_id);
    assert_eq!(pieces, adapter.cut(Some(content_type), body, message_id));
    assert!(pieces.len() <= PIECES_MAX);
    for piece in &pieces {
        check(sender, piece, body.len(), message_id);
        read_again(adapter, piece);
    }
}

/// An event is JSON of a bounded length, whatever the core thinks of it.
fn check(sender: &Sender, piece: &Piece<'_>, body_bytes: usize, message_id: Option<&str>) {
    let id = piece.id.as_deref().unwrap();
    assert!(id.len() <= 128 || message_id.is_some_and(|message_id| id.starts_with(message_id)));
    match &piece.made {
        Made::Filtered => {}
        Made::Rejected(reasons) => assert!(!reasons.is_empty()),
        Made::Event { kind, json } => {
            assert!(json.len() <= EVENT_BYTES_MAX.max(6 * body_bytes + 64), "{}", json.len());
            serde_json::from_str::<&serde_json::value::RawValue>(json).expect("no JSON");
            let _ = kind.validate(&RawEvent { json, event_id: Some(id) }, &sender.source, now());
        }
    }
    // Where no member comes twice, what is hidden is found.
    let text = piece.text.to_string();
    if sender.source.name == "zoho" && message_id.is_none() {
        assert!(!text.contains(&format!("\"token\":\"{CREDENTIAL}\"")), "{text}");
    }
}

/// What is no UTF-8 cannot be kept as text; anything else is.
fn read_again(adapter: &Adapter, piece: &Piece<'_>) {
    let is_lossy = |reason: &Reason| reason.message.contains("not UTF-8");
    if matches!(&piece.made, Made::Rejected(reasons) if reasons.iter().any(is_lossy)) {
        return;
    }
    let text = piece.text.to_string();
    let again = adapter.cut(None, text.as_bytes(), piece.id.as_deref());
    assert_eq!(again, std::slice::from_ref(piece), "{text}");
}

/// Every kind whose bodies are read by a mapping.
static SENDERS: LazyLock<BTreeMap<String, Sender>> = LazyLock::new(|| {
    let config = Config::parse(&json!({ "sources": sources() }), |name| {
        let secret = match name {
            "SIGNING" => "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "ORGANISATION" => "00D5g0000012abc",
            "PATH" => "a-path-that-nobody-guesses",
            _ => "{}",
        };
        Some(secret.to_owned())
    });
    config.unwrap().sources
});

fn sources() -> Value {
    let conversion = json!({
        "target": "conversion", "when": { "/a": [1, "x"] }, "unless": { "/b": true }, "require": { "/c": "eur" },
        "id_cliente": ["/id", "/d/0/e"], "evento": { "const": "acquisto_concluso" },
        "timestamp": { "pointer": "/t", "format": "unix_s" }, "valore": { "pointer": "/v", "scale": "cents", "absent": [""] },
        "canale": { "pointer": "/u", "lookup": { "a": "email" }, "default": "sms" },
        "stato": { "pointer": "/s", "lookup": { "1": "completato" } }, "metadati": { "campagna": "/d" },
    });
    let story = json!({
        "target": "story", "each": "/items", "event_id": ["/id", "root:/id"], "event_type": "/e", "story_id": "root:/id",
        "timestamp": { "pointer": ["root:/t", "/t"], "format": "meta" }, "hashtag": "/h",
        "engagement": { "view_count": "/v", "completion_rate": { "pointer": "/r", "scale": "percent" } },
    });
    let generic =
        json!({ "kind": "generic", "scheme": "api_key", "header": "X-Key", "secret": "KEY" });
    let with = |map: Value| {
        let mut source = generic.clone();
        source["map"] = map;
        source
    };
    json!({
        "conversion": with(conversion),
        "own": { "kind": "standard_webhooks", "secret": "SIGNING", "map": { "target": "spend", "each": "" } },
        "shopify": { "kind": "shopify", "secret": "KEY" },
        "stories": with(story),
        "stripe": { "kind": "stripe", "secret": "KEY" },
        "hubspot": { "kind": "hubspot", "secret": "KEY", "public_url": "https://polso.example" },
        "meta": { "kind": "meta", "secret": "KEY", "verify_token": "KEY" },
        "salesforce": { "kind": "salesforce", "secret": "ORGANISATION", "path_secret": "PATH" },
        "zoho": { "kind": "zoho", "secret": "KEY" },
    })
}

pub fn seeds() -> Vec<Vec<u8>> {
    let names: Vec<_> = SENDERS.keys().map(String::as_str).collect();
    let seed = |source: &str, content_type: u8, id: &str, body: &[u8]| {
        let source = names.iter().position(|name| *name == source).unwrap() as u8;
        [&[source, content_type], &chunk(id.as_bytes())[..], body].concat()
    };
    let json = |source: &str, id: &str, body: &str| seed(source, 0, id, body.as_bytes());
    let payload = |source: &str, body: &str| json(source, "", body);
    let zoho = include_str!("../../intake/tests/payloads/zoho-deals.json");
    vec![
        payload("stripe", include_str!("../../intake/tests/payloads/stripe-succeeded.json")),
        payload("stripe", include_str!("../../intake/tests/payloads/stripe-failed.json")),
        payload("shopify", include_str!("../../intake/tests/payloads/shopify-paid.json")),
        payload("hubspot", include_str!("../../intake/tests/payloads/hubspot-batch.json")),
        payload("zoho", &zoho.replace("zoho-token-for-tests", CREDENTIAL)),
        payload("meta", include_str!("../../intake/tests/payloads/meta-insights.json")),
        payload("meta", include_str!("../../intake/tests/payloads/meta-comments.json")),
        payload("meta", include_str!("../../intake/tests/payloads/meta-messages.json")),
        payload("meta", r#"[[{"entry":[]}],{"entry":[1,{"changes":{}},{"field":"a","value":1}]}]"#),
        payload(
            "salesforce",
            include_str!("../../intake/tests/payloads/salesforce-opportunities.xml"),
        ),
        payload("salesforce", include_str!("../../intake/tests/payloads/salesforce-leads.xml")),
        payload("salesforce", include_str!("../../intake/tests/payloads/salesforce-cometd.json")),
        payload("salesforce", include_str!("../../intake/tests/payloads/salesforce-pubsub.json")),
        payload(
            "salesforce",
            include_str!("../../intake/tests/payloads/salesforce-eventbridge.json"),
        ),
        payload("salesforce", "<Envelope><Body><notifications><Notification/>"),
        payload("zoho", r#"{"ids":[1,"1",null],"affected_values":[{"record_id":1,"values":{}}]}"#),
        payload(
            "conversion",
            r#"{"a":1,"c":"eur","id":9007199254740993,"t":"1.5","v":"1999","u":"a","s":1,"d":"\u00e8"}"#,
        ),
        payload("conversion", r#"{"a":"x","c":"usd","d":[{"e":"i"}],"t":-1,"v":"","u":{},"s":2}"#),
        payload("conversion", r#"{"a":1,"\u0061":2}"#),
        seed("conversion", 1, "", b"a=1&c=eur&id=%FF&t=1795856400&v=1&s=1&d=a&d=b"),
        json(
            "stories",
            "msg",
            r#"{"id":"s","t":"2026-02-02T02:39:00+0000","items":[{"e":"StoryView","v":1,"r":62.5},{"h":"roma"},3,[]]}"#,
        ),
        json("stories", "msg/1", r#"{"items":{}}"#),
        json("own", "", "\u{feff} [ {\"importo\":1.10} , [] ,\"\\ud800\"]"),
        seed("own", 0, "", b"[\"\xff\"]"),
        payload("own", &format!("[{}{}]", "[".repeat(40), "]".repeat(40))),
        payload("own", &format!("[{}{{}}]", "{},".repeat(1_001))),
    ]
}
