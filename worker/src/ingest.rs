//! A request that brings events, in steps with an await between them: its head is judged, its body,
//! the ledgers' replies. Nothing is kept between requests.
//!
//! Each step is one call into Wasm, and none needs a future of Rust's, which costs more than the step:
//! the entry drives most requests itself. It carries bytes and decides nothing; what a step throws is
//! for [`Ingest::refusal`] to answer.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Array, Promise};
use polso_core::EventKind;
use polso_intake::{Edge, Head, Open, Prepared, Refusal, Route, Sender, route};
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
    _opened: Opened,
}

thread_local! {
    static OPEN: RefCell<Open> = RefCell::default();
}

/// A request among those that are open, until it is dropped.
struct Opened(u64);

impl Drop for Opened {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.end(self.0));
    }
}

#[wasm_bindgen]
impl Ingest {
    /// The request with this head, if it brings events, may do so, and says how long its body is;
    /// nothing for any other, which is to be answered as a whole.
    ///
    /// # Errors
    /// The answer, when as much is open already as may be.
    pub fn of(
        env: &Env,
        method: &str,
        url: &str,
        authorization: Option<String>,
        content_length: Option<String>,
    ) -> Result<Option<Ingest>, JsValue> {
        let (Some(length), Ok(edge)) = (content_length.and_then(|l| l.parse().ok()), edge(env))
        else {
            return Ok(None);
        };
        let authorization = authorization.as_deref();
        let head = Head { method, url, authorization, ..Head::default() };
        match route(&head, &edge, now()) {
            Ok(Route::Ingest(kind, sender)) if sender.limits.check_length(length).is_ok() => {
                Self::new(&edge, kind, sender, length).map(Some).map_err(refused)
            }
            _ => Ok(None),
        }
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
    /// A request with a body of so many bytes, or of at most as many.
    ///
    /// # Errors
    /// When as much is open already as may be.
    pub(crate) fn new(
        edge: &Rc<Edge>,
        kind: EventKind,
        sender: &Sender,
        bytes: u64,
    ) -> Result<Self, Refusal> {
        let number = OPEN.with_borrow_mut(|open| open.begin(bytes, now()))?;
        let source = sender.source.name.clone();
        let edge = Rc::clone(edge);
        Ok(Self { edge, kind, source, prepared: None, _opened: Opened(number) })
    }

    /// Every step after the body.
    ///
    /// # Errors
    /// As theirs.
    pub(crate) async fn finish(
        mut self,
        env: &Env,
        content_type: Option<String>,
        body: &[u8],
    ) -> Result<JsValue, JsValue> {
        self.judge(content_type, body)?;
        let replies = self.hand(env)?;
        let replies = JsFuture::from(Promise::all(&replies)).await?;
        self.answer(replies.unchecked_ref())
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
