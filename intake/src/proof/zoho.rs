//! Zoho CRM's notifications: a token in the body, chosen when the channel was opened.
//!
//! It says who sent a request and nothing of what is in it. Bound: 50 characters, as Zoho's. Source:
//! "Notification APIs" in Zoho CRM's documentation.

use serde::Deserialize;

use super::{Given, ProofFault};
use crate::config::table::Table;
use crate::secret::Secrets;

/// The longest token, in characters.
const TOKEN_CHARS_MAX: usize = 50;

/// The proof of Zoho CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zoho {
    secrets: Secrets,
}

#[derive(Deserialize)]
struct Notification {
    token: Option<String>,
}

impl Zoho {
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let secrets = table.secrets_of_form("secret", |secret| {
            let fits = secret.reveal().chars().count() <= TOKEN_CHARS_MAX;
            let fits = fits.then(|| secret.clone());
            fits.ok_or("names a token of more than 50 characters; Zoho takes no longer one")
        });
        Some(Self { secrets: secrets? })
    }

    pub(super) fn check(&self, given: &Given<'_>) -> Result<u8, ProofFault> {
        let text = std::str::from_utf8(given.body).map_err(|_| ProofFault::Malformed)?;
        // The reader would take a list of values for an object, too.
        if !text.trim_ascii_start().starts_with('{') {
            return Err(ProofFault::Malformed);
        }
        let notification: Notification =
            serde_json::from_str(text).map_err(|_| ProofFault::Malformed)?;
        let token = notification.token.filter(|token| !token.is_empty());
        let token = token.ok_or(ProofFault::Missing)?;
        let position = self.secrets.proven_by(|secret| secret.is(token.as_bytes()));
        position.ok_or(ProofFault::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::check_table;
    use crate::config::Kind;

    #[test]
    fn tokens_have_at_most_50_characters() {
        let token = "secret` names a token of more than 50 characters; Zoho takes no longer one";
        check_table(Kind::Zoho, json!({}), &"è".repeat(50), &[]);
        check_table(Kind::Zoho, json!({}), &"è".repeat(51), &[token]);
    }
}
