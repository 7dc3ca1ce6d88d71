//! What happens to the system: events and spend as their senders meant them, and everything else
//! that may go on meanwhile.

use proptest::prelude::*;

use crate::stories::{Told, told};

/// A Monday in winter, and the day after each change of Rome's clocks.
pub(crate) const STARTS: [&str; 3] =
    ["2026-02-02T02:40:00Z", "2026-03-30T06:00:00Z", "2026-10-26T06:00:00Z"];
pub(crate) const CHANNELS: [&str; 4] = ["email", "social_media", "webform", "sms"];
pub(crate) const KINDS: [&str; 4] =
    ["richiesta_demo", "acquisto_concluso", "iscrizione_evento", "cancello_abbandono"];
pub(crate) const OUTCOMES: [&str; 3] = ["completato", "duplicato", "fallito"];
/// One event as its sender meant it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) client: u32,
    pub(crate) age_ms: i64,
    pub(crate) kind: usize,
    pub(crate) outcome: usize,
    pub(crate) channel: usize,
    pub(crate) cents: i64,
    pub(crate) campaign: u8,
}

/// One amount of ad spend as its sender meant it.
#[derive(Clone, Debug)]
pub(crate) struct Paid {
    pub(crate) channel: usize,
    pub(crate) campaign: u8,
    pub(crate) cents: i64,
    pub(crate) age_ms: i64,
    pub(crate) length_ms: i64,
}

pub(crate) fn paid() -> impl Strategy<Value = Paid> {
    let age_ms = prop_oneof![-40_000_000..40_000_000_i64, 0..3_000_000_000_i64];
    let length_ms = prop_oneof![1..100_000_i64, 1..3_000_000_000_i64];
    (0..4_usize, 0..5_u8, 0..5_000_000_i64, age_ms, length_ms).prop_map(
        |(channel, campaign, cents, age_ms, length_ms)| Paid {
            channel,
            campaign,
            cents,
            age_ms,
            length_ms,
        },
    )
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// A batch arrives after some time has passed.
    Send { wait_ms: i64, events: Vec<Sent> },
    /// Ad spend arrives.
    Pay(Paid),
    /// Story events arrive after some time has passed.
    Tell { wait_ms: i64, events: Vec<Told> },
    /// A commit becomes due.
    Commit,
    /// A checkpoint becomes due.
    Checkpoint { shard: usize },
    /// A ledger is dropped and restored from what it kept.
    Restart { shard: usize },
    /// The number of shards changes.
    Reshard { shards: u16 },
    /// The hub is dropped.
    EvictHub,
    /// The viewer loses its link and comes back.
    Reconnect,
}

pub(crate) fn sent() -> impl Strategy<Value = Sent> {
    let age_ms = prop_oneof![
        6 => -200_000..600_000_i64,
        2 => 0..8_000_000_i64,
        1 => 0..200_000_000_i64,
        1 => 0..60_000_000_000_i64,
    ];
    (0..30_u32, age_ms, 0..4_usize, 0..3_usize, 0..4_usize, 0..50_000_i64, 0..4_u8).prop_map(
        |(client, age_ms, kind, outcome, channel, cents, campaign)| Sent {
            client,
            age_ms,
            kind,
            outcome,
            channel,
            cents,
            campaign,
        },
    )
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0..120_000_i64, prop::collection::vec(sent(), 0..12))
            .prop_map(|(wait_ms, events)| Act::Send { wait_ms, events }),
        2 => paid().prop_map(Act::Pay),
        6 => (0..120_000_i64, prop::collection::vec(told(), 0..12))
            .prop_map(|(wait_ms, events)| Act::Tell { wait_ms, events }),
        4 => Just(Act::Commit),
        4 => (0..8_usize).prop_map(|shard| Act::Checkpoint { shard }),
        1 => (0..8_usize).prop_map(|shard| Act::Restart { shard }),
        1 => (1..6_u16).prop_map(|shards| Act::Reshard { shards }),
        1 => Just(Act::EvictHub),
        1 => Just(Act::Reconnect),
    ]
}

/// One accepted event of the model.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) time_ms: i64,
    pub(crate) received_ms: i64,
    pub(crate) sent: Sent,
}
