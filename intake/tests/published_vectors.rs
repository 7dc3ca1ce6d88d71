//! Vectors published by others, each with its own verdict: Wycheproof's JSON Web Signature, Key and
//! Crypto files, the examples of RFC 7515, 7520, 7797 and 8037, and JSONTestSuite.
//!
//! They are read from the folder that the environment variable `POLSO_FIXTURES` names; without it
//! every test here says so and ends. Vectors of algorithms that are not accepted must be refused,
//! whatever their verdict.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod fixtures;

use std::fs;
use std::path::Path;

use polso_core::{EventKind, RawEvent, Source, Timestamp};
use polso_intake::body::{self, Limits};
use polso_intake::{Item, Keys};
use serde_json::{Value, json};

use fixtures::{folder, read};

/// Whether the token's signature holds under a key or a set of keys.
fn holds(keys: &Value, token: &Value) -> bool {
    let set = if keys.get("keys").is_some() { keys.clone() } else { json!({ "keys": [keys] }) };
    let token = token.as_str().map_or_else(|| token.to_string(), str::to_owned);
    Keys::parse(&set.to_string()).is_ok_and(|keys| keys.verify_signature(&token).is_ok())
}

/// Vectors whose verdict is not ours, each with what is checked instead.
enum Instead {
    /// Byte for byte another vector of the same key with the other verdict: its padding was lost.
    SameAs(u64),
    /// Called valid for readers that skip characters outside the alphabet; RFC 4648, section 3.3
    /// and RFC 7515, section 2 have them refused.
    Refused,
    /// Called ambiguous for mixing shared secrets and public keys. A key here serves one algorithm
    /// only, so nothing can be confused, and a change of algorithm needs both for a while.
    Accepted,
}

fn exception(file: &str, id: u64) -> Option<Instead> {
    match (file, id) {
        ("signature", 367 | 370) => Some(Instead::SameAs(357)),
        ("signature", 372 | 373) => Some(Instead::Refused),
        ("key", 1) | ("crypto", 47) => Some(Instead::Accepted),
        _ => None,
    }
}

/// The accepted algorithms that Wycheproof has vectors for.
const OURS: [&str; 3] = ["HS256", "RS256", "ES256"];

/// Runs one of Wycheproof's files; returns how many vectors were accepted and refused.
fn wycheproof(folder: &Path, file: &str) -> (usize, usize) {
    let vectors = read(&folder.join(format!("jwt/wycheproof-json_web_{file}_test.json")));
    let (mut accepted, mut refused) = (0, 0);
    for group in vectors["testGroups"].as_array().unwrap() {
        let keys = group.get("public").unwrap_or(&group["private"]);
        let each = keys["keys"].as_array().map_or(std::slice::from_ref(keys), Vec::as_slice);
        let ours = each.iter().all(|key| OURS.iter().any(|alg| key["alg"] == *alg));
        let tests = group["tests"].as_array().unwrap();
        for test in tests {
            let id = test["tcId"].as_u64().unwrap();
            let token = test.get("jws").or(test.get("jwe")).unwrap();
            let found = holds(keys, token);
            let expected = match exception(file, id) {
                None => ours && test["result"] == "valid",
                Some(Instead::Refused) => false,
                Some(Instead::Accepted) => true,
                Some(Instead::SameAs(other)) => {
                    let other = tests.iter().find(|test| test["tcId"] == other).unwrap();
                    assert_eq!(token, &other["jws"], "{file} {id}");
                    other["result"] == "valid"
                }
            };
            assert_eq!(found, expected, "{file} {id} {}", test["comment"]);
            *(if found { &mut accepted } else { &mut refused }) += 1;
        }
    }
    assert_eq!(vectors["numberOfTests"], accepted + refused, "{file}");
    (accepted, refused)
}

#[test]
fn wycheproof_json_web_signature() {
    let Some(folder) = folder() else { return };
    assert_eq!(wycheproof(&folder, "signature"), (20, 381));
}

#[test]
fn wycheproof_json_web_key() {
    let Some(folder) = folder() else { return };
    assert_eq!(wycheproof(&folder, "key"), (4, 22));
}

#[test]
fn wycheproof_json_web_crypto() {
    let Some(folder) = folder() else { return };
    let (accepted, refused) = wycheproof(&folder, "crypto");
    assert!(accepted >= 4 && refused > accepted, "{accepted} {refused}");
}

/// Whether an example's compact form holds; its JSON forms must never be read as tokens.
fn example(folder: &Path, name: &str, expected: Option<bool>) {
    let example = read(&folder.join("jwt").join(name));
    let keys = match &example["input"]["key"] {
        Value::Array(keys) => json!({ "keys": keys }),
        key => key.clone(),
    };
    let output = &example["output"];
    let compact = output.get("compact").map(|token| holds(&keys, token));
    assert_eq!(compact, expected, "{name}");
    for form in ["json", "json_flat"].iter().filter_map(|form| output.get(*form)) {
        assert!(!holds(&keys, form), "{name}");
    }
}

