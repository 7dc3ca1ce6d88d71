//! Tokens: none is believed that was not signed, however it is written; a signed one is judged by
//! what it says, and no other key believes it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use polso_core::Timestamp;
use polso_intake::token::{LEEWAY_S, TOKEN_BYTES_MAX};
use polso_intake::{Keys, bearer};
use serde_json::Value;

use crate::input::{Input, chunk};
use crate::world::now;

const SECRET: &[u8; 32] = b"for these targets, nowhere else!";
/// The key set that holds it.
pub const JWKS: &str =
    r#"{"keys":[{"kty":"oct","kid":"a","k":"Zm9yIHRoZXNlIHRhcmdldHMsIG5vd2hlcmUgZWxzZSE"}]}"#;
const OTHER: &str =
    r#"{"keys":[{"kty":"oct","kid":"a","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}]}"#;

/// A byte: even, then the header in a chunk, and the claims, both signed; odd, then any text.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    if input.is_even() {
        let header = input.chunk();
        signed(header, input.rest());
    } else {
        let text = input.text();
        let keys = Keys::parse(JWKS).unwrap();
        assert!(keys.verify(&text, now()).is_err(), "believed without a signature");
        if let Ok(token) = bearer(Some(&text)) {
            assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
            assert!(keys.verify(token, now()).is_err(), "believed without a signature");
        }
    }
}

/// Signs with HS256, whatever the header says.
pub fn sign(header: &[u8], claims: &[u8]) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let key = EncodingKey::from_secret(SECRET);
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn signed(header: &[u8], claims: &[u8]) {
    let token = sign(header, claims);
    let keys = Keys::parse(JWKS).unwrap();
    let verified = keys.verify(&token, now());
    assert_eq!(verified, keys.verify(&token, now()));
    assert!(Keys::parse(OTHER).unwrap().verify(&token, now()).is_err(), "another key believes it");
    let Ok(grant) = verified else { return };
    assert!(token.len() <= TOKEN_BYTES_MAX);
    assert_eq!(bearer(Some(&format!("Bearer {token}"))), Ok(token.as_str()));
    let header: Value = serde_json::from_slice(header).expect("a header of JSON");
    assert_eq!(header["alg"], "HS256");
    // A claim that means nothing here may hold a number that is too large for this reader.
    let Ok(claims) = serde_json::from_slice::<Value>(claims) else { return };
    let exp = claims["exp"].as_f64().expect("a token without an end");
    let after = Timestamp::from_ms((exp.min(1e15) * 1_000.0) as i64)
        .plus_ms(i64::from(LEEWAY_S) * 1_000 + 1_000);
    assert!(keys.verify(&token, after).is_err() || exp > 1e14, "believed after its end");
    assert_eq!(grant.source.as_deref(), claims["source"].as_str());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{message}.{}", signature.chars().rev().collect::<String>());
    assert!(forged == token || keys.verify(&forged, now()).is_err(), "a forged signature");
}

/// The header of a good token.
pub const HEADER: &str = r#"{"alg":"HS256","typ":"JWT","kid":"a"}"#;

pub fn seeds() -> Vec<Vec<u8>> {
    let exp = now().ms() / 1_000 + 60;
    let signed = |header: &str, claims: String| {
        [&[0], &chunk(header.as_bytes())[..], claims.as_bytes()].concat()
    };
    let full = format!(
        r#"{{"iss":"a","sub":"b","aud":["c"],"iat":{0}.5,"nbf":{0},"exp":{exp},"scope":"ingest view","source":"crm","space":"main"}}"#,
        exp - 120
    );
    let raw = sign(br#"{"alg":"none"}"#, full.as_bytes());
    vec![
        signed(HEADER, full.clone()),
        signed(r#"{"alg":"HS256"}"#, format!(r#"{{"exp":{exp}}}"#)),
        signed(
            r#"{"alg":"HS256","crit":["x"],"jwk":{}}"#,
            format!(r#"{{"exp":1e99,"scope":"{exp}"}}"#),
        ),
        signed(HEADER, format!(r#"{{"exp":{exp},"exp":{exp},"nbf":-1.5e3,"iat":null}}"#)),
        [b"1Bearer ", raw.as_bytes()].concat(),
        [b"1", raw.trim_end_matches(|char| char != '.').as_bytes()].concat(),
    ]
}
