//! A secret in a header as it is: Basic (RFC 7617), or a key of an API.
//!
//! It says who sent a request and nothing of what is in it: whoever has seen one request can send any other.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::field::is_field;
use super::generic::{header, prefix};
use super::{Given, ProofFault};
use crate::config::table::Table;
use crate::secret::Secrets;

const AUTHORIZATION: &str = "authorization";

/// A secret in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// `user:password` in base64, after `Basic`.
    Basic(Secrets),
    /// The secret, after a prefix.
    ApiKey {
        /// Any of which will do.
        secrets: Secrets,
        /// In lower case.
        header: String,
        /// What stands before it.
        prefix: String,
    },
}

impl Credential {
    pub(super) fn basic(table: &mut Table<'_>) -> Option<Self> {
        let secrets = table.secrets_of_form("secret", |secret| {
            let named = secret.reveal().contains(':').then(|| secret.clone());
            named.ok_or("names no user and password; it should be `user:password`")
        });
        secrets.map(Self::Basic)
    }

    pub(super) fn api_key(table: &mut Table<'_>) -> Option<Self> {
        let secrets = table.secrets_of_form("secret", |secret| {
            let sent = is_field(secret.reveal()).then(|| secret.clone());
            sent.ok_or("names what no header can hold; it should be a key of plain ASCII")
        });
        let (header, prefix) = (header(table, "header"), prefix(table));
        Some(Self::ApiKey { secrets: secrets?, header: header?, prefix })
    }

    pub(super) fn header(&self) -> &str {
        match self {
            Self::Basic(_) => AUTHORIZATION,
            Self::ApiKey { header, .. } => header,
        }
    }

    pub(super) fn check(&self, given: &Given<'_>) -> Result<u8, ProofFault> {
        let header = given.required(self.header())?;
        let position = match self {
            Self::Basic(secrets) => {
                let (scheme, text) = header.split_once(' ').ok_or(ProofFault::Malformed)?;
                let pair = STANDARD.decode(text.trim_ascii_start()).ok();
                let pair = pair.filter(|_| scheme.eq_ignore_ascii_case("basic"));
                let pair = pair.ok_or(ProofFault::Malformed)?;
                secrets.proven_by(|secret| secret.is(&pair))
            }
            Self::ApiKey { secrets, prefix, .. } => {
                let key = header.strip_prefix(prefix).ok_or(ProofFault::Malformed)?;
                secrets.proven_by(|secret| secret.is(key.as_bytes()))
            }
        };
        position.ok_or(ProofFault::Wrong)
    }
}
