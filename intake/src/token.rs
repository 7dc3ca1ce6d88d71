//! Whether a JWT may be believed: its form, its header, its signature, its claims, in this order.
//!
//! Compact JWS only (RFC 7515), at most [`TOKEN_BYTES_MAX`] long, base64url without padding or
//! stray bits. Nothing is read from the claims before the signature holds. It decides neither which
//! keys there are ([`crate::jwks`]) nor what the claims allow ([`crate::grant`]).

mod claims;
mod header;
mod members;
mod memo;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use polso_core::Timestamp;

use self::header::Header;
pub(crate) use self::memo::Memo;
use self::memo::Name;
use crate::grant::Grant;
use crate::jwks::Keys;
use crate::refusal::Refusal;

/// The longest token that is looked at, in bytes.
pub const TOKEN_BYTES_MAX: usize = 8_192;

/// How far the clocks of issuer and receiver may be apart, in seconds.
pub const LEEWAY_S: u32 = 60;

/// Why a token is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// Longer than [`TOKEN_BYTES_MAX`].
    TooLong,
    /// Not three base64url parts, or header or claims are not a JSON object.
    Malformed,
    /// Header or claims name a member twice, or more members than are looked at.
    Members,
    /// An algorithm that is not accepted, `none` above all.
    Algorithm,
    /// A header member that asks for what is not done here, like bringing its own key.
    Header(&'static str),
    /// No key fits its `kid` and `alg`, or without a `kid` not exactly one.
    Key,
    /// The signature does not match.
    Signature,
    /// A claim that is missing or not of its form.
    Claim(&'static str),
}

impl TokenFault {
    /// What is wrong with the token, for people; nothing that helps to forge one.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::TooLong => format!("it is longer than {TOKEN_BYTES_MAX} bytes"),
            Self::Malformed => "it is not a JWT of three base64url parts".into(),
            Self::Members => "its header or its claims hold a member twice, or too many".into(),
            Self::Algorithm => "its `alg` must be HS256, RS256, ES256 or EdDSA".into(),
            Self::Header(name) => format!("its header may not hold `{name}`"),
            Self::Key => {
                "no key here fits its `kid` and `alg`; ask for one from a known key".into()
            }
            Self::Signature => "its signature does not match".into(),
            Self::Claim(name) => format!("its claim `{name}` is missing or not of the right form"),
        }
    }
}

impl From<TokenFault> for Refusal {
    fn from(fault: TokenFault) -> Self {
        Self::TokenInvalid(fault)
    }
}

impl Keys {
    /// Believes a token, or refuses it.
    ///
    /// # Errors
    /// `token_invalid`, `token_expired` from [`LEEWAY_S`] after `exp`, `token_not_yet_valid` until
    /// [`LEEWAY_S`] before `nbf` and `iat`.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Grant, Refusal> {
        claims::read(&self.verify_signature(token)?, now)
    }

    /// The payload of a token whose signature holds, whatever it says: of the two steps of
    /// [`Keys::verify`] only the first. What it returns grants nothing.
    ///
    /// # Errors
    /// `token_invalid`.
    pub fn verify_signature(&self, token: &str) -> Result<Vec<u8>, Refusal> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenFault::TooLong.into());
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenFault::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(TokenFault::Malformed)?;
        let signature = decode(signature)?;
        let payload = decode(payload)?;
        let header = decode(header)?;
        let header = Header::read(&header)?;
        let key = self.find(header.algorithm, header.kid.as_deref()).ok_or(TokenFault::Key)?;
        let matches = || key.matches(message.as_bytes(), &signature);
        let good = if key.is_secret() { matches() } else { self.remembered(token, matches) };
        if good { Ok(payload) } else { Err(TokenFault::Signature.into()) }
    }

    /// Whether a signature is good, now or when the same token came before.
    fn remembered(&self, token: &str, matches: impl FnOnce() -> bool) -> bool {
        let name = Name::of(token);
        if self.memo.holds(name) {
            return true;
        }
        let good = matches();
        if good {
            self.memo.add(name);
        }
        good
    }
}

/// Strict base64url: its alphabet only, so no dot either, no padding, unused bits zero.
fn decode(part: &str) -> Result<Vec<u8>, TokenFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::Malformed)
}
