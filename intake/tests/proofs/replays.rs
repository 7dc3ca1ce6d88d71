//! A captured request, sent again with everything changed that its sender did not sign: it is refused, or told to be
//! a repetition, and counts once.

use polso_core::{Ledger, Shards, Timestamp};
use polso_intake::proof::ProofFault;
use polso_intake::rate::Rates;
use polso_intake::webhook::{Received, receive};
use polso_intake::{Config, Refusal, Sender};
use serde_json::{Value, json};

use super::schemes::{PUBLIC_URL, Request, Scheme};

const CAPTURED: [(&str, &str, &[u8]); 6] = [
    ("stripe", "stripe", include_bytes!("../payloads/stripe-succeeded.json")),
    ("shopify", "shopify", include_bytes!("../payloads/shopify-paid.json")),
    ("hubspot", "hubspot", include_bytes!("../payloads/hubspot-batch.json")),
    ("slack", "slack", include_bytes!("../payloads/slack-join.json")),
    ("github", "github", include_bytes!("../payloads/github-sponsorship.json")),
    (
        "registrations",
        "standard_webhooks",
        include_bytes!("../payloads/standard-webhooks-registrations.json"),
    ),
];

/// The source of this name in `tests/payloads/`, with the first secret of a scheme.
fn sender(name: &str, scheme: &Scheme) -> Sender {
    let mut tables: Value = toml::from_str(include_str!("../payloads/sources.toml")).unwrap();
    let mut table = tables[name].take();
    if name == "hubspot" {
        table["public_url"] = json!(PUBLIC_URL);
    }
    let secret = |_: &str| Some((scheme.secret)(1));
    let config = Config::parse(&json!({ "sources": { "src": table } }), secret).unwrap();
    config.sources["src"].clone()
}

/// How many events of a request count, and what the answer says of the others.
fn send(
    ledger: &mut Ledger,
    sender: &Sender,
    request: &Request,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let received =
        receive(sender, &request.given(), &mut Rates::default(), &Shards::always(1), now)?;
    let Received::Events(mut prepared) = received else { panic!("no events") };
    let batches = std::mem::take(&mut prepared.batches);
    let outcomes = batches.into_iter().map(|(_, batch)| ledger.ingest(batch, now)).collect();
    let answer = prepared.answer(outcomes)?;
    Ok(serde_json::from_str(&answer.body).unwrap())
}

/// Everything about a request that nobody signs, in other ways.
fn replays(request: &Request) -> Vec<Request> {
    let mut replays = Vec::new();
    for content_type in [
        None,
        Some("application/json"),
        Some("application/x-ndjson"),
        Some("application/x-www-form-urlencoded"),
        Some("text/xml"),
        Some("multipart/form-data; boundary=x"),
    ] {
        for number in 0..3 {
            let mut replay = request.clone();
            replay.content_type = content_type.map(str::to_owned);
            for name in [
                "x-github-delivery",
                "x-shopify-webhook-id",
                "x-slack-retry-num",
                "idempotency-key",
            ] {
                replay.headers.push((name.into(), number.to_string()));
            }
            if !request.headers.iter().any(|(name, _)| name == "webhook-id") {
                for name in ["webhook-id", "svix-id"] {
                    replay.headers.push((name.into(), format!("msg_{number}")));
                }
            }
            replays.push(replay);
        }
    }
    replays
}

#[test]
fn a_captured_request_counts_once_whatever_comes_with_it() {
    let now = Timestamp::parse("2026-11-28T12:00:00Z").unwrap();
    for (name, scheme, body) in CAPTURED {
        let scheme = Scheme::named(scheme);
        let (sender, mut ledger) = (sender(name, scheme), Ledger::new(7, 1));
        let request = (scheme.sign)(1, now, body);
        let first = send(&mut ledger, &sender, &request, now).unwrap();
        assert_ne!(first["accepted"], 0, "{name} {first}");
        let until_ms =
            i64::from(if scheme.signs_time { 300 } else { sender.source.dedup_ttl_s - 1 });
        for later_ms in [0, 1, until_ms * 1_000] {
            for replay in replays(&request) {
                let found = send(&mut ledger, &sender, &replay, now.plus_ms(later_ms)).unwrap();
                assert_eq!(
                    found["accepted"], 0,
                    "{name} {later_ms} {:?} {found}",
                    replay.content_type
                );
                assert_eq!(
                    found["conflicts"], 0,
                    "{name} {later_ms} {:?} {found}",
                    replay.content_type
                );
            }
        }
        if scheme.signs_time {
            let found = send(&mut ledger, &sender, &request, now.plus_ms(300_001)).unwrap_err();
            assert_eq!(found, Refusal::Unproven(ProofFault::Old), "{name}");
        }
    }
}
