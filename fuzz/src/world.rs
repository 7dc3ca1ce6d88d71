//! A small world of genuine things for fuzzed ones to meet: sources, events, a ledger, a hub.

use std::sync::OnceLock;

use polso_core::{
    Batch, Bounds, Candidate, ClientIdRule, DedupPolicy, Effect, EventKind, Hub, Ledger, Outcome,
    Pulled, Query, RawEvent, Refusals, Refused, Reject, Source, Timestamp,
};

use crate::kinds;

/// An hour before the year 2106, when seconds in 32 bits end: no key is remembered beyond.
const KEYS_END: Timestamp = Timestamp::from_ms((u32::MAX as i64 - 3_600) * 1_000);

pub fn now() -> Timestamp {
    Timestamp::parse(kinds::NOW).unwrap()
}

/// A source: the lowest bit chooses its client ids, the highest but one whether it
/// wants Italy alone, the others its dedup policy.
pub fn source(choice: u8) -> Source {
    let policies = DedupPolicy::NAMES;
    Source {
        dedup: policies[usize::from(choice >> 1) % policies.len()].1,
        client_id: if choice & 1 == 0 { ClientIdRule::Cliente } else { ClientIdRule::Free },
        only_italy: choice & 64 != 0,
        ..Source::named("crm")
    }
}

/// The examples of every kind, valid.
pub fn candidates() -> Vec<Candidate> {
    static ALL: OnceLock<Vec<Candidate>> = OnceLock::new();
    ALL.get_or_init(validated).clone()
}

fn validated() -> Vec<Candidate> {
    let texts = EventKind::NAMES.iter().flat_map(|(_, kind)| {
        kinds::examples(*kind).iter().map(move |json| (*kind, RawEvent { json, event_id: None }))
    });
    texts.map(|(kind, raw)| kind.validate(&raw, &source(0), now()).unwrap().candidate).collect()
}

pub fn batch(candidates: Vec<Candidate>) -> Batch {
    let refused = Refused { rejected: 2, ..Refused::default() };
    Batch { source: "crm".into(), dedup_ttl_s: 3_600, candidates, refused, ..Batch::default() }
}

/// The blocks among effects.
pub fn blocks(effects: &[Effect]) -> Vec<Vec<u8>> {
    let block = |effect: &Effect| match effect {
        Effect::Append { block, .. } => Some(block.clone()),
        _ => None,
    };
    effects.iter().filter_map(block).collect()
}

/// A ledger with one block of all examples, and that block.
pub fn ledger() -> (Ledger, Vec<u8>) {
    let mut ledger = Ledger::new(7, 1);
    ledger.ingest(batch(candidates()), now()).unwrap();
    let block = blocks(&ledger.commit()).remove(0);
    (ledger, block)
}

/// Everything that a ledger would keep.
pub fn checkpoint(ledger: &mut Ledger) -> Vec<u8> {
    ledger.checkpoint().bytes
}

/// A hub over one ledger.
pub fn hub(ledger: &mut Ledger) -> Hub {
    let Pulled::Snapshot(snapshot) = ledger.pull(0, u64::MAX) else { panic!("no snapshot") };
    Hub::new("main", &[*snapshot], 3, now()).expect("a ledger's own snapshot")
}

/// Questions of every shape.
pub fn questions() -> &'static [Query] {
    static ALL: OnceLock<Vec<Query>> = OnceLock::new();
    ALL.get_or_init(parsed)
}

fn parsed() -> Vec<Query> {
    let texts: [&[(&str, &str)]; 4] = [
        &[("window", "all"), ("by", "source")],
        &[("window", "5m")],
        &[("window", "24h"), ("kind", "tumbling")],
        &[("window", "400d"), ("where", "source:crm")],
    ];
    texts.iter().map(|text| Query::parse(text.iter().copied()).unwrap()).collect()
}

/// Whatever a ledger has read, it goes on from there: it takes events, knows them again, and writes
/// what can be read.
pub fn goes_on(mut ledger: Ledger) {
    let start = checkpoint(&mut ledger);
    let mut twin = Ledger::restore(&start, 2).expect("a ledger's own checkpoint");
    assert!(twin.bounds().keys <= ledger.bounds().keys, "only keys that have expired are left out");
    let bounds =
        |ledger: &Ledger| Bounds { keys: 0, refusals: Refusals::default(), ..ledger.bounds() };
    assert_eq!(bounds(&twin), bounds(&ledger));
    assert_eq!(checkpoint(&mut twin), start, "a restored ledger has another checkpoint");
    let known = ledger.bounds().keys;
    let rejects = vec![Reject::new(EventKind::Spend, "{", &[], usize::MAX)];
    let first = Batch { rejects, ..batch(candidates()) };
    let Ok(outcomes) = ledger.ingest(first, now()) else { return };
    let accepted = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Accepted { .. }));
    assert!(ledger.bounds().keys <= known + accepted.count() as u64);
    let effects = ledger.commit();
    for block in blocks(&effects) {
        twin.replay(&block).expect("a ledger's own block");
    }
    assert_eq!(checkpoint(&mut twin), checkpoint(&mut ledger), "a twin knows something else");
    let again = ledger.ingest(batch(candidates()), now()).expect("room");
    let new = again.iter().find(|outcome| matches!(outcome, Outcome::Accepted { .. }));
    assert!(new.is_none() || clock(&effects) > KEYS_END, "an event was accepted twice");
    let _ = ledger.commit();
    let hub = hub(&mut ledger);
    for query in questions() {
        let _ = hub.answer(query, now());
    }
    let _ = hub.integrity();
}

/// The latest time that a ledger was ever shown, from the effects of a commit with rejected events.
fn clock(effects: &[Effect]) -> Timestamp {
    let clock = |effect: &Effect| match effect {
        Effect::Keep { now, .. } => Some(*now),
        _ => None,
    };
    effects.iter().find_map(clock).expect("rejected events are kept")
}

/// Sealed bytes of the kind and version of `like`, with a checksum that fits.
pub fn sealed(like: &[u8], body: &[u8]) -> Vec<u8> {
    let mut bytes = [&like[..2], body].concat();
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// What is inside of sealed bytes.
pub fn unsealed(bytes: &[u8]) -> &[u8] {
    &bytes[2..bytes.len() - 4]
}
