//! One key of the set: its type, what it may be used for, and that it is strong enough.
//!
//! Weak means: a shared secret below 32 bytes (RFC 7518, section 3.2) and what [`super::rsa`]
//! says. Messages never show `k` or any other part of a key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{JwtVerifier, rust_crypto};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use super::rsa;
use crate::problem::Problem;

/// The shortest shared secret, in bytes.
const SECRET_BYTES_MIN: usize = 32;

/// The length of a coordinate on P-256 and of a public key on Ed25519, in bytes.
const POINT_BYTES: usize = 32;

/// A key, ready to verify with.
pub(crate) struct Key {
    pub(crate) kid: Option<String>,
    pub(crate) algorithm: Algorithm,
    verifier: Box<dyn JwtVerifier>,
}

impl Key {
    /// Whether `signature` is this key's for `message`; in constant time where the key is secret.
    pub(crate) fn matches(&self, message: &[u8], signature: &Vec<u8>) -> bool {
        self.verifier.verify(message, signature).is_ok()
    }

    /// Whether it is a shared secret, and so quick to verify with.
    pub(crate) fn is_secret(&self) -> bool {
        self.algorithm == Algorithm::HS256
    }

    pub(super) fn read(jwk: &Value, path: &str) -> Result<Self, Problem> {
        let member = |name: &'static str| Member { jwk, path, name };
        let (algorithm, decoding_key) = match member("kty").text()? {
            Some("oct") => (Algorithm::HS256, secret(&member("k"))?),
            Some("RSA") => (Algorithm::RS256, rsa_key(&member("n"), &member("e"))?),
            Some("EC") => {
                member("crv").must_be(&["P-256"])?;
                (Algorithm::ES256, ec_key(&member("x"), &member("y"))?)
            }
            Some("OKP") => {
                member("crv").must_be(&["Ed25519"])?;
                (Algorithm::EdDSA, DecodingKey::from_ed_der(&member("x").bytes_of(POINT_BYTES)?))
            }
            _ => return Err(member("kty").wrong("`oct`, `RSA`, `EC` or `OKP`")),
        };
        check_use(jwk, path, algorithm)?;
        let kid = member("kid").text()?.map(str::to_owned);
        let verifier = (rust_crypto::DEFAULT_PROVIDER.verifier_factory)(&algorithm, &decoding_key)
            .map_err(|_| Problem::new(path, "is not a point on its curve; copy the key again"))?;
        Ok(Self { kid, algorithm, verifier })
    }

    /// Why this key and another of the same set cannot be told apart, if they cannot.
    pub(super) fn clash(&self, other: &Self) -> Option<&'static str> {
        if self.kid.is_some() && self.kid == other.kid {
            return Some("is taken by an earlier key; give each key its own `kid`");
        }
        let unnamed = self.kid.is_none() || other.kid.is_none();
        (unnamed && self.algorithm == other.algorithm)
            .then_some("is needed; with several keys of one algorithm give each a `kid`")
    }
}

/// What the key's owner says it is for must be what it is used for here.
fn check_use(jwk: &Value, path: &str, algorithm: Algorithm) -> Result<(), Problem> {
    let member = |name: &'static str| Member { jwk, path, name };
    let alg = match algorithm {
        Algorithm::HS256 => ["HS256"].as_slice(),
        Algorithm::RS256 => &["RS256"],
        Algorithm::ES256 => &["ES256"],
        _ => &["EdDSA", "Ed25519"],
    };
    if member("alg").value().is_some() {
        member("alg").must_be(alg)?;
    }
    if member("use").value().is_some() {
        member("use").must_be(&["sig"])?;
    }
    match member("key_ops").value() {
        None => Ok(()),
        Some(Value::Array(operations)) if operations.iter().any(|op| op == "verify") => Ok(()),
        Some(_) => Err(member("key_ops").wrong("a list with `verify` in it")),
    }
}

fn secret(k: &Member<'_>) -> Result<DecodingKey, Problem> {
    let secret = k.bytes()?;
    if secret.len() < SECRET_BYTES_MIN {
        let found = secret.len();
        let message = format!("is {found} bytes long; it should be {SECRET_BYTES_MIN} or more");
        return Err(Problem::new(k.key(), message));
    }
    Ok(DecodingKey::from_secret(&secret))
}

