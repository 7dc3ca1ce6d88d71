//! A run: keys that were written together, sorted, in pages of equal length.
//!
//! Its index tells from 29 bits of a key at which places of the run it may be: the first bits choose
//! a bucket of about 16 keys, 16 more bits tell these apart. So of the keys that are not in it, 1 in
//! 4,000 has a page read for nothing. The index is written beside the pages.

use serde::{Deserialize, Serialize};

use super::{CUT, Limits, Remembered};
use crate::{
    corrupt::Corrupt,
    key::DedupKey,
    sealed::{self, Kind},
};

const HEAD: Kind = Kind { tag: b'I', version: 1 };
const PAGE: Kind = Kind { tag: b'K', version: 1 };

/// The bytes of one key in a page.
pub(super) const RECORD_BYTES: usize = 24;
/// More keys than a run has: its index must fit a row.
const KEYS_MAX: u32 = 500_000;
/// The average of keys in a bucket of the index.
const BUCKET_KEYS: usize = 16;

/// A run to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// Its number: above that of any other.
    pub number: u32,
    /// Its index, below 2 MB.
    pub index: Vec<u8>,
    /// Its pages, in their order.
    pub pages: Vec<Vec<u8>>,
    pub(super) run: RunState,
}

/// What a checkpoint says of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunState {
    pub(crate) number: u32,
    pub(crate) keys: u32,
    pub(crate) page_keys: u32,
    /// When the last of its keys may be forgotten.
    pub(crate) until_s: u32,
}

/// A run, as far as it is in memory.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) state: RunState,
    index: Index,
    pages: Vec<Page>,
}

#[derive(Clone, Debug)]
pub(super) enum Page {
    /// In storage only.
    Cold,
    /// In memory too: its records.
    Hot(Vec<u8>),
    /// It could not be read.
    Bad,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Index {
    /// Where each bucket starts, and where the last one ends.
    starts: Vec<u32>,
    /// Of each key in its order.
    prints: Vec<u16>,
}

impl NewRun {
    /// A run of these keys, which are sorted and differ.
    pub(super) fn new(number: u32, keys: &[Remembered], limits: &Limits) -> Self {
        let run = RunState {
            number,
            keys: keys.len() as u32,
            page_keys: limits.page_keys.max(1) as u32,
            until_s: keys.iter().map(|key| key.until_s).max().unwrap_or_default(),
        };
        let mut index = Index::with_room(keys.len());
        keys.iter().for_each(|remembered| index.push(&remembered.key, keys.len()));
        let index = index.close(keys.len());
        let pages = (0_u32..).zip(keys.chunks(run.page_keys as usize)).map(|(page, keys)| {
            let mut bytes = sealed::start(PAGE);
            bytes.reserve_exact(12 + keys.len() * RECORD_BYTES);
            bytes.extend(number.to_le_bytes());
            bytes.extend(page.to_le_bytes());
            keys.iter().for_each(|remembered| remembered.write(&mut bytes));
            sealed::seal_body(bytes)
        });
        Self { number, index: index.encode(&run), pages: pages.collect(), run }
    }
}

impl RunState {
    /// What the index of a run says of it.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read.
    pub(super) fn of_index(bytes: &[u8]) -> Result<Self, Corrupt> {
        let numbers = sealed::open_body(HEAD, bytes)?.as_chunks().0;
        match numbers.first_chunk().map(|numbers| numbers.map(u32::from_le_bytes)) {
            Some([number, keys, page_keys, until_s]) => {
                Ok(Self { number, keys, page_keys, until_s })
            }
            None => Err(CUT),
        }
    }

    /// Whether a ledger can have written such a run.
    pub(super) const fn is_whole(&self) -> bool {
        self.page_keys > 0 && self.keys > 0 && self.keys <= KEYS_MAX
    }

    /// How many pages it has.
    pub(crate) fn pages(&self) -> u32 {
        self.keys.div_ceil(self.page_keys.max(1))
    }

    /// The records of a page of this run.
    ///
    /// # Errors
    /// [`Corrupt`] when the bytes are something else.
    pub(super) fn records(&self, page: u32, bytes: &[u8]) -> Result<Vec<u8>, Corrupt> {
        let body = sealed::open_body(PAGE, bytes)?;
        let (number, rest) = body.split_first_chunk().ok_or(CUT)?;
        let (found, records) = rest.split_first_chunk().ok_or(CUT)?;
        if (u32::from_le_bytes(*number), u32::from_le_bytes(*found)) != (self.number, page) {
            return Err(Corrupt("a page of keys in the place of another"));
        }
        if records.len() != self.records_of(page) * RECORD_BYTES {
            return Err(CUT);
        }
        Ok(records.to_vec())
    }

