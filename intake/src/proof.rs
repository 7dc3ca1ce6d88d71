//! Proofs: whether the holder of a source's secret sent a request, by the provider's own scheme.
//!
//! All signatures are over the received bytes, and everything secret is compared in constant time. What
//! cannot be right is refused before anything is computed: headers have bounds, times are looked at first.
//! A proof says nothing of what the body means.

mod credential;
mod fault;
mod field;
mod generic;
mod hubspot;
mod mac;
mod salesforce;
mod signature;
mod standard_webhooks;
mod stripe;
#[cfg(test)]
mod tests;
mod window;
mod zoho;

use polso_core::Timestamp;
use serde_json::{Map, Value};

pub use self::fault::ProofFault;
use self::{
    credential::Credential, hubspot::Hubspot, salesforce::Salesforce, signature::Signature,
    standard_webhooks::StandardWebhooks, stripe::Stripe, window::Window, zoho::Zoho,
};
use crate::config::{Kind, SecretOf, table::Table};
use crate::problem::Problem;
use crate::secret::Secret;

/// A request as its proof sees it.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// In capitals.
    pub method: &'a str,
    /// The whole URL, as the platform gives it.
    pub url: &'a str,
    /// The headers that the proof asked for: names in lower case, several of one name joined by `, `.
    pub headers: &'a [(String, String)],
    /// `Content-Type`
    pub content_type: Option<&'a str>,
    /// The body as it was received.
    pub body: &'a [u8],
}

impl<'a> Given<'a> {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut headers = self.headers.iter();
        headers.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a request has proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proven {
    /// Which of the source's secrets proved it, from 0.
    pub secret: u8,
    /// The id of the message, where the scheme signs one.
    pub event_id: Option<String>,
}

/// How the requests of a source prove their sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Standard Webhooks, and Svix.
    StandardWebhooks(StandardWebhooks),
    /// Stripe.
    Stripe(Stripe),
    /// One MAC in one header: GitHub, Shopify, Slack, and what the configuration of a generic source
    /// says.
    Signature(Signature),
    /// As the other, and the token of the handshake.
    Meta(Signature, Secret),
    /// HubSpot.
    Hubspot(Hubspot),
    /// Zoho CRM.
    Zoho(Zoho),
    /// Salesforce.
    Salesforce(Salesforce),
    /// A secret in a header, as it is.
    Credential(Credential),
}

impl Proof {
    /// The keys of the source's table that say how a kind is proven.
    pub(crate) const fn keys(kind: Kind) -> &'static [&'static str] {
        match kind {
            Kind::Native | Kind::Browser => &[],
            Kind::StandardWebhooks | Kind::Stripe | Kind::Slack => &["secret", "tolerance"],
            Kind::Github | Kind::Shopify | Kind::Zoho => &["secret"],
            Kind::Meta => &["secret", "verify_token"],
            Kind::Hubspot => &["secret", "public_url", "tolerance"],
            Kind::Salesforce => &["secret", "path_secret"],
            Kind::Generic => &[
                "scheme",
                "secret",
                "algorithm",
                "header",
                "prefix",
                "encoding",
                "timestamp_header",
                "timestamp_unit",
                "tolerance",
            ],
        }
    }

    /// Reads how a source is proven, from its table alone.
    ///
    /// # Errors
    /// Every problem; none for the kinds that are proven otherwise.
    pub fn parse(
        kind: Kind,
        keys: &Map<String, Value>,
        secrets: SecretOf<'_>,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut table = Table { keys, path: "source", problems: &mut problems, secrets };
        Self::read(kind, &mut table).ok_or(problems)
    }

    /// Reads how a source is proven; `None` after a problem, and for the kinds that are proven otherwise.
    pub(crate) fn read(kind: Kind, table: &mut Table<'_>) -> Option<Self> {
        let before = table.problems.len();
        let proof = match kind {
            Kind::Native | Kind::Browser => None,
            Kind::StandardWebhooks => StandardWebhooks::read(table).map(Self::StandardWebhooks),
            Kind::Stripe => Stripe::read(table).map(Self::Stripe),
            Kind::Github => Signature::github(table).map(Self::Signature),
            Kind::Shopify => Signature::shopify(table).map(Self::Signature),
            Kind::Slack => Signature::slack(table).map(Self::Signature),
            Kind::Meta => {
                let (signature, token) = (Signature::github(table), table.secret("verify_token"));
                signature.zip(token).map(|(signature, token)| Self::Meta(signature, token))
            }
            Kind::Hubspot => Hubspot::read(table).map(Self::Hubspot),
            Kind::Zoho => Zoho::read(table).map(Self::Zoho),
            Kind::Salesforce => Salesforce::read(table).map(Self::Salesforce),
            Kind::Generic => generic::read(table),
        };
        proof.filter(|_| table.problems.len() == before)
    }

    /// The names of the headers that [`Self::check`] looks at, in lower case.
    #[must_use]
    pub fn headers(&self) -> Vec<&str> {
        match self {
            Self::StandardWebhooks(_) => standard_webhooks::HEADERS.into(),
            Self::Stripe(_) => vec![stripe::HEADER],
            Self::Signature(signature) | Self::Meta(signature, _) => signature.headers(),
            Self::Hubspot(_) => hubspot::HEADERS.into(),
            Self::Zoho(_) | Self::Salesforce(_) => Vec::new(),
            Self::Credential(credential) => vec![credential.header()],
        }
    }

    /// For how long the same signed request may come again and be good, in seconds; `None` where no time is
    /// signed.
    pub(crate) fn replay_s(&self) -> Option<u32> {
        let window = match self {
            Self::StandardWebhooks(scheme) => Some(scheme.window),
            Self::Stripe(scheme) => Some(scheme.window),
            Self::Signature(scheme) | Self::Meta(scheme, _) => scheme.window(),
            Self::Hubspot(scheme) => Some(scheme.window),
            Self::Zoho(_) | Self::Salesforce(_) | Self::Credential(_) => None,
        };
        window.map(Window::span_s)
    }

    /// Whether the holder of one of the source's secrets sent this request, received at `now`.
    ///
    /// # Errors
    /// Why it proves nothing.
    pub fn check(&self, given: &Given<'_>, now: Timestamp) -> Result<Proven, ProofFault> {
        let by = |secret| Proven { secret, event_id: None };
        match self {
            Self::StandardWebhooks(scheme) => scheme.check(given, now),
            Self::Stripe(scheme) => scheme.check(given, now).map(by),
            Self::Signature(scheme) | Self::Meta(scheme, _) => scheme.check(given, now).map(by),
            Self::Hubspot(scheme) => scheme.check(given, now).map(by),
            Self::Zoho(scheme) => scheme.check(given).map(by),
            Self::Salesforce(scheme) => scheme.check(given).map(by),
            Self::Credential(scheme) => scheme.check(given).map(by),
        }
    }
}
