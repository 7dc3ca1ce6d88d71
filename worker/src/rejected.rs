//! Rejected events at the edge: their list, and the replay of one.
//!
//! A replay is begun at the ledger that keeps the event, which pins where it goes, then goes there
//! like any batch. Whatever breaks off in between, the next replay goes the same way, and the ledger
//! at its end knows it again.

use futures_util::future::try_join_all;
use polso_core::{RejectId, Replayed};
use polso_intake::{Edge, Listing, Prepared, Refusal};
use worker::{Env, Response};

use crate::{
    calls,
    fetch::{call_failed, internal},
    platform::{log_error, now},
    respond,
};

pub(crate) async fn list(env: &Env, space: &str, listing: Listing) -> Result<Response, Refusal> {
    let pages = listing.searches().map(async |(shard, search)| {
        calls::rejected_page(env, space, shard, search).await.map(|page| (shard, page))
    });
    let pages = try_join_all(pages).await.map_err(call_failed)?;
    respond::shared_json(&listing.answer(space, pages)?).map_err(internal)
}

pub(crate) async fn replay(
    env: &Env,
    edge: &Edge,
    space: &str,
    id: RejectId,
) -> Result<Response, Refusal> {
    let found = calls::rejected_one(env, space, id).await.map_err(call_failed)?;
    let found = found.ok_or(Refusal::RejectedUnknown)?;
    let is_begun = found.pin.is_some();
    let mut prepared = Prepared::replay(&edge.config, space, &id, found, now())?;
    if !is_begun && let Some(pin) = prepared.pin() {
        let pinned = calls::pin_replay(env, space, id, pin).await.map_err(call_failed)?;
        prepared = prepared.pinned(pinned.ok_or(Refusal::RejectedUnknown)?);
    }
    for (batch, shard, enquiry) in prepared.enquiries(&edge.config.shards, now()) {
        let told = calls::enquire(env, space, shard, &enquiry).await.map_err(call_failed)?;
        prepared.inherit(batch, told)?;
    }
    let mut outcomes = Vec::new();
    for (shard, batch) in &prepared.batches {
        outcomes.push(calls::ingest(env, space, *shard, batch).await.map_err(call_failed)?);
    }
    let outcome = outcomes.iter().flatten().flatten().next().copied();
    let answer = prepared.answer(outcomes)?;
    if let Some(outcome) = outcome {
        // For the list only: nothing depends on it.
        let replayed = Replayed { verdict: outcome.name().to_owned(), at: now() };
        if let Err(error) = calls::note_replay(env, space, id, replayed).await {
            log_error("a replay could not be noted", &error.0);
        }
    }
    respond::answer(&answer).map_err(internal)
}
