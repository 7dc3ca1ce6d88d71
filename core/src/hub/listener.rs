//! One live socket, as its hub knows it: until when it may be open, what it asked for, what it has
//! been sent, and whether it reads.
//!
//! What must outlast the hub's memory is its attachment ([`Listener::attachment`]), at most
//! 16 KiB since a subscription is shorter: the rest is found again by asking. A listener sends at most
//! [`MESSAGES_MAX`] messages at once and one in [`MESSAGE_EVERY_MS`] after them. It decides for one
//! socket; what all of them share is the [`super::Audience`]'s matter.

use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    live::{self, Request},
    time::Timestamp,
};

use super::subscription::{Kept, Subscription};

/// Most messages in a row.
pub(super) const MESSAGES_MAX: i64 = 30;
/// One message more after this time.
pub(super) const MESSAGE_EVERY_MS: i64 = 2_000;
/// A socket that has so many bytes to read gets nothing more until it has read some of them.
pub(super) const QUEUE_BYTES_MAX: usize = 256 * 1_024;
/// A socket that reads nothing for so long is closed.
pub(super) const STUCK_MS_MAX: i64 = 60_000;

/// How a socket is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Counters, in binary frames.
    Frames,
    /// Readings, in JSON texts.
    Readings,
}

impl Flavour {
    /// Every flavour with the subprotocol that asks for it.
    pub const NAMES: [(&str, Self); 2] =
        [(live::PROTOCOL, Self::Frames), (live::PROTOCOL_JSON, Self::Readings)];

    /// The flavour of a subprotocol.
    #[must_use]
    pub fn named(protocol: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(name, _)| *name == protocol).map(|(_, flavour)| *flavour)
    }
}

/// Why a socket is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// It sent what its flavour does not know: a text for a frame, or the other way round.
    Unsupported,
    /// It sent what cannot be read.
    Unreadable,
    /// There are more distinct queries than one space's hub evaluates.
    Crowded,
    /// Its token has expired.
    Expired,
    /// It reads too slowly, or not at all.
    Slow,
    /// It asks too often.
    Hasty,
}

impl Closing {
    /// The close code and the reason that go with it.
    #[must_use]
    pub const fn code(self) -> (u16, &'static str) {
        match self {
            Self::Unsupported => (1_003, "another kind of message than this protocol has"),
            Self::Unreadable => (1_007, "not a message of this protocol"),
            Self::Crowded => (1_013, "too many different queries are watched here"),
            Self::Expired => (4_401, "the token has expired"),
            Self::Slow => (4_408, "nothing was read for a minute"),
            Self::Hasty => (4_429, "too many messages"),
        }
    }
}

/// What outlasts the hub's memory.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Attachment {
    expires: Timestamp,
    asked: Asked,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Asked {
    Frames(bool),
    Readings(Option<Kept>),
}

/// One live socket.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) expires: Timestamp,
    pub(super) standing: Standing,
    /// It was told to go, and is not gone yet.
    pub(super) closing: bool,
    messages: Allowance,
    queue: Queue,
}

/// How far a socket is.
#[derive(Debug)]
pub(super) enum Standing {
    Frames(Frames),
    /// None before it has subscribed.
    Readings(Option<Subscription>),
}

/// How far a socket of the binary flavour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frames {
    /// It has not asked for anything yet.
    Silent,
    /// It wants to go on.
    Waiting(Request),
    /// It follows, and has been sent everything of this lineage up to this position.
    At(u64, u64),
    /// It follows, and nobody here knows how far it is. It does, and finds out from a beat.
    Somewhere,
}

impl Listener {
    pub(super) fn new(flavour: Flavour, expires: Timestamp, now: Timestamp) -> Self {
        let standing = match flavour {
            Flavour::Frames => Standing::Frames(Frames::Silent),
            Flavour::Readings => Standing::Readings(None),
        };
        Self::of(standing, expires, now)
    }

    fn of(standing: Standing, expires: Timestamp, now: Timestamp) -> Self {
        let (messages, queue) = (Allowance::full(now), Queue { bytes: 0, since: now });
        Self { expires, standing, closing: false, messages, queue }
    }

    /// The listener that an attachment was of.
    pub(super) fn remembered(attachment: &[u8], now: Timestamp) -> Result<Self, Corrupt> {
        let Attachment { expires, asked } = live::decode(attachment)?;
        let standing = match asked {
            Asked::Frames(false) => Standing::Frames(Frames::Silent),
            Asked::Frames(true) => Standing::Frames(Frames::Somewhere),
            Asked::Readings(kept) => Standing::Readings(kept.map(Subscription::remembered)),
        };
        Ok(Self::of(standing, expires, now))
    }

    /// What to keep with the socket.
    pub(super) fn attachment(&self) -> Vec<u8> {
        let asked = match &self.standing {
            Standing::Frames(frames) => Asked::Frames(*frames != Frames::Silent),
            Standing::Readings(subscription) => {
                Asked::Readings(subscription.as_ref().map(Subscription::kept))
            }
        };
        live::encode(&Attachment { expires: self.expires, asked })
    }

    /// Takes a message; whether what it asks for must be kept with the socket.
    pub(super) fn hear(&mut self, message: Heard<'_>, now: Timestamp) -> Result<bool, Closing> {
        if now >= self.expires {
            return Err(Closing::Expired);
        }
        if !self.messages.spend(now) {
            return Err(Closing::Hasty);
        }
        match (&mut self.standing, message) {
            (Standing::Frames(frames), Heard::Binary(bytes)) => {
                let request = Request::decode(bytes).map_err(|_| Closing::Unreadable)?;
                let first = *frames == Frames::Silent;
                *frames = Frames::Waiting(request);
                Ok(first)
            }
            (Standing::Readings(subscription), Heard::Text(text)) => {
                let queries = Subscription::read(text).map_err(|_| Closing::Unreadable)?;
                *subscription = Some(queries);
                Ok(true)
            }
            _ => Err(Closing::Unsupported),
        }
    }

    /// Looks at how much the socket has still to read; whether it may be sent more.
    pub(super) fn reads(&mut self, queued: usize, now: Timestamp) -> Result<bool, Closing> {
        if self.queue.is_stuck(queued, now) {
            Err(Closing::Slow)
        } else {
            Ok(queued < QUEUE_BYTES_MAX)
        }
    }
}

/// A message from a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// Bytes.
    Binary(&'a [u8]),
    /// A text.
    Text(&'a str),
}

/// How many messages a socket may still send.
#[derive(Debug)]
struct Allowance {
    /// When it will be full again.
    full_at: Timestamp,
}

impl Allowance {
    fn full(now: Timestamp) -> Self {
        Self { full_at: now }
    }

    fn spend(&mut self, now: Timestamp) -> bool {
        let latest = now.plus_ms(MESSAGES_MAX * MESSAGE_EVERY_MS);
        // Never later than that, however far the clock went back.
        let full_at = self.full_at.max(now).min(latest).plus_ms(MESSAGE_EVERY_MS);
        let within = full_at <= latest;
        if within {
            self.full_at = full_at;
        }
        within
    }
}

/// What a socket had still to read when that last became less.
#[derive(Debug)]
struct Queue {
    bytes: usize,
    since: Timestamp,
}

impl Queue {
    fn is_stuck(&mut self, bytes: usize, now: Timestamp) -> bool {
        if bytes < QUEUE_BYTES_MAX || bytes < self.bytes || now < self.since {
            (self.bytes, self.since) = (bytes, now);
        }
        self.bytes = bytes;
        now >= self.since.plus_ms(STUCK_MS_MAX)
    }
}
