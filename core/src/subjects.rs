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
    panes::describe,
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
        let labels = |table: &SeriesTable| {
            describe(table, &(0..table.len() as SeriesId).collect::<Vec<_>>())
        };
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
            let width = table.schema().dimensions.len();
            if !series.len().is_multiple_of(width) {
                return Err(Corrupt("labels of another width"));
            }
            for (position, label) in series.chunks_exact(width).enumerate() {
                let text = |id: &u32| symbols.get(*id as usize).map(String::as_str);
                let values: Vec<&str> =
                    label.iter().map(text).collect::<Option<_>>().ok_or(NO_SYMBOL)?;
                if table.intern(&values).0 as usize != position {
                    return Err(Corrupt("a label comes twice"));
                }
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

const NO_SYMBOL: Corrupt = Corrupt("no such symbol");

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
