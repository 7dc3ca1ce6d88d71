//! Snapshots: the totals of one story and segment at one instant, as a platform tells them.
//!
//! Counters move by the difference to the last totals, at the instant of the newer ones. The newest
//! snapshot stands for all before it: an older one changes nothing, and what the newest does not
//! say is not known any more. Any order of arrival ends in the same totals.

use serde::{Deserialize, Serialize};

use super::{Class, Setting, key, schema};
use crate::{
    correction::Correction,
    key::{DedupKey, Digest, Identity},
    series::{SeriesId, SeriesTable},
    time::Timestamp,
};

/// One validated snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The story and the segment.
    pub setting: Setting,
    /// `timestamp`
    pub time: Timestamp,
    /// `engagement`
    pub engagement: Engagement,
}

/// Totals since the story began; none where the snapshot says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Engagement {
    /// `view_count`
    pub views: Option<i64>,
    /// `completion_rate`, in millionths.
    pub completion: Option<i64>,
    /// `clicks`
    pub clicks: Option<i64>,
    /// `reactions`: like, love and laugh.
    pub reactions: [Option<i64>; 3],
    /// `comments`
    pub comments: Option<i64>,
    /// `shares`
    pub shares: Option<i64>,
}

impl Snapshot {
    /// The segment within the story: whose totals these are.
    pub(crate) fn subject(&self, source: &str) -> DedupKey {
        key("segment.1", source, |digest| self.setting.audience(digest))
    }

    /// The totals after this snapshot, and how the counters move; nothing when it is not the newest.
    pub(crate) fn revise(
        &self,
        source: &str,
        known: Option<&Totals>,
        labels: &mut SeriesTable,
    ) -> Option<(Totals, Vec<Correction>)> {
        let classes = [Class::View, Class::Click, Class::Reaction, Class::Comment, Class::Share];
        let new = Totals {
            time: self.time,
            engagement: self.engagement,
            labels: classes.map(|class| labels.intern(&self.setting.dimensions(source, class)).0),
            italian: self.setting.is_italian(),
        };
        if known.is_some_and(|known| !new.outranks(known, labels)) {
            return None;
        }
        let mut old = known.map(|known| known.counted(self.time)).into_iter().flatten();
        let corrections = new
            .counted(self.time)
            .flat_map(|new| Correction::between(old.next(), Some(new)))
            .collect();
        Some((new, corrections))
    }
}

impl Identity for Snapshot {
    /// Nobody's in particular: two within five minutes are two.
    fn deed(&self, _: &mut Digest) -> Option<Timestamp> {
        None
    }

    fn content(&self, digest: &mut Digest) {
        digest.part(b"snapshot");
        digest.number(self.time.ms());
        self.setting.content(digest);
        for total in self.engagement.totals() {
            digest.number(total.unwrap_or(-1));
        }
    }
}

impl Engagement {
    fn totals(&self) -> [Option<i64>; 8] {
        let Self { views, completion, clicks, reactions, comments, shares } = *self;
        let [like, love, laugh] = reactions;
        [views, completion, clicks, like, love, laugh, comments, shares]
    }
}

/// What is remembered of the totals of a segment of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    time: Timestamp,
    engagement: Engagement,
    /// What views, clicks, reactions, comments and shares are counted under.
    labels: [SeriesId; 5],
    italian: bool,
}

impl Totals {
    pub(crate) fn labels_mut(&mut self) -> impl Iterator<Item = &mut SeriesId> {
        self.labels.iter_mut()
    }

    /// Two snapshots of the same instant are told apart by what they say, never by which came
    /// first.
    fn outranks(&self, known: &Self, labels: &SeriesTable) -> bool {
        let rank = |totals: &Self| (totals.time, totals.engagement);
        let texts = |totals: &Self| {
            totals.labels.first().map(|label| labels.values(*label).collect::<Vec<_>>())
        };
        rank(self) > rank(known) || (rank(self) == rank(known) && texts(self) > texts(known))
    }

