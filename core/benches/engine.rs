//! The speed of the engine on one core: each step of an event's way, and the way as a whole.
//! `cargo bench -p polso-core --bench engine`
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod stream;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use polso_core::{Batch, Hub, Ledger, Pulled, Query, Viewer, live::Request};
use stream::{NOW, batch, candidate, candidates, filled, machine::Machine, raw, source, steady};

/// At 300 events in a second a million keys are alive.
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
    group.bench_function("the whole way: parse, validate, key, dedup, journal, count", |b| {
        b.iter_batched(
            || Ledger::new(1, 1),
            |mut ledger| {
                for raws in raws.chunks(100) {
                    let candidates = raws.iter().map(|raw| candidate(raw, &source, NOW)).collect();
                    ledger.ingest(batch(candidates), NOW).unwrap();
                    black_box(ledger.commit());
                }
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
    let (mut machine, mut now) = steady(3_600, TTL_S);
    assert!(machine.ledger.bounds().keys > 990_000);
    describe(&machine);
    group.bench_function("checkpoint", |b| b.iter(|| black_box(machine.ledger.checkpoint())));
    group.throughput(Throughput::Elements(300));
    let mut number = 3_600 * 300;
    group.bench_function("dedup, journal, count of new events while as many expire", |b| {
        b.iter_batched(
            || {
                now = now.plus_ms(1_000);
                number += 300;
                let batch = batch(candidates(number - 300..number, 20, now));
                (Batch { dedup_ttl_s: TTL_S, ..batch }, now)
            },
            |(batch, now)| {
                machine.ingest(batch, now).unwrap();
                black_box(machine.commit())
            },
            BatchSize::SmallInput,
        );
    });
    for (name, numbers) in [
        ("dedup of duplicates that came just now", number - 300..number),
        (
            "dedup of duplicates that came 40 minutes ago",
            number - 2_400 * 300..number - 2_399 * 300,
        ),
    ] {
        let came = now.plus_ms((numbers.end as i64 - number as i64) / 300 * 1_000);
        let known = batch(candidates(numbers, 20, came));
        group.bench_function(name, |b| {
            b.iter(|| {
                machine.ingest(known.clone(), now).unwrap();
                black_box(machine.commit())
            });
        });
    }
    group.finish();
    let mut group = c.benchmark_group("after an hour at 300 events in a second");
    group.sample_size(10);
    group.bench_function("restore", |b| b.iter(|| assert!(!machine.restart(1))));
    group.finish();
}

/// What is on the disk.
fn describe(machine: &Machine) {
    let mb = |bytes: usize| bytes as f64 / 1e6;
    let bounds = machine.ledger.bounds();
    println!("{} keys, {} of them in storage only", bounds.keys, bounds.spilled);
    let Some(last) = machine.segments.last() else { return };
    println!("checkpoint: {:.2} MB", mb(last.checkpoint.len()));
    println!("tail: {} blocks", last.journal.len());
    let indexes = machine.runs.values().map(|(index, _)| index.len()).sum();
    let pages = machine.runs.values().flat_map(|(_, pages)| pages);
    println!(
        "{} runs: indexes {:.1} MB, {} pages {:.1} MB",
        machine.runs.len(),
        mb(indexes),
        pages.clone().count(),
        mb(pages.map(Vec::len).sum()),
    );
}

fn tail(c: &mut Criterion) {
    let mut group = c.benchmark_group("a tail of 100,000 events");
    group.sample_size(10);
    let bytes = Ledger::new(1, 1).checkpoint().bytes;
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
