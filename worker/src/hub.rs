//! The Durable Object of one space: sums its ledgers, answers queries, feeds the live sockets.
//!
//! It keeps nothing. Sockets hibernate with the space as their tag; while there are any, an alarm
//! beats every five seconds and asks the ledgers whether a delta was lost.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_util::future::try_join_all;
use polso_core::{Bounds, LedgerSnapshot, Merged, Published, Pulled, Timestamp, live};
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
    platform::{corrupt, log_error, now, random, sleep_until},
    respond::{PROTOCOL_HEADER, SPACE_HEADER},
};

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
    name: RefCell<String>,
    hub: RefCell<Option<polso_core::Hub>>,
    bounds: RefCell<Vec<Bounds>>,
    refreshes: Coalesce,
    flush_asked: Cell<bool>,
}

impl DurableObject for Hub {
    fn new(state: State, env: Env) -> Self {
        if let Ok(pair) = WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&pair);
        }
        let space = Space {
            state,
            env,
            name: RefCell::default(),
            hub: RefCell::default(),
            bounds: RefCell::default(),
            refreshes: Coalesce::default(),
            flush_asked: Cell::new(false),
        };
        Self { space: Rc::new(space) }
    }

    /// Opens a live socket.
    async fn fetch(&self, request: Request) -> Result<Response> {
        let header = |name| request.headers().get(name).map(Option::unwrap_or_default);
        let (name, protocol) = (header(SPACE_HEADER)?, header(PROTOCOL_HEADER)?);
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        self.space.state.accept_websocket_with_tags(&server, &[&name]);
        self.space.name.replace(name);
        self.space.arm_beat().await?;
        let mut response = Response::from_websocket(client)?;
        response.headers_mut().set(PROTOCOL_HEADER, &protocol)?;
        Ok(response)
    }

    /// A viewer wants to go on.
    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        let WebSocketIncomingMessage::Binary(bytes) = message else {
            return close(&socket, 1_003, "binary frames only");
        };
        let Ok(request) = live::Request::decode(&bytes) else {
            return close(&socket, 1_007, "not a frame of polso.v1");
        };
        self.space.wake_name();
        if self.space.refresh().await.is_err() {
            return close(&socket, 1_013, "try again");
        }
        let answer = self.space.hub.borrow_mut().as_mut().map(|hub| hub.resume(&request, now()));
        let Some((everyone, frames)) = answer else {
            return close(&socket, 1_013, "try again");
        };
        everyone.iter().for_each(|frame| self.space.broadcast(frame));
        for frame in frames {
            socket.send_with_bytes(frame)?;
        }
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        _code: usize,
        _reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        // Closed already on most versions of the platform; then there is nothing left to say.
        let _ = socket.close(None, None::<&str>);
        Ok(())
    }

    async fn websocket_error(&self, _socket: WebSocket, error: worker::Error) -> Result<()> {
        log_error("a live socket broke", &error.into());
        Ok(())
    }

    /// Beats. It never fails: an alarm that fails too often is not called again.
    async fn alarm(&self) -> Result<Response> {
        self.space.wake_name();
        if !self.space.state.get_websockets().is_empty() {
            if self.space.refresh().await.is_ok() {
                self.space.flush();
                let beat = self.space.hub.borrow().as_ref().map(|hub| hub.beat(now()));
                beat.iter().for_each(|frame| self.space.broadcast(frame));
            }
            if let Err(error) = self.space.arm_beat().await {
                log_error("the beat could not be armed", &error.into());
            }
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
        let merged = self.space.hub.borrow_mut().as_mut().map(|hub| hub.merge(&published, now()));
        match merged {
            Some(Ok(Merged::Done)) => self.space.flush(),
            // Nobody has looked since it woke: the ledgers are asked when someone does.
            None if self.space.state.get_websockets().is_empty() => {}
            merged => {
                if matches!(merged, Some(Err(_))) {
                    self.space.hub.take();
                }
                if self.space.refresh().await.is_ok() {
                    self.space.flush();
                }
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
        self.space.flush();
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

    /// Catches up with every ledger.
    async fn refresh(self: &Rc<Self>) -> core::result::Result<(), Failed> {
        Coalesce::run(self, |space| &space.refreshes, Self::catch_up).await
    }

    async fn catch_up(self: Rc<Self>) -> core::result::Result<(), Failed> {
        for _ in 0..TRIES_MAX {
            match self.ask_ledgers().await {
                Ok(true) => return Ok(()),
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

    /// Sends what is new to every viewer, now or as soon as the last frame is old enough.
    fn flush(self: &Rc<Self>) {
        let (frame, due) = match self.hub.borrow_mut().as_mut() {
            Some(hub) => (hub.flush(now()), hub.due(now())),
            None => return,
        };
        frame.iter().for_each(|frame| self.broadcast(frame));
        if let Some(due) = due
            && !self.flush_asked.replace(true)
        {
            let space = Rc::clone(self);
            wasm_bindgen_futures::spawn_local(async move {
                sleep_until(due).await;
                space.flush_asked.set(false);
                space.flush();
            });
        }
    }

    fn broadcast(&self, frame: &[u8]) {
        for socket in self.state.get_websockets() {
            // A socket that is gone is reported to `websocket_close`.
            let _ = socket.send_with_bytes(frame);
        }
    }

    /// Knows its name again after it hibernated.
    fn wake_name(&self) {
        if self.name.borrow().is_empty()
            && let Some(socket) = self.state.get_websockets().first()
            && let Some(name) = self.state.get_tags(socket).into_iter().next()
        {
            self.name.replace(name);
        }
    }

    async fn arm_beat(&self) -> Result<()> {
        let storage = self.state.storage();
        match storage.get_alarm().await? {
            Some(_) => Ok(()),
            None => storage.set_alarm(live::BEAT_EVERY_MS).await,
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
    let ledgers: Vec<_> = ledgers
        .iter()
        .map(|ledger| {
            json!({
                "keys": ledger.keys,
                "subjects": ledger.subjects,
                "series": ledger.series,
                "folded": ledger.folded,
                "rejected_kept": ledger.rejects,
                "rejected_bytes": ledger.reject_bytes,
            })
        })
        .collect();
    json!({ "ledgers": ledgers })
}

fn close(socket: &WebSocket, code: u16, reason: &str) -> Result<()> {
    socket.close(Some(code), Some(reason))
}
