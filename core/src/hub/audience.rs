//! Everyone who watches one space: who is sent what, and who is told to go.
//!
//! Level by level and not frame by frame: whenever something may be sent ([`Audience::pass`]), each
//! socket is brought from where it is to where the hub is, as far as it reads. So a socket that
//! did not read for a while, one that came back and one that has everything are the same case.
//!
//! Bounds: [`SOCKETS_MAX`] sockets; a socket that does not read gets nothing more
//! ([`super::listener`]); snapshots wait while all sockets together have [`QUEUED_BYTES_MAX`] to
//! read, so that a thousand viewers that come at once do not cost a thousand snapshots of memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::{
    corrupt::Corrupt,
    ledger::PUBLISH_EVERY_MS,
    live::{BEAT_EVERY_MS, Request},
    time::Timestamp,
};

use super::{
    Bytes, Hub, Missed,
    board::Board,
    listener::{Closing, Flavour, Frames, Heard, Listener, Standing},
};

/// Most open sockets of one space.
pub const SOCKETS_MAX: usize = 5_000;
/// What all sockets may have to read before snapshots wait.
const QUEUED_BYTES_MAX: usize = 32 * 1_024 * 1_024;

/// There are as many sockets as may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// What is sent over a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A frame of `polso.v1`.
    Frame(Bytes),
    /// A text of `polso.v1.json`.
    Text(Rc<str>),
}

/// What is to be done with a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Send it something.
    Send(u32, Message),
    /// Keep this with it.
    Attach(u32, Vec<u8>),
    /// Close it.
    Close(u32, Closing),
}

/// Everyone who watches one space.
#[derive(Debug, Default)]
pub struct Audience {
    listeners: BTreeMap<u32, Listener>,
    last_id: u32,
    board: Board,
    /// Someone waits for what only time brings: room, an evaluation, or that it has read.
    waiting: bool,
}

impl Audience {
    /// Whether nobody watches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listeners.is_empty()
    }

    /// Takes a new socket in: its number here, and what to attach to it.
    ///
    /// # Errors
    /// [`Full`] at [`SOCKETS_MAX`].
    pub fn open(
        &mut self,
        flavour: Flavour,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<(u32, Vec<u8>), Full> {
        if self.listeners.len() >= SOCKETS_MAX {
            return Err(Full);
        }
        let listener = Listener::new(flavour, expires, now);
        let attachment = listener.attachment();
        Ok((self.add(listener), attachment))
    }

    /// Knows a socket again by what was attached to it.
    ///
    /// # Errors
    /// [`Corrupt`] when that cannot be read: close the socket.
    pub fn remember(&mut self, attachment: &[u8], now: Timestamp) -> Result<u32, Corrupt> {
        let listener = Listener::remembered(attachment, now)?;
        Ok(self.add(listener))
    }

    fn add(&mut self, listener: Listener) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.listeners.insert(self.last_id, listener);
        self.last_id
    }

    /// A socket is gone.
    pub fn forget(&mut self, id: u32) {
        self.listeners.remove(&id);
    }

    /// Takes a message from a socket. What it asks for is sent at the next [`Audience::pass`].
    pub fn hear(&mut self, id: u32, message: Heard<'_>, now: Timestamp) -> Vec<Act> {
        let Some(listener) = self.listeners.get_mut(&id).filter(|listener| !listener.closing)
        else {
            return Vec::new();
        };
        match listener.hear(message, now) {
            Ok(true) => vec![Act::Attach(id, listener.attachment())],
            Ok(false) => Vec::new(),
            Err(closing) => vec![close(id, listener, closing)],
        }
    }

    /// Brings every socket up to what the hub has to say, with a beat if one is due. `queued` says
    /// how many bytes a socket has still to read.
    pub fn pass(
        &mut self,
        hub: &mut Hub,
        beat: bool,
        now: Timestamp,
        queued: impl Fn(u32) -> usize,
    ) -> Vec<Act> {
        hub.flush(now);
        let queues: Vec<usize> = self.listeners.keys().map(|id| queued(*id)).collect();
        let crowded = self.join();
        let mut pass = Pass {
            beat: hub.beat(now),
            is_beat: beat,
            room: QUEUED_BYTES_MAX.saturating_sub(queues.iter().sum()),
            is_one_let_in: false,
            waiting: self.board.refresh(hub, now),
            now,
            acts: Vec::new(),
        };
        for ((id, listener), queue) in self.listeners.iter_mut().zip(queues) {
            if listener.closing {
                continue;
            }
            let closing = match listener.reads(queue, now) {
                _ if now >= listener.expires => Some(Closing::Expired),
                _ if crowded.contains(id) => Some(Closing::Crowded),
                Err(closing) => Some(closing),
                Ok(true) => {
                    pass.serve(*id, listener, hub, &mut self.board);
                    None
                }
                Ok(false) => {
                    // Once it has read, it must not wait for the next event or beat.
                    pass.waiting = true;
                    None
                }
            };
            pass.acts.extend(closing.map(|closing| close(*id, listener, closing)));
        }
        self.waiting = pass.waiting;
        pass.acts
    }

    /// When the next pass is due, if one is: nothing else must wake a hub before its beat.
    #[must_use]
    pub fn due(&self, hub: &Hub, now: Timestamp) -> Option<Timestamp> {
        if self.is_empty() {
            return None;
        }
        let again = self.waiting.then(|| now.plus_ms(PUBLISH_EVERY_MS));
        again.into_iter().chain(hub.due(now)).min()
    }

    /// Gives every subscription its entries on the board; who found no room there.
    fn join(&mut self) -> BTreeSet<u32> {
        let mut crowded = BTreeSet::new();
        self.board.keep(&self.watched());
        for (id, listener) in &mut self.listeners {
            let Standing::Readings(Some(subscription)) = &mut listener.standing else { continue };
            if !listener.closing && !self.board.join(subscription) {
                crowded.insert(*id);
            }
        }
        crowded
    }

    /// The entries of the board that anybody watches.
    fn watched(&self) -> BTreeSet<u32> {
        let subscriptions = self.listeners.values().filter_map(|one| match &one.standing {
            Standing::Readings(Some(subscription)) if !one.closing => Some(subscription),
            _ => None,
        });
        subscriptions.flat_map(|one| one.watched.iter().filter_map(|one| one.entry)).collect()
    }
}

