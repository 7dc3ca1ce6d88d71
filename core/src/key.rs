//! Dedup keys: which events of a source are the same one.
//!
//! A key is the first 128 bits of BLAKE3 over length-prefixed parts, so that neither chance nor a
//! sender's choice of bytes makes two different events one. It decides too which shard an event
//! meets its repetitions in.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    source::{DedupPolicy, Source},
    time::{MINUTE_MS, Timestamp},
};

/// 128 bits that name one event within its space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DedupKey([u8; 16]);

impl DedupKey {
    /// The key of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The shard, below `shards`, where all events with this key meet.
    #[must_use]
    pub fn shard(&self, shards: u16) -> u16 {
        let [.., a, b, c, d] = self.0;
        (u32::from_le_bytes([a, b, c, d]) % u32::from(shards.max(1))) as u16
    }
}

impl fmt::Display for DedupKey {
    /// 32 lowercase hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What an event may be recognised by.
pub(crate) trait Identity {
    /// Who did what, and when; nothing for an event of nobody.
    fn deed(&self, digest: &mut Digest) -> Option<Timestamp>;

    /// What two repetitions have in common where the policy goes by the content.
    fn same(&self, digest: &mut Digest) {
        self.content(digest);
    }

    /// Everything that the event says, each part with its length, so that no two contents read
    /// alike.
    fn content(&self, digest: &mut Digest);
}

/// What is hashed: texts behind their lengths, and numbers of a fixed width. Which comes where is the
/// same for every value of one purpose, so that no two values read alike.
pub(crate) struct Digest(Vec<u8>);

impl Digest {
    /// Each purpose hashes under a name of its own: a hash never means two things.
    pub(crate) fn new(purpose: &str) -> Self {
        let mut digest = Self(Vec::with_capacity(256));
        digest.part(purpose.as_bytes());
        digest
    }

    /// The key of all parts.
    pub(crate) fn key(self) -> DedupKey {
        DedupKey(self.finish())
    }

    pub(crate) fn part(&mut self, bytes: &[u8]) {
        // Seven bits to a byte: a hash costs by blocks of 64, and most lengths fit one.
        let mut length = bytes.len();
        while length >= 0x80 {
            self.0.push(length as u8 | 0x80);
            length >>= 7;
        }
        self.0.push(length as u8);
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// One of a closed set, by its position.
    pub(crate) fn choice(&mut self, position: u8) {
        self.0.push(position);
    }

    pub(crate) fn finish<const N: usize>(self) -> [u8; N] {
        let hash = blake3::hash(&self.0);
        let mut bytes = [0; N];
        bytes.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
        bytes
    }
}

/// The key of an event, and a fingerprint of its content where the policy tells a repetition with
/// other content apart (zero elsewhere). An event of nobody is recognised by its content. `None`
/// when the policy needs an event id and there is none.
pub(crate) fn dedup_key(
    source: &Source,
    event_id: Option<&str>,
    identity: &dyn Identity,
) -> Option<(DedupKey, u32)> {
    let start = |policy: &str| {
        let mut digest = Digest::new(policy);
        digest.part(source.name.as_bytes());
        digest
    };
    match source.dedup {
        DedupPolicy::ClientTimeHash => {}
        DedupPolicy::Client5Min => {
            let mut digest = start("client_5min.1");
            if let Some(time) = identity.deed(&mut digest) {
                digest.number(time.floor(5 * MINUTE_MS).ms());
                return Some((digest.key(), 0));
            }
        }
        DedupPolicy::Digest => {
            let mut digest = start("digest.1");
            digest.part(event_id?.as_bytes());
            return Some((digest.key(), 0));
        }
        DedupPolicy::EventId => {
            let mut digest = start("event_id.1");
            digest.part(event_id?.as_bytes());
            let mut fingerprint = Digest::new("fingerprint.1");
            identity.content(&mut fingerprint);
            return Some((digest.key(), u32::from_le_bytes(fingerprint.finish())));
        }
    }
    let mut digest = start("content.1");
    identity.same(&mut digest);
    Some((digest.key(), 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(
        policy: DedupPolicy,
        id: Option<&str>,
        who: &str,
        ms: i64,
        content: &[u8],
    ) -> Option<(DedupKey, u32)> {
        struct Deed<'a>(&'a str, i64, &'a [u8]);
        impl Identity for Deed<'_> {
            fn deed(&self, digest: &mut Digest) -> Option<Timestamp> {
                digest.part(self.0.as_bytes());
                Some(Timestamp::from_ms(self.1))
            }
            fn content(&self, digest: &mut Digest) {
                digest.part(self.2);
            }
        }
        dedup_key(&Source { dedup: policy, ..Source::named("crm") }, id, &Deed(who, ms, content))
    }

    #[test]
    fn the_default_policy_tells_any_difference_of_content_apart() {
        let same = key(DedupPolicy::ClientTimeHash, None, "a", 1, b"x");
        assert_eq!(same, key(DedupPolicy::ClientTimeHash, Some("id"), "a", 1, b"x"));
        assert_ne!(same, key(DedupPolicy::ClientTimeHash, None, "a", 1, b"y"));
    }

    #[test]
    fn five_minutes_of_one_client_are_one_event() {
        let at = |ms| key(DedupPolicy::Client5Min, None, "a", ms, b"x");
        assert_eq!(at(0), at(299_999));
        assert_ne!(at(299_999), at(300_000));
        assert_eq!(at(0), key(DedupPolicy::Client5Min, None, "a", 0, b"y"));
    }

    #[test]
    fn an_event_id_keeps_the_content_beside_the_key() {
        let of = |id, content| key(DedupPolicy::EventId, id, "a", 1, content).unwrap();
        assert_eq!(of(Some("1"), b"x"), of(Some("1"), b"x"));
        assert_eq!(of(Some("1"), b"x").0, of(Some("1"), b"y").0);
        assert_ne!(of(Some("1"), b"x").1, of(Some("1"), b"y").1);
        assert_ne!(of(Some("1"), b"x").0, of(Some("2"), b"x").0);
        assert_eq!(key(DedupPolicy::EventId, None, "a", 1, b"x"), None);
    }

    #[test]
    fn a_digest_stands_for_the_content() {
        let of = |id, content| key(DedupPolicy::Digest, id, "a", 1, content);
        assert_eq!(of(Some("1"), b"x"), of(Some("1"), b"y"));
        assert_ne!(of(Some("1"), b"x"), of(Some("2"), b"x"));
        assert_ne!(of(Some("1"), b"x"), key(DedupPolicy::EventId, Some("1"), "a", 1, b"x"));
        assert_eq!(of(None, b"x"), None);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let digest = |parts: &[&[u8]]| {
            let mut digest = Digest::new("t");
            parts.iter().for_each(|part| digest.part(part));
            digest.finish::<16>()
        };
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
    }
}
