//! The Durable Object of one space: sums its ledgers, answers queries, feeds the live sockets.
//!
//! It keeps nothing. Sockets hibernate with the space as their tag; while there are any, an alarm
//! beats every five seconds and asks the ledgers whether a delta was lost. No timer is pending but
//! while a frame waits for its time.

mod sockets;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_util::future::try_join_all;
use polso_core::{
    Bounds, Flavour, Heard, LedgerSnapshot, Merged, Published, Pulled, Timestamp, live, next_beat,
};
use serde_json::json;
use wasm_bindgen::prelude::*;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketPair, durable_object, worker_sys::WebSocketRequestResponsePair,
};

use crate::{
    calls::{self, CallFailed, Question, Reply},
    coalesce::{Coalesce, Failed},
    edge::edge,
    platform::{Storage, corrupt, log_error, now, random, sleep_until},
    respond::{EXPIRES_HEADER, PROTOCOL_HEADER, SPACE_HEADER},
};

use sockets::Sockets;

/// The first try may find that the hub cannot go on; the second makes it again.
const TRIES_MAX: usize = 2;

/// The hub of one space.
#[durable_object]
pub struct Hub {
    space: Rc<Space>,
}

struct Space {
    state: State,
    env: Env,
    storage: Storage,
    name: RefCell<String>,
    hub: RefCell<Option<polso_core::Hub>>,
    sockets: Sockets,
    bounds: RefCell<Vec<Bounds>>,
    refreshes: Coalesce,
    pass_asked: Cell<bool>,
    /// When the alarm was last set to ring.
    beat_at: Cell<Option<Timestamp>>,
}

impl DurableObject for Hub {
    fn new(state: State, env: Env) -> Self {
        if let Ok(pair) = WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&pair);
        }
        let space = Space {
            storage: Storage::of(&state),
            sockets: Sockets::of(&state),
            state,
            env,
            name: RefCell::default(),
            hub: RefCell::default(),
            bounds: RefCell::default(),
            refreshes: Coalesce::default(),
            pass_asked: Cell::new(false),
            beat_at: Cell::new(None),
        };
        Self { space: Rc::new(space) }
    }

    /// Opens a live socket.
    async fn fetch(&self, request: Request) -> Result<Response> {
        let header = |name| request.headers().get(name).map(Option::unwrap_or_default);
        let (name, protocol) = (header(SPACE_HEADER)?, header(PROTOCOL_HEADER)?);
        let expires = Timestamp::from_ms(header(EXPIRES_HEADER)?.parse().unwrap_or_default());
        let flavour = Flavour::named(&protocol).ok_or("a protocol that is not spoken here")?;
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        let space = &self.space;
        let accept = || {
            space.state.accept_websocket_with_tags(&server, &[&name]);
            sockets::raw(&server)
        };
        if space.sockets.open(flavour, expires, accept).is_err() {
            return Response::error("too many sockets", 503);
        }
        space.name.replace(name);
        space.arm_beat();
        let mut response = Response::from_websocket(client)?;
        response.headers_mut().set(PROTOCOL_HEADER, &protocol)?;
        Ok(response)
    }

    /// A viewer asks for something. Where the ledgers do not answer, it is answered after a later
    /// beat.
    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        match &message {
            WebSocketIncomingMessage::Binary(bytes) => {
                self.space.sockets.hear(&socket, Heard::Binary(bytes));
            }
            WebSocketIncomingMessage::String(text) => {
                self.space.sockets.hear(&socket, Heard::Text(text));
            }
        }
        self.space.wake();
        let _ = self.space.refresh().await;
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        _code: usize,
        _reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        self.space.sockets.forget(&socket);
        // Closed already on most versions of the platform; then there is nothing left to say.
        let _ = socket.close(None, None::<&str>);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, error: worker::Error) -> Result<()> {
        self.space.sockets.forget(&socket);
        log_error("a live socket broke", &error.into());
        Ok(())
    }

    /// Beats. It never fails: an alarm that fails too often is not called again. The next beat is
    /// set before anything else, so that not even an end in the middle of this one is the last.
    async fn alarm(&self) -> Result<Response> {
        self.space.beat_at.set(None);
        self.space.wake();
        if !self.space.sockets.is_empty() {
            self.space.sockets.ask_beat();
            let _ = self.space.refresh().await;
        }
        Response::empty()
    }

    async fn connect(&self, _socket: worker::Socket) -> Result<()> {
        Err("a hub takes no raw connections".into())
    }
}

