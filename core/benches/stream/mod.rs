//! A stream of events of about 250 bytes each, and ledgers that have taken it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code, missing_docs)]

#[path = "../../tests/machine/mod.rs"]
pub mod machine;

use machine::Machine;
use polso_core::{Batch, Candidate, Effect, EventKind, Ledger, RawEvent, Source, Timestamp};

pub const NOW: Timestamp = Timestamp::from_ms(1_770_000_000_000);
const CHANNELS: [&str; 4] = ["email", "social_media", "webform", "sms"];

pub fn source() -> Source {
    Source::named("crm")
}

/// The `n`th event of a stream with `campaigns` campaigns, spread over the hour before `now`.
pub fn raw(n: usize, campaigns: usize, now: Timestamp) -> String {
    let time = now.plus_ms(-((n as i64 * 7_919) % 3_600_000));
    format!(
        r#"{{"id_cliente":"CLIENTE-ITALIA-{:06}","evento":"acquisto_concluso","timestamp":"{time}","valore":{}.5,"canale":"{}","stato":"completato","metadati":{{"campagna":"Campagna_{}","dispositivo":"iPad_pro","localita":"Roma"}}}}"#,
        n % 1_000_000,
        n % 500,
        CHANNELS[n % 4],
        n % campaigns,
    )
}

pub fn candidate(raw: &str, source: &Source, now: Timestamp) -> Candidate {
    let raw = RawEvent { json: raw, event_id: None };
    EventKind::Conversion.validate(&raw, source, now).unwrap().candidate
}

pub fn candidates(
    numbers: std::ops::Range<usize>,
    campaigns: usize,
    now: Timestamp,
) -> Vec<Candidate> {
    let source = source();
    numbers.map(|n| candidate(&raw(n, campaigns, now), &source, now)).collect()
}

pub fn batch(candidates: Vec<Candidate>) -> Batch {
    Batch { source: "crm".into(), dedup_ttl_s: 3_600, candidates, ..Batch::default() }
}

/// A ledger that has taken `events` events at once, and everything that it wrote.
pub fn filled(events: usize, campaigns: usize) -> (Ledger, Vec<Vec<u8>>) {
    let mut ledger = Ledger::new(1, 1);
    let mut blocks = Vec::new();
    for start in (0..events).step_by(100) {
        take(&mut ledger, batch(candidates(start..start + 100, campaigns, NOW)));
        for effect in ledger.commit() {
            match effect {
                Effect::Append { block, .. } => blocks.push(block),
                Effect::Checkpoint(save) => ledger.saved(save).unwrap(),
                _ => {}
            }
        }
    }
    (ledger, blocks)
}

/// Has new events judged. What was in pages that left memory is nowhere: no event of it comes again.
fn take(ledger: &mut Ledger, batch: Batch) {
    let mut lookup = ledger.look_up(batch, 1, NOW).unwrap();
    while let Some(page) = lookup.wants() {
        lookup.give_up(page);
    }
    ledger.judge(lookup).unwrap();
}

/// A ledger with its disk that has taken 300 events in each of `seconds` seconds and remembers their
/// keys for `ttl_s`, and the time of its last batch.
pub fn steady(seconds: usize, ttl_s: u32) -> (Machine, Timestamp) {
    let (mut machine, mut now) = (Machine::new(1), NOW);
    for second in 0..seconds {
        now = NOW.plus_ms(second as i64 * 1_000);
        let candidates = candidates(second * 300..(second + 1) * 300, 20, now);
        machine.ingest(Batch { dedup_ttl_s: ttl_s, ..batch(candidates) }, now).unwrap();
        drop(machine.commit());
    }
    (machine, now)
}
