//! Calls between the edge and the Durable Objects: bytes in, bytes out.

use js_sys::{Array, Uint8Array};
use polso_core::{
    Batch, Bounds, Busy, Enquiry, FoundReject, Heritage, Outcome, Page, PageSearch, Pin, Published,
    Pulled, Query, RejectId, Replayed, live,
};
use wasm_bindgen::{JsCast, JsValue};
use worker::Env;

use crate::platform::{Stub, corrupt, within};

/// How long a hub waits for a ledger, which may have to be restored first, in milliseconds.
const PULL_MS_MAX: f64 = 10_000.0;

/// What a hub is asked.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) enum Question {
    Kpi(Query),
    Integrity,
}

/// What a ledger is asked about its rejected events.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) enum RejectedQuestion {
    Page(PageSearch),
    One(RejectId),
    Pin(RejectId, Pin),
    Replayed(RejectId, Replayed),
}

/// What it answers: a body, or the code and message of the query's fault.
pub(crate) type Reply = Result<String, (String, String)>;

/// From where on a ledger is asked for what was missed.
pub(crate) type Position = (u64, u64);

/// What it answers, and how near it is to its bounds.
pub(crate) type PullReply = (Pulled, Bounds);

/// A call that did not come back. Its caller may try again: nothing is counted twice.
#[derive(Debug)]
pub(crate) struct CallFailed(pub(crate) JsValue);

impl From<JsValue> for CallFailed {
    fn from(error: JsValue) -> Self {
        Self(error)
    }
}

impl From<worker::Error> for CallFailed {
    fn from(error: worker::Error) -> Self {
        Self(error.into())
    }
}

impl From<polso_core::Corrupt> for CallFailed {
    fn from(error: polso_core::Corrupt) -> Self {
        Self(corrupt(error))
    }
}

/// Hands a batch to its ledger.
pub(crate) async fn ingest(
    env: &Env,
    space: &str,
    shard: u16,
    batch: &Batch,
) -> Result<Result<Vec<Outcome>, Busy>, CallFailed> {
    let batch = Array::of(&[bytes(&live::encode(batch)).into()]);
    let replies = ledger(env, space, shard)?.ingest(space, shard, &batch).await?;
    Ok(outcomes(&Array::from(&replies).get(0))?)
}

/// What a ledger has replied to a batch.
pub(crate) fn outcomes(reply: &JsValue) -> Result<Result<Vec<Outcome>, Busy>, JsValue> {
    live::decode(&to_vec(reply)).map_err(corrupt)
}

/// Asks a ledger what came to it before the number of shards changed.
pub(crate) async fn enquire(
    env: &Env,
    space: &str,
    shard: u16,
    enquiry: &Enquiry,
) -> Result<Result<Heritage, Busy>, CallFailed> {
    let enquiry = bytes(&live::encode(enquiry));
    Ok(heritage(&ledger(env, space, shard)?.tell(space, shard, enquiry).await?)?)
}

/// What a ledger has replied to an enquiry.
pub(crate) fn heritage(reply: &JsValue) -> Result<Result<Heritage, Busy>, JsValue> {
    live::decode(&to_vec(reply)).map_err(corrupt)
}

/// Asks a ledger for what was missed since `position`.
pub(crate) async fn pull(
    env: &Env,
    space: &str,
    shard: u16,
    position: Position,
) -> Result<PullReply, CallFailed> {
    let ledger = ledger(env, space, shard)?;
    let reply = within(PULL_MS_MAX, ledger.pull(bytes(&live::encode(&position)))).await?;
    Ok(live::decode(&to_vec(&reply))?)
}

/// Asks a ledger for a page of its rejected events.
pub(crate) async fn rejected_page(
    env: &Env,
    space: &str,
    shard: u16,
    search: PageSearch,
) -> Result<Page, CallFailed> {
    let reply = rejected(env, space, shard, &RejectedQuestion::Page(search)).await?;
    Ok(live::decode(&reply)?)
}

/// Asks for a rejected event; none when it is not kept.
pub(crate) async fn rejected_one(
    env: &Env,
    space: &str,
    id: RejectId,
) -> Result<Option<FoundReject>, CallFailed> {
    let reply = rejected(env, space, id.shard, &RejectedQuestion::One(id)).await?;
    Ok(live::decode(&reply)?)
}

/// Says where a replay is to go, and learns where it goes; none when the event is not kept.
pub(crate) async fn pin_replay(
    env: &Env,
    space: &str,
    id: RejectId,
    pin: Pin,
) -> Result<Option<Pin>, CallFailed> {
    let reply = rejected(env, space, id.shard, &RejectedQuestion::Pin(id, pin)).await?;
    Ok(live::decode(&reply)?)
}

/// Tells what became of a replay.
pub(crate) async fn note_replay(
    env: &Env,
    space: &str,
    id: RejectId,
    replayed: Replayed,
) -> Result<(), CallFailed> {
    rejected(env, space, id.shard, &RejectedQuestion::Replayed(id, replayed)).await.map(drop)
}

async fn rejected(
    env: &Env,
    space: &str,
    shard: u16,
    question: &RejectedQuestion,
) -> Result<Vec<u8>, CallFailed> {
    let reply = ledger(env, space, shard)?.rejected(bytes(&live::encode(question))).await?;
    Ok(to_vec(&reply))
}

/// Tells the hub what a ledger has counted.
pub(crate) async fn publish(
    env: &Env,
    space: &str,
    published: &Published,
) -> Result<(), CallFailed> {
    let stub: Stub = hub(env, space)?.into_rpc();
    stub.publish(space, bytes(&live::encode(published))).await?;
    Ok(())
}

/// Asks the hub.
pub(crate) async fn query(
    env: &Env,
    space: &str,
    question: &Question,
) -> Result<Reply, CallFailed> {
    let stub: Stub = hub(env, space)?.into_rpc();
    let reply = stub.query(space, bytes(&live::encode(question))).await?;
    Ok(live::decode(&to_vec(&reply))?)
}

/// Opens a socket at a hub.
pub(crate) async fn open(
    env: &Env,
    space: &str,
    request: worker::Request,
) -> Result<worker::Response, CallFailed> {
    Ok(hub(env, space)?.fetch_with_request(request).await?)
}

/// The hub of a space.
fn hub(env: &Env, space: &str) -> worker::Result<worker::Stub> {
    env.durable_object("HUB")?.get_by_name(space)
}

fn ledger(env: &Env, space: &str, shard: u16) -> worker::Result<Stub> {
    let stub = env.durable_object("LEDGER")?.get_by_name(&format!("{space}/{shard}"))?;
    Ok(stub.into_rpc())
}

pub(crate) fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

fn to_vec(reply: &JsValue) -> Vec<u8> {
    reply.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default()
}
