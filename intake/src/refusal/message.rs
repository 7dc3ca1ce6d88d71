//! What is said of each refusal: what is wrong, and what to do next.

use super::Refusal;

impl Refusal {
    /// What is wrong and what to do next, for people.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::BodyEmpty => "the body is empty; send one event or an array of events".into(),
            Self::BodyBom => "the body begins with a byte order mark; send UTF-8 without it".into(),
            Self::BodyNotUtf8 { at } => format!("the body is not UTF-8 at byte {at}; send UTF-8"),
            Self::BodyNotJson { reason } => format!("the body is not JSON: {reason}"),
            Self::BodyNotEvents => {
                "the body is neither an object nor an array; send one event or an array of events"
                    .into()
            }
            Self::EventsMissing => "the body holds no event; send at least one".into(),
            Self::QueryInvalid(_) => "the query is wrong; see `details`".into(),
            Self::ProtocolUnsupported => {
                "offer the subprotocols `polso.v1` or `polso.v1.json`, and `bearer.<token>`".into()
            }
            Self::TokenMissing => {
                "no token came with the request; send `Authorization: Bearer <token>`".into()
            }
            Self::TokenInvalid(fault) => format!("the token is not valid: {}", fault.message()),
            Self::TokenExpired => "the token has expired; get a new one".into(),
            Self::TokenNotYetValid => {
                "the token is not valid yet; check `nbf`, `iat` and the issuer's clock".into()
            }
            Self::Unproven(fault) => fault.message().into(),
            Self::WriteKeyInvalid => {
                "the key is not the source's; send its `write_key` as `key`".into()
            }
            Self::OriginForbidden => {
                "pages of this origin may not send here; add it to the source's `origins`".into()
            }
            Self::ScopeMissing(scope) => {
                format!("the token lacks the scope `{scope}`; get one that has it")
            }
            Self::SourceMissing => {
                "the token names no source; get one with the claim `source`".into()
            }
            Self::SourceForbidden => {
                "the token's source may not send here; check its claims `source` and `space`".into()
            }
            Self::SpaceForbidden => {
                "the token's space has no source here; check its claim `space`".into()
            }
            Self::HandshakeInvalid => {
                "the handshake is not the one that was agreed on; check the verify token".into()
            }
            Self::NotFound => "there is nothing at this address".into(),
            Self::RejectedUnknown => {
                "no rejected event of this id is kept; list those that are".into()
            }
            Self::RejectedTruncated => {
                "not enough of the event is kept to replay it; have its sender send it again".into()
            }
            Self::RejectedSourceGone => {
                "the event's source is not configured in this space; configure it again".into()
            }
            Self::MethodNotAllowed { allow } => {
                format!("this address answers only to {allow}")
            }
            Self::BodyTooLarge { limit } => {
                format!("the body is larger than {limit} bytes; send fewer events at a time")
            }
            Self::EventsTooMany { limit } => {
                format!("the body holds more than {limit} events; send fewer at a time")
            }
            Self::ContentTypeUnsupported => {
                "send `application/json`, or another content type of this address, in UTF-8".into()
            }
            Self::UpgradeRequired => "this address is a WebSocket; connect with one".into(),
            Self::RateLimited { retry_after_s } => {
                format!("too many requests; try again in {retry_after_s} s")
            }
            Self::Unavailable { retry_after_s } => {
                format!("the server cannot take this now; try again in {retry_after_s} s")
            }
            Self::SocketsTooMany { retry_after_s } => format!(
                "the space has as many open sockets as it may; try again in {retry_after_s} s"
            ),
            Self::ConfigInvalid(_) => {
                "the server's configuration is wrong; its operator finds what in `details`".into()
            }
            Self::Internal => "the server failed; the request may be tried again".into(),
        }
    }
}
