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
mod window;
mod zoho;

use polso_core::Timestamp;

pub use self::fault::ProofFault;
use self::{
    credential::Credential, hubspot::Hubspot, salesforce::Salesforce, signature::Signature,
    standard_webhooks::StandardWebhooks, stripe::Stripe, zoho::Zoho,
};
use crate::config::{Kind, table::Table};
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

    /// Reads how a source is proven; `None` after a problem, and for the kinds that are proven otherwise.
    pub(crate) fn read(kind: Kind, table: &mut Table<'_>) -> Option<Self> {
        match kind {
            Kind::Native | Kind::Browser => None,
            Kind::StandardWebhooks => StandardWebhooks::read(table).map(Self::StandardWebhooks),
            Kind::Stripe => Stripe::read(table).map(Self::Stripe),
            Kind::Github => Signature::github(table).map(Self::Signature),
            Kind::Shopify => Signature::shopify(table).map(Self::Signature),
            Kind::Slack => Signature::slack(table).map(Self::Signature),
            Kind::Meta => {
                let (signature, token) = (Signature::github(table), table.secret("verify_token"));
                Some(Self::Meta(signature?, token?))
            }
            Kind::Hubspot => Hubspot::read(table).map(Self::Hubspot),
            Kind::Zoho => Zoho::read(table).map(Self::Zoho),
            Kind::Salesforce => Salesforce::read(table).map(Self::Salesforce),
            Kind::Generic => generic::read(table),
        }
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What a table of this kind says; every secret it may name is set.
    fn read(kind: Kind, table: &Value, secret: &str) -> Result<Proof, Vec<String>> {
        let mut problems = Vec::new();
        let secrets = |name: &str| name.ends_with("SECRET").then(|| secret.to_owned());
        let keys = table.as_object().unwrap();
        let mut table =
            Table { keys, path: "sources.crm", problems: &mut problems, secrets: &secrets };
        let proof = Proof::read(kind, &mut table);
        proof.ok_or_else(|| problems.iter().map(ToString::to_string).collect())
    }

    /// The example that a provider documents, at its time in seconds.
    #[track_caller]
    fn check(kind: Kind, secret: &str, headers: &[(&str, &str)], body: &str, now_s: i64) {
        let proof = read(kind, &json!({ "secret": "THE_SECRET" }), secret).unwrap();
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let asked = proof.headers();
        assert!(headers.iter().all(|(name, _): &(String, _)| asked.contains(&name.as_str())));
        let check = |body: &str| {
            let body = body.as_bytes();
            let given =
                Given { method: "POST", url: "", headers: &headers, content_type: None, body };
            proof.check(&given, Timestamp::from_ms(now_s * 1_000)).map(|proven| proven.secret)
        };
        assert_eq!(check(body), Ok(0));
        assert_eq!(check(&format!("{body} ")), Err(ProofFault::Wrong));
        assert!(!format!("{proof:?}").contains(secret));
    }

    #[test]
    fn documented_examples_prove_their_sender() {
        check(
            Kind::StandardWebhooks,
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            &[
                ("webhook-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
                ("webhook-timestamp", "1649367553"),
                ("webhook-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
            ],
            r#"{"email":"test@example.com","username":"test_user"}"#,
            1_649_367_553,
        );
        check(
            Kind::StandardWebhooks,
            "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
            &[
                ("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                ("svix-timestamp", "1614265330"),
                (
                    "svix-signature",
                    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
                ),
            ],
            r#"{"test": 2432232314}"#,
            1_614_265_330,
        );
        check(
            Kind::Github,
            "It's a Secret to Everybody",
            &[(
                "x-hub-signature-256",
                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
            )],
            "Hello, World!",
            0,
        );
        check(
            Kind::Slack,
            "8f742231b10e8888abcd99yyyzzz85a5",
            &[
                ("x-slack-request-timestamp", "1531420618"),
                (
                    "x-slack-signature",
                    "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
                ),
            ],
            "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
            1_531_420_618,
        );
    }

    #[test]
    fn the_other_kinds_are_proven_otherwise() {
        for kind in [Kind::Native, Kind::Browser] {
            assert_eq!(read(kind, &json!({}), ""), Err(vec![]));
            assert!(Proof::keys(kind).is_empty());
        }
    }
}
