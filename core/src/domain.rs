//! The register of domains and of their kinds of events: the one place where the engine learns
//! which there are.

use serde::{Deserialize, Serialize};

use crate::{
    conversion::{self, Conversion, Spend},
    correction::Correction,
    fact::{Fact, Schema},
    key::{DedupKey, Identity, dedup_key},
    reason::{Reason, ReasonCode},
    series::{SeriesId, SeriesTable},
    source::Source,
    story::{self, Action, Snapshot, StoryEvent},
    tier::TIERS,
    time::Timestamp,
};

/// A kind of event with its own rules, facts and KPIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Domain {
    /// CRM conversions.
    Conversions,
    /// Engagement with Instagram Stories.
    Stories,
}

impl Domain {
    /// Every domain, each at the position that [`Domain::index`] names.
    pub const ALL: &[Self] = &[Self::Conversions, Self::Stories];

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
            Self::Stories => &story::SCHEMA,
        }
    }
}

/// A kind of event that can be sent, each on a route of its own. New ones come at the end: rejected
/// events are kept with its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// A CRM conversion.
    Conversion,
    /// Ad spend.
    Spend,
    /// A story event of either form.
    Story,
}

impl EventKind {
    /// Every kind with its name in `/api/v1/schema/…`.
    pub const NAMES: [(&str, Self); 3] =
        [("conversione", Self::Conversion), ("spesa", Self::Spend), ("storia", Self::Story)];

    /// The kind of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// Its name in `/api/v1/schema/…`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The JSON Schema (2020-12) of one event of this kind.
    #[must_use]
    pub fn json_schema(self) -> serde_json::Value {
        match self {
            Self::Conversion => conversion::json_schema(),
            Self::Spend => conversion::spend_json_schema(),
            Self::Story => story::json_schema(),
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
            Self::Story => match story::validate(raw.json, now)? {
                StoryEvent::Snapshot(event) => (Event::Snapshot(Box::new(event)), Vec::new()),
                StoryEvent::Action(event) => (Event::Action(Box::new(event)), Vec::new()),
            },
        };
        let key = dedup_key(source, raw.event_id, event.identity());
        let (key, content) = key.ok_or_else(|| {
            let message = "this source needs a signed event id, and the event has none";
            vec![Reason::event(ReasonCode::EventIdMissing, message)]
        })?;
        let filtered = source.only_italy && event.is_italian() == Some(false);
        let subject = event.subject(&source.name);
        Ok(Valid { candidate: Candidate { key, content, subject, event }, warnings, filtered })
    }
}

/// One event as it came.
#[derive(Clone, Copy, Debug)]
pub struct RawEvent<'a> {
    /// Its JSON text.
    pub json: &'a str,
    /// The id that its sender signed, or a digest of what it signed, if any.
    pub event_id: Option<&'a str>,
}

/// What validation makes of a good event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valid {
    /// What the ledger is asked to accept.
    pub candidate: Candidate,
    /// What was ignored, for the sender to know.
    pub warnings: Vec<String>,
    /// The source does not want it: no ledger is to see it.
    pub filtered: bool,
}

/// A validated event with its key, not yet known to be new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// What it is recognised by.
    pub key: DedupKey,
    /// A fingerprint of its content, where another content under the same key is a conflict.
    pub content: u32,
    /// What it is about, where events correct each other: those of one subject meet in one ledger.
    pub subject: Option<DedupKey>,
    /// The event.
    pub event: Event,
}

impl Candidate {
    /// The shard, below `shards`, where it meets its repetitions and all that it corrects.
    #[must_use]
    pub fn shard(&self, shards: u16) -> u16 {
        self.subject.unwrap_or(self.key).shard(shards)
    }
}

/// A validated event of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A CRM conversion.
    Conversion(Conversion),
    /// Ad spend.
    Spend(Spend),
    /// Totals of a story.
    Snapshot(Box<Snapshot>),
    /// What one viewer did with a story.
    Action(Box<Action>),
}

/// What is remembered of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remembered {
    /// Of a viewer of a story.
    Viewer(story::Viewer),
    /// Of the totals of a story.
    Totals(Box<story::Totals>),
}

impl Remembered {
    /// The domain that it is counted in.
    pub(crate) const fn domain(&self) -> Domain {
        match self {
            Self::Viewer(_) | Self::Totals(_) => Domain::Stories,
        }
    }

