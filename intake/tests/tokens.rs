//! Tokens signed by an independent signer, through the public interface: each algorithm is
//! believed, and nothing that was touched afterwards is.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use polso_core::Timestamp;
use polso_intake::{Keys, Scope};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW_S: i64 = 1_764_000_000;
const ALL: [Algorithm; 4] =
    [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

fn now() -> Timestamp {
    Timestamp::from_ms(NOW_S * 1_000)
}

/// The test keys: public ones as a JWKS, and the signing half of each.
struct Issuer {
    keys: Vec<Value>,
}

impl Issuer {
    fn new() -> Self {
        let mut file: Value = serde_json::from_str(include_str!("keys.json")).unwrap();
        Self { keys: serde_json::from_value(file["keys"].take()).unwrap() }
    }

    /// A set of the keys for these algorithms.
    fn jwks(&self, algorithms: &[Algorithm]) -> Keys {
        let keys: Vec<_> = algorithms.iter().map(|algorithm| &self.of(*algorithm)["jwk"]).collect();
        Keys::parse(&json!({ "keys": keys }).to_string()).unwrap()
    }

    fn of(&self, algorithm: Algorithm) -> &Value {
        self.keys.iter().find(|key| key["alg"] == format!("{algorithm:?}")).unwrap()
    }

    fn kid(&self, algorithm: Algorithm) -> &str {
        self.of(algorithm)["jwk"]["kid"].as_str().unwrap()
    }

    fn sign(&self, algorithm: Algorithm, header: &str, claims: &str) -> String {
        let der = URL_SAFE_NO_PAD.decode(self.of(algorithm)["signing"].as_str().unwrap()).unwrap();
        let key = match algorithm {
            Algorithm::HS256 => EncodingKey::from_secret(&der),
            Algorithm::RS256 => EncodingKey::from_rsa_der(&der),
            Algorithm::ES256 => EncodingKey::from_ec_der(&der),
            _ => EncodingKey::from_ed_der(&der),
        };
        let message =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
        format!("{message}.{signature}")
    }

    fn header(&self, algorithm: Algorithm) -> String {
        format!(r#"{{"alg":"{algorithm:?}","typ":"JWT","kid":"{}"}}"#, self.kid(algorithm))
    }

    fn token(&self, algorithm: Algorithm) -> String {
        let claims = format!(r#"{{"exp":{},"scope":"ingest","source":"crm"}}"#, NOW_S + 60);
        self.sign(algorithm, &self.header(algorithm), &claims)
    }
}

/// Signs with HS256 under `header`, verifies with the one HS256 key.
#[track_caller]
fn check(header: &str, claims: &str, expected: Result<(), &str>) {
    let issuer = Issuer::new();
    let token = issuer.sign(Algorithm::HS256, header, claims);
    let found = issuer.jwks(&[Algorithm::HS256]).verify(&token, now());
    assert_eq!(found.map(drop).map_err(|refusal| refusal.code()), expected, "{header} {claims}");
}

const EXP: &str = r#"{"exp":1764000060}"#;

#[test]
fn believes_each_algorithm_and_only_with_its_own_key() {
    let issuer = Issuer::new();
    let together = issuer.jwks(&ALL);
    for algorithm in ALL {
        let token = issuer.token(algorithm);
        let grant = together.verify(&token, now()).unwrap();
        assert!(grant.scopes.has(Scope::Ingest));
        assert_eq!(grant.source.as_deref(), Some("crm"));
        for other in ALL {
            let found = issuer.jwks(&[other]).verify(&token, now());
            assert_eq!(found.is_ok(), other == algorithm, "{algorithm:?} with {other:?}");
        }
    }
}

#[test]
fn a_token_that_was_good_is_judged_again() {
    let issuer = Issuer::new();
    for algorithm in ALL {
        let keys = issuer.jwks(&ALL);
        let token = issuer.token(algorithm);
        let code = |token: &str, s: i64| {
            let found = keys.verify(token, Timestamp::from_ms((NOW_S + s) * 1_000));
            found.map(drop).map_err(|refusal| refusal.code())
        };
        let (message, signature) = token.rsplit_once('.').unwrap();
        let forged = format!("{message}.{}", signature.chars().rev().collect::<String>());
        assert_eq!(code(&token, 0), Ok(()));
        assert_eq!(code(&token, 119), Ok(()));
        assert_eq!(code(&token, 120), Err("token_expired"), "{algorithm:?}");
        assert_eq!(code(&forged, 0), Err("token_invalid"), "{algorithm:?}");
        assert_eq!(code(&forged, 0), Err("token_invalid"), "{algorithm:?}");
    }
}

#[test]
fn a_public_key_is_never_a_shared_secret() {
    let issuer = Issuer::new();
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let jwk = issuer.of(algorithm)["jwk"].clone();
        let whole = jwk.to_string();
        let set = json!({ "keys": [jwk] }).to_string();
        let parts = ["n", "x", "y"].iter().filter_map(|name| jwk[*name].as_str());
        for part in parts.chain([whole.as_str(), &set]) {
            let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
            for secret in [part.as_bytes().to_vec(), bytes] {
                let header = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, issuer.kid(algorithm));
                let message =
                    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(EXP));
                let key = EncodingKey::from_secret(&secret);
                let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
                let found = issuer.jwks(&ALL).verify(&format!("{message}.{signature}"), now());
                assert_eq!(found.unwrap_err().code(), "token_invalid");
            }
        }
    }
}

