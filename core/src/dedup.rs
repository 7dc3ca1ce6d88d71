//! Dedup memory: the keys of every source within their time to live.
//!
//! Each source has a ring of keys in the order of their receipt, which is the order in which they
//! expire, and a table of positions in it: 24 bytes a key and 4 to 9 for its place. Bound:
//! [`KEYS_MAX`] keys in all; at the bound the ledger takes no more events, because a key within its
//! time to live is never forgotten.

use std::collections::{BTreeMap, VecDeque};

use hashbrown::{HashTable, hash_table::Entry};

use crate::{
    corrupt::Corrupt,
    key::DedupKey,
    time::{SECOND_MS, Timestamp},
};

/// Most keys that one ledger remembers.
pub const KEYS_MAX: usize = 1_000_000;

/// What is known of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Not seen within the time to live.
    New,
    /// Seen, with the same content as far as the policy looks at it.
    Before,
    /// Seen, with other content.
    Otherwise,
}

/// The keys of every source.
#[derive(Clone, Debug)]
pub struct DedupMemory {
    rings: BTreeMap<String, Ring>,
    seed: u64,
}

#[derive(Clone, Debug, Default)]
struct Ring {
    keys: VecDeque<Remembered>,
    /// How many keys have left the ring: the number of the first one that is in it.
    gone: u32,
    /// Numbers of keys.
    places: HashTable<u32>,
}

/// 24 bytes.
#[derive(Clone, Copy, Debug)]
struct Remembered {
    key: DedupKey,
    content: u32,
    /// When it may be forgotten, in seconds since the epoch, rounded up.
    until_s: u32,
}

impl DedupMemory {
    /// No keys. `seed` keeps senders from choosing events whose keys collide in memory.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { rings: BTreeMap::new(), seed }
    }

    /// How many keys are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rings.values().map(|ring| ring.keys.len()).sum()
    }

    /// Looks a key up and remembers it if it is new, until `ttl_s` seconds after `received`.
    /// `received` must not go back within one source.
    pub fn check(
        &mut self,
        source: &str,
        ttl_s: u32,
        key: DedupKey,
        content: u32,
        received: Timestamp,
    ) -> Seen {
        let seed = self.seed;
        // Looked up twice rather than named anew for every event.
        if !self.rings.contains_key(source) {
            self.rings.insert(source.to_owned(), Ring::default());
        }
        match self.rings.get_mut(source) {
            Some(ring) => ring.check(seed, key, content, until_s(received, ttl_s)),
            None => Seen::New,
        }
    }

    /// Forgets the keys whose time to live is over at `now`.
    pub fn expire(&mut self, now: Timestamp) {
        let now_s = now.ms().div_euclid(SECOND_MS);
        for ring in self.rings.values_mut() {
            ring.expire(self.seed, now_s);
        }
    }

    /// How many bytes [`write`](Self::write) appends.
    #[must_use]
    pub fn written_bytes(&self) -> usize {
        4 + self
            .rings
            .iter()
            .map(|(name, ring)| 8 + name.len() + ring.keys.len() * 24)
            .sum::<usize>()
    }

    /// Appends every key to `bytes`: for each source its name, the number of its keys and 24 bytes
    /// for each.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend((self.rings.len() as u32).to_le_bytes());
        for (source, ring) in &self.rings {
            bytes.extend((source.len() as u32).to_le_bytes());
            bytes.extend(source.as_bytes());
            bytes.extend((ring.keys.len() as u32).to_le_bytes());
            for remembered in &ring.keys {
                bytes.extend(remembered.key.bytes());
                bytes.extend(remembered.content.to_le_bytes());
                bytes.extend(remembered.until_s.to_le_bytes());
            }
        }
    }

    /// Reads what [`write`](Self::write) wrote.
    ///
    /// # Errors
    /// [`Corrupt`] when it is something else.
    pub fn read(mut bytes: &[u8], seed: u64) -> Result<Self, Corrupt> {
        let mut memory = Self::new(seed);
        let sources = take_u32(&mut bytes)?;
        for _ in 0..sources {
            let length = take_u32(&mut bytes)? as usize;
            let (name, rest) = bytes.split_at_checked(length).ok_or(CUT)?;
            let name = core::str::from_utf8(name).map_err(|_| Corrupt("a name is no text"))?;
            let count = {
                bytes = rest;
                take_u32(&mut bytes)? as usize
            };
            let length = count.checked_mul(24).ok_or(CUT)?;
            let (keys, rest) = bytes.split_at_checked(length).ok_or(CUT)?;
            bytes = rest;
            let mut ring = Ring::with_capacity(count);
            for record in keys.chunks_exact(24) {
                ring.restore(seed, record)?;
            }
            memory.rings.insert(name.to_owned(), ring);
        }
        if bytes.is_empty() { Ok(memory) } else { Err(Corrupt("bytes after the keys")) }
    }
}

const CUT: Corrupt = Corrupt("the keys are cut off");

fn take_u32(bytes: &mut &[u8]) -> Result<u32, Corrupt> {
    let (number, rest) = bytes.split_first_chunk().ok_or(CUT)?;
    *bytes = rest;
    Ok(u32::from_le_bytes(*number))
}

fn until_s(received: Timestamp, ttl_s: u32) -> u32 {
    let received_s = received.ms().saturating_add(SECOND_MS - 1).div_euclid(SECOND_MS);
    received_s.saturating_add(i64::from(ttl_s)).clamp(0, i64::from(u32::MAX)) as u32
}

