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

/// What most policies recognise an event by.
pub(crate) struct Identity<'a> {
    /// The client or viewer.
    pub(crate) who: &'a str,
    /// When it happened.
    pub(crate) time: Timestamp,
}

/// What is hashed: parts, each behind its length.
pub(crate) struct Digest(Vec<u8>);

impl Digest {
    /// Each purpose hashes under a name of its own: a hash never means two things.
    fn new(purpose: &str) -> Self {
        let mut digest = Self(Vec::with_capacity(256));
        digest.part(purpose.as_bytes());
        digest
    }

    pub(crate) fn part(&mut self, bytes: &[u8]) {
        self.0.extend((bytes.len() as u32).to_le_bytes());
        self.0.extend(bytes);
    }

    fn finish<const N: usize>(self) -> [u8; N] {
        let hash = blake3::hash(&self.0);
        let mut bytes = [0; N];
        bytes.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
        bytes
    }
}

/// The key of an event, and a fingerprint of its content where the policy tells a repetition with
/// other content apart (zero elsewhere). The content holds client and time. An event without an
/// identity is recognised by its content. `None` when the policy needs an event id and there is
/// none.
pub(crate) fn dedup_key(
    source: &Source,
    event_id: Option<&str>,
    identity: Option<&Identity<'_>>,
    content: impl Fn(&mut Digest),
) -> Option<(DedupKey, u32)> {
    let start = |policy: &str| {
        let mut digest = Digest::new(policy);
        digest.part(source.name.as_bytes());
        digest
    };
    match (source.dedup, identity) {
        (DedupPolicy::ClientTimeHash, _) | (DedupPolicy::Client5Min, None) => {
            let mut digest = start("content.1");
            content(&mut digest);
            Some((DedupKey(digest.finish()), 0))
        }
        (DedupPolicy::Client5Min, Some(identity)) => {
            let mut digest = start("client_5min.1");
            digest.part(identity.who.as_bytes());
            digest.part(&identity.time.floor(5 * MINUTE_MS).ms().to_le_bytes());
            Some((DedupKey(digest.finish()), 0))
        }
        (DedupPolicy::EventId, _) => {
            let mut digest = start("event_id.1");
            digest.part(event_id?.as_bytes());
            let mut fingerprint = Digest::new("fingerprint.1");
            content(&mut fingerprint);
            Some((DedupKey(digest.finish()), u32::from_le_bytes(fingerprint.finish())))
        }
    }
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
        let source = Source {
            name: "crm".into(),
            dedup: policy,
            dedup_ttl_s: 3_600,
            client_id: crate::source::ClientIdRule::Cliente,
        };
        let identity = Identity { who, time: Timestamp::from_ms(ms) };
        dedup_key(&source, id, Some(&identity), |digest| digest.part(content))
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
    fn parts_do_not_run_into_each_other() {
        let digest = |parts: &[&[u8]]| {
            let mut digest = Digest::new("t");
            parts.iter().for_each(|part| digest.part(part));
            digest.finish::<16>()
        };
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
    }
}
