//! What rejected events are named by: a place within a ledger, and an id within a space.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::key::{DedupKey, Digest};

/// The place of a rejected event within its ledger; later ones are larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The last block of its commit.
    pub seq: u64,
    /// Its number among the rejected events of that commit.
    pub index: u32,
}

impl Position {
    /// After every event.
    pub const END: Self = Self { seq: (1 << 53) - 1, index: u32::MAX };
    /// Before every event but the first that could be.
    pub const START: Self = Self { seq: 0, index: 0 };
}

impl fmt::Display for Position {
    /// `17.3`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.seq, self.index)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (seq, index) = text.split_once('.').ok_or(())?;
        let position = Self { seq: number(seq)?, index: number(index)? };
        if position.seq <= Self::END.seq { Ok(position) } else { Err(()) }
    }
}

/// The id of a rejected event. It names no other within the space, not even after a ledger's
/// storage was lost and its numbers begin again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectId {
    /// The ledger that keeps it.
    pub shard: u16,
    /// Tells that ledger from one that was in its place before.
    pub birth: u64,
    /// Its place there.
    pub at: Position,
}

impl RejectId {
    /// What its replays are recognised by.
    #[must_use]
    pub fn key(&self) -> DedupKey {
        let mut digest = Digest::new("replay.1");
        digest.part(self.to_string().as_bytes());
        DedupKey::from_bytes(digest.finish())
    }
}

impl fmt::Display for RejectId {
    /// `0-1a2b3c-17.3`, opaque to whoever reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:x}-{}", self.shard, self.birth, self.at)
    }
}

impl FromStr for RejectId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(());
        let (shard, birth, at) = (number(part()?)?, part()?, part()?.parse()?);
        let birth = u64::from_str_radix(birth, 16).map_err(|_| ())?;
        let id = Self { shard, birth, at };
        // One spelling each: what replays are recognised by must be the same for the same event.
        if id.to_string() == text { Ok(id) } else { Err(()) }
    }
}

/// Digits only: `parse` would take a sign.
fn number<T: FromStr>(digits: &str) -> Result<T, ()> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(());
    }
    digits.parse().map_err(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_id: bool) {
        let id = text.parse::<RejectId>();
        assert_eq!(id.map(|id| id.to_string()), if is_id { Ok(text.to_owned()) } else { Err(()) });
    }

    #[test]
    fn ids_have_one_spelling() {
        for good in ["0-0-0.0", "63-1f-17.3", "1-ffffffffffffffff-9007199254740991.4294967295"] {
            check(good, true);
        }
        for bad in [
            "",
            "0",
            "0-0",
            "0-0-0",
            "0-0-0.0.0",
            "0-0-0.0-",
            "00-0-0.0",
            "0-01-0.0",
            "0-F-0.0",
            "+1-0-0.0",
            "0-0-+1.0",
            "0-0-1.4294967296",
            "0-0-9007199254740992.0",
            "65536-0-0.0",
            "0-+f-0.0",
            " 0-0-0.0",
            "0-0-0.0 ",
            "0--0.0",
            "è-0-0.0",
        ] {
            check(bad, false);
        }
    }

    #[test]
    fn different_events_have_different_keys() {
        let key = |text: &str| text.parse::<RejectId>().unwrap().key();
        let keys = ["0-1-1.1", "1-1-1.1", "0-2-1.1", "0-1-2.1", "0-1-1.2", "0-11-1.1"].map(key);
        for (at, one) in keys.iter().enumerate() {
            assert_eq!(keys.iter().position(|other| other == one), Some(at));
        }
    }
}
