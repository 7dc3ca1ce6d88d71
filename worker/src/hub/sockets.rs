//! The live sockets of a hub, by their numbers in the core's audience: performs what that decides.
//!
//! The platform keeps the sockets over hibernation, each with its attachment; a hub that wakes finds
//! them again. Nothing here waits: what a socket has not read yet lies in the platform's queue,
//! whose length the audience goes by.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use js_sys::{Map, Uint8Array};
use polso_core::{Act, Audience, Bytes, Flavour, Full, Heard, Message, Timestamp};
use wasm_bindgen::{JsCast, JsValue};
use worker::{State, WebSocket};

use crate::platform::{Socket, corrupt, log_error, now};

/// The code with which a socket is closed that nobody knows any more.
const LOST_CODE: u16 = 1_012;

/// The live sockets of a space.
pub(super) struct Sockets {
    audience: RefCell<Audience>,
    sockets: RefCell<BTreeMap<u32, Socket>>,
    /// From sockets to their numbers.
    ids: Map,
    /// Whether the next pass brings a beat.
    beat_due: Cell<bool>,
}

impl Sockets {
    /// Those that are open.
    pub(super) fn of(state: &State) -> Self {
        let this = Self {
            audience: RefCell::default(),
            sockets: RefCell::default(),
            ids: Map::new(),
            beat_due: Cell::new(false),
        };
        for socket in state.get_websockets() {
            this.remember(raw(&socket));
        }
        this
    }

    pub(super) fn is_empty(&self) -> bool {
        self.audience.borrow().is_empty()
    }

    /// Takes in a socket that the platform has just accepted.
    pub(super) fn open(
        &self,
        flavour: Flavour,
        expires: Timestamp,
        accept: impl FnOnce() -> Socket,
    ) -> Result<(), Full> {
        let (id, attachment) = self.audience.borrow_mut().open(flavour, expires, now())?;
        self.add(id, accept());
        self.perform(vec![Act::Attach(id, attachment)]);
        Ok(())
    }

    fn remember(&self, socket: Socket) -> Option<u32> {
        let attachment = socket.attachment().ok()?;
        let attachment = attachment.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
        let known = self.audience.borrow_mut().remember(&attachment.unwrap_or_default(), now());
        match known {
            Ok(id) => {
                self.add(id, socket);
                Some(id)
            }
            Err(error) => {
                log_error("a live socket was not known again", &corrupt(error));
                let _ = socket.close(LOST_CODE, "come again");
                None
            }
        }
    }

    fn add(&self, id: u32, socket: Socket) {
        self.ids.set(&socket, &id.into());
        self.sockets.borrow_mut().insert(id, socket);
    }

    /// A message has come.
    pub(super) fn hear(&self, socket: &WebSocket, message: Heard<'_>) {
        let id = match self.id(socket) {
            Some(id) => Some(id),
            None => self.remember(raw(socket)),
        };
        if let Some(id) = id {
            let acts = self.audience.borrow_mut().hear(id, message, now());
            self.perform(acts);
        }
    }

    /// A socket is gone.
    pub(super) fn forget(&self, socket: &WebSocket) {
        if let Some(id) = self.id(socket) {
            self.audience.borrow_mut().forget(id);
            self.sockets.borrow_mut().remove(&id);
            self.ids.delete(socket.as_ref());
        }
    }

    fn id(&self, socket: &WebSocket) -> Option<u32> {
        self.ids.get(socket.as_ref()).as_f64().map(|id| id as u32)
    }

    /// The next pass brings a beat.
    pub(super) fn ask_beat(&self) {
        self.beat_due.set(true);
    }

    /// Brings every socket up to what the hub has to say.
    pub(super) fn pass(&self, hub: &mut polso_core::Hub) {
        let sockets = self.sockets.borrow();
        let queued = |id: u32| {
            // Where the platform does not say, nothing waits.
            sockets.get(&id).map_or(0.0, Socket::buffered_amount) as usize
        };
        let beat = self.beat_due.replace(false);
        let acts = self.audience.borrow_mut().pass(hub, beat, now(), queued);
        drop(sockets);
        self.perform(acts);
    }

    /// When the next pass is due.
    pub(super) fn due(&self, hub: &polso_core::Hub) -> Option<Timestamp> {
        self.audience.borrow().due(hub, now())
    }

    /// Performs what the audience decided: the one place where anything is sent.
    fn perform(&self, acts: Vec<Act>) {
        let sockets = self.sockets.borrow();
        let mut last: Option<(Bytes, Uint8Array)> = None;
        for act in acts {
            let done = match act {
                Act::Send(id, Message::Frame(frame)) => {
                    let bytes = match &last {
                        Some((sent, bytes)) if Rc::ptr_eq(sent, &frame) => bytes.clone(),
                        _ => last.insert((frame.clone(), Uint8Array::from(&*frame))).1.clone(),
                    };
                    sockets.get(&id).map(|socket| socket.send(&bytes))
                }
                Act::Send(id, Message::Text(text)) => {
                    sockets.get(&id).map(|socket| socket.send_text(&text))
                }
                Act::Attach(id, attachment) => {
                    let attachment = Uint8Array::from(&*attachment);
                    sockets.get(&id).map(|socket| socket.attach(&attachment))
                }
                Act::Close(id, closing) => {
                    let (code, reason) = closing.code();
                    sockets.get(&id).map(|socket| socket.close(code, reason))
                }
            };
            // A socket that is gone is reported to `websocket_close`.
            let _: Option<Result<(), JsValue>> = done;
        }
    }
}

/// A socket below the `worker` crate's types.
pub(super) fn raw(socket: &WebSocket) -> Socket {
    let socket: &JsValue = socket.as_ref();
    socket.clone().unchecked_into()
}
