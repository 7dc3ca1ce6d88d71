//! Standard Webhooks, and Svix, whose headers begin with `svix-`: signatures of `id.timestamp.body`, by a
//! shared secret (`v1`) or a key pair (`v1a`).
//!
//! The id is signed, so that repetitions can be told by it. Source: the specification of Standard Webhooks.

use std::fmt;
use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{PUBLIC_KEY_LENGTH, Signature, VerifyingKey};
use polso_core::Timestamp;

use super::field::{Encoding, SIGNATURES_MAX};
use super::mac::Algorithm;
use super::window::{Unit, Window};
use super::{Given, ProofFault, Proven};
use crate::config::table::Table;
use crate::secret::Secrets;

/// Id, time and signatures; then the same as Svix calls them.
pub(super) const HEADERS: [&str; 6] = [
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "svix-id",
    "svix-timestamp",
    "svix-signature",
];

/// The longest id, in bytes.
const ID_BYTES_MAX: usize = 256;

/// The most signatures by key pairs that are looked at: each costs another pass over the body.
const PUBLIC_SIGNATURES_MAX: usize = 4;

/// The length of a shared secret.
const SHARED_BYTES: RangeInclusive<usize> = 24..=64;

/// The proof of Standard Webhooks and Svix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandardWebhooks {
    keys: Secrets<Key>,
    pub(super) window: Window,
}

/// What a signature is checked with.
#[derive(Clone, PartialEq, Eq)]
enum Key {
    Shared(Vec<u8>),
    Public(VerifyingKey),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl StandardWebhooks {
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let keys = table.secrets_of_form("secret", |secret| Key::parse(secret.reveal()));
        let window = Window::read(table);
        Some(Self { keys: keys?, window })
    }

    pub(super) fn check(&self, given: &Given<'_>, now: Timestamp) -> Result<Proven, ProofFault> {
        let [id, time, list, svix @ ..] = HEADERS;
        let names = if given.header(list).is_some() { [id, time, list] } else { svix };
        let [id, time, list] = names.map(|name| given.required(name));
        let (id, time, list) = (id?, time?, list?);
        // A stop within the id would let bytes move from one part of the signed text to another.
        if id.len() > ID_BYTES_MAX || id.contains('.') {
            return Err(ProofFault::Malformed);
        }
        self.window.check(time, Unit::Seconds, now)?;
        let of = |version| {
            let signatures = list.split(' ').take(SIGNATURES_MAX);
            let texts = signatures.filter_map(|text| text.split_once(','));
            let texts = texts.filter(move |(known, _)| *known == version);
            texts.filter_map(|(_, text)| Encoding::Base64.decode(text))
        };
        let shared: Vec<_> = of("v1").collect();
        let public = of("v1a").filter_map(|signature| Signature::from_slice(&signature).ok());
        let public: Vec<_> = public.take(PUBLIC_SIGNATURES_MAX).collect();
        if shared.is_empty() && public.is_empty() {
            return Err(ProofFault::Malformed);
        }
        let parts = [id.as_bytes(), b".", time.as_bytes(), b".", given.body];
        let position = self.keys.proven_by(|key| match key {
            Key::Shared(key) => Algorithm::Sha256.proves(key, &parts, &shared),
            Key::Public(_) if public.is_empty() => false,
            Key::Public(key) => {
                let text = parts.concat();
                public.iter().any(|signature| key.verify_strict(&text, signature).is_ok())
            }
        });
        let secret = position.ok_or(ProofFault::Wrong)?;
        Ok(Proven { secret, event_id: Some(id.to_owned()) })
    }
}

impl Key {
    /// `whsec_` and base64 of 24 to 64 bytes, or `whpk_` and base64 of a public key; without either a shared
    /// secret.
    fn parse(text: &str) -> Result<Self, &'static str> {
        if text.starts_with("whsk_") {
            return Err("names a private key (`whsk_`); put the public one (`whpk_`) there");
        }
        if let Some(text) = text.strip_prefix("whpk_") {
            let key = STANDARD.decode(text).ok().and_then(|bytes| public(&bytes));
            return key
                .map(Self::Public)
                .ok_or("names no public key; it should be `whpk_` and 32 bytes in base64");
        }
        let bytes = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text));
        let bytes = bytes.ok().filter(|bytes| SHARED_BYTES.contains(&bytes.len()));
        bytes
            .map(Self::Shared)
            .ok_or("names no signing secret; it should be `whsec_` and 24 to 64 bytes in base64")
    }
}

/// A key whose signatures bind it to one text: not one of the few that sign every text alike.
fn public(bytes: &[u8]) -> Option<VerifyingKey> {
    let bytes: &[u8; PUBLIC_KEY_LENGTH] = bytes.try_into().ok()?;
    VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::check_table;
    use super::*;
    use crate::config::Kind;

    #[test]
    fn secrets_are_those_of_the_standard() {
        let base64 = |length: usize| STANDARD.encode(vec![7; length]);
        let shared =
            "secret` names no signing secret; it should be `whsec_` and 24 to 64 bytes in base64";
        let public = "secret` names no public key; it should be `whpk_` and 32 bytes in base64";
        let private = "secret` names a private key (`whsk_`); put the public one (`whpk_`) there";
        let check = |secret: &str, expected: &[&str]| {
            check_table(Kind::StandardWebhooks, json!({}), secret, expected);
        };
        for length in [24, 25, 63, 64] {
            check(&format!("whsec_{}", base64(length)), &[]);
            check(&base64(length), &[]);
        }
        for bad in [
            &base64(23),
            &base64(65),
            "whsec_",
            "whsec_a",
            "whsec_!",
            "whpk",
            "hunter2hunter2hunter2hunter2hunter2",
        ] {
            check(bad, &[shared]);
        }
        check(&format!("whpk_{}", "1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="), &[]);
        // The neutral point: its signatures hold for every text.
        let weak = STANDARD.encode([&[1][..], &[0; 31]].concat());
        for bad in [&base64(31), &base64(33), "", &weak] {
            check(&format!("whpk_{bad}"), &[public]);
        }
        check(&format!("whsk_{}", base64(64)), &[private]);
    }
}
