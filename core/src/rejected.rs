//! Rejected events as they are kept: each with its text, all its reasons and the version of the
//! rules that it broke.
//!
//! A ledger packs them into rows and hands those out at its next commit; it remembers none. Where a
//! row goes is said by [`segments`], what is read of them by [`page`], what becomes of a replay by
//! [`replay`].
//!
//! Bounds: [`TEXT_BYTES_MAX`] of one event, [`REQUEST_BYTES_MAX`] of one request, and
//! [`PENDING_BYTES_MAX`] between two commits of a ledger.

mod id;
mod page;
mod replay;
mod segments;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    domain::EventKind,
    ledger::Effect,
    reason::{Reason, ReasonCode},
    sealed::{self, Kind},
    time::Timestamp,
};

pub use self::{
    id::{Position, RejectId},
    page::{Page, PageRow, PageSearch, Pager},
    replay::{FoundReject, Pin, Replayed},
    segments::{KEPT_MS, Segment, SegmentStep, Segments},
};
pub(crate) use replay::{is_repeated, remember, replay_keys, scoped};

/// The version of the rules that events are judged by, kept with each rejected one. It is raised
/// whenever any kind of event comes to be judged otherwise.
pub const RULES_VERSION: u32 = 1;
/// Longest text that is kept whole, in bytes.
pub const TEXT_BYTES_MAX: usize = 65_536;
/// Most that is kept of the rejected events of one request, in bytes. Of those beyond it only the
/// first reason stays.
pub const REQUEST_BYTES_MAX: usize = 8 << 20;
/// Most bytes that wait for one commit.
const PENDING_BYTES_MAX: usize = 16 << 20;
/// A row that has reached this is followed by another: one event more keeps it below 2 MB.
const ROW_BYTES: usize = 1 << 20;

const ROW: Kind = Kind { tag: b'R', version: 2 };

/// What a rejected event was sent as: which rules read its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SentAs {
    /// An event of Polso's own shape.
    Event(EventKind),
    /// Part of a provider's webhook: its source says what it means.
    Webhook {
        /// What its repetitions have in common.
        id: Option<String>,
    },
}

impl SentAs {
    /// Its name in `GET /api/v1/rejected`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Event(kind) => kind.name(),
            Self::Webhook { .. } => "webhook",
        }
    }
}

impl From<EventKind> for SentAs {
    fn from(kind: EventKind) -> Self {
        Self::Event(kind)
    }
}

/// An event that broke a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// What it was sent as.
    pub sent_as: SentAs,
    /// Its text as it came, or the beginning of it.
    pub text: String,
    /// Whether any of its text or reasons is missing here.
    pub truncated: bool,
    reasons: Vec<KeptReason>,
}

/// [`Reason`] leaves a missing field out where it is told; what is kept has a place for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeptReason {
    code: ReasonCode,
    field: Option<Cow<'static, str>>,
    message: String,
}

/// A rejected event, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptReject {
    /// The source that sent it.
    pub source: String,
    /// When it was received.
    pub received: Timestamp,
    /// The [`RULES_VERSION`] of that time.
    pub rules: u32,
    /// The event and its reasons.
    pub reject: Reject,
}

/// Rejected events in one row of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectRow {
    /// The number of the first one among those of its commit.
    pub first: u32,
    /// Sealed, below 2 MB.
    pub bytes: Vec<u8>,
}

impl Reject {
    /// Takes what may be kept of an event, of which about `room` bytes are left to its request.
    #[must_use]
    pub fn new(sent_as: impl Into<SentAs>, text: &str, reasons: &[Reason], room: usize) -> Self {
        let end = text.floor_char_boundary(TEXT_BYTES_MAX);
        let kept = |reason: &Reason| KeptReason {
            code: reason.code,
            field: reason.field.clone(),
            message: reason.message.clone(),
        };
        let mut reject = Self {
            sent_as: sent_as.into(),
            text: text.get(..end).unwrap_or_default().to_owned(),
            truncated: end < text.len(),
            reasons: reasons.iter().map(kept).collect(),
        };
        if reject.bytes() > room {
            reject.text = String::new();
            reject.reasons.truncate(1);
            reject.truncated = true;
        }
        reject
    }

    /// Every reason why it was rejected.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        let reason = |kept: &KeptReason| {
            let KeptReason { code, field, message } = kept.clone();
            Reason { code, field, message }
        };
        self.reasons.iter().map(reason).collect()
    }

    /// About how many bytes it is kept in.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let field = |reason: &KeptReason| reason.field.as_ref().map_or(0, |field| field.len());
        let reasons = self.reasons.iter().map(|reason| reason.message.len() + field(reason) + 8);
        self.text.len() + reasons.sum::<usize>()
    }
}

impl RejectRow {
    /// Reads the events of a row.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read.
    pub fn decode(bytes: &[u8]) -> Result<Vec<KeptReject>, Corrupt> {
        let mut rest = sealed::open_body(ROW, bytes)?;
        let mut kept = Vec::new();
        while !rest.is_empty() {
            let (one, after) = postcard::take_from_bytes(rest)
                .map_err(|_| Corrupt("a rejected event cannot be read"))?;
            kept.push(one);
            rest = after;
        }
        Ok(kept)
    }
}

/// Rejected events on their way to the store, packed.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    rows: Vec<RejectRow>,
    events: u32,
    bytes: usize,
}

impl Waiting {
    /// Whether these may wait too. What one request brings always may when nothing waits.
    pub(crate) fn has_room(&self, rejects: &[Reject]) -> bool {
        let more: usize = rejects.iter().map(Reject::bytes).sum();
        self.bytes == 0 || rejects.is_empty() || self.bytes + more <= PENDING_BYTES_MAX
    }

    /// Packs the rejected events of one request.
    pub(crate) fn add(&mut self, source: &str, received: Timestamp, rejects: Vec<Reject>) {
        for reject in rejects {
            if self.rows.last().is_none_or(|row| row.bytes.len() >= ROW_BYTES) {
                self.rows.push(RejectRow { first: self.events, bytes: sealed::start(ROW) });
            }
            let source = source.to_owned();
            let kept = KeptReject { source, received, rules: RULES_VERSION, reject };
            if let Some(row) = self.rows.last_mut() {
                let before = row.bytes.len();
                // Writing into a growing vector cannot fail.
                row.bytes =
                    postcard::to_extend(&kept, core::mem::take(&mut row.bytes)).unwrap_or_default();
                self.bytes += row.bytes.len() - before;
                self.events += 1;
            }
        }
    }

    /// Hands out what waits, to be kept under the number of a block of the same commit.
    pub(crate) fn take(&mut self, seq: u64, now: Timestamp) -> Option<Effect> {
        let Self { rows, events, .. } = core::mem::take(self);
        if rows.is_empty() {
            return None;
        }
        let seal = |row: RejectRow| RejectRow { bytes: sealed::seal_body(row.bytes), ..row };
        Some(Effect::Keep { seq, now, events, rows: rows.into_iter().map(seal).collect() })
    }
}
