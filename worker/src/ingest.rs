//! A request that brings events, in steps with an await between them: its head is judged, its body,
//! the ledgers' replies. Nothing is kept between requests.
//!
//! Each step is one call into Wasm, and none needs a future of Rust's, which costs more than the step:
//! the entry drives all of them. It carries bytes and decides nothing; what a step throws is for
//! [`Ingest::refusal`] to answer.

use std::{cell::RefCell, rc::Rc};

use js_sys::Array;
use polso_core::{EventKind, live};
use polso_intake::{
    Bearer, Edge, Given, Head, Open, Prepared, Rates, Received, Refusal, Route, Sender, route,
    webhook,
};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{Headers, Response};
use worker::Env;

use crate::{
    calls,
    edge::edge,
    fetch::{RETRY_S, call_failed, internal},
    platform::{Courier, now},
    respond,
};

/// A request that brings events.
#[wasm_bindgen]
pub struct Ingest {
    edge: Rc<Edge>,
    source: String,
    asked: Asked,
    /// The body, as far as it came in pieces.
    pieces: Vec<u8>,
    /// Known once the body is.
    waiting: Option<Waiting>,
    _opened: Opened,
}

/// What the request said before its body.
enum Asked {
    /// Events of Polso's own shape.
    Events(EventKind),
    /// A webhook, with the headers that its proof goes by.
    Webhook { method: String, url: String, headers: Vec<(String, String)> },
    /// Events of a page of this origin, which may read the answer.
    Collect { origin: String },
}

/// What is waited for.
enum Waiting {
    /// What earlier ledgers tell of these batches, in their order.
    Enquiries(Prepared, Vec<usize>),
    /// What the ledgers say of theirs.
    Outcomes(Prepared),
}

thread_local! {
    static OPEN: RefCell<Open> = RefCell::default();
    static RATES: RefCell<Rates> = RefCell::default();
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
    /// The request with this head, if it brings events and may do so; nothing for any other, which is to be
    /// answered as a whole.
    ///
    /// # Errors
    /// The answer, when it is refused: by its head, for its length, or because as much is open already as may be.
    pub fn of(
        env: &Env,
        method: &str,
        url: &str,
        headers: &Headers,
        authorization: Option<String>,
        content_length: Option<String>,
        origin: Option<String>,
    ) -> Result<Option<Ingest>, JsValue> {
        let edge = edge(env).map_err(refused)?;
        let (authorization, origin) = (authorization.as_deref(), origin.as_deref());
        let head = Head { method, url, authorization, origin, ..Head::default() };
        let (sender, asked) = match route(&head, &edge, now()).map_err(refused)? {
            Route::Ingest(kind, sender) => (sender, Asked::Events(kind)),
            Route::Webhook(sender) => (sender, Asked::webhook(sender, method, url, headers)),
            Route::Collect(sender, origin) => (sender, Asked::Collect { origin }),
            _ => return Ok(None),
        };
        // A length beyond all numbers is beyond every limit too.
        let told = content_length.map(|length| length.parse().unwrap_or(u64::MAX));
        let bytes = told.unwrap_or(sender.limits.body_bytes_max as u64);
        let source = sender.source.name.clone();
        let bearer = match asked {
            Asked::Events(_) => Bearer::Known,
            _ => Bearer::Stranger(&source),
        };
        let begin = || OPEN.with_borrow_mut(|open| open.begin(bearer, bytes, now()));
        let opened = match sender.limits.check_length(bytes).and_then(|()| begin()) {
            Ok(number) => Opened(number),
            Err(refusal) => return Err(asked.share(refused(refusal))?),
        };
        Ok(Some(Self {
            edge: Rc::clone(&edge),
            source,
            asked,
            pieces: Vec::new(),
            waiting: None,
            _opened: opened,
        }))
    }

    /// Takes a piece of a body that did not say how long it is.
    ///
    /// # Errors
    /// The answer, as soon as it is too long.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), JsValue> {
        let bytes = self.pieces.len() as u64 + piece.len() as u64;
        self.sender()?.limits.check_length(bytes).map_err(refused)?;
        self.pieces.extend(piece);
        Ok(())
    }

    /// Judges the body, or the pieces that were taken. The answer, or the calls whose replies are to be
    /// [heard](Self::hear).
    ///
    /// # Errors
    /// The answer, when the request is refused as a whole; when a ledger cannot be called.
    pub fn judge(
        &mut self,
        content_type: Option<String>,
        body: Option<Vec<u8>>,
        courier: &Courier,
    ) -> Result<JsValue, JsValue> {
        let body = body.unwrap_or_else(|| core::mem::take(&mut self.pieces));
        match self.receive(content_type.as_deref(), &body)? {
            Received::Handshake(answer) => self.asked.share(respond::judged(&answer)?),
            Received::Events(prepared) => self.enquire(prepared, courier),
        }
    }

    /// Hears the replies, in the order of the calls. The answer, or further calls.
    ///
    /// # Errors
    /// As [`judge`](Self::judge).
    pub fn hear(&mut self, replies: &Array, courier: &Courier) -> Result<JsValue, JsValue> {
        match self.waiting.take().ok_or(Refusal::Internal).map_err(refused)? {
            Waiting::Enquiries(mut prepared, batches) => {
                for (batch, reply) in batches.into_iter().zip(replies.iter()) {
                    prepared.inherit(batch, calls::heritage(&reply)?).map_err(refused)?;
                }
                self.hand(prepared, courier)
            }
            Waiting::Outcomes(prepared) => {
                let outcomes: Result<Vec<_>, _> =
                    replies.iter().map(|reply| calls::outcomes(&reply)).collect();
                let answer = prepared.answer(outcomes?).map_err(refused)?;
                self.asked.share(respond::judged(&answer)?)
            }
        }
    }

    /// The answer to a body that could not be read to its end.
    #[must_use]
    pub fn cut_off() -> JsValue {
        refused(Refusal::Unavailable { retry_after_s: RETRY_S })
    }

    /// The answer to what a step of this request has thrown.
    ///
    /// # Errors
    /// When there is none to be had.
    pub fn failed(&self, error: JsValue) -> Result<JsValue, JsValue> {
        self.asked.share(Self::refusal(error))
    }

    /// The answer to what a step has thrown: itself, if it was one.
    #[must_use]
    pub fn refusal(error: JsValue) -> JsValue {
        match error.dyn_into::<Response>() {
            Ok(response) => response.into(),
            Err(error) => refused(call_failed(error.into())),
        }
    }
}