    /// The labels that it names.
    pub(crate) fn labels_mut(&mut self) -> impl Iterator<Item = &mut SeriesId> {
        let (viewer, totals) = match self {
            Self::Viewer(viewer) => (Some(viewer.labels_mut()), None),
            Self::Totals(totals) => (None, Some(totals.labels_mut())),
        };
        viewer.into_iter().flatten().chain(totals.into_iter().flatten())
    }
}

/// What an event does to what is remembered of its subject.
pub(crate) enum Revised {
    /// This is known now, and this is to be added to the counters.
    Changed(Remembered, Vec<Correction>),
    /// Nothing.
    Unchanged,
    /// Nothing, because a newer event has said more.
    Superseded,
}

impl Event {
    /// The domain that it is counted in.
    #[must_use]
    pub const fn domain(&self) -> Domain {
        match self {
            Self::Conversion(_) | Self::Spend(_) => Domain::Conversions,
            Self::Snapshot(_) | Self::Action(_) => Domain::Stories,
        }
    }

    /// When it happened; `None` for what has no instant of its own.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Conversion(event) => Some(event.time),
            Self::Spend(_) => None,
            Self::Snapshot(event) => Some(event.time),
            Self::Action(event) => Some(event.time),
        }
    }

    /// Whether the finest tier no longer counts it when it is received now.
    #[must_use]
    pub fn is_late(&self, received: Timestamp) -> bool {
        let finest = TIERS.first();
        self.time().zip(finest).is_some_and(|(time, finest)| !finest.counts(time, received))
    }

    /// Whether its sender itself calls it a duplicate: it counts in no KPI.
    #[must_use]
    pub fn is_declared_duplicate(&self) -> bool {
        matches!(self, Self::Conversion(event) if event.is_declared_duplicate())
    }

    /// What it adds to the counters by itself, if anything.
    #[must_use]
    pub fn fact<'a>(&'a self, source: &'a str) -> Option<Fact<'a>> {
        match self {
            Self::Conversion(event) => conversion::fact(event, source),
            Self::Spend(spend) => Some(spend.fact(source)),
            Self::Snapshot(_) => None,
            Self::Action(event) => event.fact(source),
        }
    }

    /// What it does to what is remembered of its subject.
    pub(crate) fn revise(
        &self,
        source: &str,
        known: Option<&Remembered>,
        labels: &mut SeriesTable,
    ) -> Revised {
        match self {
            Self::Conversion(_) | Self::Spend(_) => Revised::Unchanged,
            Self::Snapshot(event) => {
                let known = known.and_then(|known| match known {
                    Remembered::Totals(totals) => Some(totals.as_ref()),
                    Remembered::Viewer(_) => None,
                });
                event.revise(source, known, labels).map_or(
                    Revised::Superseded,
                    |(totals, corrections)| {
                        Revised::Changed(Remembered::Totals(Box::new(totals)), corrections)
                    },
                )
            }
            Self::Action(event) => {
                let known = known.and_then(|known| match known {
                    Remembered::Viewer(viewer) => Some(*viewer),
                    Remembered::Totals(_) => None,
                });
                event.revise(source, known, labels).map_or(
                    Revised::Unchanged,
                    |(viewer, corrections)| {
                        Revised::Changed(Remembered::Viewer(viewer), corrections)
                    },
                )
            }
        }
    }

    /// How long its subject is remembered from its receipt on at least, in milliseconds.
    pub(crate) const fn kept_ms(&self) -> i64 {
        match self {
            Self::Conversion(_) | Self::Spend(_) => 0,
            Self::Snapshot(_) => story::TOTALS_KEPT_MS,
            Self::Action(_) => story::VIEWER_KEPT_MS,
        }
    }

    fn identity(&self) -> &dyn Identity {
        match self {
            Self::Conversion(event) => event,
            Self::Spend(spend) => spend,
            Self::Snapshot(event) => event.as_ref(),
            Self::Action(event) => event.as_ref(),
        }
    }

    fn subject(&self, source: &str) -> Option<DedupKey> {
        match self {
            Self::Conversion(_) | Self::Spend(_) => None,
            Self::Snapshot(event) => Some(event.subject(source)),
            Self::Action(event) => Some(event.subject(source)),
        }
    }

    /// Whether it comes from Italy; `None` where that is not asked.
    fn is_italian(&self) -> Option<bool> {
        match self {
            Self::Conversion(_) | Self::Spend(_) => None,
            Self::Snapshot(event) => Some(event.setting.is_italian()),
            Self::Action(event) => Some(event.setting.is_italian()),
        }
    }
}
