//! Replays: a rejected event once more, never counted twice.
//!
//! Its dedup key alone cannot hold that: it is forgotten after its time to live, and other rules or
//! shards give another key or ledger. So the ledger that keeps the event remembers to which ledger
//! its replay went and with what ([`Pin`], the first one stands), and that one remembers the id and
//! the key of the event longer than any is kept, in a ring of its own.

use serde::{Deserialize, Serialize};

use super::{KEPT_MS, KeptReject};
use crate::{
    corrupt::Corrupt,
    dedup::{DedupMemory, Looked, Scope, Seen},
    key::DedupKey,
    ledger::{Batch, Outcome},
    sealed::{self, Kind},
    time::{DAY_MS, SECOND_MS, Timestamp},
};

/// The ring of replayed events. No source can be called so.
const RING: &str = "#replay";
/// How long a replay is remembered: longer than what was replayed can be found.
const REMEMBERED_S: u32 = ((KEPT_MS + 5 * DAY_MS) / SECOND_MS) as u32;

const PIN: Kind = Kind { tag: b'P', version: 3 };

/// Where the replay of an event goes, whatever rules and shards there are later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The ledger.
    pub shard: u16,
    /// Its one candidate is the event.
    pub batch: Batch,
}

impl Pin {
    /// Seals it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        sealed::seal(PIN, self)
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    /// [`Corrupt`] when it is something else.
    pub fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        sealed::open(PIN, bytes)
    }
}

/// What became of a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// The verdict, by its name.
    pub verdict: String,
    /// When it was told.
    pub at: Timestamp,
}

/// A rejected event that was looked up by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundReject {
    /// The event.
    pub kept: KeptReject,
    /// Where its replay goes, once one was begun.
    pub pin: Option<Pin>,
}

impl Outcome {
    /// The name of its verdict.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
        }
    }
}

/// What a replay is recognised by: the id of the rejected event, and the event itself, which may
/// have been rejected more than once. Nothing for any other batch.
pub(crate) fn replay_keys(batch: &Batch) -> Vec<DedupKey> {
    let events = batch.candidates.iter().map(|candidate| candidate.key);
    batch.replay.map(|id| core::iter::once(id).chain(events).collect()).unwrap_or_default()
}

/// The keys of a replay as the dedup memory looks for them.
pub(crate) fn scoped(keys: &[DedupKey]) -> impl Iterator<Item = (Scope, DedupKey)> {
    let scope = Scope::of(RING);
    keys.iter().map(move |key| (scope, *key))
}

/// Whether a replay of any of these keys came before; all are remembered from now on, and those stay
/// in `keys` that were not before.
pub(crate) fn is_repeated(
    memory: &mut DedupMemory,
    looked: &Looked,
    keys: &mut Vec<DedupKey>,
    received: Timestamp,
) -> bool {
    let (all, scope) = (keys.len(), (Scope::of(RING), REMEMBERED_S));
    // Every one is looked at, whatever was found before.
    keys.retain(|key| memory.check(looked, scope, (*key, 0), received) == Seen::New);
    keys.len() < all
}

/// Remembers the keys of a replay that were new when it was received.
pub(crate) fn remember(memory: &mut DedupMemory, keys: &[DedupKey], received: Timestamp) {
    let scope = (Scope::of(RING), REMEMBERED_S);
    keys.iter().for_each(|key| memory.remember(scope, (*key, 0), received));
}