#[test]
fn examples_of_the_standards() {
    let Some(folder) = folder() else { return };
    for (name, expected) in [
        ("rfc7520-jws-4_1.rsa_v15_signature.json", Some(true)),
        ("rfc7520-jws-4_2.rsa-pss_signature.json", Some(false)),
        ("rfc7520-jws-4_3.ecdsa_signature.json", Some(false)),
        ("rfc7520-jws-4_4.hmac-sha2_integrity_protection.json", Some(true)),
        ("rfc7520-jws-4_5.signature_with_detached_content.json", Some(false)),
        ("rfc7520-jws-4_6.protecting_specific_header_fields.json", None),
        ("rfc7520-jws-4_7.protecting_content_only.json", None),
        ("rfc7520-jws-4_8.multiple_signatures.json", None),
        ("rfc7797-4.2.hmac-sha2_b64_false.json", None),
        ("rfc7797-hmac-sha2_b64_false.json", Some(false)),
        ("curve25519-jws.json", Some(true)),
    ] {
        example(&folder, name, expected);
    }
}

#[test]
fn detached_and_unprotected_examples_hold_once_they_are_put_together() {
    let Some(folder) = folder() else { return };
    for name in [
        "rfc7520-jws-4_5.signature_with_detached_content.json",
        "rfc7520-jws-4_6.protecting_specific_header_fields.json",
    ] {
        let example = read(&folder.join("jwt").join(name));
        let signing = &example["signing"];
        let token = format!(
            "{}.{}",
            signing["sig-input"].as_str().unwrap(),
            signing["sig"].as_str().unwrap()
        );
        assert!(holds(&example["input"]["key"], &json!(token)), "{name}");
    }
}

#[test]
fn the_example_of_rfc_7515_expires() {
    let Some(folder) = folder() else { return };
    let example = read(&folder.join("jwt/rfc7515-a1-hs256.json"));
    let keys = json!({ "keys": [{ "kty": "oct", "k": example["k"] }] });
    let keys = Keys::parse(&keys.to_string()).unwrap();
    let exp_ms = example["exp"].as_i64().unwrap() * 1_000;
    let at = |ms: i64| {
        let found = keys.verify(example["jws"].as_str().unwrap(), Timestamp::from_ms(exp_ms + ms));
        found.map(|grant| grant.space).map_err(|refusal| refusal.code())
    };
    assert_eq!(at(0), Ok("main".to_owned()));
    assert_eq!(at(59_999), Ok("main".to_owned()));
    assert_eq!(at(60_000), Err("token_expired"));
}

const LIMITS: Limits = Limits { body_bytes_max: 1 << 20, events_max: 1_000 };

/// The number of items of a JSON body, or the code of its refusal.
fn split(bytes: &[u8]) -> Result<usize, &'static str> {
    let items = body::split(Some("application/json"), bytes, &LIMITS);
    items.map(|items| items.len()).map_err(|refusal| {
        assert_eq!(refusal.status(), 400);
        refusal.code()
    })
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

#[test]
fn json_test_suite_against_the_splitting_of_bodies() {
    let Some(folder) = folder() else { return };
    let mut files = files(&folder.join("json/JSONTestSuite/test_parsing"));
    files.push(("n_structure_100000_opening_arrays.json".into(), b"[".repeat(100_000)));
    let open = [b"[{\"\":".repeat(50_000), b"\n".to_vec()].concat();
    files.push(("n_structure_open_array_object.json".into(), open));
    let (mut good, mut bad) = (0, 0);
    for (name, bytes) in &files {
        let found = split(bytes);
        let lines = body::split(Some("application/x-ndjson"), bytes, &LIMITS);
        match name.split_at(2).0 {
            "y_" => {
                let expected = match serde_json::from_slice(bytes).unwrap() {
                    Value::Array(elements) if elements.is_empty() => Err("events_missing"),
                    Value::Array(elements) => Ok(elements.len()),
                    Value::Object(_) => Ok(1),
                    _ => Err("body_not_events"),
                };
                assert_eq!(found, expected, "{name}");
                good += 1;
            }
            "n_" => {
                let code = found.unwrap_err();
                assert!(code.starts_with("body_") && code != "body_not_events", "{name} {code}");
                let line = !bytes.contains(&b'\n');
                let malformed = lines.is_ok_and(|items| matches!(items[..], [Item::Json(_)]));
                assert!(!line || !malformed, "{name}");
                bad += 1;
            }
            _ => {}
        }
    }
    assert_eq!((good, bad), (95, 188));
}

/// The codes of the reasons why a text is no event.
fn reasons(json: &str) -> Vec<&'static str> {
    let source = Source::named("crm");
    let raw = RawEvent { json, event_id: None };
    let reasons = EventKind::Spend.validate(&raw, &source, Timestamp::from_ms(0)).unwrap_err();
    reasons.iter().map(|reason| reason.code.code()).collect()
}

#[test]
fn json_test_suite_against_the_reading_of_events() {
    let Some(folder) = folder() else { return };
    let (mut good, mut bad) = (0, 0);
    for (name, bytes) in files(&folder.join("json/JSONTestSuite/test_parsing")) {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        for found in [reasons(&text), reasons(&format!("{{\"a\":{text}}}"))] {
            let refused = found == ["json_invalid"] || found == ["json_depth"];
            match name.split_at(2).0 {
                "y_" => {
                    assert!(!refused, "{name}");
                    good += 1;
                }
                "n_" => {
                    assert!(refused, "{name} {found:?}");
                    bad += 1;
                }
                _ => {}
            }
        }
    }
    assert_eq!((good, bad), (190, 348));
}

#[test]
fn json_test_suite_transforms_do_not_crash() {
    let Some(folder) = folder() else { return };
    let files = files(&folder.join("json/JSONTestSuite/test_transform"));
    assert!(!files.is_empty());
    for (_, bytes) in files {
        let _ = split(&bytes);
    }
}
