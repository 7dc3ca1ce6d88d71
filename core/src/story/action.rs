//! Actions: what one viewer did with one story.
//!
//! Clicks, reactions, comments and shares count where and when they happened. A viewer counts once,
//! at the earliest view that is known; a larger completion, an earlier view or a swipe away corrects
//! what was counted there, so that any order of arrival ends in the same counters.

use serde::{Deserialize, Serialize};

use super::{Class, EventType, Interaction, Setting, key, schema};
use crate::{
    correction::Correction,
    fact::{Fact, When},
    key::{DedupKey, Digest, Identity},
    series::{SeriesId, SeriesTable},
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
    pub(crate) fn subject(&self, source: &str) -> DedupKey {
        key("viewer.1", source, |digest| {
            digest.part(self.setting.story.as_bytes());
            digest.part(self.viewer.as_bytes());
        })
    }

    /// What it adds by itself; nothing for what is told of the viewer.
    pub(crate) fn fact<'a>(&'a self, source: &'a str) -> Option<Fact<'a>> {
        let class = self.deed.class();
        let sums = match class {
            Class::View | Class::Exit => return None,
            Class::Click => schema::clicks(1, true),
            Class::Reaction => schema::reactions(1),
            Class::Comment => schema::comments(1),
            Class::Share => {
                let named = matches!(self.deed, Deed::Share { names_italy: true, .. });
                schema::shares(1, named || self.setting.is_italian())
            }
        };
        let dimensions = self.setting.dimensions(source, class);
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
        let corrections = Correction::between(known.counted(), viewer.counted()).collect();
        Some((viewer, corrections))
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
        digest.number(self.time.ms());
    }

    fn content(&self, digest: &mut Digest) {
        self.same(digest);
        self.setting.content(digest);
        match &self.deed {
            Deed::View { completion } => digest.number(i64::from(*completion)),
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
    pub(crate) fn labels_mut(&mut self) -> impl Iterator<Item = &mut SeriesId> {
        self.view.iter_mut().map(|view| &mut view.label)
    }

    fn counted(&self) -> Option<Correction> {
        let View { time, label } = self.view?;
        let sums = schema::viewer(self.completion, self.swiped_away);
        Some(Correction { time, label, sums })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Domain, fact::Sums};

    /// A view from a place at a second, of so much in millionths.
    fn view(second: i64, place: &str, completion: u32) -> Action {
        act(second, place, Deed::View { completion })
    }

    fn act(second: i64, place: &str, deed: Deed) -> Action {
        let setting = Setting {
            story: "s".to_owned(),
            place: place.to_owned(),
            age: String::new(),
            gender: String::new(),
            interest: String::new(),
            format: String::new(),
            duration_ms: 0,
        };
        Action { setting, viewer: "u".to_owned(), time: Timestamp::from_ms(second * 1_000), deed }
    }

    /// Views, watched views and early exits by second and place, when the events come in this order.
    fn counted(actions: &[Action]) -> Vec<(i64, String, [i64; 3])> {
        let mut labels = SeriesTable::new(Domain::Stories.schema(), 1);
        let mut known = None;
        let mut counted: std::collections::BTreeMap<_, Sums> = std::collections::BTreeMap::new();
        for action in actions {
            let Some((viewer, corrections)) = action.revise("crm", known, &mut labels) else {
                continue;
            };
            known = Some(viewer);
            for Correction { time, label, sums } in corrections {
                let place = labels.value(label, 2).to_owned();
                let known = counted.entry((time.ms() / 1_000, place)).or_default();
                crate::fact::add_sums(known, &sums);
            }
        }
        counted.retain(|_, sums| sums.iter().any(|sum| *sum != 0));
        let figures = |sums: Sums| [sums[0], sums[4] / 1_000_000, sums[7]];
        counted.into_iter().map(|((at, place), sums)| (at, place, figures(sums))).collect()
    }

    #[track_caller]
    fn check(actions: &[Action], expected: &[(i64, &str, [i64; 3])]) {
        let expected: Vec<_> =
            expected.iter().map(|(at, place, sums)| (*at, (*place).to_owned(), *sums)).collect();
        let mut order = actions.to_vec();
        for turn in 0..actions.len() {
            order.rotate_left(turn);
            assert_eq!(counted(&order), expected);
            assert_eq!(counted(&order.iter().rev().cloned().collect::<Vec<_>>()), expected);
        }
    }

    #[test]
    fn a_viewer_counts_once_at_the_earliest_view() {
        check(&[view(5, "Roma", 500_000)], &[(5, "Roma", [1, 0, 0])]);
        check(
            &[view(5, "Roma", 500_000), view(9, "Milano", 500_000), view(3, "Bari", 500_000)],
            &[(3, "Bari", [1, 0, 0])],
        );
        check(&[view(5, "Roma", 500_000), view(5, "Bari", 500_000)], &[(5, "Bari", [1, 0, 0])]);
    }

    #[test]
    fn the_largest_completion_counts() {
        check(&[view(5, "Roma", 749_999)], &[(5, "Roma", [1, 0, 0])]);
        check(&[view(5, "Roma", 750_000)], &[(5, "Roma", [1, 1, 0])]);
        check(&[view(5, "Roma", 299_999)], &[(5, "Roma", [1, 0, 1])]);
        check(&[view(5, "Roma", 300_000)], &[(5, "Roma", [1, 0, 0])]);
        check(&[view(5, "Roma", 0), view(6, "Roma", 1_000_000)], &[(5, "Roma", [1, 1, 0])]);
    }

    #[test]
    fn who_swipes_away_left_early_once_a_view_is_known() {
        let swipe = |second| act(second, "Pisa", Deed::Interaction(Interaction::SwipeAway));
        check(&[swipe(7)], &[]);
        check(&[swipe(7), view(5, "Roma", 1_000_000)], &[(5, "Roma", [1, 1, 1])]);
        check(&[swipe(7), swipe(8), view(5, "Roma", 0)], &[(5, "Roma", [1, 0, 1])]);
    }

    #[test]
    fn everything_else_counts_where_it_happened() {
        let like = act(7, "Pisa", Deed::Interaction(Interaction::Like));
        check(std::slice::from_ref(&like), &[]);
        let fact = like.fact("crm").unwrap();
        assert_eq!(fact.when, When::At(Timestamp::from_ms(7_000)));
        assert_eq!(fact.dimensions, ["crm", "s", "Pisa", "", "", "", "", "reazione_positiva"]);
        let share = |place, names_italy| {
            let deed = Deed::Share { hashtags: Vec::new(), names_italy };
            let sums = act(7, place, deed).fact("crm").unwrap().sums;
            (sums[10], sums[11])
        };
        assert_eq!(share("Pisa", false), (1, 1));
        assert_eq!(share("estero", true), (1, 1));
        assert_eq!(share("estero", false), (1, 0));
        assert_eq!(share("", false), (1, 0));
    }
}
