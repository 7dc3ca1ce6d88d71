//! One request at the edge that brings no events: head in, answer out. Nothing is kept between requests.

use polso_core::Timestamp;
use polso_intake::{Head, Refusal, Route, route, route::invalid_query};
use wasm_bindgen::JsValue;
use worker::{Env, Request, Response, Result};

use crate::{
    calls::{self, CallFailed, Question},
    edge::edge,
    platform::{log_error, now},
    rejected, respond,
};

/// When to try again after a Durable Object did not answer or a body broke off, in seconds.
pub(crate) const RETRY_S: u32 = 1;
/// When to try again where there are too many sockets, in seconds.
const SOCKETS_RETRY_S: u32 = 30;
/// The status of a socket that was opened.
const SWITCHING: u16 = 101;

/// Answers one request.
pub(crate) async fn handle(request: Request, env: Env) -> Result<Response> {
    match answer(request, &env).await {
        Ok(response) => Ok(response),
        Err(refusal) => respond::refusal(&refusal),
    }
}

async fn answer(request: Request, env: &Env) -> core::result::Result<Response, Refusal> {
    let raw = request.inner();
    let headers = raw.headers();
    let header = |name: &str| headers.get(name).ok().flatten();
    let (method, url) = (raw.method(), raw.url());
    let (authorization, upgrade) = (header("authorization"), header("upgrade"));
    let protocols = upgrade.as_ref().and_then(|_| header("sec-websocket-protocol"));
    let origin = header("origin");
    let head = Head {
        method: &method,
        url: &url,
        authorization: authorization.as_deref(),
        upgrade: upgrade.as_deref(),
        protocols: protocols.as_deref(),
        origin: origin.as_deref(),
    };
    let edge = edge(env)?;
    match route(&head, &edge, now())? {
        // Whoever brings events is answered in steps.
        Route::Ingest(..) | Route::Webhook(_) | Route::Collect(..) => Err(Refusal::Internal),
        Route::CollectPreflight(origin) => {
            let answer = respond::preflight("POST", "content-type").map_err(internal)?;
            respond::share(&answer.headers().0, &origin).map_err(internal)?;
            Ok(answer)
        }
        Route::Answer(answer) => respond::answer(&answer).map_err(internal),
        Route::Kpi(space, query) => ask(env, &space, &Question::Kpi(query)).await,
        Route::Integrity(space) => ask(env, &space, &Question::Integrity).await,
        Route::Rejected(space, listing) => rejected::list(env, &space, listing).await,
        Route::Replay(space, id) => rejected::replay(env, &edge, &space, id).await,
        Route::Live(space, protocol, expires) => live(env, &space, protocol, expires).await,
        Route::Document(json) => respond::shared_json(&json).map_err(internal),
        Route::Preflight => respond::preflight("GET", "authorization").map_err(internal),
        Route::Assets => {
            let assets = env.assets("ASSETS").map_err(internal)?;
            assets.fetch_request(request).await.map_err(unavailable)
        }
    }
}

async fn ask(
    env: &Env,
    space: &str,
    question: &Question,
) -> core::result::Result<Response, Refusal> {
    match calls::query(env, space, question).await.map_err(call_failed)? {
        Ok(json) => respond::shared_json(&json).map_err(internal),
        Err((code, message)) => Err(invalid_query(&code, message)),
    }
}

async fn live(
    env: &Env,
    space: &str,
    protocol: &str,
    expires: Timestamp,
) -> core::result::Result<Response, Refusal> {
    let request = respond::upgrade(space, protocol, expires).map_err(internal)?;
    match calls::open(env, space, request).await.map_err(call_failed)? {
        response if response.status_code() == SWITCHING => Ok(response),
        _ => Err(Refusal::SocketsTooMany { retry_after_s: SOCKETS_RETRY_S }),
    }
}

pub(crate) fn call_failed(error: CallFailed) -> Refusal {
    log_error("a Durable Object did not answer", &error.0);
    Refusal::Unavailable { retry_after_s: RETRY_S }
}

fn unavailable(error: worker::Error) -> Refusal {
    call_failed(error.into())
}

pub(crate) fn internal(error: impl Into<JsValue>) -> Refusal {
    log_error("an answer could not be made", &error.into());
    Refusal::Internal
}
