//! Domain 1: CRM conversions. The event; its rules are in `validate`, its facts and KPIs in
//! `schema`, its JSON Schema in `json_schema`; what was paid for conversions is in `spend`.

mod json_schema;
mod schema;
mod spend;
mod validate;

use serde::{Deserialize, Serialize};

use crate::{
    choice::choice,
    key::{Digest, Identity},
    time::Timestamp,
};

pub(crate) use json_schema::json_schema;
pub(crate) use schema::{SCHEMA, fact};
pub(crate) use spend::{Spend, json_schema as spend_json_schema, validate as validate_spend};
pub(crate) use validate::validate;

choice! {
    /// What the client did.
    ConversionKind {
        /// Asked for a demo.
        DemoRequest = "richiesta_demo",
        /// Bought.
        Purchase = "acquisto_concluso",
        /// Signed up for an event.
        EventSignUp = "iscrizione_evento",
        /// Left at the gate: the one kind that is no conversion.
        Abandonment = "cancello_abbandono",
    }
}

/// A second name of [`ConversionKind::DemoRequest`] that some senders use.
const DEMO_REQUEST_ALIAS: &str = "richiesta_demo_completata";

choice! {
    /// The channel that brought the client.
    Channel {
        /// E-mail.
        Email = "email",
        /// Social media.
        SocialMedia = "social_media",
        /// A form on a page.
        Webform = "webform",
        /// Text message.
        Sms = "sms",
    }
}

choice! {
    /// How it ended, in the sender's own words.
    Outcome {
        /// Completed.
        Completed = "completato",
        /// The sender itself calls it a duplicate: journalled, shown, and counted in no KPI.
        DeclaredDuplicate = "duplicato",
        /// Failed.
        Failed = "fallito",
    }
}

/// One validated CRM conversion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// `id_cliente`
    pub client: String,
    /// `evento`
    pub kind: ConversionKind,
    /// `timestamp`
    pub time: Timestamp,
    /// `valore`, in cents of a euro.
    pub value_cents: i64,
    /// `canale`
    pub channel: Channel,
    /// `stato`
    pub outcome: Outcome,
    /// `metadati.campagna`; empty when absent, like the two below.
    pub campaign: String,
    /// `metadati.dispositivo`
    pub device: String,
    /// `metadati.localita`
    pub place: String,
}

impl Conversion {
    pub(crate) fn is_declared_duplicate(&self) -> bool {
        self.outcome == Outcome::DeclaredDuplicate
    }
}

impl Identity for Conversion {
    fn deed(&self, digest: &mut Digest) -> Option<Timestamp> {
        digest.part(self.client.as_bytes());
        Some(self.time)
    }

    fn content(&self, digest: &mut Digest) {
        digest.part(b"conversion");
        digest.part(self.client.as_bytes());
        digest.part(self.kind.name().as_bytes());
        digest.part(&self.time.ms().to_le_bytes());
        digest.part(&self.value_cents.to_le_bytes());
        digest.part(self.channel.name().as_bytes());
        digest.part(self.outcome.name().as_bytes());
        digest.part(self.campaign.as_bytes());
        digest.part(self.device.as_bytes());
        digest.part(self.place.as_bytes());
    }
}
