//! HubSpot's signature v3: the MAC of method, address, body and time, in base64.
//!
//! The address is the one that HubSpot calls. A proxy in between may show another here, so that its beginning is
//! from the configuration. HubSpot's documentation decodes some of its percent sequences and HubSpot's own libraries
//! do not: both are tried. Signatures v1 and v2 sign no time and are never looked at.
//! Source: "Validating requests" in HubSpot's documentation.

use polso_core::Timestamp;

use super::field::Encoding;
use super::mac::Algorithm;
use super::window::{Unit, Window};
use super::{Given, ProofFault};
use crate::config::table::Table;
use crate::secret::Secrets;

/// Signature and time.
pub(super) const HEADERS: [&str; 2] = ["x-hubspot-signature-v3", "x-hubspot-request-timestamp"];

/// The longest address, in bytes.
const URI_BYTES_MAX: usize = 4_096;

/// The sequences that HubSpot's documentation decodes.
const DECODED: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

/// The proof of HubSpot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hubspot {
    secrets: Secrets,
    /// The beginning of the address, without a slash at its end.
    base: String,
    pub(super) window: Window,
}

impl Hubspot {
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let (secrets, window) = (table.secrets("secret"), Window::read(table));
        let base = base(table);
        Some(Self { secrets: secrets?, base: base?, window })
    }

    pub(super) fn check(&self, given: &Given<'_>, now: Timestamp) -> Result<u8, ProofFault> {
        let [signature, time] = HEADERS.map(|name| given.required(name));
        let (signature, time) = (signature?, time?);
        self.window.check(time, Unit::Milliseconds, now)?;
        let signature = Encoding::Base64.decode(signature).ok_or(ProofFault::Malformed)?;
        let path = path_and_query(given.url);
        if path.len() > URI_BYTES_MAX {
            return Err(ProofFault::Malformed);
        }
        let (raw, signatures) = (format!("{}{path}", self.base), [signature]);
        let decoded = decoded(&raw);
        let proves = |secret: &[u8], uri: &str| {
            let parts = [given.method.as_bytes(), uri.as_bytes(), given.body, time.as_bytes()];
            Algorithm::Sha256.proves(secret, &parts, &signatures)
        };
        let position = self.secrets.proven_by(|secret| {
            let secret = secret.reveal().as_bytes();
            proves(secret, &raw) || (decoded != raw && proves(secret, &decoded))
        });
        position.ok_or(ProofFault::Wrong)
    }
}

fn decoded(uri: &str) -> String {
    DECODED.iter().fold(uri.to_owned(), |uri, (sequence, char)| uri.replace(sequence, char))
}

/// What follows the host in an absolute URL, without a fragment.
fn path_and_query(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').and_then(|at| after_scheme.get(at..)).unwrap_or("/");
    path.split_once('#').map_or(path, |(path, _)| path)
}

/// The public address of this deployment; `None` after a problem.
fn base(table: &mut Table<'_>) -> Option<String> {
    const EXPECTED: &str =
        "the address that HubSpot calls, up to `/webhooks/`, like \"https://polso.example.com\"";
    let found = table.required("public_url", EXPECTED)?.clone();
    let base = found.as_str().map(|text| text.trim_end_matches('/'));
    let host = base.and_then(|base| base.strip_prefix("https://")).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#@\\".contains(&byte);
    if host.is_empty()
        || host.starts_with('/')
        || host.len() > URI_BYTES_MAX
        || !host.bytes().all(plain)
        || host.contains("/webhooks/")
    {
        table.wrong("public_url", &found, EXPECTED);
        return None;
    }
    base.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::check_table;
    use crate::config::Kind;

    #[test]
    fn hubspot_names_its_public_address() {
        let expected = "the address that HubSpot calls, up to `/webhooks/`, like \
                        \"https://polso.example.com\"";
        let check = |url: Value, expected: &[&str]| {
            check_table(Kind::Hubspot, json!({ "public_url": url }), "secret", expected);
        };
        for good in ["https://a.example", "https://a.example/", "https://a.example:8443/b/c"] {
            check(json!(good), &[]);
        }
        for bad in [
            "",
            "a.example",
            "http://a.example",
            "https://",
            "https:///",
            "https:///a",
            "https://a.example/webhooks/crm",
            "https://a.example?x",
            "https://a.example#x",
            "https://u@a.example",
            "https://a.example/è",
            "https://a.example/ b",
        ] {
            let message = format!("public_url` is `{bad}`; it should be {expected}");
            check(json!(bad), &[&message]);
        }
        let missing = format!("public_url` is missing; it should be {expected}");
        check_table(Kind::Hubspot, json!({}), "secret", &[&missing]);
    }
}
