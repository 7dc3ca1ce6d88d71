//! What a token's claims say, and whether they hold now (RFC 7519, section 4.1).
//!
//! `exp` is required; `exp`, `nbf` and `iat` are finite numbers of seconds, fractions allowed,
//! compared with a leeway of [`LEEWAY_S`]. Claims that mean nothing here are passed over, but no
//! claim may come twice.

use polso_core::Timestamp;

use super::{LEEWAY_S, TokenFault, members};
use crate::config::is_name;
use crate::grant::{Grant, Scopes};
use crate::refusal::Refusal;

/// The space of a token that names none.
const SPACE_DEFAULT: &str = "main";

pub(super) fn read(json: &[u8], now: Timestamp) -> Result<Grant, Refusal> {
    let (mut exp, mut nbf, mut iat) = (None, None, None);
    let (mut scopes, mut space, mut source) = (Scopes::default(), None, None);
    members::read(json, |name, value| {
        match name {
            "exp" => exp = Some(seconds(value).ok_or(TokenFault::Claim("exp"))?),
            "nbf" => nbf = Some(seconds(value).ok_or(TokenFault::Claim("nbf"))?),
            "iat" => iat = Some(seconds(value).ok_or(TokenFault::Claim("iat"))?),
            "scope" => {
                let claim = members::text(value).ok_or(TokenFault::Claim("scope"))?;
                scopes = Scopes::of_claim(&claim);
            }
            "space" => space = Some(named(value).ok_or(TokenFault::Claim("space"))?),
            "source" => source = Some(named(value).ok_or(TokenFault::Claim("source"))?),
            _ => {}
        }
        Ok(())
    })?;
    let exp = exp.ok_or(TokenFault::Claim("exp"))?;
    hold_now(exp, [nbf, iat], now)?;
    let space = space.unwrap_or_else(|| SPACE_DEFAULT.to_owned());
    // Times beyond every calendar become the last one there is.
    let expires = Timestamp::from_ms(((exp + f64::from(LEEWAY_S)) * 1_000.0) as i64);
    Ok(Grant { scopes, space, source, expires })
}

fn hold_now(exp_s: f64, since_s: [Option<f64>; 2], now: Timestamp) -> Result<(), Refusal> {
    let leeway_s = f64::from(LEEWAY_S);
    // Milliseconds since 1970 stay below 2^53 for 285,000 years.
    let now_s = now.ms() as f64 / 1_000.0;
    if now_s >= exp_s + leeway_s {
        return Err(Refusal::TokenExpired);
    }
    if since_s.into_iter().flatten().any(|since_s| now_s < since_s - leeway_s) {
        return Err(Refusal::TokenNotYetValid);
    }
    Ok(())
}

fn seconds(value: &str) -> Option<f64> {
    serde_json::from_str::<f64>(value).ok().filter(|seconds| seconds.is_finite())
}

fn named(value: &str) -> Option<String> {
    members::text(value).filter(|name| is_name(name)).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::Scope;

    const NOW_S: i64 = 1_700_000_000;

    fn code(claims: &str) -> Result<Grant, String> {
        read(claims.as_bytes(), Timestamp::from_ms(NOW_S * 1_000)).map_err(
            |refusal| match refusal {
                Refusal::TokenInvalid(TokenFault::Claim(name)) => name.to_owned(),
                other => other.code().to_owned(),
            },
        )
    }

    /// Claims beside a good `exp`; the code of the refusal, or the claim that it is about.
    #[track_caller]
    fn check(claims: &str, expected: Result<(), &str>) {
        let found = code(claims).map(drop);
        assert_eq!(found.as_ref().map_err(String::as_str).copied(), expected, "{claims}");
    }

    #[test]
    fn reads_scope_space_and_source() {
        let grant =
            code(r#"{"exp":1700000001,"scope":"view ingest","space":"roma","source":"crm"}"#);
        let grant = grant.unwrap();
        assert!(grant.scopes.has(Scope::View) && grant.scopes.has(Scope::Ingest));
        assert!(!grant.scopes.has(Scope::Admin));
        assert_eq!((grant.space.as_str(), grant.source.as_deref()), ("roma", Some("crm")));
        let bare = code(r#"{"exp":1700000001,"sub":"x","aud":["y"]}"#).unwrap();
        let expires = Timestamp::from_ms((NOW_S + 1 + 60) * 1_000);
        let space = "main".to_owned();
        assert_eq!(bare, Grant { scopes: Scopes::default(), space, source: None, expires });
        let endless = code(r#"{"exp":1e300}"#).unwrap().expires;
        assert_eq!(endless, Timestamp::from_ms(i64::MAX));
    }

    #[test]
    fn expires_sixty_seconds_after_exp() {
        check(&format!(r#"{{"exp":{}}}"#, NOW_S - 59), Ok(()));
        check(&format!(r#"{{"exp":{}.001}}"#, NOW_S - 60), Ok(()));
        check(&format!(r#"{{"exp":{}}}"#, NOW_S - 60), Err("token_expired"));
        check(&format!(r#"{{"exp":{}}}"#, NOW_S - 61), Err("token_expired"));
        check(r#"{"exp":1e300}"#, Ok(()));
        check(r#"{"exp":-1e300}"#, Err("token_expired"));
    }

    #[test]
    fn begins_sixty_seconds_before_nbf_and_iat() {
        for name in ["nbf", "iat"] {
            let claims = |at: i64| format!(r#"{{"exp":{},"{name}":{at}}}"#, NOW_S + 3_600);
            check(&claims(NOW_S - 1), Ok(()));
            check(&claims(NOW_S + 59), Ok(()));
            check(&claims(NOW_S + 60), Ok(()));
            check(&claims(NOW_S + 61), Err("token_not_yet_valid"));
        }
    }

    #[test]
    fn exp_is_a_finite_number() {
        for claims in [
            "{}",
            r#"{"exp":null}"#,
            r#"{"exp":"1800000000"}"#,
            r#"{"exp":1e400}"#,
            r#"{"exp":-1e400}"#,
            r#"{"exp":[1800000000]}"#,
            r#"{"exp":true}"#,
        ] {
            check(claims, Err("exp"));
        }
        check(r#"{"exp":NaN}"#, Err("token_invalid"));
        check(r#"{"exp":Infinity}"#, Err("token_invalid"));
        check(r#"{"exp":1800000000,"nbf":"x"}"#, Err("nbf"));
        check(r#"{"exp":1800000000,"iat":null}"#, Err("iat"));
    }

    #[test]
    fn claims_have_their_form() {
        let with = |claim: &str| format!(r#"{{"exp":1800000000,{claim}}}"#);
        check(&with(r#""scope":["ingest"]"#), Err("scope"));
        check(&with(r#""scope":null"#), Err("scope"));
        for name in ["space", "source"] {
            check(&with(&format!(r#""{name}":"a-b_9""#)), Ok(()));
            for wrong in ["\"\"", "\"A\"", "\"a/b\"", "1", "null"] {
                check(&with(&format!(r#""{name}":{wrong}"#)), Err(name));
            }
        }
        check(&with(r#""exp":1900000000"#), Err("token_invalid"));
        check(&with(r#""x":1,"x":1"#), Err("token_invalid"));
        check("", Err("token_invalid"));
        check("[]", Err("token_invalid"));
    }
}
