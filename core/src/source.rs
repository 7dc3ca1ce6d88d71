//! What the core must know of a source to judge its events. Who may speak for it, and its limits
//! on bodies, are `polso-intake`'s.

use serde::{Deserialize, Serialize};

/// How two events of one source are recognised as the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DedupPolicy {
    /// Client, timestamp and a hash of the whole canonical content.
    #[default]
    ClientTimeHash,
    /// Client and the timestamp floored to five minutes, whatever the content.
    #[serde(rename = "client_5min")]
    Client5Min,
    /// The id that the sender signed; the same id with other content is a conflict.
    EventId,
    /// The bytes that the sender signed, where they hold no id: what is told again is told in the same
    /// bytes.
    Digest,
}

impl DedupPolicy {
    /// Every policy with its name in the configuration.
    pub const NAMES: [(&str, Self); 4] = [
        ("client_time_hash", Self::ClientTimeHash),
        ("client_5min", Self::Client5Min),
        ("event_id", Self::EventId),
        ("digest", Self::Digest),
    ];
}

/// What a client id may look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientIdRule {
    /// `^CLIENTE-[A-Z]{4,10}-\d{6}$`, the whole string.
    #[default]
    Cliente,
    /// 1 to 128 printable characters, for senders with ids of their own.
    Free,
}

impl ClientIdRule {
    /// Every rule with its name in the configuration.
    pub const NAMES: [(&str, Self); 2] = [("cliente", Self::Cliente), ("free", Self::Free)];
}

/// One configured sender, as the core sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name in the configuration, and the value of the dimension `source`.
    pub name: String,
    /// How repeated events are recognised.
    #[serde(default)]
    pub dedup: DedupPolicy,
    /// How long a dedup key is remembered, in seconds from the receipt of its event.
    #[serde(default = "Source::dedup_ttl_s_default")]
    pub dedup_ttl_s: u32,
    /// What a client id may look like.
    #[serde(default)]
    pub client_id: ClientIdRule,
    /// Whether events from outside Italy, or from nowhere known, are filtered. Only kinds of events
    /// that have a place heed it.
    #[serde(default)]
    pub only_italy: bool,
}

impl Source {
    /// A source with this name, and everything else as it is when the configuration does not say.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            dedup: DedupPolicy::default(),
            dedup_ttl_s: Self::dedup_ttl_s_default(),
            client_id: ClientIdRule::default(),
            only_italy: false,
        }
    }

    /// One hour.
    #[must_use]
    pub const fn dedup_ttl_s_default() -> u32 {
        3_600
    }
}
