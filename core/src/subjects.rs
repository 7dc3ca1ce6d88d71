//! What is remembered of subjects, so that a later event can correct what an earlier one told.
//!
//! All subjects of a topic are forgotten together, some time after the last event of the topic was
//! received. Bound: [`SUBJECTS_MAX`] subjects; at the bound the ledger takes no more events,
//! because what is forgotten too early is counted twice.

use std::collections::BTreeSet;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    domain::{Domain, Event, Remembered, Revised},
    fact::DIMENSIONS_MAX,
    key::DedupKey,
    series::{SeriesId, SeriesTable},
    subject::{Correction, Subject},
    time::{MINUTE_MS, Timestamp},
};

/// Most subjects that one ledger remembers.
pub const SUBJECTS_MAX: usize = 250_000;

/// Everything that is remembered, topic by topic.
#[derive(Clone, Debug)]
pub(crate) struct Subjects {
    /// The values that subjects were counted under, for each domain.
    labels: Vec<SeriesTable>,
    topics: HashMap<DedupKey, Topic, FixedState>,
    /// When each topic ends, in minutes.
    ends: BTreeSet<(i64, DedupKey)>,
    len: usize,
    hasher: FixedState,
}

#[derive(Clone, Debug)]
struct Topic {
    ends_min: i64,
    subjects: HashMap<DedupKey, Remembered, FixedState>,
}

/// What an event changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) corrections: Vec<Correction>,
    /// A newer event has said more already.
    pub(crate) superseded: bool,
}

impl Subjects {
    /// Nothing. `seed` keeps senders from choosing values that collide in memory.
    pub(crate) fn new(seed: u64) -> Self {
        let hasher = FixedState::with_seed(seed);
        Self {
            labels: Domain::ALL
                .iter()
                .map(|domain| SeriesTable::new(domain.schema(), seed))
                .collect(),
            topics: HashMap::with_hasher(hasher.clone()),
            ends: BTreeSet::new(),
            len: 0,
            hasher,
        }
    }

    /// How many subjects are remembered.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Remembers what a new event tells of its subject.
    pub(crate) fn learn(
        &mut self,
        event: &Event,
        subject: &Subject,
        source: &str,
        received: Timestamp,
    ) -> Change {
        let Some(labels) = self.labels.get_mut(event.domain().index()) else {
            return Change::default();
        };
        let topic = self.topics.get(&subject.topic);
        let known = topic.and_then(|topic| topic.subjects.get(&subject.key));
        let (remembered, corrections) = match event.revise(source, known, labels) {
            Revised::Changed(remembered, corrections) => (Some(remembered), corrections),
            Revised::Unchanged => (None, Vec::new()),
            Revised::Superseded => {
                return Change { corrections: Vec::new(), superseded: true };
            }
        };
        let ends_min = received.plus_ms(event.kept_ms()).ms().div_euclid(MINUTE_MS) + 1;
        let Self { topics, ends, len, hasher, .. } = self;
        let entry = match topics.get_mut(&subject.topic) {
            Some(topic) => topic,
            None if remembered.is_none() => return Change::default(),
            None => topics.entry(subject.topic).or_insert_with(|| {
                let subjects = HashMap::with_hasher(hasher.clone());
                ends.insert((ends_min, subject.topic));
                Topic { ends_min, subjects }
            }),
        };
        if entry.ends_min < ends_min {
            ends.remove(&(entry.ends_min, subject.topic));
            ends.insert((ends_min, subject.topic));
            entry.ends_min = ends_min;
        }
        if let Some(remembered) = remembered {
            *len += usize::from(entry.subjects.insert(subject.key, remembered).is_none());
        }
        Change { corrections, superseded: false }
    }

