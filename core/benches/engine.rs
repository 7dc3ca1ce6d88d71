//! The speed of the engine on one core: each step of an event's way, and the way as a whole.
//! `cargo bench -p polso-core`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use polso_core::{
    Batch, Candidate, Effect, EventKind, Hub, Ledger, Pulled, Query, RawEvent, Refused, Source,
    Timestamp, Viewer,
};

const NOW_MS: i64 = 1_770_000_000_000;
const CHANNELS: [&str; 4] = ["email", "social_media", "webform", "sms"];

fn source() -> Source {
    Source::named("crm")
}

/// The `n`th event of a stream with `campaigns` campaigns, spread over the last hour.
fn raw(n: usize, campaigns: usize) -> String {
    let time = Timestamp::from_ms(NOW_MS - (n as i64 * 7_919) % 3_600_000);
    format!(
        r#"{{"id_cliente":"CLIENTE-ITALIA-{:06}","evento":"acquisto_concluso","timestamp":"{time}","valore":{}.5,"canale":"{}","stato":"completato","metadati":{{"campagna":"Campagna_{}","dispositivo":"iPad_pro","localita":"Roma"}}}}"#,
        n % 1_000_000,
        n % 500,
        CHANNELS[n % 4],
        n % campaigns,
    )
}

fn candidate(raw: &str, source: &Source) -> Candidate {
    let raw = RawEvent { json: raw, event_id: None };
    EventKind::Conversion.validate(&raw, source, Timestamp::from_ms(NOW_MS)).unwrap().candidate
}

fn batch(candidates: Vec<Candidate>) -> Batch {
    Batch { source: "crm".into(), dedup_ttl_s: 3_600, candidates, refused: Refused::default() }
}

/// A ledger that has taken `events` events, and everything that it wrote.
fn filled(events: usize, campaigns: usize) -> (Ledger, Vec<Vec<u8>>) {
    let (source, mut ledger) = (source(), Ledger::new(1, 1));
    let mut blocks = Vec::new();
    for start in (0..events).step_by(100) {
        let raws = (start..start + 100).map(|n| raw(n, campaigns));
        let candidates = raws.map(|raw| candidate(&raw, &source)).collect();
        ledger.ingest(batch(candidates), Timestamp::from_ms(NOW_MS)).unwrap();
        for effect in ledger.commit() {
            if let Effect::Append { block, .. } = effect {
                blocks.push(block);
            }
        }
    }
    (ledger, blocks)
}

fn events(c: &mut Criterion) {
    let mut group = c.benchmark_group("events");
    group.throughput(Throughput::Elements(1_000));
    let raws: Vec<String> = (0..1_000).map(|n| raw(n, 20)).collect();
    let source = source();
    group.bench_function("parse, validate, key", |b| {
        b.iter(|| raws.iter().for_each(|raw| drop(black_box(candidate(raw, &source)))));
    });
    let candidates: Vec<Candidate> = raws.iter().map(|raw| candidate(raw, &source)).collect();
    group.bench_function("dedup, journal, count", |b| {
        b.iter_batched(
            || (Ledger::new(1, 1), batch(candidates.clone())),
            |(mut ledger, batch)| {
                ledger.ingest(batch, Timestamp::from_ms(NOW_MS)).unwrap();
                black_box(ledger.commit());
                ledger
            },
            BatchSize::LargeInput,
        );
    });
    group.bench_function("the whole way", |b| {
        b.iter_batched(
            || Ledger::new(1, 1),
            |mut ledger| {
                let candidates = raws.iter().map(|raw| candidate(raw, &source)).collect();
                ledger.ingest(batch(candidates), Timestamp::from_ms(NOW_MS)).unwrap();
                black_box(ledger.commit());
                ledger
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn readings(c: &mut Criterion) {
    let mut group = c.benchmark_group("readings over 10,000 series");
    let (mut ledger, _) = filled(100_000, 10_000);
    let Pulled::Snapshot(snapshot) = ledger.pull(0, 0) else { panic!("no snapshot") };
    let now = Timestamp::from_ms(NOW_MS);
    let mut hub = Hub::new("main", &[*snapshot], 1, now).unwrap();
    let ask = |parameters: &[(&str, &str)]| Query::parse(parameters.iter().copied()).unwrap();
    for (name, query) in [
        ("all KPIs of an hour", ask(&[("window", "1h")])),
        ("filtered", ask(&[("window", "1h"), ("where", "canale:email")])),
        ("by campaign", ask(&[("window", "1h"), ("by", "campagna")])),
        ("by hour of the week", ask(&[("window", "28d"), ("by", "giorno_ora")])),
    ] {
        group.bench_function(name, |b| b.iter(|| black_box(hub.answer(&query, now).unwrap())));
    }
    let mut viewer = Viewer::default();
    let request = polso_core::live::Request::decode(&viewer.resume()).unwrap();
    let (_, frames) = hub.resume(&request, now);
    group.bench_function("a viewer's snapshot", |b| {
        b.iter(|| frames.iter().for_each(|frame| assert!(viewer.apply(black_box(frame)).is_ok())));
    });
    group.finish();
}

fn restore(c: &mut Criterion) {
    let mut group = c.benchmark_group("1,000,000 keys");
    group.sample_size(10);
    let (mut ledger, _) = filled(999_000, 20);
    let Effect::Checkpoint { bytes } = ledger.checkpoint() else { panic!("no checkpoint") };
    let fresh: Vec<String> = (999_000..999_100).map(|n| raw(n, 20)).collect();
    let fresh: Vec<Candidate> = fresh.iter().map(|raw| candidate(raw, &source())).collect();
    group.bench_function("checkpoint", |b| b.iter(|| black_box(ledger.checkpoint())));
    group.bench_function("restore", |b| {
        b.iter(|| black_box(Ledger::restore(&bytes, 1).unwrap()));
    });
    group.bench_function("100 duplicates", |b| {
        ledger.ingest(batch(fresh.clone()), Timestamp::from_ms(NOW_MS)).unwrap();
        b.iter_batched(
            || batch(fresh.clone()),
            |batch| black_box(ledger.ingest(batch, Timestamp::from_ms(NOW_MS)).unwrap()),
            BatchSize::SmallInput,
        );
    });
    group.finish();
    let mut tail = c.benchmark_group("a tail of 100,000 events");
    tail.sample_size(10);
    let Effect::Checkpoint { bytes } = Ledger::new(1, 1).checkpoint() else {
        panic!("no checkpoint")
    };
    let (_, blocks) = filled(100_000, 20);
    tail.bench_function("restore", |b| {
        b.iter(|| {
            let mut ledger = Ledger::restore(&bytes, 1).unwrap();
            blocks.iter().for_each(|block| ledger.replay(block).unwrap());
            black_box(ledger)
        });
    });
    tail.finish();
}

criterion_group!(benches, events, readings, restore);
criterion_main!(benches);