impl Asked {
    fn webhook(sender: &Sender, method: &str, url: &str, headers: &Headers) -> Self {
        let names = sender.webhook.iter().flat_map(|webhook| webhook.proof.headers());
        let given = names.filter_map(|name| Some((name.to_owned(), headers.get(name).ok()??)));
        let (method, url) = (method.to_owned(), url.to_owned());
        Self::Webhook { method, url, headers: given.collect() }
    }

    /// An answer, so that whoever asked may read it.
    fn share(&self, answer: JsValue) -> Result<JsValue, JsValue> {
        if let Self::Collect { origin } = self {
            respond::share(&answer.unchecked_ref::<Response>().headers(), origin)?;
        }
        Ok(answer)
    }
}

impl Ingest {
    fn sender(&self) -> Result<&Sender, JsValue> {
        let sender = self.edge.config.sources.get(&self.source);
        sender.ok_or(Refusal::Internal).map_err(refused)
    }

    fn receive(&self, content_type: Option<&str>, body: &[u8]) -> Result<Received, JsValue> {
        let (sender, shards, now) = (self.sender()?, &self.edge.config.shards, now());
        let received = RATES.with_borrow_mut(|rates| match &self.asked {
            Asked::Events(kind) => {
                rates.take(sender, now)?;
                Prepared::new(*kind, sender, content_type, body, shards, now).map(Received::Events)
            }
            Asked::Webhook { method, url, headers } => {
                let given = Given { method, url, headers, content_type, body };
                webhook::receive(sender, &given, rates, shards, now)
            }
            Asked::Collect { .. } => {
                let browser = sender.browser.as_ref().ok_or(Refusal::Internal)?;
                let prepared = browser.receive(sender, content_type, body, rates, shards, now)?;
                Ok(Received::Events(prepared))
            }
        });
        received.map_err(refused)
    }

    /// Asks the ledgers that must be heard before the batches are handed over: none unless the number of
    /// shards has changed of late.
    fn enquire(&mut self, prepared: Prepared, courier: &Courier) -> Result<JsValue, JsValue> {
        let enquiries = prepared.enquiries(&self.edge.config.shards, now());
        if enquiries.is_empty() {
            return self.hand(prepared, courier);
        }
        let space = &self.sender()?.space;
        let (replies, mut batches) = (Array::new(), Vec::new());
        for (batch, shard, enquiry) in enquiries {
            replies
                .push(&courier.tell(space, shard, calls::bytes(&live::encode(&enquiry)))?.into());
            batches.push(batch);
        }
        self.waiting = Some(Waiting::Enquiries(prepared, batches));
        Ok(replies.into())
    }

    /// Hands each ledger its batch.
    fn hand(&mut self, prepared: Prepared, courier: &Courier) -> Result<JsValue, JsValue> {
        let space = &self.sender()?.space;
        let replies = Array::new();
        for (shard, batch) in &prepared.batches {
            replies.push(&courier.hand(space, *shard, calls::bytes(&live::encode(batch)))?.into());
        }
        self.waiting = Some(Waiting::Outcomes(prepared));
        Ok(replies.into())
    }
}

/// A refusal as it is answered.
fn refused(refusal: Refusal) -> JsValue {
    match respond::refusal(&refusal) {
        Ok(response) => JsValue::from(Response::from(response)),
        Err(error) => {
            internal(error);
            JsValue::UNDEFINED
        }
    }
}
