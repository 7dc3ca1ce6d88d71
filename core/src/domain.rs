//! The register of domains and of their kinds of events: the one place where the engine learns
//! which there are.

use serde::{Deserialize, Serialize};

use crate::{
    conversion::{self, Conversion, Spend},
    fact::{Fact, Schema},
    key::{DedupKey, dedup_key},
    reason::{Reason, ReasonCode},
    source::Source,
    tier::TIERS,
    time::Timestamp,
};

/// A kind of event with its own rules, facts and KPIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Domain {
    /// CRM conversions.
    Conversions,
}

impl Domain {
    /// Every domain, each at the position that [`Domain::index`] names.
    pub const ALL: &[Self] = &[Self::Conversions];

    /// Its position among all domains.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The shape of its facts.
    #[must_use]
    pub const fn schema(self) -> &'static Schema {
        match self {
            Self::Conversions => &conversion::SCHEMA,
        }
    }
}

/// A kind of event that can be sent, each on a route of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A CRM conversion.
    Conversion,
    /// Ad spend.
    Spend,
}

impl EventKind {
    /// Every kind with its name in `/api/v1/schema/…`.
    pub const NAMES: [(&str, Self); 2] =
        [("conversione", Self::Conversion), ("spesa", Self::Spend)];

    /// The kind of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// The JSON Schema (2020-12) of one event of this kind.
    #[must_use]
    pub fn json_schema(self) -> serde_json::Value {
        match self {
            Self::Conversion => conversion::json_schema(),
            Self::Spend => conversion::spend_json_schema(),
        }
    }

    /// Judges one raw event of this kind as it was received at `now`.
    ///
    /// # Errors
    /// Every reason why it is rejected.
    pub fn validate(
        self,
        raw: &RawEvent<'_>,
        source: &Source,
        now: Timestamp,
    ) -> Result<Valid, Vec<Reason>> {
        let (event, warnings) = match self {
            Self::Conversion => conversion::validate(raw.json, source, now)
                .map(|(event, warnings)| (Event::Conversion(event), warnings))?,
            Self::Spend => (Event::Spend(conversion::validate_spend(raw.json, now)?), Vec::new()),
        };
        let key = match &event {
            Event::Conversion(event) => {
                let identity = event.identity();
                dedup_key(source, raw.event_id, Some(&identity), |to| event.content(to))
            }
            Event::Spend(spend) => dedup_key(source, raw.event_id, None, |to| spend.content(to)),
        };
        let (key, content) = key.ok_or_else(|| {
            let message = "this source needs a signed event id, and the event has none";
            vec![Reason::event(ReasonCode::EventIdMissing, message)]
        })?;
        Ok(Valid { candidate: Candidate { key, content, event }, warnings })
    }
}

/// One event as it came.
#[derive(Clone, Copy, Debug)]
pub struct RawEvent<'a> {
    /// Its JSON text.
    pub json: &'a str,
    /// The id that its sender signed, if any.
    pub event_id: Option<&'a str>,
}

/// What validation makes of a good event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valid {
    /// What the ledger is asked to accept.
    pub candidate: Candidate,
    /// What was ignored, for the sender to know.
    pub warnings: Vec<String>,
}

/// A validated event with its key, not yet known to be new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// What it is recognised by.
    pub key: DedupKey,
    /// A fingerprint of its content, where another content under the same key is a conflict.
    pub content: u32,
    /// The event.
    pub event: Event,
}

/// A validated event of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A CRM conversion.
    Conversion(Conversion),
    /// Ad spend.
    Spend(Spend),
}

impl Event {
    /// The domain that it is counted in.
    #[must_use]
    pub const fn domain(&self) -> Domain {
        match self {
            Self::Conversion(_) | Self::Spend(_) => Domain::Conversions,
        }
    }

    /// When it happened; `None` for what has no instant of its own.
    #[must_use]
    pub const fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Conversion(event) => Some(event.time),
            Self::Spend(_) => None,
        }
    }

    /// Whether the finest tier no longer counts it when it is received now.
    #[must_use]
    pub fn is_late(&self, received: Timestamp) -> bool {
        let finest = TIERS.first();
        self.time().zip(finest).is_some_and(|(time, finest)| !finest.counts(time, received))
    }

    /// What it adds to the counters; `None` when its sender itself calls it a duplicate.
    #[must_use]
    pub fn fact<'a>(&'a self, source: &'a str) -> Option<Fact<'a>> {
        match self {
            Self::Conversion(event) => conversion::fact(event, source),
            Self::Spend(spend) => Some(spend.fact(source)),
        }
    }
}
