//! What must hold for any bytes that come from outside, one target for each place where they come in.
//!
//! A target is a function that panics where a property does not hold. `tests/corpus.rs` runs each
//! over its seeds and over what fuzzing has found worth keeping (`corpus/`); `libfuzzer/` looks for more
//! (`npm run fuzz`). Nothing here is shipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a property that does not hold ends in a panic"
)]

mod adapters;
mod bodies;
mod calls;
mod checkpoints;
mod configs;
mod events;
mod frames;
mod input;
mod journal;
mod keys;
#[path = "../../core/tests/schema/kinds.rs"]
#[allow(missing_docs)]
mod kinds;
mod members;
mod pages;
mod proofs;
mod queries;
mod rejected;
mod requests;
#[path = "../../intake/tests/proofs/schemes.rs"]
#[allow(missing_docs, dead_code)]
mod schemes;
#[path = "../../intake/tests/proofs/sign.rs"]
#[allow(missing_docs, dead_code)]
mod sign;
mod subscriptions;
mod tokens;
mod world;

/// One place where bytes come in.
#[derive(Debug)]
pub struct Target {
    /// Its name, and that of its folder in `corpus/`.
    pub name: &'static str,
    /// Checks everything that must hold for these bytes.
    pub run: fn(&[u8]),
    /// Inputs to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "adapters", run: adapters::run, seeds: adapters::seeds },
    Target { name: "bodies", run: bodies::run, seeds: bodies::seeds },
    Target { name: "calls", run: calls::run, seeds: calls::seeds },
    Target { name: "checkpoints", run: checkpoints::run, seeds: checkpoints::seeds },
    Target { name: "configs", run: configs::run, seeds: configs::seeds },
    Target { name: "events", run: events::run, seeds: events::seeds },
    Target { name: "frames", run: frames::run, seeds: frames::seeds },
    Target { name: "journal", run: journal::run, seeds: journal::seeds },
    Target { name: "keys", run: keys::run, seeds: keys::seeds },
    Target { name: "pages", run: pages::run, seeds: pages::seeds },
    Target { name: "proofs", run: proofs::run, seeds: proofs::seeds },
    Target { name: "queries", run: queries::run, seeds: queries::seeds },
    Target { name: "rejected", run: rejected::run, seeds: rejected::seeds },
    Target { name: "requests", run: requests::run, seeds: requests::seeds },
    Target { name: "subscriptions", run: subscriptions::run, seeds: subscriptions::seeds },
    Target { name: "tokens", run: tokens::run, seeds: tokens::seeds },
];

/// The target of a name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
