//! The memory of a ledger: what a key takes, and what a series takes that was counted in every tier.
//! Counts the bytes that are asked for, which is what Wasm's linear memory has to hold at least.
//! `cargo bench -p polso-core --bench memory`
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod stream;

use peak_alloc::PeakAlloc;
use polso_core::Ledger;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

const KEYS: usize = 1_000_000;
const MOST_KEYS: usize = 9_900_000;
const SERIES: usize = 10_000;

/// The bytes that a ledger holds after as many events, its publications being due and made.
fn bytes_of(events: usize, campaigns: usize) -> (usize, Ledger) {
    let before = ALLOCATED.current_usage();
    let ledger = stream::filled(events, campaigns).0;
    (ALLOCATED.current_usage() - before, ledger)
}

fn main() {
    let (few, _) = bytes_of(SERIES, 20);
    let (keys, ledger) = bytes_of(KEYS, 20);
    println!("{:.1} MB for {} live keys", keys as f64 / 1e6, ledger.bounds().keys);
    println!("{:.1} bytes for each", (keys - few) as f64 / (KEYS - SERIES) as f64);
    drop(ledger);
    let (most, ledger) = bytes_of(MOST_KEYS, 20);
    println!("{:.1} MB for {} live keys", most as f64 / 1e6, ledger.bounds().keys);
    drop(ledger);
    let (many, ledger) = bytes_of(SERIES, SERIES);
    println!("{:.1} MB for {} series", many as f64 / 1e6, ledger.bounds().series);
    println!("{:.1} bytes for each", (many - few) as f64 / SERIES as f64);
}
