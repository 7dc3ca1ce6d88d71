//! What a page is answered, from the head of its request to the verdicts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use polso_core::{Ledger, Shards, Timestamp};
use polso_intake::{Config, Edge, Head, Keys, Prepared, Rates, Refusal, Route, route};
use serde_json::{Value, json};

const ORIGIN: &str = "https://www.example.it";
const TEXT: Option<&str> = Some("text/plain;charset=UTF-8");
const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

fn edge() -> Edge {
    let sito = json!({
        "kind": "browser", "write_key": "pk_1", "origins": [ORIGIN, "http://localhost:8080"],
        "body_max_kib": 1, "events_max": 3, "rate_per_s": 5,
    });
    let vars = json!({ "sources": { "sito": sito, "crm": { "kind": "native" } } });
    let config = Config::parse(&vars, |_| Some("{}".into())).unwrap();
    let key = json!({ "kty": "oct", "k": "c2VjcmV0IG9mIGF0IGxlYXN0IHRoaXJ0eS10d28gYnl0ZXM" });
    Edge { config, keys: Keys::parse(&json!({ "keys": [key] }).to_string()).unwrap() }
}

/// The status and code of a head that is refused, or what it asks for.
#[track_caller]
fn check(method: &str, path: &str, origin: Option<&str>, expected: (u16, &str)) {
    let url = format!("https://kpi.example.it{path}");
    let edge = edge();
    let found = match route(&Head { method, url: &url, origin, ..Head::default() }, &edge, NOW) {
        Ok(Route::Collect(_, for_origin)) if origin == Some(for_origin.as_str()) => (0, "collect"),
        Ok(Route::CollectPreflight(for_origin)) if origin == Some(for_origin.as_str()) => {
            (0, "preflight")
        }
        Ok(other) => panic!("{other:?}"),
        Err(refusal) => (refusal.status(), refusal.code()),
    };
    assert_eq!(found, expected, "{method} {path} {origin:?}");
}

#[test]
fn only_pages_of_a_named_origin_may_send() {
    check("POST", "/collect/sito", Some(ORIGIN), (0, "collect"));
    check("POST", "/collect/sito?x=1", Some("http://localhost:8080"), (0, "collect"));
    check("OPTIONS", "/collect/sito", Some(ORIGIN), (0, "preflight"));
    for origin in [
        None,
        Some(""),
        Some("null"),
        Some("http://www.example.it"),
        Some("https://www.example.it:8443"),
        Some("https://www.example.it.evil.example"),
        Some("https://WWW.example.it"),
    ] {
        check("POST", "/collect/sito", origin, (403, "origin_forbidden"));
        check("OPTIONS", "/collect/sito", origin, (403, "origin_forbidden"));
    }
    check("GET", "/collect/sito", Some(ORIGIN), (405, "method_not_allowed"));
}

#[test]
fn only_sources_of_pages_have_the_address() {
    for path in ["/collect/crm", "/collect/nobody", "/collect/", "/collect/sito/", "/collect/SITO"]
    {
        check("POST", path, Some(ORIGIN), (404, "not_found"));
    }
    check("POST", "/webhooks/sito", Some(ORIGIN), (404, "not_found"));
}

fn receive(
    edge: &Edge,
    content_type: Option<&str>,
    body: &str,
    rates: &mut Rates,
) -> Result<Prepared, Refusal> {
    let sender = &edge.config.sources["sito"];
    let browser = sender.browser.as_ref().unwrap();
    browser.receive(sender, content_type, body.as_bytes(), rates, &Shards::always(3), NOW)
}

fn sale(id: &str, euro: u32) -> Value {
    let event = json!({
        "id_cliente": "visitor 7", "evento": "acquisto_concluso", "valore": euro,
        "timestamp": "2026-11-28T12:00:00.000Z", "canale": "webform", "stato": "completato",
    });
    json!({ "id": id, "kind": "conversione", "event": event })
}

fn body(key: &str, events: &[Value]) -> String {
    json!({ "key": key, "events": events }).to_string()
}

#[track_caller]
fn check_refused(content_type: Option<&str>, body: &str, expected: (u16, &str)) {
    let refusal = receive(&edge(), content_type, body, &mut Rates::default()).unwrap_err();
    assert_eq!((refusal.status(), refusal.code()), expected, "{content_type:?} {body}");
}

#[test]
fn what_is_refused_as_a_whole() {
    let good = body("pk_1", &[sale("a", 1)]);
    check_refused(Some("text/html"), &good, (415, "content_type_unsupported"));
    check_refused(TEXT, &good.replace("pk_1", "pk_2"), (401, "write_key_invalid"));
    check_refused(TEXT, &good.replace("key", "token"), (401, "write_key_invalid"));
    check_refused(TEXT, "{", (400, "body_not_json"));
    check_refused(TEXT, &body("pk_1", &[]), (400, "events_missing"));
    check_refused(
        TEXT,
        &body("pk_1", &[json!(1), json!(2), json!(3), json!(4)]),
        (413, "events_too_many"),
    );
    let padded = |bytes: usize| format!("{good}{}", " ".repeat(bytes - good.len()));
    assert!(receive(&edge(), TEXT, &padded(1_024), &mut Rates::default()).is_ok());
    check_refused(TEXT, &padded(1_025), (413, "body_too_large"));
}

#[test]
fn only_whoever_has_the_key_uses_the_rate_up() {
    let (edge, mut rates) = (edge(), Rates::default());
    let mut status = |key: &str| {
        let taken = receive(&edge, TEXT, &body(key, &[sale("a", 1)]), &mut rates);
        taken.err().map_or(202, |refusal| refusal.status())
    };
    assert_eq!([(); 9].map(|()| status("pk_2")), [401; 9]);
    assert_eq!([(); 5].map(|()| status("pk_1")), [202; 5]);
    assert_eq!(status("pk_1"), 429);
}

#[test]
fn events_are_known_by_their_ids_and_named_by_them() {
    let (edge, mut rates) = (edge(), Rates::default());
    let mut ledgers = [0, 1, 2].map(|number| Ledger::new(number, 0));
    let mut send = |events: &[Value]| {
        let prepared = receive(&edge, TEXT, &body("pk_1", events), &mut rates).unwrap();
        let outcomes = prepared
            .batches
            .iter()
            .map(|(shard, batch)| ledgers[usize::from(*shard)].ingest(batch.clone(), NOW));
        let answer = prepared.answer(outcomes.collect()).unwrap();
        let json: Value = serde_json::from_str(&answer.body).unwrap();
        let rows = json["results"].as_array().unwrap().iter().enumerate();
        let named = rows.map(|(index, row)| {
            assert_eq!(row["index"], index);
            format!("{} {}", row["id"].as_str().unwrap_or("-"), row["verdict"].as_str().unwrap())
        });
        (answer.status, named.collect::<Vec<_>>())
    };
    let [one, two] = [sale("a", 1), sale("b", 1)];
    assert_eq!(
        send(&[one.clone(), two.clone(), json!({ "id": "c" })]),
        (202, ["a accepted", "b accepted", "c rejected"].map(str::to_owned).into())
    );
    assert_eq!(
        send(&[one, sale("b", 2), json!(7)]),
        (202, ["a duplicate", "b conflict", "- rejected"].map(str::to_owned).into())
    );
    assert_eq!(send(&[json!({ "id": "d" })]), (422, vec!["d rejected".to_owned()]));
}
