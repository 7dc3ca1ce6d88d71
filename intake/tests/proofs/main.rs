//! Proofs through the configuration, against senders that were written apart from them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod documentation;
mod forgeries;
mod hubspot;
mod lists;
mod replays;
mod salesforce;
mod schemes;
mod sign;
mod zoho;

use polso_core::Timestamp;
use polso_intake::proof::ProofFault;

use schemes::{Request, Scheme};

const NOW: Timestamp = Timestamp::from_ms(1_764_000_000_000);
const BODY: &[u8] = br#"{"id":"evt_1","amount":1250,"name":"perch\u00e9 no"}"#;

fn signed(scheme: &Scheme) -> Request {
    (scheme.sign)(1, NOW, BODY)
}

/// Which secret of two proved the request.
#[track_caller]
fn check(scheme: &Scheme, request: &Request, what: &str, expected: Result<u8, ProofFault>) {
    let found = request.check(&scheme.proof(&[1, 2]), NOW).map(|proven| proven.secret);
    assert_eq!(found, expected, "{}: {what}", scheme.name);
}