    /// What they are counted as, at the instant of any change.
    fn counted(&self, time: Timestamp) -> impl Iterator<Item = Correction> {
        let Engagement { views, completion, clicks, reactions, comments, shares } = self.engagement;
        let reactions = reactions.iter().flatten().sum();
        let sums = [
            schema::views(views.unwrap_or(0), completion, clicks.is_some()),
            schema::clicks(clicks.unwrap_or(0), views.is_some()),
            schema::reactions(reactions),
            schema::comments(comments.unwrap_or(0)),
            schema::shares(shares.unwrap_or(0), self.italian),
        ];
        let counted = self.labels.into_iter().zip(sums);
        counted.map(move |(label, sums)| Correction { time, label, sums })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Domain;

    /// Totals of a format at a second: views, clicks, shares.
    fn snapshot(second: i64, format: &str, totals: [Option<i64>; 3]) -> Snapshot {
        let [views, clicks, shares] = totals;
        let setting = Setting {
            story: "s".to_owned(),
            place: "Roma".to_owned(),
            age: String::new(),
            gender: String::new(),
            interest: String::new(),
            format: format.to_owned(),
            duration_ms: 0,
        };
        let engagement = Engagement { views, clicks, shares, ..Engagement::default() };
        Snapshot { setting, time: Timestamp::from_ms(second * 1_000), engagement }
    }

    /// How the counters moved at each second: views, clicks, clicks of views, shares.
    fn moves(snapshots: &[&Snapshot]) -> std::collections::BTreeMap<i64, [i64; 4]> {
        let mut labels = SeriesTable::new(Domain::Stories.schema(), 1);
        let mut known = None;
        let mut moves = std::collections::BTreeMap::<i64, [i64; 4]>::new();
        for snapshot in snapshots {
            let Some((totals, corrections)) = snapshot.revise("crm", known.as_ref(), &mut labels)
            else {
                continue;
            };
            known = Some(totals);
            for Correction { time, sums, .. } in corrections {
                let moved = moves.entry(time.ms() / 1_000).or_default();
                crate::fact::add_sums(moved, &[sums[0], sums[1], sums[2], sums[10]]);
            }
        }
        moves
    }

    #[test]
    fn counters_move_by_the_difference_when_the_newer_comes() {
        let first = snapshot(1, "", [Some(10), Some(2), None]);
        let second = snapshot(9, "", [Some(14), Some(1), Some(3)]);
        let found = moves(&[&first, &second]);
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [(1, [10, 2, 2, 0]), (9, [4, -1, -1, 3])]
        );
        let found = moves(&[&second, &first]);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [(9, [14, 1, 1, 3])]);
    }

    #[test]
    fn what_the_newest_does_not_say_is_not_known_any_more() {
        let first = snapshot(1, "", [Some(10), Some(2), None]);
        let second = snapshot(9, "", [None, Some(5), None]);
        let found = moves(&[&first, &second]);
        assert_eq!(found[&9], [-10, 3, -2, 0]);
    }

    #[test]
    fn any_order_ends_in_the_same_totals() {
        let all = [
            snapshot(1, "", [Some(10), Some(2), None]),
            snapshot(5, "foto", [Some(11), None, Some(1)]),
            snapshot(9, "", [Some(9), Some(4), Some(1)]),
            snapshot(9, "", [Some(9), Some(5), None]),
            snapshot(9, "foto", [Some(9), Some(5), None]),
            snapshot(7, "foto", [None, None, None]),
        ];
        let total = |order: &[&Snapshot]| {
            moves(order).into_values().fold([0; 4], |mut total: [i64; 4], moved| {
                crate::fact::add_sums(&mut total, &moved);
                total
            })
        };
        // Every order, by Heap's algorithm.
        let (mut order, mut turns): (Vec<&Snapshot>, _) = (all.iter().collect(), [0; 6]);
        let mut at = 0;
        assert_eq!(total(&order), [9, 5, 5, 0]);
        while at < order.len() {
            if turns[at] < at {
                order.swap(if at % 2 == 0 { 0 } else { turns[at] }, at);
                assert_eq!(total(&order), [9, 5, 5, 0]);
                turns[at] += 1;
                at = 0;
            } else {
                turns[at] = 0;
                at += 1;
            }
        }
    }
}