#[wasm_bindgen]
impl Hub {
    /// Takes a delta from a ledger.
    ///
    /// # Errors
    /// For bytes that are none.
    pub async fn publish(
        &self,
        space: String,
        bytes: Vec<u8>,
    ) -> core::result::Result<(), JsValue> {
        let published: Published = live::decode(&bytes).map_err(corrupt)?;
        self.space.name.replace(space);
        self.space.wake();
        let merged = self.space.hub.borrow_mut().as_mut().map(|hub| hub.merge(&published, now()));
        match merged {
            Some(Ok(Merged::Done)) => self.space.pass_when_due(),
            // Nobody has looked since it woke: the ledgers are asked when someone does.
            None if self.space.sockets.is_empty() => {}
            merged => {
                if matches!(merged, Some(Err(_))) {
                    self.space.hub.take();
                }
                let _ = self.space.refresh().await;
            }
        }
        Ok(())
    }

    /// Answers a question with everything counted that was accepted before it was asked.
    ///
    /// # Errors
    /// When a ledger does not answer.
    pub async fn query(
        &self,
        space: String,
        question: Vec<u8>,
    ) -> core::result::Result<Vec<u8>, JsValue> {
        let question: Question = live::decode(&question).map_err(corrupt)?;
        self.space.name.replace(space);
        self.space
            .refresh()
            .await
            .map_err(|Failed| js_sys::Error::new("the ledgers did not answer"))?;
        let reply = self.space.answer(question).map_err(|CallFailed(error)| error)?;
        Ok(live::encode(&reply))
    }
}

impl Space {
    fn answer(&self, question: Question) -> core::result::Result<Reply, CallFailed> {
        let hub = self.hub.borrow();
        // Taken by a refresh that failed since.
        let Some(hub) = hub.as_ref() else {
            return Err(CallFailed(js_sys::Error::new("the hub is not there").into()));
        };
        match question {
            Question::Kpi(query) => Ok(match hub.answer(&query, now()) {
                Ok(answer) => Ok(answer.to_json()),
                Err(error) => Err((error.code.to_owned(), error.message)),
            }),
            Question::Integrity => {
                let mut body = hub.integrity();
                if let Some(body) = body.as_object_mut() {
                    body.insert("bounds".to_owned(), bounds(&self.bounds.borrow()));
                }
                Ok(Ok(body.to_string()))
            }
        }
    }

    /// Catches up with every ledger, and brings the sockets there.
    async fn refresh(self: &Rc<Self>) -> core::result::Result<(), Failed> {
        Coalesce::run(self, |space| &space.refreshes, Self::catch_up).await
    }

    async fn catch_up(self: Rc<Self>) -> core::result::Result<(), Failed> {
        for _ in 0..TRIES_MAX {
            match self.ask_ledgers().await {
                Ok(true) => {
                    self.pass();
                    return Ok(());
                }
                Ok(false) => {}
                Err(error) => {
                    log_error("a ledger did not answer", &error.0);
                    return Err(Failed);
                }
            }
        }
        Err(Failed)
    }