/// One round over all sockets.
struct Pass {
    beat: Bytes,
    is_beat: bool,
    /// Bytes that may be queued before snapshots wait.
    room: usize,
    /// Whether one was let in for whom there was no room.
    is_one_let_in: bool,
    waiting: bool,
    now: Timestamp,
    acts: Vec<Act>,
}

impl Pass {
    /// Sends a socket what it does not have yet.
    fn serve(&mut self, id: u32, listener: &mut Listener, hub: &mut Hub, board: &mut Board) {
        match &mut listener.standing {
            Standing::Readings(None) => {}
            Standing::Readings(Some(subscription)) => {
                let text = board.message(hub, subscription, self.is_beat, self.now);
                self.acts.extend(text.map(|text| Act::Send(id, Message::Text(text))));
            }
            Standing::Frames(frames) => {
                let beat = match frames {
                    Frames::Silent => self.is_beat,
                    Frames::Waiting(Request::Resume { lineage, seq }) => {
                        let (lineage, seq) = (*lineage, *seq);
                        self.catch_up(id, frames, hub, lineage, seq);
                        false
                    }
                    Frames::At(lineage, seq) if (*lineage, *seq) == hub.position() => self.is_beat,
                    Frames::At(lineage, seq) => {
                        let (lineage, seq) = (*lineage, *seq);
                        self.catch_up(id, frames, hub, Some(lineage), seq) && self.is_beat
                    }
                    Frames::Somewhere => {
                        let (lineage, seq) = hub.position();
                        *frames = Frames::At(lineage, seq);
                        true
                    }
                };
                if beat {
                    self.send(id, self.beat.clone());
                }
            }
        }
    }

    /// Leads a socket from a position to where the hub is, if there is room for that; whether it
    /// is there.
    fn catch_up(
        &mut self,
        id: u32,
        frames: &mut Frames,
        hub: &mut Hub,
        lineage: Option<u64>,
        seq: u64,
    ) -> bool {
        // What waits for its frame is about to be sent, and the socket comes with it.
        if !hub.is_settled() {
            return false;
        }
        let missed = hub.missed(lineage, seq, self.now);
        if !self.has_room(&missed) {
            self.waiting = true;
            return false;
        }
        if matches!(frames, Frames::Waiting(_)) {
            self.send(id, hub.hello(self.now));
        }
        missed.frames().iter().for_each(|frame| self.send(id, frame.clone()));
        let (lineage, seq) = hub.position();
        *frames = Frames::At(lineage, seq);
        true
    }

    /// Whether a socket may be sent this now. The next delta always: nobody is held up by others.
    /// More than that only while there is room, and to one in each round in any case, so that
    /// those who do not read cannot keep others out.
    fn has_room(&mut self, missed: &Missed) -> bool {
        let bytes: usize = missed.frames().iter().map(|frame| frame.len()).sum();
        let fits = match missed {
            Missed::Deltas(deltas) if deltas.len() < 2 => true,
            _ => bytes <= self.room || !core::mem::replace(&mut self.is_one_let_in, true),
        };
        if fits {
            self.room = self.room.saturating_sub(bytes);
        }
        fits
    }

    fn send(&mut self, id: u32, frame: Bytes) {
        self.acts.push(Act::Send(id, Message::Frame(frame)));
    }
}

fn close(id: u32, listener: &mut Listener, closing: Closing) -> Act {
    listener.closing = true;
    Act::Close(id, closing)
}

/// When the next beat is due: at whole multiples of its interval, where buckets of time end too.
#[must_use]
pub fn next_beat(now: Timestamp) -> Timestamp {
    now.floor(BEAT_EVERY_MS).plus_ms(BEAT_EVERY_MS)
}
