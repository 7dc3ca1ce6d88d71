//! Where a request carries its token: `Authorization`, or the subprotocols of a socket, since a
//! browser's WebSocket cannot set headers.
//!
//! It finds the token and nothing more: whether it may be believed is [`crate::token`]'s to say.

use polso_core::Flavour;

use crate::refusal::Refusal;
use crate::token::TokenFault;

/// What a socket's client offers in `Sec-WebSocket-Protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer<'a> {
    /// The protocol to answer with: of those that are spoken here the first that was offered, never
    /// the one that holds the token.
    pub protocol: &'static str,
    /// The token of `bearer.<token>`; without it, `Authorization` may still carry one.
    pub token: Option<&'a str>,
}

/// The token of an `Authorization` header (RFC 6750, section 2.1; the scheme in any case).
///
/// # Errors
/// `token_missing` without the header or with another scheme; `token_invalid` when something else
/// than one token follows.
pub fn bearer(authorization: Option<&str>) -> Result<&str, Refusal> {
    let header = authorization.unwrap_or_default().trim_ascii();
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::TokenMissing);
    }
    one_token(token.trim_ascii_start())
}

/// What the header `Sec-WebSocket-Protocol: polso.v1, bearer.<token>` offers, in any order.
/// Protocols that are not spoken here are passed over.
///
/// # Errors
/// `protocol_unsupported` without one of [`Flavour::NAMES`]; `token_invalid` when there are several
/// tokens.
pub fn subprotocols(header: Option<&str>) -> Result<Offer<'_>, Refusal> {
    let offered = || header.unwrap_or_default().split(',').map(str::trim_ascii);
    let spoken = |protocol| Flavour::NAMES.iter().find(|(name, _)| *name == protocol);
    let (protocol, _) = offered().find_map(spoken).ok_or(Refusal::ProtocolUnsupported)?;
    let mut tokens = offered().filter_map(|protocol| protocol.strip_prefix("bearer."));
    let token = tokens.next().map(one_token).transpose()?;
    if tokens.next().is_some() {
        return Err(Refusal::TokenInvalid(TokenFault::Malformed));
    }
    Ok(Offer { protocol, token })
}

/// A token as it is, unless it is empty or more than one word.
fn one_token(text: &str) -> Result<&str, Refusal> {
    if text.is_empty() {
        return Err(Refusal::TokenMissing);
    }
    if text.bytes().any(|byte| byte == b',' || !byte.is_ascii_graphic()) {
        return Err(Refusal::TokenInvalid(TokenFault::Malformed));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(authorization: Option<&str>, expected: Result<&str, &str>) {
        let found = bearer(authorization).map_err(|refusal| refusal.code());
        assert_eq!(found, expected, "{authorization:?}");
    }

    #[test]
    fn finds_the_token_of_the_header() {
        check(Some("Bearer a.b.c"), Ok("a.b.c"));
        check(Some("bEARER   a.b.c "), Ok("a.b.c"));
        check(None, Err("token_missing"));
        for none in ["", " ", "Bearer", "Bearer ", "Basic YTpi", "a.b.c", "Bearera.b.c"] {
            check(Some(none), Err("token_missing"));
        }
        for several in ["Bearer a.b.c d", "Bearer a.b.c, Bearer d", "Bearer a.b.c,d", "Bearer è"] {
            check(Some(several), Err("token_invalid"));
        }
    }

    #[track_caller]
    fn check_offer(header: &str, expected: Result<Option<&str>, &str>) {
        let found = subprotocols(Some(header)).map_err(|refusal| refusal.code());
        assert_eq!(found.map(|offer| offer.token), expected, "{header}");
    }

    #[test]
    fn finds_the_token_among_subprotocols() {
        check_offer("polso.v1, bearer.a.b.c", Ok(Some("a.b.c")));
        check_offer("bearer.a.b.c,polso.v1", Ok(Some("a.b.c")));
        check_offer("graphql-ws, polso.v1", Ok(None));
        check_offer("bearer.a.b.c", Err("protocol_unsupported"));
        check_offer("polso.v2, bearer.a.b.c", Err("protocol_unsupported"));
        check_offer("Polso.v1", Err("protocol_unsupported"));
        check_offer("polso.v1, bearer.", Err("token_missing"));
        check_offer("polso.v1, bearer.a, bearer.b", Err("token_invalid"));
        check_offer("polso.v1, bearer.a b", Err("token_invalid"));
        assert_eq!(subprotocols(None), Err(Refusal::ProtocolUnsupported));
    }

    #[test]
    fn answers_with_the_first_protocol_that_it_speaks() {
        let protocol = |header| subprotocols(Some(header)).map(|offer| offer.protocol);
        assert_eq!(protocol("polso.v1, bearer.a"), Ok("polso.v1"));
        assert_eq!(protocol("bearer.a, polso.v1.json"), Ok("polso.v1.json"));
        assert_eq!(protocol("x, polso.v1.json, polso.v1"), Ok("polso.v1.json"));
        assert_eq!(protocol("polso.v1.xml"), Err(Refusal::ProtocolUnsupported));
    }
}
