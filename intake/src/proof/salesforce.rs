//! Salesforce: a secret at the end of the address, and for Outbound Messages the organisation that sends them.
//!
//! Salesforce signs nothing. `/webhooks/SOURCE/SECRET` is known to whoever it was told; a SOAP message names its
//! organisation in `OrganizationId`. JSON, which a relay sends, names none that can be checked: there the
//! address is all. No DTD and no entity is read. Source: "Outbound Messaging" in Salesforce's SOAP API guide.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Given, ProofFault};
use crate::config::table::Table;
use crate::secret::{Secret, Secrets};

/// The part of an organisation's id that tells it; three more characters may follow.
const ORGANISATION_CHARS: usize = 15;

/// The shortest secret of an address, in characters.
const PATH_CHARS_MIN: usize = 16;

/// The longest secret of an address, in characters.
const PATH_CHARS_MAX: usize = 128;

/// Where an Outbound Message names its organisation.
const PATH: [&str; 4] = ["Envelope", "Body", "notifications", "OrganizationId"];

/// The proof of Salesforce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salesforce {
    paths: Secrets,
    organisations: Secrets,
}

impl Salesforce {
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let organisations = table.secrets_of_form("secret", |secret| {
            organisation(secret.reveal())
                .ok_or("names no organisation; it should be an id of 15 or 18 letters and digits")
        });
        let paths = table.secrets_of_form("path_secret", |secret| {
            let path = is_path(secret.reveal()).then(|| secret.clone());
            path.ok_or(
                "names no part of an address; it should be 16 to 128 of A-Z, a-z, 0-9, `_` and `-`",
            )
        });
        Some(Self { paths: paths?, organisations: organisations? })
    }

    pub(super) fn check(&self, given: &Given<'_>) -> Result<u8, ProofFault> {
        let path = path_secret(given.url).ok_or(ProofFault::Missing)?;
        let position = self.paths.proven_by(|secret| secret.is(path.as_bytes()));
        let position = position.ok_or(ProofFault::Wrong)?;
        if is_soap(given) {
            let id = organisation_id(given.body)?;
            let id = organisation(&id).ok_or(ProofFault::Malformed)?;
            let known = self.organisations.proven_by(|known| known.is(id.reveal().as_bytes()));
            known.ok_or(ProofFault::Wrong)?;
        }
        Ok(position)
    }
}

/// Whether a body may be read as XML by anyone: by what it is said to be, or by how it begins.
fn is_soap(given: &Given<'_>) -> bool {
    let body = given.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(given.body);
    let is_xml = |media: &str| media.to_ascii_lowercase().contains("xml");
    given.content_type.is_some_and(is_xml) || body.trim_ascii_start().starts_with(b"<")
}

/// What follows `/webhooks/SOURCE/` in an absolute URL.
fn path_secret(url: &str) -> Option<&str> {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (_, path) = after_scheme.split_once("/webhooks/")?;
    let (_, secret) = path.split(['?', '#']).next()?.split_once('/')?;
    (!secret.is_empty()).then_some(secret)
}

fn is_path(secret: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (PATH_CHARS_MIN..=PATH_CHARS_MAX).contains(&secret.len()) && secret.bytes().all(plain)
}

/// The part of an organisation's id that tells it.
fn organisation(id: &str) -> Option<Secret> {
    let known = [ORGANISATION_CHARS, ORGANISATION_CHARS + 3].contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let prefix = id.get(..ORGANISATION_CHARS).filter(|_| known);
    prefix.map(|prefix| Secret::new(prefix.to_owned()))
}

/// The text of the message's first `OrganizationId`.
fn organisation_id(body: &[u8]) -> Result<String, ProofFault> {
    let body = std::str::from_utf8(body).map_err(|_| ProofFault::Malformed)?;
    let mut reader = Reader::from_str(body);
    // How deep, and how many of these elements are those of the path.
    let (mut depth, mut along) = (0_usize, 0_usize);
    let mut found = String::new();
    loop {
        match reader.read_event().map_err(|_| ProofFault::Malformed)? {
            Event::Start(element) => {
                if depth == along && PATH.get(depth) == Some(&element.local_name().as_ref()) {
                    along += 1;
                }
                depth += 1;
            }
            Event::End(_) if along == PATH.len() && depth == along => return Ok(found),
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                along = along.min(depth);
            }
            Event::Text(text) if along == PATH.len() && depth == along => found.push_str(&text),
            Event::DocType(_) | Event::GeneralRef(_) | Event::CData(_) => {
                return Err(ProofFault::Malformed);
            }
            Event::Eof => return Err(ProofFault::Missing),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::check_table;
    use crate::config::Kind;

    #[test]
    fn salesforce_names_a_part_of_its_address() {
        let path = "path_secret` names no part of an address; it should be 16 to 128 of A-Z, a-z, \
                    0-9, `_` and `-`";
        let check = |secret: &str, expected: &[&str]| {
            let table = json!({ "secret": "ORGANISATION", "path_secret": "THE_SECRET" });
            check_table(Kind::Salesforce, table, secret, expected);
        };
        for length in [16, 17, 127, 128] {
            check(&"aZ0-_9bc".repeat(16)[..length], &[]);
        }
        for bad in ["a".repeat(15), "a".repeat(129), "a".repeat(16) + "/", "a".repeat(16) + "%"] {
            check(&bad, &[path]);
        }
    }

    #[test]
    fn organisations_have_15_or_18_characters() {
        let expected =
            "secret` names no organisation; it should be an id of 15 or 18 letters and digits";
        let check = |id: &str, expected: &[&str]| {
            let table = json!({ "secret": "THE_SECRET", "path_secret": "OTHER" });
            check_table(Kind::Salesforce, table, id, expected);
        };
        for length in [15, 18] {
            check(&"0".repeat(length), &[]);
        }
        for length in [14, 16, 17, 19] {
            check(&"0".repeat(length), &[expected]);
        }
        check("00D5g0000012ab-", &[expected]);
    }
}