    /// Forgets the topics that have ended at `now`.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        let now_min = now.ms().div_euclid(MINUTE_MS);
        while self.ends.first().is_some_and(|(ends_min, _)| *ends_min <= now_min)
            && let Some((_, topic)) = self.ends.pop_first()
        {
            let forgotten = self.topics.remove(&topic);
            self.len -= forgotten.map_or(0, |topic| topic.subjects.len());
        }
    }

    /// The values that a correction is counted under.
    pub(crate) fn dimensions(&self, domain: Domain, label: SeriesId) -> [&str; DIMENSIONS_MAX] {
        let mut dimensions = [""; DIMENSIONS_MAX];
        if let Some(labels) = self.labels.get(domain.index()) {
            dimensions.iter_mut().zip(labels.values(label)).for_each(|(to, from)| *to = from);
        }
        dimensions
    }

    /// Everything, to keep.
    pub(crate) fn state(&self) -> SubjectsState {
        let labels = |table: &SeriesTable| table.describe(0..table.len() as SeriesId);
        let topic = |(ends_min, key): &(i64, DedupKey)| {
            let subjects = self.topics.get(key).map(|topic| &topic.subjects);
            let mut subjects: Vec<_> =
                subjects.into_iter().flatten().map(|(key, known)| (*key, known.clone())).collect();
            subjects.sort_unstable_by_key(|(key, _)| *key);
            TopicState { key: *key, ends_min: *ends_min, subjects }
        };
        SubjectsState {
            labels: self.labels.iter().map(labels).collect(),
            topics: self.ends.iter().map(topic).collect(),
        }
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`Corrupt`] when it does not fit.
    pub(crate) fn restore(state: SubjectsState, seed: u64) -> Result<Self, Corrupt> {
        let mut all = Self::new(seed);
        if state.labels.len() > all.labels.len() {
            return Err(Corrupt("more domains than are known"));
        }
        for (table, (symbols, series)) in all.labels.iter_mut().zip(&state.labels) {
            let labels = table.intern_described(symbols, series)?;
            // A new table numbers them as the old one did.
            if !labels.iter().map(|(label, _)| *label).eq(0..labels.len() as SeriesId) {
                return Err(Corrupt("a label comes twice"));
            }
        }
        for TopicState { key, ends_min, subjects } in state.topics {
            let mut topic = Topic { ends_min, subjects: HashMap::with_hasher(all.hasher.clone()) };
            all.len += subjects.len();
            topic.subjects.extend(subjects);
            all.ends.insert((ends_min, key));
            all.topics.insert(key, topic);
        }
        let distinct: usize = all.topics.values().map(|topic| topic.subjects.len()).sum();
        if distinct != all.len || all.topics.len() != all.ends.len() {
            return Err(Corrupt("a subject comes twice"));
        }
        Ok(all)
    }
}

/// Everything that is remembered, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SubjectsState {
    labels: Vec<(Vec<String>, Vec<u32>)>,
    topics: Vec<TopicState>,
}

