//! A request that brings events, in steps with an await between them: its head is judged, its body,
//! the ledgers' replies. Nothing is kept between requests.
//!
//! Each step is one call into Wasm, and none needs a future of Rust's, which costs more than the step:
//! the entry drives most requests itself. It carries bytes and decides nothing; what a step throws is
//! for [`Ingest::refusal`] to answer.

use std::rc::Rc;

use js_sys::{Array, Promise};
use polso_core::EventKind;
use polso_intake::{Edge, Head, Prepared, Refusal, Route, Sender, route};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use worker::Env;

use crate::{
    calls,
    edge::edge,
    fetch::{call_failed, internal},
    platform::now,
    respond,
};

/// A request that brings events.
#[wasm_bindgen]
pub struct Ingest {
    edge: Rc<Edge>,
    kind: EventKind,
    source: String,
    /// Known once the body is.
    prepared: Option<Prepared>,
}

#[wasm_bindgen]
impl Ingest {
    /// The request with this head, if it brings events, may do so, and says how long its body is;
    /// nothing for any other, which is to be answered as a whole.
    pub fn of(
        env: &Env,
        method: &str,
        url: &str,
        authorization: Option<String>,
        content_length: Option<String>,
    ) -> Option<Ingest> {
        let length = content_length.and_then(|length| length.parse().ok())?;
        let edge = edge(env).ok()?;
        let authorization = authorization.as_deref();
        let head = Head { method, url, authorization, ..Head::default() };
        let Ok(Route::Ingest(kind, sender)) = route(&head, &edge, now()) else {
            return None;
        };
        sender.limits.check_length(length).ok()?;
        Some(Self::new(&edge, kind, sender))
    }

    /// Judges the body.
    ///
    /// # Errors
    /// The answer, when the body is refused as a whole.
    pub fn judge(&mut self, content_type: Option<String>, body: &[u8]) -> Result<(), JsValue> {
        let Self { edge, kind, .. } = self;
        let shards = edge.config.shards;
        let prepared = sender(edge, &self.source).and_then(|sender| {
            Prepared::new(*kind, sender, content_type.as_deref(), body, shards, now())
        });
        self.prepared = Some(prepared.map_err(refused)?);
        Ok(())
    }

    /// Hands each ledger its batch: the replies to wait for.
    ///
    /// # Errors
    /// When one cannot be called.
    pub fn hand(&self, env: &Env) -> Result<Array, JsValue> {
        let space = &sender(&self.edge, &self.source).map_err(refused)?.space;
        let batches = self.prepared.iter().flat_map(|prepared| &prepared.batches);
        let replies = Array::new();
        for (shard, batch) in batches {
            let reply = calls::ingest(env, space, *shard, batch)?;
            replies.push(&reply);
        }
        Ok(replies)
    }

    /// The answer, from the replies in their order.
    ///
    /// # Errors
    /// The answer too, when it is a refusal.
    pub fn answer(self, replies: &Array) -> Result<JsValue, JsValue> {
        let outcomes: Result<Vec<_>, _> =
            replies.iter().map(|reply| calls::outcomes(&reply)).collect();
        let prepared = self.prepared.ok_or(Refusal::Internal).map_err(refused)?;
        let answer = prepared.answer(outcomes?).map_err(refused)?;
        respond::judged(&answer)
    }

    /// The answer to what a step has thrown: itself, if it was one.
    pub fn refusal(error: JsValue) -> JsValue {
        match error.dyn_into::<web_sys::Response>() {
            Ok(response) => response.into(),
            Err(error) => refused(call_failed(error.into())),
        }
    }
}

impl Ingest {
    fn new(edge: &Rc<Edge>, kind: EventKind, sender: &Sender) -> Self {
        let source = sender.source.name.clone();
        Self { edge: Rc::clone(edge), kind, source, prepared: None }
    }

    /// Every step after the body.
    ///
    /// # Errors
    /// As theirs.
    pub(crate) async fn whole(
        env: &Env,
        edge: &Rc<Edge>,
        (kind, sender): (EventKind, &Sender),
        content_type: Option<String>,
        body: &[u8],
    ) -> Result<JsValue, JsValue> {
        let mut ingest = Self::new(edge, kind, sender);
        ingest.judge(content_type, body)?;
        let replies = ingest.hand(env)?;
        let replies = JsFuture::from(Promise::all(&replies)).await?;
        ingest.answer(replies.unchecked_ref())
    }
}

fn sender<'e>(edge: &'e Edge, source: &str) -> Result<&'e Sender, Refusal> {
    edge.config.sources.get(source).ok_or(Refusal::Internal)
}

/// A refusal as it is answered.
fn refused(refusal: Refusal) -> JsValue {
    match respond::refusal(&refusal) {
        Ok(response) => JsValue::from(web_sys::Response::from(response)),
        Err(error) => {
            internal(error);
            JsValue::UNDEFINED
        }
    }
}
