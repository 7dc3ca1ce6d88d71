//! What storage says of the keys of a batch: which pages must be read, and what was found in them.
//!
//! A page that cannot be read leaves its keys [`presumed`](Looked::is_presumed): the index has found
//! 29 bits of the key at a place of that page, so that it is a repetition, but for one new event in
//! thousands. Bound: the keys of a batch; the records of [`WARM_MAX`] pages are kept.

use std::collections::{BTreeMap, BTreeSet};

use super::{DedupMemory, RECORD_BYTES, Remembered, RunState, Scope, run::Page, second};
use crate::{corrupt::Corrupt, key::DedupKey, time::Timestamp};

/// Most pages of one lookup that may stay in memory after it.
const WARM_MAX: usize = 32;

/// A page of keys in storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageId {
    /// Its run.
    pub run: u32,
    /// Its number there, from 0.
    pub page: u32,
}

/// What is known of the keys of one batch.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// Pages to read, each with the keys that may be there, and where.
    wants: BTreeMap<PageId, Wanted>,
    found: BTreeMap<DedupKey, Remembered>,
    presumed: BTreeSet<DedupKey>,
    /// The records of pages that were read.
    warm: Vec<(PageId, Vec<u8>)>,
    /// Pages that could not be read.
    given_up: Vec<PageId>,
    now_s: i64,
}

#[derive(Debug)]
struct Wanted {
    run: RunState,
    keys: Vec<(u32, DedupKey)>,
}

impl DedupMemory {
    /// Looks for keys in every run; what is in memory is found at once.
    pub(crate) fn look_up(
        &self,
        keys: impl Iterator<Item = (Scope, DedupKey)>,
        now: Timestamp,
    ) -> Looked {
        let now_s = second(now);
        let mut looked = Looked { now_s, ..Looked::default() };
        if self.runs.is_empty() {
            return looked;
        }
        for (scope, key) in keys {
            let key = scope.within(key);
            for run in self.runs.iter().filter(|run| run.is_live(now_s)) {
                for (page, kept, place) in run.places(&key) {
                    match kept {
                        Page::Hot(records) => looked.see(key, place, records),
                        Page::Bad => drop(looked.presumed.insert(key)),
                        Page::Cold => {
                            let id = PageId { run: run.number(), page };
                            let wanted = looked.wants.entry(id);
                            let wanted = wanted
                                .or_insert_with(|| Wanted { run: run.state, keys: Vec::new() });
                            wanted.keys.push((place, key));
                        }
                    }
                }
            }
        }
        looked
    }

    /// Keeps pages that were read in memory, as long as there is room; how many are newly known to be
    /// unreadable.
    pub(crate) fn learn(&mut self, looked: Looked) -> usize {
        let mut spoilt = 0;
        for id in looked.given_up {
            spoilt += usize::from(self.run_mut(id.run).is_some_and(|run| run.spoil(id.page)));
        }
        if looked.warm.is_empty() {
            return spoilt;
        }
        let mut hot = self.runs.iter().map(|run| run.len() - run.cold()).sum::<usize>();
        for (id, records) in looked.warm {
            hot += records.len() / RECORD_BYTES;
            if hot > self.limits.hot_keys_max {
                break;
            }
            if let Some(run) = self.run_mut(id.run) {
                run.keep(id.page, records);
            }
        }
        spoilt
    }
}

impl Looked {
    /// A page that must be read, or given up.
    pub(crate) fn wants(&self) -> Option<PageId> {
        self.wants.first_key_value().map(|(id, _)| *id)
    }

    /// Reads a page that was wanted.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read; it is still wanted then.
    pub(crate) fn read(&mut self, id: PageId, bytes: &[u8]) -> Result<(), Corrupt> {
        let Some(wanted) = self.wants.get(&id) else { return Ok(()) };
        let records = wanted.run.records(id.page, bytes)?;
        for (place, key) in self.wants.remove(&id).into_iter().flat_map(|wanted| wanted.keys) {
            self.see(key, place, &records);
        }
        if self.warm.len() < WARM_MAX {
            self.warm.push((id, records));
        }
        Ok(())
    }

    /// Gives a page up that cannot be read.
    pub(crate) fn give_up(&mut self, id: PageId) {
        self.given_up.push(id);
        let keys = self.wants.remove(&id).into_iter().flat_map(|wanted| wanted.keys);
        self.presumed.extend(keys.map(|(_, key)| key));
    }

    /// What was found of a key that is within its time.
    pub(super) fn found(&self, key: &DedupKey) -> Option<Remembered> {
        self.found.get(key).copied()
    }

    /// Whether a key may be in a page that cannot be read.
    pub(super) fn is_presumed(&self, key: &DedupKey) -> bool {
        self.presumed.contains(key)
    }

    fn see(&mut self, key: DedupKey, place: u32, records: &[u8]) {
        let start = place as usize * RECORD_BYTES;
        let record = records.get(start..start + RECORD_BYTES);
        let known = record.and_then(|record| Remembered::read(record).ok());
        if let Some(known) = known.filter(|known| known.key == key && known.is_live(self.now_s)) {
            self.found.insert(key, known);
        }
    }
}