    pub(super) fn records_of(&self, page: u32) -> usize {
        let before = page.saturating_mul(self.page_keys);
        self.keys.saturating_sub(before).min(self.page_keys) as usize
    }
}

impl Run {
    /// A run whose index is still to come; until then every key of it is unknown.
    pub(super) fn unknown(state: RunState) -> Self {
        Self { state, index: Index::default(), pages: Vec::new() }
    }

    /// A run that was just written: all of it is in memory.
    pub(super) fn written(new: NewRun) -> Result<Self, Corrupt> {
        let mut run = Self::unknown(new.run);
        run.attach(&new.index)?;
        for (page, bytes) in (0..).zip(new.pages) {
            run.keep(page, new.run.records(page, &bytes)?);
        }
        Ok(run)
    }

    /// Reads the index.
    pub(super) fn attach(&mut self, head: &[u8]) -> Result<(), Corrupt> {
        self.index = Index::decode(&self.state, head)?;
        self.pages = (0..self.state.pages()).map(|_| Page::Cold).collect();
        Ok(())
    }

    pub(super) fn number(&self) -> u32 {
        self.state.number
    }

    pub(super) fn len(&self) -> usize {
        self.state.keys as usize
    }

    /// How many of its keys are in storage only.
    pub(super) fn cold(&self) -> usize {
        let hot = (0..).zip(&self.pages).filter(|(_, page)| matches!(page, Page::Hot(_)));
        self.len() - hot.map(|(page, _)| self.state.records_of(page)).sum::<usize>()
    }

    pub(super) fn is_live(&self, now_s: i64) -> bool {
        i64::from(self.state.until_s) >= now_s
    }

    /// The pages where a key may be, with its place in each.
    pub(super) fn places(&self, key: &DedupKey) -> impl Iterator<Item = (u32, &Page, u32)> {
        let page_keys = self.state.page_keys.max(1);
        self.index.places(key).filter_map(move |place| {
            let page = place / page_keys;
            Some((page, self.pages.get(page as usize)?, place % page_keys))
        })
    }

    /// Keeps a page in memory.
    pub(super) fn keep(&mut self, page: u32, records: Vec<u8>) {
        if let Some(place) = self.pages.get_mut(page as usize) {
            *place = Page::Hot(records);
        }
    }

    /// Notes that a page cannot be read; whether that is news.
    pub(super) fn spoil(&mut self, page: u32) -> bool {
        let place = self.pages.get_mut(page as usize);
        place.is_some_and(|place| !matches!(core::mem::replace(place, Page::Bad), Page::Bad))
    }

    /// Lets all pages go.
    pub(super) fn cool(&mut self) {
        for page in &mut self.pages {
            if matches!(page, Page::Hot(_)) {
                *page = Page::Cold;
            }
        }
    }
}

impl Index {
    fn with_room(count: usize) -> Self {
        Self { starts: Vec::with_capacity(buckets(count) + 1), prints: Vec::with_capacity(count) }
    }

    /// The next key of `count`, in their order.
    fn push(&mut self, key: &DedupKey, count: usize) {
        let place = self.prints.len() as u32;
        let bucket = bucket(key, buckets(count));
        while self.starts.len() <= bucket {
            self.starts.push(place);
        }
        self.prints.push(print(key));
    }

    fn close(mut self, count: usize) -> Self {
        self.starts.resize(buckets(count) + 1, count as u32);
        self
    }

    fn places(&self, key: &DedupKey) -> impl Iterator<Item = u32> {
        let bucket = bucket(key, self.starts.len().saturating_sub(1).max(1));
        let start = self.starts.get(bucket).copied().unwrap_or_default();
        let end = self.starts.get(bucket + 1).copied().unwrap_or_default();
        let prints = self.prints.get(start as usize..end as usize).unwrap_or_default();
        let wanted = print(key);
        (start..).zip(prints).filter(move |(_, print)| **print == wanted).map(|(place, _)| place)
    }

    fn encode(&self, run: &RunState) -> Vec<u8> {
        let mut bytes = sealed::start(HEAD);
        bytes.reserve_exact(20 + self.starts.len() * 4 + self.prints.len() * 2);
        for number in [run.number, run.keys, run.page_keys, run.until_s] {
            bytes.extend(number.to_le_bytes());
        }
        self.starts.iter().for_each(|start| bytes.extend(start.to_le_bytes()));
        self.prints.iter().for_each(|print| bytes.extend(print.to_le_bytes()));
        sealed::seal_body(bytes)
    }