#[derive(Debug, Serialize, Deserialize)]
struct TopicState {
    key: DedupKey,
    ends_min: i64,
    subjects: Vec<(DedupKey, Remembered)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Candidate, EventKind, RawEvent},
        source::Source,
        time::{DAY_MS, HOUR_MS},
    };

    const START: Timestamp = Timestamp::from_ms(1_770_000_000_000);

    fn candidate(json: &str) -> Candidate {
        let raw = RawEvent { json, event_id: None };
        EventKind::Story.validate(&raw, &Source::named("crm"), START).unwrap().candidate
    }

    fn action(viewer: usize, members: &str) -> Candidate {
        candidate(&format!(
            r#"{{"story_id":"s","user_id":"u{viewer}","timestamp":"{START}",{members}}}"#
        ))
    }

    fn view(viewer: usize) -> Candidate {
        action(viewer, r#""event_type":"StoryView","completion_rate":0.5"#)
    }

    fn snapshot(views: i64) -> Candidate {
        candidate(&format!(
            r#"{{"story_id":"s","event_type":"StoryView","timestamp":"{START}","engagement":{{"view_count":{views}}}}}"#
        ))
    }

    fn learn(subjects: &mut Subjects, event: &Candidate, after_ms: i64) -> Change {
        let received = START.plus_ms(after_ms);
        subjects.expire(received);
        subjects.learn(&event.event, &event.subject.unwrap(), "crm", received)
    }

    /// How many views a change adds.
    fn views(change: &Change) -> i64 {
        change.corrections.iter().map(|correction| correction.sums[0]).sum()
    }

    #[test]
    fn a_viewer_is_remembered_for_48_hours_after_the_last_event_of_the_story() {
        for (after_ms, expected) in [(48 * HOUR_MS, 0), (48 * HOUR_MS + MINUTE_MS, 1)] {
            let mut subjects = Subjects::new(1);
            assert_eq!(views(&learn(&mut subjects, &view(1), 0)), 1);
            let another = learn(&mut subjects, &view(2), 40 * HOUR_MS);
            assert_eq!(views(&another), 1);
            let like = action(3, r#""event_type":"Interaction","interaction_type":"like""#);
            learn(&mut subjects, &like, 47 * HOUR_MS);
            assert_eq!(subjects.len(), 2, "who likes is not remembered");
            let again = learn(&mut subjects, &view(1), 47 * HOUR_MS + after_ms);
            assert_eq!(views(&again), expected);
            assert_eq!(subjects.len(), if expected == 0 { 2 } else { 1 });
        }
    }

    #[test]
    fn totals_are_remembered_for_35_days() {
        let mut subjects = Subjects::new(1);
        assert_eq!(views(&learn(&mut subjects, &snapshot(10), 0)), 10);
        assert_eq!(views(&learn(&mut subjects, &snapshot(12), 35 * DAY_MS)), 2);
        assert_eq!(views(&learn(&mut subjects, &snapshot(13), 71 * DAY_MS)), 13);
    }

    #[test]
    fn what_says_less_than_is_known_is_superseded() {
        let mut subjects = Subjects::new(1);
        learn(&mut subjects, &snapshot(10), 0);
        assert!(learn(&mut subjects, &snapshot(9), 1).superseded);
        assert!(learn(&mut subjects, &snapshot(10), 1).superseded);
        assert!(!learn(&mut subjects, &snapshot(11), 1).superseded);
    }

    #[test]
    fn reads_back_what_it_kept() {
        let mut subjects = Subjects::new(1);
        for n in 0..50 {
            learn(&mut subjects, &view(n), n as i64 * HOUR_MS);
        }
        learn(&mut subjects, &snapshot(10), 0);
        let bytes = postcard::to_allocvec(&subjects.state()).unwrap();
        let mut back = Subjects::restore(postcard::from_bytes(&bytes).unwrap(), 2).unwrap();
        assert_eq!(back.len(), 51);
        assert_eq!(postcard::to_allocvec(&back.state()).unwrap(), bytes);
        for n in 0..60 {
            let swipe = action(n, r#""event_type":"Interaction","interaction_type":"swipe_away""#);
            let change = learn(&mut subjects, &swipe, 50 * HOUR_MS);
            assert_eq!(learn(&mut back, &swipe, 50 * HOUR_MS), change, "{n}");
        }
        back.expire(START.plus_ms(200 * DAY_MS));
        assert_eq!((back.len(), back.topics.len(), back.ends.len()), (0, 0, 0));
    }

    #[test]
    fn refuses_what_comes_twice_or_points_nowhere() {
        let mut subjects = Subjects::new(1);
        learn(&mut subjects, &view(1), 0);
        let restored = |change: fn(&mut SubjectsState)| {
            let mut state = subjects.state();
            change(&mut state);
            Subjects::restore(state, 1).map(|_| ()).map_err(|corrupt| corrupt.0)
        };
        assert_eq!(restored(|_| {}), Ok(()));
        let twice = |state: &mut SubjectsState| {
            let subject = state.topics[0].subjects[0].clone();
            state.topics[0].subjects.push(subject);
        };
        assert_eq!(restored(twice), Err("a subject comes twice"));
        assert_eq!(restored(|state| state.labels[1].1[0] = 99), Err("no such symbol"));
        let again = |state: &mut SubjectsState| {
            let label = state.labels[1].1.clone();
            state.labels[1].1.extend(label);
        };
        assert_eq!(restored(again), Err("a label comes twice"));
    }
}
