//! The keys since the last checkpoint, and those too few for a run: a list in the order of their
//! receipt, and a table of places in it. 24 bytes a key and 4 to 9 for its place.

use hashbrown::{HashTable, hash_table::Entry};

use super::Remembered;
use crate::key::DedupKey;

#[derive(Clone, Debug)]
pub(super) struct Recent {
    /// Never changed once it is in: a key that comes again after its time gets a new place.
    keys: Vec<Remembered>,
    /// The latest place of each key.
    places: HashTable<u32>,
    seed: u64,
}

impl Recent {
    pub(super) const fn new(seed: u64) -> Self {
        Self { keys: Vec::new(), places: HashTable::new(), seed }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn find(&self, key: &DedupKey) -> Option<Remembered> {
        let at = |place: u32| self.keys.get(place as usize);
        let hash = hash(self.seed, key);
        let place =
            self.places.find(hash, |place| at(*place).is_some_and(|known| known.key == *key))?;
        at(*place).copied()
    }

    /// Remembers a key, in place of what was known of it.
    pub(super) fn put(&mut self, remembered: Remembered) {
        let Self { keys, places, seed } = self;
        let place = keys.len() as u32;
        let at = |place: u32| keys.get(place as usize);
        let entry = places.entry(
            hash(*seed, &remembered.key),
            |place| at(*place).is_some_and(|known| known.key == remembered.key),
            |place| at(*place).map_or(0, |known| hash(*seed, &known.key)),
        );
        match entry {
            Entry::Occupied(mut known) => *known.get_mut() = place,
            Entry::Vacant(vacant) => drop(vacant.insert(place)),
        }
        keys.push(remembered);
    }

    /// What is known of every key, once each, in the order of receipt.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Remembered> {
        (0..).zip(&self.keys).filter_map(|(place, known)| {
            let latest = self.places.find(hash(self.seed, &known.key), |other| *other == place);
            latest.map(|_| known)
        })
    }

    /// Puts `carried` in the place of the first `planned` keys.
    pub(super) fn replace(&mut self, planned: usize, carried: Vec<Remembered>) {
        let since = self.keys.split_off(planned.min(self.keys.len()));
        let mut next = Self::new(self.seed);
        next.keys.reserve(carried.len() + since.len());
        carried.into_iter().chain(since).for_each(|remembered| next.put(remembered));
        *self = next;
    }
}

/// Keys are hashes already; the seed keeps their places from being foreseen.
fn hash(seed: u64, key: &DedupKey) -> u64 {
    let number = u128::from_le_bytes(*key.bytes());
    let mixed = ((number as u64) ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ ((number >> 64) as u64).wrapping_mul(seed | 1);
    mixed ^ (mixed >> 29)
}
