//! What is remembered of subjects, so that a later event can correct what an earlier one told.
//!
//! A subject is forgotten some time after its own last event was received, at the full hour: whatever
//! becomes of other subjects, so that it makes no difference which of them share a ledger. Bound:
//! [`SUBJECTS_MAX`] subjects; at the bound the ledger takes no more events, because what is forgotten
//! too early is counted twice.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::{
    correction::Correction,
    corrupt::Corrupt,
    domain::{Domain, Event, Remembered, Revised},
    fact::DIMENSIONS_MAX,
    heritage::Moved,
    key::DedupKey,
    series::{SeriesId, SeriesTable},
    time::{HOUR_MS, Timestamp},
};

/// Most subjects that one ledger remembers.
pub const SUBJECTS_MAX: usize = 250_000;

/// Everything that is remembered.
#[derive(Clone, Debug)]
pub(crate) struct Subjects {
    /// The values that subjects were counted under, for each domain.
    labels: Vec<SeriesTable>,
    known: HashMap<DedupKey, Known, FixedState>,
    /// Each subject once, at the hour in which it was to end when it came here.
    ends: BTreeMap<i64, Vec<DedupKey>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    /// When it is forgotten, in hours since the epoch.
    ends_h: i64,
    /// How often the number of shards had changed when an event told of it here.
    generation: u8,
    remembered: Remembered,
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
        let table = |domain: &Domain| SeriesTable::new(domain.schema(), seed);
        Self {
            labels: Domain::ALL.iter().map(table).collect(),
            known: HashMap::with_hasher(FixedState::with_seed(seed)),
            ends: BTreeMap::new(),
        }
    }

    /// How many subjects are remembered.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// Remembers what a new event tells of its subject.
    pub(crate) fn learn(
        &mut self,
        event: &Event,
        subject: DedupKey,
        source: &str,
        generation: u8,
        received: Timestamp,
    ) -> Change {
        let Self { labels, known, ends } = self;
        let Some(labels) = labels.get_mut(event.domain().index()) else {
            return Change::default();
        };
        let entry = known.get_mut(&subject);
        let before = entry.as_ref().map(|known| &known.remembered);
        let (remembered, corrections) = match event.revise(source, before, labels) {
            Revised::Changed(remembered, corrections) => (Some(remembered), corrections),
            Revised::Unchanged => (None, Vec::new()),
            Revised::Superseded => {
                return Change { corrections: Vec::new(), superseded: true };
            }
        };
        let ends_h = received.plus_ms(event.kept_ms()).ms().div_euclid(HOUR_MS) + 1;
        match (entry, remembered) {
            (Some(entry), remembered) => {
                entry.ends_h = entry.ends_h.max(ends_h);
                entry.generation = entry.generation.max(generation);
                if let Some(remembered) = remembered {
                    entry.remembered = remembered;
                }
            }
            (None, Some(remembered)) => {
                known.insert(subject, Known { ends_h, generation, remembered });
                ends.entry(ends_h).or_default().push(subject);
            }
            (None, None) => {}
        }
        Change { corrections, superseded: false }
    }

    /// Forgets the subjects that have ended at `now`.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        let now_h = now.ms().div_euclid(HOUR_MS);
        while let Some(hour) = self.ends.first_entry()
            && *hour.key() <= now_h
        {
            for subject in hour.remove() {
                match self.known.get(&subject).map(|known| known.ends_h) {
                    Some(later) if later > now_h => {
                        self.ends.entry(later).or_default().push(subject);
                    }
                    _ => drop(self.known.remove(&subject)),
                }
            }
        }
    }

    /// What is remembered of a subject, for another ledger to take over.
    pub(crate) fn moved(&self, subject: &DedupKey) -> Option<Moved> {
        let Known { ends_h, generation, remembered } = self.known.get(subject)?;
        let table = self.labels.get(remembered.domain().index())?;
        let mut remembered = remembered.clone();
        let mut labels = Vec::new();
        for label in remembered.labels_mut() {
            labels.push(table.values(*label).map(str::to_owned).collect());
            *label = labels.len() as SeriesId - 1;
        }
        let (ends_h, generation) = (*ends_h, *generation);
        Some(Moved { subject: *subject, ends_h, generation, remembered, labels })
    }

    /// Takes over what other ledgers remember of subjects, where they have heard of them in a newer
    /// generation than this one has. Which were taken comes back.
    ///
    /// # Errors
    /// [`Corrupt`] when one names labels that it does not have. The ledger is to be restored then.
    pub(crate) fn take_over<'a>(
        &mut self,
        moved: impl Iterator<Item = &'a Moved>,
    ) -> Result<Vec<Moved>, Corrupt> {
        let mut taken = Vec::new();
        for moved in moved {
            let known = self.known.get(&moved.subject).map(|known| known.generation);
            if known.is_some_and(|known| known >= moved.generation) {
                continue;
            }
            let corrupt = Corrupt("a moved subject without its labels");
            let mut remembered = moved.remembered.clone();
            let domain = remembered.domain().index();
            let table = self.labels.get_mut(domain).ok_or(corrupt)?;
            for label in remembered.labels_mut() {
                let values = moved.labels.get(*label as usize).ok_or(corrupt)?;
                *label = table.intern_exact(values).ok_or(corrupt)?;
            }
            let Moved { subject, ends_h, generation, .. } = *moved;
            if known.is_none() {
                self.ends.entry(ends_h).or_default().push(subject);
            }
            self.known.insert(subject, Known { ends_h, generation, remembered });
            taken.push(moved.clone());
        }
        Ok(taken)
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
        let mut known: Vec<_> =
            self.known.iter().map(|(subject, known)| (*subject, known.clone())).collect();
        known.sort_unstable_by_key(|(subject, _)| *subject);
        SubjectsState { labels: self.labels.iter().map(labels).collect(), known }
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
        for (subject, known) in state.known {
            all.ends.entry(known.ends_h).or_default().push(subject);
            if all.known.insert(subject, known).is_some() {
                return Err(Corrupt("a subject comes twice"));
            }
        }
        Ok(all)
    }
}

