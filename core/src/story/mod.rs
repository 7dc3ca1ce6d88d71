//! Domain 2: engagement with Instagram Stories, in two forms: actions of single viewers and
//! snapshots of totals. What both share is here; each form has a file, and so have the rules
//! (`validate`), the facts and KPIs (`schema`) and the places (`place`).

mod action;
mod json_schema;
mod place;
mod places;
mod schema;
mod snapshot;
mod validate;

use serde::{Deserialize, Serialize};

use crate::{
    choice::choice,
    fact::DIMENSIONS_MAX,
    key::{DedupKey, Digest},
    time::{DAY_MS, HOUR_MS},
};

pub(crate) use action::{Action, Deed, Viewer};
pub(crate) use json_schema::json_schema;
pub(crate) use schema::SCHEMA;
pub(crate) use snapshot::{Snapshot, Totals};
pub(crate) use validate::{StoryEvent, validate};

/// How long a viewer of a story is remembered after the viewer's last event: a story is gone after a
/// day, and what comes late has two more.
pub(crate) const VIEWER_KEPT_MS: i64 = 72 * HOUR_MS;
/// How long totals are remembered after the last snapshot of their segment. They may be asked for long
/// after the story has gone, and forgotten ones count again.
pub(crate) const TOTALS_KEPT_MS: i64 = 35 * DAY_MS;

choice! {
    /// What an event says was done.
    EventType {
        /// The story was seen.
        View = "StoryView",
        /// A viewer did something with it.
        Interaction = "Interaction",
        /// A viewer passed it on.
        Share = "Share",
    }
}

choice! {
    /// What a viewer did with a story.
    Interaction {
        /// Swiped up to the link.
        SwipeUp = "swipe_up",
        /// Tapped the link.
        LinkClick = "link_click",
        /// Liked it.
        Like = "like",
        /// Loved it.
        Love = "love",
        /// Laughed about it.
        Laugh = "laugh",
        /// Answered it.
        Comment = "comment",
        /// Swiped it away.
        SwipeAway = "swipe_away",
    }
}

/// What kind of engagement a deed is: the values of the dimension `classe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Seen.
    View,
    /// Followed to the link.
    Click,
    /// Liked, loved, laughed about.
    Reaction,
    /// Passed on.
    Share,
    /// Answered.
    Comment,
    /// Swiped away.
    Exit,
}

impl Class {
    const fn name(self) -> &'static str {
        match self {
            Self::View => "visualizzazione",
            Self::Click => "interazione_azione",
            Self::Reaction => "reazione_positiva",
            Self::Share => "diffusione_virale",
            Self::Comment => "conversazione",
            Self::Exit => "uscita",
        }
    }
}

/// The story and the audience that an event is about. Texts are empty where the event says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// `story_id`
    pub story: String,
    /// The name that `user_location` is counted under.
    pub place: String,
    /// `segmento.eta`
    pub age: String,
    /// `segmento.genere`
    pub gender: String,
    /// `segmento.interesse`
    pub interest: String,
    /// `formato`
    pub format: String,
    /// `durata_s`, in milliseconds; zero when absent.
    pub duration_ms: u32,
}

impl Setting {
    /// The values of the domain's dimensions for one class of engagement.
    fn dimensions<'a>(&'a self, source: &'a str, class: Class) -> [&'a str; DIMENSIONS_MAX] {
        let Self { story, place, age, gender, interest, format, .. } = self;
        [source, story, place, age, gender, interest, format, class.name()]
    }

    /// Where the source does not want events from outside Italy: whether this one is from there.
    pub(crate) fn is_italian(&self) -> bool {
        !self.place.is_empty() && self.place != place::ABROAD
    }

    fn audience(&self, digest: &mut Digest) {
        let Self { place, age, gender, interest, .. } = self;
        for text in [&self.story, place, age, gender, interest] {
            digest.part(text.as_bytes());
        }
    }

    fn content(&self, digest: &mut Digest) {
        self.audience(digest);
        digest.part(self.format.as_bytes());
        digest.number(i64::from(self.duration_ms));
    }
}

/// The key of these parts, within one source.
fn key(purpose: &str, source: &str, parts: impl FnOnce(&mut Digest)) -> DedupKey {
    let mut digest = Digest::new(purpose);
    digest.part(source.as_bytes());
    parts(&mut digest);
    digest.key()
}