    fn decode(run: &RunState, bytes: &[u8]) -> Result<Self, Corrupt> {
        let body = sealed::open_body(HEAD, bytes)?;
        if RunState::of_index(bytes)? != *run {
            return Err(Corrupt("the index of another run"));
        }
        let numbers = body.as_chunks().0.iter().skip(4).map(|bytes| u32::from_le_bytes(*bytes));
        let count = run.keys as usize;
        let starts: Vec<u32> = numbers.take(buckets(count) + 1).collect();
        let prints = body.get(16 + starts.len() * 4..).ok_or(CUT)?;
        if starts.len() != buckets(count) + 1 || prints.len() != count * 2 {
            return Err(CUT);
        }
        if !starts.is_sorted() || starts.last() != Some(&run.keys) {
            return Err(Corrupt("the index of a run is out of order"));
        }
        let prints = prints.as_chunks().0.iter().map(|bytes| u16::from_le_bytes(*bytes));
        Ok(Self { starts, prints: prints.collect() })
    }
}

fn buckets(keys: usize) -> usize {
    keys / BUCKET_KEYS + 1
}

/// Keys in their order are in buckets in their order.
fn bucket(key: &DedupKey, buckets: usize) -> usize {
    let [a, b, c, d, ..] = *key.bytes();
    ((u64::from(u32::from_be_bytes([a, b, c, d])) * buckets as u64) >> 32) as usize
}

fn print(key: &DedupKey) -> u16 {
    let [_, _, _, _, a, b, ..] = *key.bytes();
    u16::from_le_bytes([a, b])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { page_keys: 7, ..Limits::STANDARD };

    /// Keys in their order, from these first four bytes.
    fn keys(firsts: impl Iterator<Item = u32>) -> Vec<Remembered> {
        let key = |(number, first): (u64, u32)| {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&first.to_be_bytes());
            bytes[4..12].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
            Remembered { key: DedupKey::from_bytes(bytes), content: number as u32, until_s: 9 }
        };
        let mut keys: Vec<_> = (0..).zip(firsts).map(key).collect();
        keys.sort_unstable_by_key(|known| known.key);
        keys
    }

    #[track_caller]
    fn check(keys: &[Remembered]) {
        let new = NewRun::new(3, keys, &LIMITS);
        let (state, index) = (new.run, Index::decode(&new.run, &new.index).unwrap());
        assert_eq!(new.pages.len(), keys.len().div_ceil(7));
        for (place, known) in (0_u32..).zip(keys) {
            assert!(index.places(&known.key).any(|found| found == place), "{place}");
            let (page, at) = (place / 7, (place % 7) as usize * RECORD_BYTES);
            let records = state.records(page, &new.pages[page as usize]).unwrap();
            assert_eq!(Remembered::read(&records[at..at + RECORD_BYTES]), Ok(*known));
        }
    }

    #[test]
    fn every_key_is_found_at_its_place_however_keys_are_spread() {
        for count in [1_u32, 15, 16, 17, 1_000] {
            check(&keys((0..count).map(|n| n.wrapping_mul(0x9E37_79B9))));
            check(&keys((0..count).map(|_| 0)));
            check(&keys((0..count).map(|_| u32::MAX)));
            check(&keys((0..count).map(|n| if n % 2 == 0 { 5 } else { u32::MAX - n })));
        }
    }

    #[test]
    fn few_keys_that_are_not_in_it_have_a_page_read() {
        let spread = |n: u32| n.wrapping_mul(0x9E37_79B9);
        let new = NewRun::new(1, &keys((0..100_000).map(spread)), &Limits::STANDARD);
        assert!(new.index.len() < 100_000 * 23 / 10 && new.index.len() < 2_000_000);
        assert!(new.pages.iter().all(|page| page.len() < 65_536));
        let index = Index::decode(&new.run, &new.index).unwrap();
        let others = keys((100_000..200_000).map(spread));
        let found: usize = others.iter().map(|known| index.places(&known.key).count()).sum();
        assert!(found < 100, "{found} of 100,000");
    }

    #[test]
    fn an_index_or_page_of_another_run_or_place_is_refused() {
        let keys = keys(0..20);
        let new = NewRun::new(1, &keys, &LIMITS);
        let other = NewRun::new(2, &keys, &LIMITS);
        assert!(Index::decode(&new.run, &other.index).is_err());
        assert!(new.run.records(0, &other.pages[0]).is_err());
        assert!(new.run.records(1, &new.pages[0]).is_err());
        for cut in 0..new.index.len() {
            assert!(Index::decode(&new.run, &new.index[..cut]).is_err(), "{cut}");
        }
    }
}
