//! Dedup memory: every key within its time to live, the recent ones in memory, the others in
//! storage.
//!
//! What was accepted since the last checkpoint is in [`recent`]. A checkpoint moves keys into
//! [`run`]s: sorted, written once, never changed, dropped whole when the last of them has expired.
//! Of a run, a small index stays in memory; its pages stay as long as there is room, and the oldest
//! leave first. [`lookup`] says which pages must be read before a batch can be judged.
//!
//! A key inside its time to live is never forgotten. Bound: [`Limits::keys_max`] keys, whether they
//! have expired meanwhile or not; at the bound the ledger takes no more events.

mod limits;
mod lookup;
mod plan;
mod recent;
mod run;

use crate::{
    corrupt::Corrupt,
    key::{DedupKey, Digest},
    time::{SECOND_MS, Timestamp},
};

pub use self::{limits::Limits, lookup::PageId, run::NewRun};
pub(crate) use self::{lookup::Looked, plan::Plan, run::RunState};
use self::{
    recent::Recent,
    run::{RECORD_BYTES, Run},
};

/// What is known of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Not seen within the time to live.
    New,
    /// Seen, with the same content as far as the policy looks at it.
    Before,
    /// Taken for seen: a page that cannot be read holds it, as far as its index tells.
    Presumed,
    /// Seen, with other content.
    Otherwise,
}

/// 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Remembered {
    key: DedupKey,
    content: u32,
    /// When it may be forgotten, in seconds since the epoch, rounded up.
    until_s: u32,
}

/// The keys of one source are told from the same keys of another by what is mixed into them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope([u8; 16]);

/// Every key within its time to live.
#[derive(Clone, Debug)]
pub(crate) struct DedupMemory {
    recent: Recent,
    /// Oldest first.
    runs: Vec<Run>,
    next_run: u32,
    limits: Limits,
}

impl Scope {
    pub(crate) fn of(source: &str) -> Self {
        let mut digest = Digest::new("scope.1");
        digest.part(source.as_bytes());
        Self(digest.finish())
    }

    /// Keys are hashes: the same mask over all of them makes no two of them meet.
    fn within(self, key: DedupKey) -> DedupKey {
        let mut bytes = *key.bytes();
        bytes.iter_mut().zip(self.0).for_each(|(byte, mask)| *byte ^= mask);
        DedupKey::from_bytes(bytes)
    }
}

impl DedupMemory {
    /// No keys. `seed` keeps senders from choosing events whose keys collide in memory.
    pub(crate) const fn new(seed: u64, limits: Limits) -> Self {
        Self { recent: Recent::new(seed), runs: Vec::new(), next_run: 1, limits }
    }

    /// How many keys are remembered, those counted in that have expired and are not dropped yet.
    pub(crate) fn len(&self) -> usize {
        self.recent.len() + self.runs.iter().map(Run::len).sum::<usize>()
    }

    /// How many of them are in storage only.
    pub(crate) fn spilled(&self) -> usize {
        self.runs.iter().map(Run::cold).sum()
    }

    /// The number of the next run: a checkpoint that makes runs raises it.
    pub(crate) const fn next_run(&self) -> u32 {
        self.next_run
    }

    /// Whether as many more would still be within the bounds.
    pub(crate) fn has_room(&self, more: usize) -> bool {
        self.recent.len() + more <= self.limits.recent_max
            && self.len() + more <= self.limits.keys_max
    }

    /// Looks a key up and remembers it if it is new, until `ttl_s` seconds after `received`.
    /// `looked` is what storage says of it.
    pub(crate) fn check(
        &mut self,
        looked: &Looked,
        (scope, ttl_s): (Scope, u32),
        (key, content): (DedupKey, u32),
        received: Timestamp,
    ) -> Seen {
        let seen = self.seen(looked, scope, (key, content), received);
        if seen == Seen::New {
            self.remember((scope, ttl_s), (key, content), received);
        }
        seen
    }

    /// Whether a key is remembered, at `now`; `looked` is what storage says of it.
    pub(crate) fn seen(
        &self,
        looked: &Looked,
        scope: Scope,
        (key, content): (DedupKey, u32),
        now: Timestamp,
    ) -> Seen {
        let key = scope.within(key);
        let known = self.recent.find(&key).filter(|known| known.is_live(second(now)));
        match known.or_else(|| looked.found(&key)) {
            Some(known) if known.content != content => Seen::Otherwise,
            Some(_) => Seen::Before,
            None if looked.is_presumed(&key) => Seen::Presumed,
            None => Seen::New,
        }
    }

    /// Remembers a key that was new when it was received.
    pub(crate) fn remember(
        &mut self,
        (scope, ttl_s): (Scope, u32),
        (key, content): (DedupKey, u32),
        received: Timestamp,
    ) {
        let (key, until_s) = (scope.within(key), until_s(received, ttl_s));
        self.recent.put(Remembered { key, content, until_s });
    }

    /// Forgets the runs whose last key has expired at `now`.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        let now_s = second(now);
        self.runs.retain(|run| run.is_live(now_s));
    }

    fn run(&self, number: u32) -> Option<&Run> {
        let at = self.runs.binary_search_by_key(&number, Run::number).ok()?;
        self.runs.get(at)
    }

    fn run_mut(&mut self, number: u32) -> Option<&mut Run> {
        let at = self.runs.binary_search_by_key(&number, Run::number).ok()?;
        self.runs.get_mut(at)
    }

    /// Lets pages go, those of the oldest runs first, until the others are within the bound.
    fn cool(&mut self) {
        let mut hot: usize = self.runs.iter().map(|run| run.len() - run.cold()).sum();
        for run in &mut self.runs {
            if hot <= self.limits.hot_keys_max {
                break;
            }
            hot -= run.len() - run.cold();
            run.cool();
        }
    }
}

impl Remembered {
    fn is_live(&self, now_s: i64) -> bool {
        i64::from(self.until_s) >= now_s
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.key.bytes());
        bytes.extend(self.content.to_le_bytes());
        bytes.extend(self.until_s.to_le_bytes());
    }

    fn read(record: &[u8]) -> Result<Self, Corrupt> {
        let (key, rest) = record.split_first_chunk().ok_or(CUT)?;
        let (content, rest) = rest.split_first_chunk().ok_or(CUT)?;
        let (until_s, rest) = rest.split_first_chunk().ok_or(CUT)?;
        if !rest.is_empty() {
            return Err(CUT);
        }
        Ok(Self {
            key: DedupKey::from_bytes(*key),
            content: u32::from_le_bytes(*content),
            until_s: u32::from_le_bytes(*until_s),
        })
    }
}

const CUT: Corrupt = Corrupt("the keys are cut off");

fn second(at: Timestamp) -> i64 {
    at.ms().div_euclid(SECOND_MS)
}

fn until_s(received: Timestamp, ttl_s: u32) -> u32 {
    let received_s = received.ms().saturating_add(SECOND_MS - 1).div_euclid(SECOND_MS);
    received_s.saturating_add(i64::from(ttl_s)).clamp(0, i64::from(u32::MAX)) as u32
}