/// Everything that is remembered, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SubjectsState {
    labels: Vec<(Vec<String>, Vec<u32>)>,
    known: Vec<(DedupKey, Known)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Candidate, EventKind, RawEvent},
        source::Source,
        time::DAY_MS,
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
        subjects.learn(&event.event, event.subject.unwrap(), "crm", 0, received)
    }

    /// How many views a change adds.
    fn views(change: &Change) -> i64 {
        change.corrections.iter().map(|correction| correction.sums[0]).sum()
    }

    #[test]
    fn a_viewer_is_remembered_for_72_hours_after_the_last_own_event() {
        for (after_h, expected) in [(72, 0), (73, 1)] {
            let mut subjects = Subjects::new(1);
            assert_eq!(views(&learn(&mut subjects, &view(1), 0)), 1);
            assert_eq!(views(&learn(&mut subjects, &view(2), 40 * HOUR_MS)), 1);
            let like =
                |viewer| action(viewer, r#""event_type":"Interaction","interaction_type":"like""#);
            learn(&mut subjects, &like(3), 40 * HOUR_MS);
            assert_eq!(subjects.len(), 2, "who only likes is not remembered");
            learn(&mut subjects, &like(1), 47 * HOUR_MS);
            let again = learn(&mut subjects, &view(1), (47 + after_h) * HOUR_MS);
            assert_eq!(views(&again), expected);
            assert_eq!(subjects.len(), 1, "the other has ended by then");
        }
    }

    #[test]
    fn others_make_no_difference_to_when_a_subject_ends() {
        let (mut alone, mut among) = (Subjects::new(1), Subjects::new(1));
        for hour in 0..200 {
            learn(&mut among, &view(2 + hour % 7), hour as i64 * HOUR_MS);
            if hour % 73 == 0 {
                let after_ms = hour as i64 * HOUR_MS;
                let expected = learn(&mut alone, &view(1), after_ms);
                assert_eq!(learn(&mut among, &view(1), after_ms), expected, "{hour}");
            }
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
        assert_eq!((back.len(), back.ends.len()), (0, 0));
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
            let subject = state.known[0].clone();
            state.known.push(subject);
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
