//! Signatures of webhooks published by others, each with its own verdict: Standard Webhooks, Svix, Stripe,
//! GitHub, Shopify, Slack and HubSpot.
//!
//! They are read from the folder that the environment variable `POLSO_FIXTURES` names; without it every test here
//! says so and ends.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod fixtures;

use polso_core::Timestamp;
use polso_intake::config::Kind;
use polso_intake::proof::{Given, Proof, ProofFault, Proven};
use serde_json::{Value, json};

use fixtures::{folder, read};

/// The proof of a source of a kind that holds this secret; `None` when it may not hold it.
fn proof(kind: &str, secret: &Value) -> Option<Proof> {
    let mut table = json!({ "secret": "THE_SECRET" });
    if kind == "hubspot" {
        table["public_url"] = json!("https://www.example.com");
    }
    let kind = Kind::NAMES.iter().find(|(name, _)| *name == kind).unwrap().1;
    let secret = |_: &str| secret.as_str().map(str::to_owned);
    Proof::parse(kind, table.as_object().unwrap(), &secret).ok()
}

/// What a vector's headers, by name, prove of its body.
fn check(
    proof: &Proof,
    url: &str,
    headers: &[(&str, &Value)],
    body: &[u8],
    now: Timestamp,
) -> Result<Proven, ProofFault> {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str().unwrap().to_owned()))
        .collect();
    proof.check(&Given { method: "POST", url, headers: &headers, content_type: None, body }, now)
}

/// The verdict of a vector, and what was found.
#[track_caller]
fn agree(vector: &Value, found: &Result<Proven, ProofFault>) {
    assert_eq!(json!(found.is_ok()), vector["valid"], "{vector} {found:?}");
    assert!(!matches!(found, Err(ProofFault::Missing)) || vector["signature"] == "", "{vector}");
}

/// The vectors of a file, of which there must be this many.
fn vectors(file: &Value, count: usize) -> &[Value] {
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), count);
    vectors
}

fn seconds(time: &Value) -> Timestamp {
    Timestamp::from_ms(time.as_str().unwrap().parse::<i64>().unwrap() * 1_000)
}

fn body(vector: &Value) -> Vec<u8> {
    match &vector["body_repeat"] {
        Value::Array(repeat) => {
            let count = repeat[1].as_u64().unwrap();
            repeat[0].as_str().unwrap().repeat(usize::try_from(count).unwrap()).into_bytes()
        }
        _ => vector["body"].as_str().unwrap().into(),
    }
}

#[test]
fn standard_webhooks_and_svix() {
    let Some(folder) = folder() else { return };
    for (name, brand, count) in [("standard-webhooks", "webhook", 12), ("svix", "svix", 6)] {
        let file = read(&folder.join(name).join("vectors.json"));
        let names = ["id", "timestamp", "signature"].map(|name| format!("{brand}-{name}"));
        assert_eq!(file["headers"], json!(names));
        for vector in vectors(&file, count) {
            let secret = vector.get("secret").unwrap_or(&vector["public"]);
            let proof = proof("standard_webhooks", secret).unwrap();
            let headers = [
                (names[0].as_str(), &vector["id"]),
                (&names[1], &vector["timestamp"]),
                (&names[2], &vector["signature"]),
            ];
            let now = seconds(&vector["timestamp"]);
            let mut vector = vector.clone();
            let found = check(&proof, "", &headers, &body(&vector), now);
            if let Ok(proven) = &found {
                assert_eq!(json!(proven.event_id), vector["id"]);
            }
            // Svix publishes good ones only.
            vector.as_object_mut().unwrap().entry("valid").or_insert(json!(true));
            agree(&vector, &found);
            let hello = [headers[0], (&names[1], &json!("hello")), headers[2]];
            let found = check(&proof, "", &hello, &body(&vector), now);
            assert_eq!(found, Err(ProofFault::Malformed));
        }
    }
    for bad in ["", "whsec_"] {
        assert_eq!(proof("standard_webhooks", &json!(bad)), None, "{bad}");
    }
}

#[test]
fn stripe() {
    let Some(folder) = folder() else { return };
    let file = read(&folder.join("stripe/signature_vectors.json"));
    let body = std::fs::read(folder.join("stripe/signed-event-body.json")).unwrap();
    let proof = proof("stripe", &file["secret"]).unwrap();
    let now = Timestamp::from_ms(file["clock"].as_i64().unwrap() * 1_000);
    for vector in vectors(&file, 13) {
        let headers = [(file["header"].as_str().unwrap(), &vector["signature"])];
        agree(vector, &check(&proof, "", &headers, &body, now));
    }
}

#[test]
fn github_and_shopify() {
    let Some(folder) = folder() else { return };
    for (kind, count) in [("github", 7), ("shopify", 3)] {
        let file = read(&folder.join(kind).join("signature_vectors.json"));
        for vector in vectors(&file, count) {
            let proof = proof(kind, &vector["secret"]).unwrap();
            let headers = [(file["header"].as_str().unwrap(), &vector["signature"])];
            let found = check(&proof, "", &headers, &body(vector), Timestamp::default());
            agree(vector, &found);
        }
    }
}

#[test]
fn slack() {
    let Some(folder) = folder() else { return };
    let file = read(&folder.join("slack/signature_vectors.json"));
    for vector in vectors(&file, 2) {
        let proof = proof("slack", &vector["signing_secret"]).unwrap();
        let headers = [
            ("X-Slack-Request-Timestamp", &vector["timestamp"]),
            ("X-Slack-Signature", &vector["signature"]),
        ];
        agree(vector, &check(&proof, "", &headers, &body(vector), seconds(&vector["timestamp"])));
    }
}

#[test]
fn hubspot_proves_by_its_third_version_alone() {
    let Some(folder) = folder() else { return };
    let file = read(&folder.join("hubspot/signature_vectors.json"));
    let mut proven = 0;
    for vector in vectors(&file, 7) {
        let proof = proof("hubspot", &vector["secret"]).unwrap();
        let time = vector.get("timestamp").cloned().unwrap_or(json!("1693657560000"));
        let now = Timestamp::from_ms(time.as_str().unwrap().parse().unwrap());
        let url = vector["uri"].as_str().unwrap_or("https://www.example.com/webhook_uri");
        let is_third = vector["version"] == "v3";
        for name in ["X-HubSpot-Signature-v3", "X-HubSpot-Signature"] {
            let headers = [(name, &vector["expected"]), ("X-HubSpot-Request-Timestamp", &time)];
            let found = check(&proof, url, &headers, &body(vector), now);
            let expected = is_third && name == "X-HubSpot-Signature-v3";
            assert_eq!(found.is_ok(), expected, "{vector}");
            proven += usize::from(expected);
        }
    }
    assert_eq!(proven, 2);
}
