//! The speed of the engine on one core: each step of an event's way, and the way as a whole.
//! `cargo bench -p polso-core --bench engine`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod stream;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use polso_core::{Batch, Effect, Hub, Ledger, Pulled, Query, Viewer, live::Request};
use stream::{NOW, batch, candidate, candidates, filled, raw, source, steady};

/// At 300 events in a second just below the most keys that a ledger remembers.
const TTL_S: u32 = 3_300;

fn events(c: &mut Criterion) {
    let mut group = c.benchmark_group("events");
    group.throughput(Throughput::Elements(1_000));
    let raws: Vec<String> = (0..1_000).map(|n| raw(n, 20, NOW)).collect();
    let source = source();
    group.bench_function("parse, validate, key", |b| {
        b.iter(|| raws.iter().for_each(|raw| drop(black_box(candidate(raw, &source, NOW)))));
    });
    let candidates = candidates(0..1_000, 20, NOW);
    group.bench_function("dedup", |b| {
        b.iter_batched(
            || (Ledger::new(1, 1), batch(candidates.clone())),
            |(mut ledger, batch)| {
                black_box(ledger.ingest(batch, NOW).unwrap());
                ledger
            },
            BatchSize::LargeInput,
        );
    });
    group.bench_function("journal, add to panes", |b| {
        b.iter_batched(
            || {
                let mut ledger = Ledger::new(1, 1);
                ledger.ingest(batch(candidates.clone()), NOW).unwrap();
                ledger
            },
            |mut ledger| {
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
                let candidates = raws.iter().map(|raw| candidate(raw, &source, NOW)).collect();
                ledger.ingest(batch(candidates), NOW).unwrap();
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
    let mut hub = Hub::new("main", &[*snapshot], 1, NOW).unwrap();
    let ask = |parameters: &[(&str, &str)]| Query::parse(parameters.iter().copied()).unwrap();
    for (name, query) in [
        ("all KPIs of an hour", ask(&[("window", "1h")])),
        ("filtered", ask(&[("window", "1h"), ("where", "canale:email")])),
        ("by campaign", ask(&[("window", "1h"), ("by", "campagna")])),
        ("by hour of the week", ask(&[("window", "28d"), ("by", "giorno_ora")])),
        (
            "filtered, by campaign",
            ask(&[("window", "1h"), ("where", "canale:email"), ("by", "campagna")]),
        ),
    ] {
        group.bench_function(name, |b| b.iter(|| black_box(hub.answer(&query, NOW).unwrap())));
    }
    let mut viewer = Viewer::default();
    let request = Request::decode(&viewer.resume()).unwrap();
    let frames = hub.resume(&request, NOW);
    group.bench_function("a viewer's snapshot", |b| {
        b.iter(|| frames.iter().for_each(|frame| assert!(viewer.apply(black_box(frame)).is_ok())));
    });
    group.finish();
}

fn an_hour(c: &mut Criterion) {
    let mut group = c.benchmark_group("after an hour at 300 events in a second");
    group.sample_size(10);
    let (mut ledger, mut now) = steady(3_600, TTL_S);
    assert!(ledger.bounds().keys > 990_000);
    let Effect::Checkpoint { bytes } = ledger.checkpoint() else { panic!("no checkpoint") };
    group.bench_function("checkpoint", |b| b.iter(|| black_box(ledger.checkpoint())));
    group.bench_function("restore", |b| {
        b.iter(|| black_box(Ledger::restore(&bytes, 1).unwrap()));
    });
    group.throughput(Throughput::Elements(300));
    let mut number = 3_600 * 300;
    group.bench_function("dedup, journal, count of new events while as many expire", |b| {
        b.iter_batched(
            || {
                now = now.plus_ms(1_000);
                number += 300;
                (
                    Batch {
                        dedup_ttl_s: TTL_S,
                        ..batch(candidates(number - 300..number, 20, now))
                    },
                    now,
                )
            },
            |(batch, now)| {
                ledger.ingest(batch, now).unwrap();
                black_box(ledger.commit())
            },
            BatchSize::SmallInput,
        );
    });
    let known = candidates(number - 300..number, 20, now);
    group.bench_function("dedup of duplicates", |b| {
        b.iter_batched(
            || batch(known.clone()),
            |batch| {
                ledger.ingest(batch, now).unwrap();
                black_box(ledger.commit())
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn tail(c: &mut Criterion) {
    let mut group = c.benchmark_group("a tail of 100,000 events");
    group.sample_size(10);
    let Effect::Checkpoint { bytes } = Ledger::new(1, 1).checkpoint() else {
        panic!("no checkpoint")
    };
    let (_, blocks) = filled(100_000, 20);
    group.bench_function("restore", |b| {
        b.iter(|| {
            let mut ledger = Ledger::restore(&bytes, 1).unwrap();
            blocks.iter().for_each(|block| ledger.replay(block).unwrap());
            black_box(ledger)
        });
    });
    group.finish();
}

criterion_group!(benches, events, readings, an_hour, tail);
criterion_main!(benches);
