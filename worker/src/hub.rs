//! The Durable Object of one space: sums its ledgers, answers queries, feeds the live sockets.
//!
//! It keeps nothing. Sockets hibernate with the space as their tag; while there are any, an alarm
//! beats every five seconds and asks the ledgers whether a delta was lost. Timers are pending only
//! while something waits for its time.

mod sockets;
mod space;

use std::rc::Rc;

use polso_core::{Flavour, Heard, Merged, Published, Timestamp, live};
use wasm_bindgen::prelude::*;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketPair, durable_object, worker_sys::WebSocketRequestResponsePair,
};

use crate::{
    calls::{CallFailed, Question},
    coalesce::Failed,
    platform::{corrupt, log_error, now},
    respond::{EXPIRES_HEADER, PROTOCOL_HEADER, SPACE_HEADER},
};

use space::Space;

/// The hub of one space.
#[durable_object]
pub struct Hub {
    space: Rc<Space>,
}

impl DurableObject for Hub {
    fn new(state: State, env: Env) -> Self {
        if let Ok(pair) = WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&pair);
        }
        Self { space: Rc::new(Space::new(state, env)) }
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
