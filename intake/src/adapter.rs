//! Adapters: from what a provider sends to events of Polso's own shape.
//!
//! An adapter cuts an authenticated body into pieces, each of which tells at most one event. Every piece has a text
//! of its own, which the same adapter reads again to the same piece: that is what is kept of a rejected one, and
//! what a replay goes by. An adapter names fields and translates words; whether the event is valid is the core's to
//! say, as for everybody's.

use std::borrow::Cow;

use polso_core::{EventKind, Reason};

/// One thing that a provider tells, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// A body that holds this piece alone: the same adapter reads it again, with this id and without a content type.
    /// No credential is in it.
    pub text: Cow<'a, str>,
    /// What its repetitions have in common, from authenticated bytes: the provider's id, or a digest. Rejected
    /// pieces have one too: their sender may send them again after a replay.
    pub id: Option<String>,
    /// What it means.
    pub made: Made,
}

/// What an adapter makes of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// An event, not yet validated.
    Event {
        /// Of this kind.
        kind: EventKind,
        /// As JSON in Polso's own shape.
        json: String,
    },
    /// Nothing that this source counts.
    Filtered,
    /// Something that cannot be read, or that the mapping has no word for.
    Rejected(Vec<Reason>),
}
