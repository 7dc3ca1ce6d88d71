//! Why a whole request is refused, and what its answer says.
//!
//! Every refusal has an HTTP status, a stable snake_case code, a message that says what to do
//! next, and where useful details and headers. Faults of ours are 5xx, never 4xx. No message
//! repeats a token, a secret or a body. A single event that is bad is not here: it is a verdict.

mod answer;
mod message;

pub use self::answer::Detail;
use crate::grant::Scope;
use crate::problem::Problem;
use crate::proof::ProofFault;
use crate::token::TokenFault;

/// Why a whole request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The body has no bytes.
    BodyEmpty,
    /// The body begins with a byte order mark.
    BodyBom,
    /// The body is not UTF-8 from byte `at`, counted from 0.
    BodyNotUtf8 {
        /// The index of the first bad byte.
        at: usize,
    },
    /// The body is not JSON.
    BodyNotJson {
        /// What was wrong and where, without the body's own text.
        reason: String,
    },
    /// The body is JSON, but neither an object nor an array.
    BodyNotEvents,
    /// The body is an empty array, or NDJSON without any line.
    EventsMissing,
    /// Parameters of the query are unknown or wrong; each detail has the core's code.
    QueryInvalid(Vec<Detail>),
    /// The socket's client does not offer a protocol that is spoken here.
    ProtocolUnsupported,
    /// No token came with the request.
    TokenMissing,
    /// The token is not one that may be believed.
    TokenInvalid(TokenFault),
    /// The token's `exp` is past.
    TokenExpired,
    /// The token's `nbf` or `iat` is yet to come.
    TokenNotYetValid,
    /// Nothing shows that the request comes from the source's sender.
    Unproven(ProofFault),
    /// The page's key is not the source's.
    WriteKeyInvalid,
    /// The request comes from a page of no origin, or of one that the source does not name.
    OriginForbidden,
    /// The token does not grant what the route needs.
    ScopeMissing(Scope),
    /// The token grants `ingest` but names no source.
    SourceMissing,
    /// The token's source is not configured, not of kind `native`, or of another space.
    SourceForbidden,
    /// No source is configured in the token's space.
    SpaceForbidden,
    /// A provider's handshake without what was agreed on.
    HandshakeInvalid,
    /// There is nothing at this address.
    NotFound,
    /// No rejected event of this id is kept.
    RejectedUnknown,
    /// Not enough of the rejected event is kept to replay it.
    RejectedTruncated,
    /// The source of the rejected event is no longer configured in its space.
    RejectedSourceGone,
    /// The address exists, but not for this method.
    MethodNotAllowed {
        /// The methods it exists for, as the `Allow` header lists them.
        allow: &'static str,
    },
    /// The body is larger than the source's limit.
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body holds more events than the source's limit.
    EventsTooMany {
        /// The limit.
        limit: usize,
    },
    /// The content type is not one that is read here.
    ContentTypeUnsupported,
    /// The route is a socket and the request does not ask for one.
    UpgradeRequired,
    /// The sender is faster than it may be.
    RateLimited {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// We cannot take the request now.
    Unavailable {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// The space has as many open sockets as may be.
    SocketsTooMany {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// The deployment's configuration is wrong.
    ConfigInvalid(Vec<Problem>),
    /// A fault of ours.
    Internal,
}

impl Refusal {
    /// Every code with its HTTP status, in the order of the kinds.
    pub const CODES: [(&str, u16); 38] = [
        ("body_empty", 400),
        ("body_bom", 400),
        ("body_not_utf8", 400),
        ("body_not_json", 400),
        ("body_not_events", 400),
        ("events_missing", 400),
        ("query_invalid", 400),
        ("protocol_unsupported", 400),
        ("token_missing", 401),
        ("token_invalid", 401),
        ("token_expired", 401),
        ("token_not_yet_valid", 401),
        ("signature_missing", 401),
        ("signature_malformed", 401),
        ("signature_invalid", 401),
        ("signature_old", 401),
        ("signature_early", 401),
        ("write_key_invalid", 401),
        ("origin_forbidden", 403),
        ("scope_missing", 403),
        ("source_missing", 403),
        ("source_forbidden", 403),
        ("space_forbidden", 403),
        ("handshake_invalid", 403),
        ("not_found", 404),
        ("rejected_unknown", 404),
        ("rejected_truncated", 409),
        ("rejected_source_gone", 409),
        ("method_not_allowed", 405),
        ("body_too_large", 413),
        ("events_too_many", 413),
        ("content_type_unsupported", 415),
        ("upgrade_required", 426),
        ("rate_limited", 429),
        ("unavailable", 503),
        ("sockets_too_many", 503),
        ("config_invalid", 500),
        ("internal", 500),
    ];

    /// Its row of [`Self::CODES`].
    const fn row(&self) -> (&'static str, u16) {
        match self {
            Self::BodyEmpty => ("body_empty", 400),
            Self::BodyBom => ("body_bom", 400),
            Self::BodyNotUtf8 { .. } => ("body_not_utf8", 400),
            Self::BodyNotJson { .. } => ("body_not_json", 400),
            Self::BodyNotEvents => ("body_not_events", 400),
            Self::EventsMissing => ("events_missing", 400),
            Self::QueryInvalid(_) => ("query_invalid", 400),
            Self::ProtocolUnsupported => ("protocol_unsupported", 400),
            Self::TokenMissing => ("token_missing", 401),
            Self::TokenInvalid(_) => ("token_invalid", 401),
            Self::TokenExpired => ("token_expired", 401),
            Self::TokenNotYetValid => ("token_not_yet_valid", 401),
            Self::Unproven(fault) => (fault.code(), 401),
            Self::WriteKeyInvalid => ("write_key_invalid", 401),
            Self::OriginForbidden => ("origin_forbidden", 403),
            Self::ScopeMissing(_) => ("scope_missing", 403),
            Self::SourceMissing => ("source_missing", 403),
            Self::SourceForbidden => ("source_forbidden", 403),
            Self::SpaceForbidden => ("space_forbidden", 403),
            Self::HandshakeInvalid => ("handshake_invalid", 403),
            Self::NotFound => ("not_found", 404),
            Self::RejectedUnknown => ("rejected_unknown", 404),
            Self::RejectedTruncated => ("rejected_truncated", 409),
            Self::RejectedSourceGone => ("rejected_source_gone", 409),
            Self::MethodNotAllowed { .. } => ("method_not_allowed", 405),
            Self::BodyTooLarge { .. } => ("body_too_large", 413),
            Self::EventsTooMany { .. } => ("events_too_many", 413),
            Self::ContentTypeUnsupported => ("content_type_unsupported", 415),
            Self::UpgradeRequired => ("upgrade_required", 426),
            Self::RateLimited { .. } => ("rate_limited", 429),
            Self::Unavailable { .. } => ("unavailable", 503),
            Self::SocketsTooMany { .. } => ("sockets_too_many", 503),
            Self::ConfigInvalid(_) => ("config_invalid", 500),
            Self::Internal => ("internal", 500),
        }
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.row().1
    }

    /// The stable code that programs tell refusals apart by.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.row().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_invalid() -> Detail {
        Detail { code: Some("at_invalid".into()), field: None, message: "is \"x\"".into() }
    }

    /// One of each kind, in the order of [`Refusal::CODES`].
    fn each() -> Vec<Refusal> {
        vec![
            Refusal::BodyEmpty,
            Refusal::BodyBom,
            Refusal::BodyNotUtf8 { at: 3 },
            Refusal::BodyNotJson { reason: "expected value at line 1 column 1".into() },
            Refusal::BodyNotEvents,
            Refusal::EventsMissing,
            Refusal::QueryInvalid(vec![at_invalid()]),
            Refusal::ProtocolUnsupported,
            Refusal::TokenMissing,
            Refusal::TokenInvalid(TokenFault::Signature),
            Refusal::TokenExpired,
            Refusal::TokenNotYetValid,
            Refusal::Unproven(ProofFault::Missing),
            Refusal::Unproven(ProofFault::Malformed),
            Refusal::Unproven(ProofFault::Wrong),
            Refusal::Unproven(ProofFault::Old),
            Refusal::Unproven(ProofFault::Early),
            Refusal::WriteKeyInvalid,
            Refusal::OriginForbidden,
            Refusal::ScopeMissing(Scope::View),
            Refusal::SourceMissing,
            Refusal::SourceForbidden,
            Refusal::SpaceForbidden,
            Refusal::HandshakeInvalid,
            Refusal::NotFound,
            Refusal::RejectedUnknown,
            Refusal::RejectedTruncated,
            Refusal::RejectedSourceGone,
            Refusal::MethodNotAllowed { allow: "GET, HEAD" },
            Refusal::BodyTooLarge { limit: 1_048_576 },
            Refusal::EventsTooMany { limit: 1_000 },
            Refusal::ContentTypeUnsupported,
            Refusal::UpgradeRequired,
            Refusal::RateLimited { retry_after_s: 2 },
            Refusal::Unavailable { retry_after_s: 1 },
            Refusal::SocketsTooMany { retry_after_s: 30 },
            Refusal::ConfigInvalid(vec![Problem::new("SHARDS", "is `0`")]),
            Refusal::Internal,
        ]
    }

    #[track_caller]
    fn check(refusal: &Refusal, expected: &str) {
        assert_eq!(refusal.to_json(), expected);
    }

    #[test]
    fn every_code_is_listed_once() {
        let found: Vec<_> = each().iter().map(|r| (r.code(), r.status())).collect();
        assert_eq!(found, Refusal::CODES);
        let mut codes = Refusal::CODES.map(|(code, _)| code);
        codes.sort_unstable();
        assert!(codes.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn messages_are_lower_case_without_a_period() {
        for message in each().iter().map(Refusal::message) {
            assert!(message.starts_with(|c: char| c.is_lowercase()), "{message}");
            assert!(!message.ends_with('.') && !message.contains("  "), "{message}");
        }
    }

    #[test]
    fn answers_in_one_shape() {
        check(
            &Refusal::EventsTooMany { limit: 1_000 },
            r#"{"error":{"code":"events_too_many","message":"the body holds more than 1000 events; send fewer at a time","details":[]}}"#,
        );
        check(
            &Refusal::QueryInvalid(vec![at_invalid()]),
            r#"{"error":{"code":"query_invalid","message":"the query is wrong; see `details`","details":[{"code":"at_invalid","message":"is \"x\""}]}}"#,
        );
        check(
            &Refusal::ConfigInvalid(vec![Problem::new("SHARDS", "is `0`")]),
            r#"{"error":{"code":"config_invalid","message":"the server's configuration is wrong; its operator finds what in `details`","details":[{"field":"SHARDS","message":"`SHARDS` is `0`"}]}}"#,
        );
    }

    #[test]
    fn headers_go_with_their_status() {
        for refusal in each() {
            let names: Vec<_> = refusal.headers().into_iter().map(|(name, _)| name).collect();
            let expected: &[&str] = match refusal.status() {
                401 => &["www-authenticate"],
                403 if refusal.code() == "scope_missing" => &["www-authenticate"],
                405 => &["allow"],
                426 => &["upgrade"],
                429 | 503 => &["retry-after"],
                _ => &[],
            };
            assert_eq!(names, expected, "{}", refusal.code());
        }
        let retry = Refusal::Unavailable { retry_after_s: 7 };
        assert_eq!(retry.headers(), [("retry-after", "7".to_owned())]);
        assert_eq!((retry.retry_after_s(), Refusal::NotFound.retry_after_s()), (Some(7), None));
    }
}
