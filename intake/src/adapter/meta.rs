//! Notifications of Meta's webhooks for Instagram: one tells up to 1,000 changes and messages, each of which is a piece
//! of its own.
//!
//! A piece has the form of a notification that tells nothing else, with its own bytes as they came. The mapping reads a
//! [`Record`] of it. All ids come from the content: `entry.time` is when Meta sent, and another at every attempt, so
//! that it is in no id. Sources: "Instagram Platform Webhooks" and "Webhooks for Instagram Messaging" in Meta's
//! documentation.

mod entry;
mod record;

use polso_core::{Reason, ReasonCode as Code};

use self::entry::Entry;
use self::record::Record;
use super::{PIECES_MAX, Piece, Text, alone};
use crate::config::table::Table;
use crate::mapping::{Mapping, Node, digest};

/// The only object that has stories.
const OBJECT: &str = "instagram";

/// How the notifications of a source are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    mapping: Mapping,
    replies: Replies,
}

/// Where replies to a story are counted: Meta tells them one by one, and once more as a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replies {
    /// As they come.
    Messages,
    /// In the story's insights.
    Insights,
}

impl Replies {
    const NAMES: [(&str, Self); 2] = [("messages", Self::Messages), ("insights", Self::Insights)];

    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

impl Meta {
    /// Reads the keys of a source's table; `None` after a problem.
    pub(super) fn read(table: &mut Table<'_>, mapping: Option<Mapping>) -> Option<Self> {
        let replies = table.choice("replies", &Replies::NAMES).unwrap_or(Replies::Messages);
        Some(Self { mapping: mapping?, replies })
    }

    /// Cuts a notification, or a list of them, into what they tell.
    pub(super) fn cut<'a>(&self, body: &'a str) -> Vec<Piece<'a>> {
        let notifications = match Node::parse(body) {
            Ok(root) => root.elements().unwrap_or_else(|| vec![root]),
            Err(reason) => return vec![Piece::rejected(body.into(), digest([body]), reason)],
        };
        let mut pieces = Vec::new();
        for notification in notifications {
            if let Err(reason) = self.cut_notification(notification, &mut pieces) {
                let id = digest([notification.raw()]);
                pieces.push(Piece::rejected(alone(notification), id, reason));
            }
            pieces.truncate(PIECES_MAX);
        }
        pieces
    }

    /// The pieces of a notification, until there are as many as there may be.
    ///
    /// # Errors
    /// Why it is none, before there is any piece of it.
    fn cut_notification<'a>(
        &self,
        notification: Node<'a>,
        pieces: &mut Vec<Piece<'a>>,
    ) -> Result<(), Reason> {
        let object = notification.at(&["object"])?;
        let Some(entries) = notification.at(&["entry"])?.and_then(Node::elements) else {
            let message = "the body is no notification of Meta: an object with a list `entry`";
            return Err(Reason::event(Code::JsonInvalid, message));
        };
        let is_instagram = object.map_or(Ok(None), Node::text)?.is_none_or(|name| name == OBJECT);
        for node in entries {
            if pieces.len() >= PIECES_MAX {
                break;
            }
            let whole = || (entry::text(object, node), digest([node.raw()]));
            match Entry::read(object, node) {
                Ok(entry) if is_instagram && !entry.told.is_empty() => {
                    let room = PIECES_MAX - pieces.len();
                    let told = entry.told.iter().take(room);
                    pieces.extend(told.map(|told| self.piece(&entry, told)));
                }
                Ok(_) => {
                    let (text, id) = whole();
                    pieces.push(Piece::filtered(text, id));
                }
                Err(reason) => {
                    let (text, id) = whole();
                    pieces.push(Piece::rejected(text, id, reason));
                }
            }
        }
        Ok(())
    }

    fn piece<'a>(&self, entry: &Entry<'a>, told: &entry::Told<'a>) -> Piece<'a> {
        let text: Text<'a> = entry.text_of(told);
        let id = || digest([entry.account, "\n", told.raw()]);
        match Record::read(entry, told) {
            Ok(Some(record)) => {
                let id = record.id.clone().unwrap_or_else(id);
                Piece::of_record(&self.mapping, text, &record.json(self.replies.name()), &id)
            }
            Ok(None) => Piece::filtered(text, id()),
            Err(reason) => Piece::rejected(text, id(), reason),
        }
    }
}
