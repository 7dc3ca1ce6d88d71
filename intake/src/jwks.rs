//! The keys that tokens are verified with, from the JWKS (RFC 7517) in the secret `JWT_KEYS`.
//!
//! Each key serves exactly one algorithm, the one that its type implies: `oct` HS256, `RSA` RS256,
//! `EC` on P-256 ES256, `OKP` on Ed25519 EdDSA. So no token can turn a public key into a shared
//! secret. Keys are decoded once, here; weak, unusable or ambiguous ones are problems of the
//! configuration. At most [`KEYS_MAX`]. Private members are not read.

mod key;
mod rsa;

use std::fmt;

use jsonwebtoken::Algorithm;
use serde_json::Value;

use self::key::Key;
use crate::problem::Problem;
use crate::token::Memo;

/// The name of the secret that holds the JWKS.
pub const SECRET: &str = "JWT_KEYS";

/// The most keys that a set may hold: enough for rotation with every algorithm.
pub const KEYS_MAX: usize = 16;

const SHAPE: &str = r#"should be a JWKS, like `{"keys":[{"kty":"oct","kid":"a","k":"…"}]}`"#;

/// The keys that tokens are verified with, ready for use; for one thread.
pub struct Keys {
    keys: Vec<Key>,
    pub(crate) memo: Memo,
}

impl Keys {
    /// Reads and checks a JWKS.
    ///
    /// # Errors
    /// The first problem, named by its place like `JWT_KEYS.keys[1].kid`; it never shows a key.
    pub fn parse(jwks: &str) -> Result<Self, Problem> {
        let set: Value = serde_json::from_str(jwks)
            .map_err(|error| Problem::new(SECRET, format!("is not JSON ({error}); it {SHAPE}")))?;
        let Some(Value::Array(members)) = set.get("keys") else {
            return Err(Problem::new(SECRET, SHAPE));
        };
        if members.is_empty() || members.len() > KEYS_MAX {
            let message = format!("holds {} keys; it should hold 1 to {KEYS_MAX}", members.len());
            return Err(Problem::new(format!("{SECRET}.keys"), message));
        }
        let mut keys: Vec<Key> = Vec::with_capacity(members.len());
        for (index, jwk) in members.iter().enumerate() {
            let path = format!("{SECRET}.keys[{index}]");
            let key = Key::read(jwk, &path)?;
            if let Some(message) = keys.iter().find_map(|other| key.clash(other)) {
                return Err(Problem::new(format!("{path}.kid"), message));
            }
            keys.push(key);
        }
        Ok(Self { keys, memo: Memo::default() })
    }

    /// The one key that fits. A token's `kid` must be known; without it, exactly one key may serve
    /// the algorithm.
    pub(crate) fn find(&self, algorithm: Algorithm, kid: Option<&str>) -> Option<&Key> {
        let mut fitting = self.keys.iter().filter(|key| {
            key.algorithm == algorithm && (kid.is_none() || key.kid.as_deref() == kid)
        });
        let key = fitting.next()?;
        fitting.next().is_none().then_some(key)
    }
}

impl fmt::Debug for Keys {
    /// Algorithms and names; never a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.keys.iter().map(|key| (key.algorithm, key.kid.as_deref()));
        f.debug_list().entries(shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 32 bytes.
    const K: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const EC: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
    const ED: &str =
        r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    fn oct(rest: &str) -> String {
        format!(r#"{{"kty":"oct","k":"{K}"{rest}}}"#)
    }

    /// The algorithms and names of the keys, or the key of the problem.
    #[track_caller]
    fn check(keys: &[String], expected: Result<&str, &str>) {
        let jwks = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        let found = Keys::parse(&jwks).map(|keys| format!("{keys:?}"));
        let found = found.as_deref().map_err(|problem| problem.key.as_str());
        assert_eq!(found, expected, "{jwks}");
    }

    #[test]
    fn one_algorithm_per_type_of_key() {
        check(&[oct("")], Ok("[(HS256, None)]"));
        check(&[format!("{{{EC}}}")], Ok("[(ES256, None)]"));
        check(&[format!(r#"{{{ED},"kid":"e","alg":"Ed25519"}}"#)], Ok(r#"[(EdDSA, Some("e"))]"#));
        let rotation = [oct(r#","kid":"a""#), oct(r#","kid":"b","alg":"HS256","use":"sig""#)];
        check(&rotation, Ok(r#"[(HS256, Some("a")), (HS256, Some("b"))]"#));
        check(&[oct(""), format!("{{{EC}}}")], Ok("[(HS256, None), (ES256, None)]"));
    }

    #[test]
    fn keys_can_be_told_apart() {
        check(&[oct(r#","kid":"a""#), oct(r#","kid":"a""#)], Err("JWT_KEYS.keys[1].kid"));
        check(
            &[oct(r#","kid":"a""#), format!(r#"{{{EC},"kid":"a"}}"#)],
            Err("JWT_KEYS.keys[1].kid"),
        );
        check(&[oct(""), oct("")], Err("JWT_KEYS.keys[1].kid"));
        check(&[oct(r#","kid":"a""#), oct("")], Err("JWT_KEYS.keys[1].kid"));
    }

    #[test]
    fn finds_a_key_by_name_or_as_the_only_one() {
        let jwks =
            format!(r#"{{"keys":[{},{},{{{EC}}}]}}"#, oct(r#","kid":"a""#), oct(r#","kid":"b""#));
        let keys = Keys::parse(&jwks).unwrap();
        let name = |algorithm, kid| keys.find(algorithm, kid).map(|key| key.kid.as_deref());
        assert_eq!(name(Algorithm::HS256, Some("a")), Some(Some("a")));
        assert_eq!(name(Algorithm::HS256, Some("b")), Some(Some("b")));
        assert_eq!(name(Algorithm::HS256, Some("c")), None);
        assert_eq!(name(Algorithm::HS256, None), None);
        assert_eq!(name(Algorithm::ES256, Some("a")), None);
        assert_eq!(name(Algorithm::ES256, None), Some(None));
        assert_eq!(name(Algorithm::ES256, Some("c")), None);
        assert_eq!(name(Algorithm::RS256, None), None);
    }

    #[test]
    fn a_set_holds_1_to_16_keys() {
        let keys = |count: usize| -> Vec<_> {
            (0..count).map(|index| oct(&format!(r#","kid":"{index}""#))).collect()
        };
        check(&[], Err("JWT_KEYS.keys"));
        for count in [1, KEYS_MAX - 1, KEYS_MAX] {
            let jwks = format!(r#"{{"keys":[{}]}}"#, keys(count).join(","));
            assert_eq!(Keys::parse(&jwks).unwrap().keys.len(), count);
        }
        check(&keys(KEYS_MAX + 1), Err("JWT_KEYS.keys"));
    }

    #[test]
    fn says_what_a_set_looks_like() {
        for text in ["", "secret", "[]", "{}", r#"{"keys":{}}"#, &oct("")] {
            let problem = Keys::parse(text).unwrap_err();
            assert!(problem.to_string().contains(r#"{"keys":["#), "{problem}");
            assert!(!problem.to_string().contains(K), "{problem}");
        }
    }
}
