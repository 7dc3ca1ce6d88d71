//! Polso on the platform: carries bytes between requests, Durable Objects, storage and sockets.
//!
//! Every decision is made in `polso-core` and `polso-intake`; what happens here is I/O. Panics
//! reset every Durable Object of the isolate, so that memory is only ever a cache: the ledger's
//! truth is its journal, and the hub owns nothing.

mod calls;
mod coalesce;
mod edge;
mod fetch;
mod hub;
mod ingest;
mod instance;
mod ledger;
mod platform;
mod rejected;
mod respond;

use worker::{Context, Env, Request, Response, Result, event};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    fetch::handle(request, env).await
}
