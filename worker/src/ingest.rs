//! A request that brings events, in steps with an await between them: its head is judged, its body,
//! the ledgers' replies. Nothing is kept between requests.
//!
//! Each step is one call into Wasm, and none needs a future of Rust's, which costs more than the step:
//! the entry drives most requests itself. It carries bytes and decides nothing; what a step throws is
//! for [`Ingest::refusal`] to answer.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Array, Promise};
use polso_core::EventKind;
use polso_intake::{
    Bearer, Edge, Given, Head, Open, Prepared, Rates, Received, Refusal, Route, Sender, route,
    webhook,
};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::Headers;
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
    source: String,
    asked: Asked,
    /// Known once the body is.
    prepared: Option<Prepared>,
    /// The batches that ledgers were asked about, in their order.
    asked_about: Vec<usize>,
    _opened: Opened,
}

/// What the request said before its body.
pub(crate) enum Asked {
    /// Events of Polso's own shape.
    Events(EventKind),
    /// A webhook, with the headers that its proof goes by.
    Webhook { method: String, url: String, headers: Vec<(String, String)> },
    /// Events of a page.
    Collect,
}

impl Asked {
    pub(crate) fn webhook(sender: &Sender, method: &str, url: &str, headers: &Headers) -> Self {
        let names = sender.webhook.iter().flat_map(|webhook| webhook.proof.headers());
        let given = names.filter_map(|name| Some((name.to_owned(), headers.get(name).ok()??)));
        let (method, url) = (method.to_owned(), url.to_owned());
        Self::Webhook { method, url, headers: given.collect() }
    }
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
    /// The request with this head, if it brings events, may do so, and says how long its body is;
    /// nothing for any other, which is to be answered as a whole.
    ///
    /// # Errors
    /// The answer, when as much is open already as may be.
    pub fn of(
        env: &Env,
        method: &str,
        url: &str,
        headers: &Headers,
        authorization: Option<String>,
        content_length: Option<String>,
    ) -> Result<Option<Ingest>, JsValue> {
        let (Some(length), Ok(edge)) = (content_length.and_then(|l| l.parse().ok()), edge(env))
        else {
            return Ok(None);
        };
        let authorization = authorization.as_deref();
        let head = Head { method, url, authorization, ..Head::default() };
        let (sender, asked) = match route(&head, &edge, now()) {
            Ok(Route::Ingest(kind, sender)) => (sender, Asked::Events(kind)),
            Ok(Route::Webhook(sender)) => (sender, Asked::webhook(sender, method, url, headers)),
            _ => return Ok(None),
        };
        if sender.limits.check_length(length).is_err() {
            return Ok(None);
        }
        Self::new(&edge, sender, asked, length).map(Some).map_err(refused)
    }

    /// Judges the body. The answer, where no ledger need be asked.
    ///
    /// # Errors
    /// The answer, when the request is refused as a whole.
    pub fn judge(&mut self, content_type: Option<String>, body: &[u8]) -> Result<JsValue, JsValue> {
        match self.receive(content_type.as_deref(), body).map_err(refused)? {
            Received::Handshake(answer) => respond::judged(&answer),
            Received::Events(prepared) => {
                self.prepared = Some(prepared);
                Ok(JsValue::UNDEFINED)
            }
        }
    }

    /// Asks the ledgers that must be heard before the batches are handed over: the replies to wait for;
    /// none unless the number of shards has changed of late.
    ///
    /// # Errors
    /// When one cannot be called.
    pub fn enquire(&mut self, env: &Env) -> Result<Option<Array>, JsValue> {
        let Some(prepared) = &self.prepared else { return Ok(None) };
        let enquiries = prepared.enquiries(&self.edge.config.shards, now());
        if enquiries.is_empty() {
            return Ok(None);
        }
        let space = &sender(&self.edge, &self.source).map_err(refused)?.space;
        let replies = Array::new();
        for (batch, shard, enquiry) in enquiries {
            let reply = calls::enquire(env, space, shard, &enquiry)?;
            replies.push(&reply);
            self.asked_about.push(batch);
        }
        Ok(Some(replies))
    }

    /// Takes what they have told, in the order in which they were asked.
    ///
    /// # Errors
    /// The answer, when one told nothing.
    pub fn inherit(&mut self, replies: &Array) -> Result<(), JsValue> {
        let Some(prepared) = &mut self.prepared else { return Ok(()) };
        for (batch, reply) in core::mem::take(&mut self.asked_about).into_iter().zip(replies.iter())
        {
            prepared.inherit(batch, calls::heritage(&reply)?).map_err(refused)?;
        }
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
        sender: &Sender,
        asked: Asked,
        bytes: u64,
    ) -> Result<Self, Refusal> {
        let source = sender.source.name.clone();
        let bearer = match asked {
            Asked::Events(_) => Bearer::Known,
            _ => Bearer::Stranger(&source),
        };
        let number = OPEN.with_borrow_mut(|open| open.begin(bearer, bytes, now()))?;
        let edge = Rc::clone(edge);
        Ok(Self {
            edge,
            source,
            asked,
            prepared: None,
            asked_about: Vec::new(),
            _opened: Opened(number),
        })
    }

    fn receive(&self, content_type: Option<&str>, body: &[u8]) -> Result<Received, Refusal> {
        let (sender, shards, now) =
            (sender(&self.edge, &self.source)?, &self.edge.config.shards, now());
        RATES.with_borrow_mut(|rates| match &self.asked {
            Asked::Events(kind) => {
                rates.take(sender, now)?;
                Prepared::new(*kind, sender, content_type, body, shards, now).map(Received::Events)
            }
            Asked::Webhook { method, url, headers } => {
                let given = Given { method, url, headers, content_type, body };
                webhook::receive(sender, &given, rates, shards, now)
            }
            Asked::Collect => {
                let browser = sender.browser.as_ref().ok_or(Refusal::Internal)?;
                let prepared = browser.receive(sender, content_type, body, rates, shards, now)?;
                Ok(Received::Events(prepared))
            }
        })
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
        let answered = self.judge(content_type, body)?;
        if !answered.is_undefined() {
            return Ok(answered);
        }
        if let Some(replies) = self.enquire(env)? {
            let replies = JsFuture::from(Promise::all(&replies)).await?;
            self.inherit(replies.unchecked_ref())?;
        }
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