#[test]
fn a_token_that_nobody_signed_is_refused() {
    let issuer = Issuer::new();
    let claims = URL_SAFE_NO_PAD.encode(EXP);
    let signatures = ["", "AA", &URL_SAFE_NO_PAD.encode([0; 32]), &URL_SAFE_NO_PAD.encode([0; 64])];
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "ES256", "EdDSA"] {
        for kid in ["", r#","kid":"hs""#, r#","kid":"none""#] {
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}"{kid}}}"#));
            for signature in signatures {
                let token = format!("{header}.{claims}.{signature}");
                let refusal = issuer.jwks(&ALL).verify(&token, now()).unwrap_err();
                assert_eq!(refusal.code(), "token_invalid", "{alg}{kid} {signature}");
            }
        }
    }
}

#[test]
fn the_algorithm_of_a_header_is_that_of_its_signature() {
    let issuer = Issuer::new();
    let together = issuer.jwks(&ALL);
    for algorithm in ALL {
        for other in ALL {
            for kid in [issuer.kid(algorithm), issuer.kid(other)] {
                let header = format!(r#"{{"alg":"{other:?}","kid":"{kid}"}}"#);
                let found = together.verify(&issuer.sign(algorithm, &header, EXP), now());
                assert_eq!(found.is_ok(), algorithm == other, "{header} by {algorithm:?}");
            }
        }
    }
}

#[test]
fn the_name_of_the_key_decides() {
    check(r#"{"alg":"HS256","kid":"hs"}"#, EXP, Ok(()));
    check(r#"{"alg":"HS256"}"#, EXP, Ok(()));
    for kid in ["", "HS", "hs ", "rs"] {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        check(&header, EXP, Err("token_invalid"));
    }
}

#[test]
fn a_good_signature_does_not_excuse_the_header() {
    for rest in [
        r#","alg":"HS256""#,
        r#","typ":"JWT","typ":"JWT""#,
        r#","crit":[]"#,
        r#","crit":["exp"]"#,
        r#","crit":["unknown"],"unknown":true"#,
        r#","crit":["b64"],"b64":false"#,
        r#","b64":true"#,
        r#","x5c":["MIIB"]"#,
        r#","zip":"DEF""#,
        r#","jwk":{"kty":"oct"}"#,
        r#","jku":"https://example.com/jwks""#,
        r#","x5u":"https://example.com/x5u""#,
    ] {
        check(&format!(r#"{{"alg":"HS256"{rest}}}"#), EXP, Err("token_invalid"));
    }
    for alg in ["none", "None", "nOnE", "HS512", "RS256"] {
        check(&format!(r#"{{"alg":"{alg}"}}"#), EXP, Err("token_invalid"));
    }
}

#[test]
fn claims_are_judged_after_the_signature() {
    check(r#"{"alg":"HS256"}"#, r#"{"exp":1763999939}"#, Err("token_expired"));
    check(r#"{"alg":"HS256"}"#, r#"{"exp":1e999}"#, Err("token_invalid"));
    check(r#"{"alg":"HS256"}"#, r#"{"scope":"ingest"}"#, Err("token_invalid"));
    check(
        r#"{"alg":"HS256"}"#,
        r#"{"exp":1764000060,"nbf":1764000061}"#,
        Err("token_not_yet_valid"),
    );
    let issuer = Issuer::new();
    let expired = issuer.sign(Algorithm::HS256, r#"{"alg":"HS256"}"#, r#"{"exp":1}"#);
    let forged = format!("{}A", &expired[..expired.len() - 1]);
    let code = |token: &str| issuer.jwks(&ALL).verify(token, now()).unwrap_err().code();
    assert_eq!((code(&expired), code(&forged)), ("token_expired", "token_invalid"));
}

#[test]
fn a_token_has_at_most_8192_bytes() {
    let issuer = Issuer::new();
    let header = issuer.header(Algorithm::HS256);
    let filled = |fill: usize| {
        let claims = format!(r#"{{"exp":1764000060,"x":"{}"}}"#, "x".repeat(fill));
        issuer.sign(Algorithm::HS256, &header, &claims)
    };
    // Three bytes of claims are four of the token.
    let near = (8_192 - filled(0).len()) / 4 * 3;
    let longest = (near..near + 4).map(filled).find(|token| token.len() == 8_192).unwrap();
    let keys = issuer.jwks(&[Algorithm::HS256]);
    assert_eq!(longest.len(), 8_192);
    assert!(keys.verify(&longest, now()).is_ok());
    for rest in ["A".to_owned(), "A".repeat(1 << 20), ".".repeat(1 << 20), "\0".repeat(1 << 20)] {
        let refusal = keys.verify(&format!("{longest}{rest}"), now()).unwrap_err();
        assert_eq!(refusal.message(), "the token is not valid: it is longer than 8192 bytes");
    }
}

#[test]
fn only_strict_base64url_in_three_parts() {
    let issuer = Issuer::new();
    let keys = issuer.jwks(&[Algorithm::HS256]);
    let good = issuer.token(Algorithm::HS256);
    let parts: Vec<_> = good.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("three parts") };
    for bad in [
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{signature}."),
        format!(".{header}.{claims}.{signature}"),
        format!("{header}.{claims}.{signature}="),
        format!("{header}.{claims}.{signature}\n"),
        format!(" {header}.{claims}.{signature}"),
        format!("{header}..{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}.{}", signature.replace(['-', '_'], "+")) + "+",
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
    ] {
        assert_eq!(keys.verify(&bad, now()).unwrap_err().code(), "token_invalid", "{bad}");
    }
    // 32 bytes leave two bits of the last character unused; they must be zero.
    let last = signature.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
    let stray = format!("{header}.{claims}.{}{next}", &signature[..signature.len() - 1]);
    assert_eq!(keys.verify(&stray, now()).unwrap_err().code(), "token_invalid");
}

proptest! {
    #[test]
    fn a_touched_token_is_refused(which in 0_usize..3, at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let issuer = Issuer::new();
        let algorithm = [Algorithm::HS256, Algorithm::ES256, Algorithm::EdDSA][which];
        let token = issuer.token(algorithm);
        let mut bytes = token.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = to & 0x7f;
        let touched = String::from_utf8(bytes).unwrap();
        let keys = issuer.jwks(&ALL);
        prop_assert_eq!(keys.verify(&touched, now()).is_ok(), touched == token);
    }

    #[test]
    fn any_text_ends_in_a_refusal(token in "[A-Za-z0-9._{}\"=-]{0,200}|\\PC{0,50}") {
        let found = Issuer::new().jwks(&ALL).verify(&token, now());
        prop_assert_eq!(found.unwrap_err().status(), 401);
    }

    #[test]
    fn any_signed_bytes_end_without_a_panic(header in "\\PC{0,40}", claims in "\\PC{0,60}") {
        let issuer = Issuer::new();
        let token = issuer.sign(Algorithm::HS256, &header, &claims);
        let _ = issuer.jwks(&[Algorithm::HS256]).verify(&token, now());
        let token = issuer.sign(Algorithm::HS256, r#"{"alg":"HS256"}"#, &claims);
        let _ = issuer.jwks(&[Algorithm::HS256]).verify(&token, now());
    }

    #[test]
    fn any_jwks_ends_without_a_panic(text in "\\PC{0,60}", k in "\\PC{0,20}", kty in "oct|RSA|EC|OKP") {
        let _ = Keys::parse(&text);
        let key = json!({ "kty": kty, "k": k, "n": k, "e": k, "x": k, "y": k, "crv": "P-256" });
        let _ = Keys::parse(&json!({ "keys": [key] }).to_string());
    }
}
