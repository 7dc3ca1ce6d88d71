//! The JOSE header of a token (RFC 7515, section 4): which algorithm, which key, and nothing that
//! would let the token choose how it is checked.

use std::borrow::Cow;

use jsonwebtoken::Algorithm;

use super::{TokenFault, members};

/// Header members that bring a key along, point to one, or change what is signed.
const FORBIDDEN: [&str; 8] = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"];

/// What a header says that is acted upon.
#[derive(Debug, PartialEq)]
pub(super) struct Header<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<Cow<'a, str>>,
}

impl<'a> Header<'a> {
    pub(super) fn read(json: &'a [u8]) -> Result<Self, TokenFault> {
        let mut algorithm = None;
        let mut kid = None;
        members::read(json, |name, value| {
            match name {
                "alg" => algorithm = Some(accepted(value).ok_or(TokenFault::Algorithm)?),
                "kid" => kid = Some(members::text(value).ok_or(TokenFault::Malformed)?),
                _ => {
                    if let Some(name) = FORBIDDEN.iter().find(|forbidden| **forbidden == name) {
                        return Err(TokenFault::Header(name));
                    }
                }
            }
            Ok(())
        })?;
        Ok(Self { algorithm: algorithm.ok_or(TokenFault::Algorithm)?, kid })
    }
}

/// The algorithm of `alg`, in the exact spelling of RFC 7518, section 3.1 and of Ed25519's two
/// names (RFC 8037, section 3.1; RFC 9864, section 2.2).
fn accepted(value: &str) -> Option<Algorithm> {
    match members::text(value)?.as_ref() {
        "HS256" => Some(Algorithm::HS256),
        "RS256" => Some(Algorithm::RS256),
        "ES256" => Some(Algorithm::ES256),
        "EdDSA" | "Ed25519" => Some(Algorithm::EdDSA),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: Result<(Algorithm, Option<&str>), TokenFault>) {
        let found = Header::read(json.as_bytes());
        let found = found.as_ref().map(|header| (header.algorithm, header.kid.as_deref()));
        assert_eq!(found.map_err(|fault| *fault), expected, "{json}");
    }

    #[test]
    fn reads_algorithm_and_key() {
        check(r#"{"typ":"JWT","alg":"HS256"}"#, Ok((Algorithm::HS256, None)));
        check(r#"{"alg":"RS256","kid":"a\u0062"}"#, Ok((Algorithm::RS256, Some("ab"))));
        check(r#"{"alg":"ES256","kid":"","x5t":"x"}"#, Ok((Algorithm::ES256, Some(""))));
        check(r#"{"alg":"EdDSA"}"#, Ok((Algorithm::EdDSA, None)));
        check(r#"{"alg":"Ed25519"}"#, Ok((Algorithm::EdDSA, None)));
    }

    #[test]
    fn refuses_other_algorithms() {
        for alg in ["none", "None", "NONE", "nOnE", "", "hs256", "HS384", "PS256", "ES256K"] {
            check(&format!(r#"{{"alg":"{alg}"}}"#), Err(TokenFault::Algorithm));
        }
        for json in ["{}", r#"{"kid":"a"}"#, r#"{"alg":null}"#, r#"{"alg":["HS256"]}"#] {
            check(json, Err(TokenFault::Algorithm));
        }
    }

    #[test]
    fn refuses_headers_that_choose_how_they_are_checked() {
        for name in FORBIDDEN {
            let json = format!(r#"{{"alg":"HS256","{name}":null}}"#);
            check(&json, Err(TokenFault::Header(name)));
        }
        check(r#"{"alg":"HS256","\u006awk":{}}"#, Err(TokenFault::Header("jwk")));
    }

    #[test]
    fn refuses_ambiguous_headers() {
        check(r#"{"alg":"HS256","alg":"HS256"}"#, Err(TokenFault::Members));
        check(r#"{"alg":"HS256","typ":"JWT","typ":"JWT"}"#, Err(TokenFault::Members));
        check(r#"{"alg":"HS256","kid":1}"#, Err(TokenFault::Malformed));
        check(r#"{"alg":"HS256"}x"#, Err(TokenFault::Malformed));
    }
}
