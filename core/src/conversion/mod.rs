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
    texts::Texts,
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
    /// Client, campaign, device and place.
    texts: Texts<4>,
}

impl Conversion {
    /// `id_cliente`
    #[must_use]
    pub fn client(&self) -> &str {
        self.texts.at(0)
    }

    /// `metadati.campagna`; empty when absent, like the two below.
    #[must_use]
    pub fn campaign(&self) -> &str {
        self.texts.at(1)
    }

    /// `metadati.dispositivo`
    #[must_use]
    pub fn device(&self) -> &str {
        self.texts.at(2)
    }

    /// `metadati.localita`
    #[must_use]
    pub fn place(&self) -> &str {
        self.texts.at(3)
    }

    pub(crate) fn is_declared_duplicate(&self) -> bool {
        self.outcome == Outcome::DeclaredDuplicate
    }
}

impl Identity for Conversion {
    fn deed(&self, digest: &mut Digest) -> Option<Timestamp> {
        digest.part(self.client().as_bytes());
        Some(self.time)
    }

    fn content(&self, digest: &mut Digest) {
        digest.part(b"conversion");
        digest.choice(self.kind as u8);
        digest.number(self.time.ms());
        digest.number(self.value_cents);
        digest.choice(self.channel as u8);
        digest.choice(self.outcome as u8);
        for text in [self.client(), self.campaign(), self.device(), self.place()] {
            digest.part(text.as_bytes());
        }
    }
}
