//! Every scheme as its sender signs, written apart from what checks it: for tests and fuzz targets.

use polso_core::Timestamp;
use polso_intake::config::Kind;
use polso_intake::proof::{Given, Proof, ProofFault, Proven};
use serde_json::{Value, json};

use super::sign;

/// A whole request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl Request {
    /// A delivery of JSON to the source `src`.
    pub fn new(body: &[u8], headers: &[(&str, String)]) -> Self {
        Self {
            method: "POST".into(),
            url: "https://polso.example/webhooks/src".into(),
            headers: headers.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
            content_type: Some("application/json".into()),
            body: body.into(),
        }
    }

    pub fn given(&self) -> Given<'_> {
        Given {
            method: &self.method,
            url: &self.url,
            headers: &self.headers,
            content_type: self.content_type.as_deref(),
            body: &self.body,
        }
    }

    pub fn check(&self, proof: &Proof, now: Timestamp) -> Result<Proven, ProofFault> {
        proof.check(&self.given(), now)
    }
}

/// A scheme, with secrets told apart by their numbers.
pub struct Scheme {
    pub name: &'static str,
    /// The source's table but for the key that names its secrets.
    pub table: &'static str,
    /// The key that names its secrets.
    pub key: &'static str,
    /// A secret as the receiver has it.
    pub secret: fn(u8) -> String,
    /// A request with this text in its body, signed with a secret at a time.
    pub sign: fn(u8, Timestamp, &[u8]) -> Request,
    /// Whether every byte of the body is signed.
    pub signs_body: bool,
    /// Whether the time is signed.
    pub signs_time: bool,
}

/// The id of every message of Standard Webhooks.
pub const ID: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";

/// The organisation of the Salesforce schemes.
pub const ORGANISATION: &str = "00D5g0000012abcEAA";

/// The address that HubSpot is told to call, but for the path.
pub const PUBLIC_URL: &str = "https://public.example/base";

impl Scheme {
    /// The scheme of this name.
    pub fn named(name: &str) -> &'static Self {
        SCHEMES.iter().find(|scheme| scheme.name == name).unwrap()
    }

    /// The proof of a source that has these secrets, in this order.
    pub fn proof(&self, secrets: &[u8]) -> Proof {
        let mut table: Value = serde_json::from_str(self.table).unwrap();
        let names: Vec<_> = secrets.iter().map(|number| format!("SECRET_{number}")).collect();
        table[self.key] = json!(names);
        let secret = |name: &str| match name.strip_prefix("SECRET_") {
            Some(number) => number.parse().ok().map(self.secret),
            None if name == "ORGANISATION" => Some(ORGANISATION.into()),
            None => Some("a-token".into()),
        };
        let proof = Proof::parse(kind_of(&table), table.as_object().unwrap(), &secret);
        proof.unwrap_or_else(|problems| panic!("{}: {problems:?}", self.name))
    }
}

/// The kind that a table names.
pub fn kind_of(table: &Value) -> Kind {
    Kind::NAMES.iter().find(|(name, _)| table["kind"] == *name).unwrap().1
}

/// A secret that is used as text.
pub fn text(number: u8) -> String {
    format!("a-secret-for-tests-{number}")
}

const HMAC: Scheme = Scheme {
    name: "",
    table: "",
    key: "secret",
    secret: text,
    sign: sign::github,
    signs_body: true,
    signs_time: false,
};

const TIMED: Scheme = Scheme { signs_time: true, ..HMAC };

const PLAIN: Scheme = Scheme { signs_body: false, ..HMAC };

/// Every scheme, and every form of it.
pub static SCHEMES: [Scheme; 18] = [
    Scheme {
        name: "standard_webhooks",
        table: r#"{"kind":"standard_webhooks"}"#,
        secret: sign::whsec,
        sign: |secret, at, body| sign::shared("webhook", ID, secret, at, body),
        ..TIMED
    },
    Scheme {
        name: "svix",
        table: r#"{"kind":"standard_webhooks"}"#,
        secret: sign::whsec,
        sign: |secret, at, body| sign::shared("svix", ID, secret, at, body),
        ..TIMED
    },
    Scheme {
        name: "standard_webhooks by a key pair",
        table: r#"{"kind":"standard_webhooks"}"#,
        secret: sign::whpk,
        sign: |secret, at, body| sign::key_pair(ID, secret, at, body),
        ..TIMED
    },
    Scheme { name: "stripe", table: r#"{"kind":"stripe"}"#, sign: sign::stripe, ..TIMED },
    Scheme { name: "github", table: r#"{"kind":"github"}"#, sign: sign::github, ..HMAC },
    Scheme { name: "shopify", table: r#"{"kind":"shopify"}"#, sign: sign::shopify, ..HMAC },
    Scheme { name: "slack", table: r#"{"kind":"slack"}"#, sign: sign::slack, ..TIMED },
    Scheme {
        name: "meta",
        table: r#"{"kind":"meta","verify_token":"VERIFY_TOKEN"}"#,
        sign: sign::github,
        ..HMAC
    },
    Scheme {
        name: "hubspot",
        table: r#"{"kind":"hubspot","public_url":"https://public.example/base/"}"#,
        sign: |secret, at, body| {
            sign::hubspot("POST", &format!("{PUBLIC_URL}/webhooks/src"), secret, at, body)
        },
        ..TIMED
    },
    Scheme { name: "zoho", table: r#"{"kind":"zoho"}"#, sign: sign::zoho, ..PLAIN },
    Scheme {
        name: "salesforce by SOAP",
        table: r#"{"kind":"salesforce","secret":"ORGANISATION"}"#,
        key: "path_secret",
        sign: sign::salesforce_soap,
        ..PLAIN
    },
    Scheme {
        name: "salesforce by JSON",
        table: r#"{"kind":"salesforce","secret":"ORGANISATION"}"#,
        key: "path_secret",
        sign: sign::salesforce_json,
        ..PLAIN
    },
    Scheme {
        name: "generic, SHA-256 of the body",
        table: r#"{"kind":"generic","scheme":"hmac","header":"X-Signature"}"#,
        sign: sign::generic_sha256,
        ..HMAC
    },
    Scheme {
        name: "generic, SHA-512 in base64 of time and body",
        table: r#"{"kind":"generic","scheme":"hmac","header":"X-Signature","algorithm":"sha512","encoding":"base64","prefix":"sig ","timestamp_header":"X-Time","timestamp_unit":"ms"}"#,
        sign: sign::generic_sha512,
        ..TIMED
    },
    Scheme {
        name: "generic, SHA-1 of time and body",
        table: r#"{"kind":"generic","scheme":"hmac","header":"X-Signature","algorithm":"sha1","encoding":"hex","prefix":"sha1=","timestamp_header":"X-Time"}"#,
        sign: sign::generic_sha1,
        ..TIMED
    },
    Scheme {
        name: "basic",
        table: r#"{"kind":"generic","scheme":"basic"}"#,
        secret: |number| format!("user:pass:{number}"),
        sign: sign::basic,
        ..PLAIN
    },
    Scheme {
        name: "api_key",
        table: r#"{"kind":"generic","scheme":"api_key","header":"X-Api-Key"}"#,
        sign: |secret, _, body| Request::new(body, &[("x-api-key", text(secret))]),
        ..PLAIN
    },
    Scheme {
        name: "api_key after a prefix",
        table: r#"{"kind":"generic","scheme":"api_key","header":"Authorization","prefix":"Token "}"#,
        sign: |secret, _, body| {
            Request::new(body, &[("authorization", format!("Token {}", text(secret)))])
        },
        ..PLAIN
    },
];