    /// Asks every ledger for what was missed. False when the hub had to be dropped, to be made anew
    /// from everything that they know.
    async fn ask_ledgers(&self) -> core::result::Result<bool, CallFailed> {
        let name = self.name.borrow().clone();
        let shards = edge(&self.env).map_err(|_| JsValue::from("config_invalid"))?.config.shards;
        let known: Option<Vec<_>> = self.hub.borrow().as_ref().map(|hub| hub.positions().collect());
        // No ledger was ever born as 0: it answers with everything.
        let positions = known.clone().unwrap_or_else(|| vec![(0, 0); usize::from(shards)]);
        let calls = (0..).zip(positions);
        let calls = calls.map(|(shard, position)| calls::pull(&self.env, &name, shard, position));
        let (pulled, bounds): (Vec<Pulled>, Vec<Bounds>) =
            try_join_all(calls).await?.into_iter().unzip();
        self.bounds.replace(bounds);
        if known.is_none() {
            let snapshots: Vec<LedgerSnapshot> = pulled.into_iter().filter_map(snapshot).collect();
            self.hub.replace(Some(polso_core::Hub::new(&name, &snapshots, random(), now())?));
            return Ok(true);
        }
        let merged = self.merge_all(pulled, now());
        if !merged {
            self.hub.take();
        }
        Ok(merged)
    }

    fn merge_all(&self, pulled: Vec<Pulled>, now: Timestamp) -> bool {
        let mut hub = self.hub.borrow_mut();
        let Some(hub) = hub.as_mut() else {
            return false;
        };
        let births: Vec<u64> = hub.positions().map(|(birth, _)| birth).collect();
        (0..).zip(births).zip(pulled).all(|((shard, birth), pulled)| match pulled {
            Pulled::Snapshot(_) => false,
            Pulled::Deltas(deltas) => deltas.into_iter().all(|delta| {
                let published = Published { shard, birth, delta };
                matches!(hub.merge(&published, now), Ok(Merged::Done))
            }),
        })
    }

    /// Sends every socket what is new to it, as far as its time has come; the rest follows by itself.
    fn pass(self: &Rc<Self>) {
        if let Some(hub) = self.hub.borrow_mut().as_mut() {
            self.sockets.pass(hub);
        }
        if let Some(due) = self.due() {
            self.pass_at(due);
        }
    }

    /// The same for what was counted only: most often a frame waits for its time already.
    fn pass_when_due(self: &Rc<Self>) {
        match self.due() {
            Some(due) if due > now() => self.pass_at(due),
            _ => self.pass(),
        }
    }

    fn due(&self) -> Option<Timestamp> {
        self.hub.borrow().as_ref().and_then(|hub| self.sockets.due(hub))
    }

    fn pass_at(self: &Rc<Self>, due: Timestamp) {
        if !self.pass_asked.replace(true) {
            let space = Rc::clone(self);
            wasm_bindgen_futures::spawn_local(async move {
                sleep_until(due).await;
                space.pass_asked.set(false);
                space.pass();
            });
        }
    }

    /// Knows its name again after it hibernated, and beats on if its alarm was lost.
    fn wake(&self) {
        if self.name.borrow().is_empty()
            && let Some(socket) = self.state.get_websockets().first()
            && let Some(name) = self.state.get_tags(socket).into_iter().next()
        {
            self.name.replace(name);
        }
        self.arm_beat();
    }

    /// Sets the alarm to the next beat while there is anyone to hear it.
    fn arm_beat(&self) {
        let beat = next_beat(now());
        if self.sockets.is_empty() || self.beat_at.get().is_some_and(|at| at >= now()) {
            return;
        }
        match self.storage.set_alarm(beat.ms() as f64) {
            Ok(_) => self.beat_at.set(Some(beat)),
            Err(error) => log_error("the beat could not be set", &error),
        }
    }
}

fn snapshot(pulled: Pulled) -> Option<LedgerSnapshot> {
    match pulled {
        Pulled::Snapshot(snapshot) => Some(*snapshot),
        Pulled::Deltas(_) => None,
    }
}

fn bounds(ledgers: &[Bounds]) -> serde_json::Value {
    let is_damaged = ledgers.iter().any(|ledger| ledger.damage.is_some());
    let ledgers: Vec<_> = ledgers.iter().map(Bounds::to_json).collect();
    json!({ "damaged": is_damaged, "ledgers": ledgers })
}