fn rsa_key(n: &Member<'_>, e: &Member<'_>) -> Result<DecodingKey, Problem> {
    let (modulus, exponent) = (n.bytes()?, e.bytes()?);
    rsa::check_exponent(&exponent).map_err(|message| Problem::new(e.key(), message))?;
    rsa::check_modulus(&modulus).map_err(|message| Problem::new(n.key(), message))?;
    Ok(DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

/// An uncompressed point (SEC 1, section 2.3.3).
fn ec_key(x: &Member<'_>, y: &Member<'_>) -> Result<DecodingKey, Problem> {
    let mut point = vec![4];
    point.extend(x.bytes_of(POINT_BYTES)?);
    point.extend(y.bytes_of(POINT_BYTES)?);
    Ok(DecodingKey::from_ec_der(&point))
}

/// The longest found name of a type, curve, algorithm or use that a message shows, in bytes.
const NAME_BYTES_MAX: usize = 16;

/// One member of a key, there or not.
struct Member<'a> {
    jwk: &'a Value,
    path: &'a str,
    name: &'static str,
}

impl<'a> Member<'a> {
    fn key(&self) -> String {
        format!("{}.{}", self.path, self.name)
    }

    fn value(&self) -> Option<&'a Value> {
        self.jwk.get(self.name)
    }

    /// What is longer than any name that belongs here is not shown: it may be the key's secret.
    fn wrong(&self, expected: &str) -> Problem {
        match self.value() {
            Some(Value::String(text)) if text.len() > NAME_BYTES_MAX => {
                Problem::new(self.key(), format!("should be {expected}"))
            }
            Some(found) => Problem::wrong(self.key(), found, expected),
            None => Problem::missing(self.key(), expected),
        }
    }

    fn text(&self) -> Result<Option<&'a str>, Problem> {
        match self.value() {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::new(self.key(), "should be a string")),
        }
    }

    fn must_be(&self, allowed: &[&str]) -> Result<(), Problem> {
        match self.text()? {
            Some(text) if allowed.contains(&text) => Ok(()),
            _ => Err(self.wrong(&format!("`{}`", allowed.join("` or `")))),
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, Problem> {
        let text = self.text()?.ok_or_else(|| Problem::missing(self.key(), "base64url text"))?;
        URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| Problem::new(self.key(), "should be base64url text without padding"))
    }

    fn bytes_of(&self, length: usize) -> Result<Vec<u8>, Problem> {
        let bytes = self.bytes()?;
        if bytes.len() == length {
            return Ok(bytes);
        }
        let message = format!("is {} bytes long; it should be {length}", bytes.len());
        Err(Problem::new(self.key(), message))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(jwk: Value, expected: Result<Algorithm, &str>) {
        let found = Key::read(&jwk, "keys[0]").map(|key| key.algorithm);
        let found = found.as_ref().map(|algorithm| *algorithm);
        assert_eq!(found.map_err(ToString::to_string), expected.map_err(Into::into), "{jwk}");
    }

    fn of_bytes(length: usize) -> String {
        URL_SAFE_NO_PAD.encode(vec![7; length])
    }

    #[test]
    fn a_shared_secret_has_32_bytes() {
        let oct = |length: usize| json!({ "kty": "oct", "k": of_bytes(length) });
        check(oct(31), Err("`keys[0].k` is 31 bytes long; it should be 32 or more"));
        check(oct(32), Ok(Algorithm::HS256));
        check(oct(33), Ok(Algorithm::HS256));
        check(json!({ "kty": "oct" }), Err("`keys[0].k` is missing; it should be base64url text"));
        let padded = json!({ "kty": "oct", "k": of_bytes(32) + "=" });
        check(padded, Err("`keys[0].k` should be base64url text without padding"));
    }

    #[test]
    fn points_lie_on_their_curve() {
        let (x, y) = (
            "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        );
        let ec = |x: &str, y: &str| json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
        check(ec(x, y), Ok(Algorithm::ES256));
        check(ec(y, x), Err("`keys[0]` is not a point on its curve; copy the key again"));
        let short = Err("`keys[0].x` is 31 bytes long; it should be 32");
        check(ec(&of_bytes(31), &of_bytes(33)), short);
        for length in [31, 33] {
            let expected = format!("`keys[0].x` is {length} bytes long; it should be 32");
            let okp = json!({ "kty": "OKP", "crv": "Ed25519", "x": of_bytes(length) });
            check(okp, Err(&expected));
        }
    }

    #[test]
    fn a_key_is_for_verifying_with_its_algorithm() {
        let oct =
            |name: &str, value: Value| json!({ "kty": "oct", "k": of_bytes(32), name: value });
        check(oct("alg", json!("HS256")), Ok(Algorithm::HS256));
        let expected = "`keys[0].alg` is `HS512`; it should be `HS256`";
        check(oct("alg", json!("HS512")), Err(expected));
        check(oct("use", json!("sig")), Ok(Algorithm::HS256));
        let expected = "`keys[0].use` is `enc`; it should be `sig`";
        check(oct("use", json!("enc")), Err(expected));
        check(oct("key_ops", json!(["sign", "verify"])), Ok(Algorithm::HS256));
        let expected = "`keys[0].key_ops` is a list; it should be a list with `verify` in it";
        check(oct("key_ops", json!(["encrypt"])), Err(expected));
        check(oct("kid", json!(1)), Err("`keys[0].kid` should be a string"));
    }

    #[test]
    fn other_types_and_curves_are_named() {
        let types = "it should be `oct`, `RSA`, `EC` or `OKP`";
        check(json!({}), Err(&format!("`keys[0].kty` is missing; {types}")));
        check(json!({ "kty": "AKP" }), Err(&format!("`keys[0].kty` is `AKP`; {types}")));
        let misplaced = json!({ "kty": of_bytes(32) });
        check(misplaced, Err(&format!("`keys[0].kty` {}", types.trim_start_matches("it "))));
        let expected = "`keys[0].crv` is `P-384`; it should be `P-256`";
        check(json!({ "kty": "EC", "crv": "P-384" }), Err(expected));
    }
}
