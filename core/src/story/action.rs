//! Actions: what one viewer did with one story.
//!
//! Clicks, reactions, comments and shares count where and when they happened. A viewer counts once,
//! at the earliest view that is known; a larger completion, an earlier view or a swipe away corrects
//! what was counted there, so that any order of arrival ends in the same counters.

use serde::{Deserialize, Serialize};

use super::{Class, EventType, Interaction, Setting, key, schema};
use crate::{
    fact::{Fact, Sums, When},
    key::{Digest, Identity},
    series::{SeriesId, SeriesTable},
    subject::{Correction, Subject},
    time::Timestamp,
};

/// One validated action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The story and the segment that the viewer belongs to.
    pub setting: Setting,
    /// `user_id`
    pub viewer: String,
    /// `timestamp`
    pub time: Timestamp,
    /// `event_type` and what belongs to it.
    pub deed: Deed,
}

/// What the viewer did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Saw the story.
    View {
        /// How much of it, in millionths.
        completion: u32,
    },
    /// Did something with it.
    Interaction(Interaction),
    /// Passed it on.
    Share {
        /// `hashtag`
        hashtags: Vec<String>,
        /// Whether one of them is the name of Italy or of a place in it.
        names_italy: bool,
    },
}

impl Deed {
    const fn class(&self) -> Class {
        match self {
            Self::View { .. } => Class::View,
            Self::Share { .. } => Class::Share,
            Self::Interaction(Interaction::SwipeUp | Interaction::LinkClick) => Class::Click,
            Self::Interaction(Interaction::Like | Interaction::Love | Interaction::Laugh) => {
                Class::Reaction
            }
            Self::Interaction(Interaction::Comment) => Class::Comment,
            Self::Interaction(Interaction::SwipeAway) => Class::Exit,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::View { .. } => EventType::View.name(),
            Self::Share { .. } => EventType::Share.name(),
            Self::Interaction(interaction) => interaction.name(),
        }
    }
}

impl Action {
    /// The viewer within the story: where the events of both meet.
    pub(crate) fn subject(&self, source: &str) -> Subject {
        let story = self.setting.story.as_bytes();
        let topic = key("story.1", source, |digest| digest.part(story));
        let key = key("viewer.1", source, |digest| {
            digest.part(story);
            digest.part(self.viewer.as_bytes());
        });
        Subject { topic, key }
    }

    /// What it adds by itself; nothing for what is told of the viewer.
    pub(crate) fn fact<'a>(&'a self, source: &'a str) -> Option<Fact<'a>> {
        let sums = match &self.deed {
            Deed::View { .. } | Deed::Interaction(Interaction::SwipeAway) => return None,
            Deed::Share { names_italy, .. } => {
                schema::shares(1, *names_italy || self.setting.is_italian())
            }
            Deed::Interaction(_) => schema::one(self.deed.class()),
        };
        let dimensions = self.setting.dimensions(source, self.deed.class());
        Some(Fact { when: When::At(self.time), dimensions, sums })
    }

    /// What it tells of its viewer; nothing for what counts by itself.
    pub(crate) fn revise(
        &self,
        source: &str,
        known: Option<Viewer>,
        labels: &mut SeriesTable,
    ) -> Option<(Viewer, Vec<Correction>)> {
        let known = known.unwrap_or_default();
        let mut viewer = known;
        match self.deed {
            Deed::View { completion } => {
                viewer.completion = viewer.completion.max(completion);
                let label = labels.intern(&self.setting.dimensions(source, Class::View)).0;
                let view = View { time: self.time, label };
                if known.view.is_none_or(|known| view.is_before(&known, labels)) {
                    viewer.view = Some(view);
                }
            }
            Deed::Interaction(Interaction::SwipeAway) => viewer.swiped_away = true,
            Deed::Interaction(_) | Deed::Share { .. } => return None,
        }
        Some((viewer, viewer.corrections(&known)))
    }
}

impl Identity for Action {
    fn deed(&self, digest: &mut Digest) -> Option<Timestamp> {
        let Self { setting, viewer, deed, time } = self;
        for text in [setting.story.as_str(), viewer, deed.name()] {
            digest.part(text.as_bytes());
        }
        Some(*time)
    }

    /// A deed is the same however much of it is told.
    fn same(&self, digest: &mut Digest) {
        digest.part(b"action");
        self.deed(digest);
        digest.part(&self.time.ms().to_le_bytes());
    }

    fn content(&self, digest: &mut Digest) {
        self.same(digest);
        self.setting.content(digest);
        match &self.deed {
            Deed::View { completion } => digest.part(&completion.to_le_bytes()),
            Deed::Interaction(_) => {}
            Deed::Share { hashtags, .. } => {
                hashtags.iter().for_each(|hashtag| digest.part(hashtag.as_bytes()));
            }
        }
    }
}

/// What is remembered of a viewer of a story.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The earliest view that is known.
    view: Option<View>,
    /// The largest completion of any view, in millionths.
    completion: u32,
    swiped_away: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct View {
    time: Timestamp,
    label: SeriesId,
}

impl View {
    /// Two views at the same instant are told apart by what they say, never by which came first.
    fn is_before(&self, other: &Self, labels: &SeriesTable) -> bool {
        self.time < other.time
            || (self.time == other.time && labels.values(self.label).lt(labels.values(other.label)))
    }
}

impl Viewer {
    /// What is to be added where this was counted as `known` until now.
    fn corrections(&self, known: &Self) -> Vec<Correction> {
        let (new, old) = (self.counted(), known.counted());
        match (new, old) {
            (Some(new), Some(old)) if new.is_at(&old) => new.less(&old).into_iter().collect(),
            (new, old) => old.map(|old| old.negated()).into_iter().chain(new).collect(),
        }
    }

    fn counted(&self) -> Option<Correction> {
        let View { time, label } = self.view?;
        Some(Correction { time, label, sums: self.sums() })
    }

    fn sums(&self) -> Sums {
        schema::viewer(self.completion, self.swiped_away)
    }
}