impl Ring {
    fn with_capacity(count: usize) -> Self {
        Self {
            keys: VecDeque::with_capacity(count),
            gone: 0,
            places: HashTable::with_capacity(count),
        }
    }

    fn check(&mut self, seed: u64, key: DedupKey, content: u32, until_s: u32) -> Seen {
        let Self { keys, gone, places } = self;
        let number = gone.wrapping_add(keys.len() as u32);
        let at = |number: u32| keys.get(number.wrapping_sub(*gone) as usize);
        let entry = places.entry(
            hash(seed, &key),
            |number| at(*number).is_some_and(|known| known.key == key),
            |number| at(*number).map_or(0, |known| hash(seed, &known.key)),
        );
        match entry {
            Entry::Occupied(known) => match at(*known.get()) {
                Some(known) if known.content != content => Seen::Otherwise,
                _ => Seen::Before,
            },
            Entry::Vacant(place) => {
                place.insert(number);
                keys.push_back(Remembered { key, content, until_s });
                Seen::New
            }
        }
    }

    fn restore(&mut self, seed: u64, record: &[u8]) -> Result<(), Corrupt> {
        let (key, rest) = record.split_first_chunk::<16>().ok_or(CUT)?;
        let mut rest = rest;
        let (content, until_s) = (take_u32(&mut rest)?, take_u32(&mut rest)?);
        match self.check(seed, DedupKey::from_bytes(*key), content, until_s) {
            Seen::New => Ok(()),
            Seen::Before | Seen::Otherwise => Err(Corrupt("a key comes twice")),
        }
    }

    fn expire(&mut self, seed: u64, now_s: i64) {
        while let Some(oldest) = self.keys.front().filter(|key| i64::from(key.until_s) < now_s) {
            let number = self.gone;
            if let Ok(place) =
                self.places.find_entry(hash(seed, &oldest.key), |place| *place == number)
            {
                place.remove();
            }
            self.keys.pop_front();
            self.gone = self.gone.wrapping_add(1);
        }
        // A peak must not hold its memory for ever.
        if self.keys.capacity() > 1_024 && self.keys.len() < self.keys.capacity() / 4 {
            self.keys.shrink_to(self.keys.len() * 2);
            let Self { keys, gone, places } = self;
            places.shrink_to(keys.len() * 2, |number| {
                keys.get(number.wrapping_sub(*gone) as usize)
                    .map_or(0, |known| hash(seed, &known.key))
            });
        }
    }
}

/// Keys are hashes already; the seed keeps their places from being foreseen.
fn hash(seed: u64, key: &DedupKey) -> u64 {
    let number = u128::from_le_bytes(*key.bytes());
    let mixed = ((number as u64) ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ ((number >> 64) as u64).wrapping_mul(seed | 1);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u64) -> DedupKey {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&n.to_le_bytes());
        DedupKey::from_bytes(bytes)
    }

    fn check(memory: &mut DedupMemory, source: &str, n: u64, content: u32, ms: i64) -> Seen {
        memory.check(source, 60, key(n), content, Timestamp::from_ms(ms))
    }

    #[test]
    fn remembers_a_key_until_its_time_is_over_and_not_less() {
        let mut memory = DedupMemory::new(1);
        assert_eq!(check(&mut memory, "a", 1, 0, 1), Seen::New);
        assert_eq!(check(&mut memory, "a", 1, 0, 1), Seen::Before);
        memory.expire(Timestamp::from_ms(61_999));
        assert_eq!(check(&mut memory, "a", 1, 0, 61_999), Seen::Before);
        memory.expire(Timestamp::from_ms(62_000));
        assert_eq!(memory.len(), 0);
        assert_eq!(check(&mut memory, "a", 1, 0, 62_000), Seen::New);
    }

    #[test]
    fn other_content_under_a_key_is_told_apart() {
        let mut memory = DedupMemory::new(1);
        check(&mut memory, "a", 1, 7, 0);
        assert_eq!(check(&mut memory, "a", 1, 8, 0), Seen::Otherwise);
        assert_eq!(check(&mut memory, "a", 1, 7, 0), Seen::Before);
        assert_eq!(check(&mut memory, "b", 1, 8, 0), Seen::New);
    }

    #[test]
    fn survives_writing_and_reading_and_refuses_cut_bytes() {
        let mut memory = DedupMemory::new(1);
        for n in 0..3_000 {
            check(&mut memory, if n % 3 == 0 { "a" } else { "b" }, n, n as u32, n as i64 * 100);
        }
        memory.expire(Timestamp::from_ms(200_000));
        let mut bytes = Vec::new();
        memory.write(&mut bytes);
        assert_eq!(bytes.len(), memory.written_bytes());
        let mut back = DedupMemory::read(&bytes, 99).unwrap();
        assert_eq!(back.len(), memory.len());
        for n in 0..3_000 {
            let source = if n % 3 == 0 { "a" } else { "b" };
            let expected = check(&mut memory.clone(), source, n, n as u32, 300_000);
            assert_eq!(check(&mut back.clone(), source, n, n as u32, 300_000), expected, "{n}");
        }
        let mut again = Vec::new();
        back.write(&mut again);
        assert_eq!(again, bytes);
        back.expire(Timestamp::from_ms(10_000_000));
        assert_eq!(back.len(), 0);
        for cut in 0..bytes.len().min(200) {
            assert!(DedupMemory::read(&bytes[..cut], 0).is_err());
        }
        bytes.push(0);
        assert!(DedupMemory::read(&bytes, 0).is_err());
    }
}
