//! One MAC in one header: GitHub, Meta, Shopify, Slack, and what the configuration of a generic source says.
//!
//! Where the scheme signs a time, it is before the body in the signed text. Sources: "Validating webhook
//! deliveries" (GitHub), "Webhooks: getting started" (Meta), "Deliver webhooks through HTTPS" (Shopify),
//! "Verifying requests from Slack". The SHA-1 header that GitHub and Meta send too is not looked at.

use polso_core::Timestamp;

use super::field::Encoding;
use super::generic::{header, prefix};
use super::mac::Algorithm;
use super::window::{Unit, Window};
use super::{Given, ProofFault};
use crate::config::table::Table;
use crate::secret::Secrets;

/// A MAC in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    secrets: Secrets,
    algorithm: Algorithm,
    header: String,
    prefix: String,
    encoding: Encoding,
    stamp: Option<Stamp>,
}

/// A time that is signed together with the body.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    header: String,
    unit: Unit,
    window: Window,
    /// What stands before it in the signed text.
    before: &'static str,
    /// What stands between it and the body.
    after: &'static str,
}

impl Signature {
    /// GitHub's, and Meta's.
    pub(super) fn github(table: &mut Table<'_>) -> Option<Self> {
        Self::of_body(table, "x-hub-signature-256", "sha256=", Encoding::Hex)
    }

    pub(super) fn shopify(table: &mut Table<'_>) -> Option<Self> {
        Self::of_body(table, "x-shopify-hmac-sha256", "", Encoding::Base64)
    }

    pub(super) fn slack(table: &mut Table<'_>) -> Option<Self> {
        let header = "x-slack-request-timestamp".into();
        let window = Window::read(table);
        let stamp = Stamp { header, unit: Unit::Seconds, window, before: "v0:", after: ":" };
        let signature = Self::of_body(table, "x-slack-signature", "v0=", Encoding::Hex)?;
        Some(Self { stamp: Some(stamp), ..signature })
    }

    fn of_body(
        table: &mut Table<'_>,
        header: &str,
        prefix: &str,
        encoding: Encoding,
    ) -> Option<Self> {
        Some(Self {
            secrets: table.secrets("secret")?,
            algorithm: Algorithm::Sha256,
            header: header.into(),
            prefix: prefix.into(),
            encoding,
            stamp: None,
        })
    }

    /// What the configuration says.
    pub(super) fn generic(table: &mut Table<'_>) -> Option<Self> {
        let secrets = table.secrets("secret");
        let algorithm = table.choice("algorithm", &Algorithm::NAMES).unwrap_or(Algorithm::Sha256);
        let header = header(table, "header");
        let prefix = prefix(table);
        let encoding = table.choice("encoding", &Encoding::NAMES).unwrap_or(Encoding::Hex);
        let stamp = Stamp::generic(table);
        Some(Self { secrets: secrets?, algorithm, header: header?, prefix, encoding, stamp })
    }

    pub(super) fn headers(&self) -> Vec<&str> {
        let stamp = self.stamp.iter().map(|stamp| stamp.header.as_str());
        [self.header.as_str()].into_iter().chain(stamp).collect()
    }

    pub(super) fn window(&self) -> Option<Window> {
        self.stamp.as_ref().map(|stamp| stamp.window)
    }

    pub(super) fn check(&self, given: &Given<'_>, now: Timestamp) -> Result<u8, ProofFault> {
        let header = given.required(&self.header)?;
        let (before, time, after) = match &self.stamp {
            None => ("", "", ""),
            Some(stamp) => {
                let time = given.required(&stamp.header)?;
                stamp.window.check(time, stamp.unit, now)?;
                (stamp.before, time, stamp.after)
            }
        };
        let signature = header
            .strip_prefix(&self.prefix)
            .and_then(|text| self.encoding.decode(text))
            .ok_or(ProofFault::Malformed)?;
        let parts = [before.as_bytes(), time.as_bytes(), after.as_bytes(), given.body];
        let signatures = [signature];
        let proves = |secret: &[u8]| self.algorithm.proves(secret, &parts, &signatures);
        let position = self.secrets.proven_by(|secret| proves(secret.reveal().as_bytes()));
        position.ok_or(ProofFault::Wrong)
    }
}

impl Stamp {
    /// `None` without a `timestamp_header`, and after a problem.
    fn generic(table: &mut Table<'_>) -> Option<Self> {
        if !table.keys.contains_key("timestamp_header") {
            for key in ["timestamp_unit", "tolerance"] {
                if table.keys.contains_key(key) {
                    table.problem(key, "means nothing without `timestamp_header`; take it out");
                }
            }
            return None;
        }
        let header = header(table, "timestamp_header");
        let unit = table.choice("timestamp_unit", &Unit::NAMES).unwrap_or(Unit::Seconds);
        let window = Window::read(table);
        Some(Self { header: header?, unit, window, before: "", after: "." })
    }
}
