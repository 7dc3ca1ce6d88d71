//! One entry of a notification: an account, and what is told of it, in any of the forms that Meta uses.
//!
//! Bounds: [`PIECES_MAX`] elements of each list; [`SCALAR_BYTES_MAX`](super::super::SCALAR_BYTES_MAX) for what goes into
//! the envelope of each.

use polso_core::{Reason, ReasonCode as Code};

use super::super::{PIECES_MAX, Text, scalar};
use crate::mapping::{Node, only};

/// An entry.
pub(super) struct Entry<'a> {
    /// The account's id as it is written, or nothing.
    pub(super) account: &'a str,
    /// When Meta sent it: in seconds with changes, in milliseconds with messages.
    pub(super) time: Option<Node<'a>>,
    pub(super) told: Vec<Told<'a>>,
    /// What the text of each piece begins with.
    head: String,
}

/// One thing that an entry tells.
#[derive(Clone, Copy)]
pub(super) enum Told<'a> {
    /// An element of a list.
    Listed(List, Node<'a>),
    /// `field` and `value` of the entry itself, as apps with Instagram Login have them.
    Own { field: Node<'a>, value: Node<'a> },
}

/// A list of an entry.
#[derive(Clone, Copy)]
pub(super) enum List {
    /// What changed, and to what.
    Changes,
    /// Messages and what is done with them.
    Messaging,
    /// The same, while another app answers in the conversation.
    Standby,
    /// What changed, and nobody says to what.
    FieldNames,
}

impl List {
    const ALL: [Self; 4] = [Self::Changes, Self::Messaging, Self::Standby, Self::FieldNames];

    const fn name(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::Messaging => "messaging",
            Self::Standby => "standby",
            Self::FieldNames => "changed_fields",
        }
    }
}

impl<'a> Entry<'a> {
    /// # Errors
    /// `field_duplicate` and `text_invalid`, as for any member; `field_type` where a list should be.
    pub(super) fn read(object: Option<Node<'a>>, node: Node<'a>) -> Result<Self, Reason> {
        let members = node.members()?;
        let member = |name| only(&members, name).map(|node| node.filter(|node| !node.is_null()));
        let (id, time) = (member("id")?, member("time")?);
        let mut head = before_entries(object);
        head.push('{');
        for (name, value) in [("id", id), ("time", time)] {
            if let Some(value) = value.and_then(scalar) {
                head.extend(["\"", name, "\":", value, ","]);
            }
        }
        let mut told = Vec::new();
        for list in List::ALL {
            let name = list.name();
            if let Some(found) = member(name)? {
                let elements = found.elements().ok_or_else(|| {
                    Reason::foreign_field(Code::FieldType, name, format!("`{name}` is no list"))
                })?;
                let elements = elements.into_iter().take(PIECES_MAX);
                told.extend(elements.map(|node| Told::Listed(list, node)));
            }
        }
        if let (Some(field), Some(value)) = (member("field")?, member("value")?)
            && scalar(field).is_some()
        {
            told.push(Told::Own { field, value });
        }
        Ok(Self { account: id.and_then(scalar).unwrap_or_default(), time, told, head })
    }

    /// A notification that tells nothing else.
    pub(super) fn text_of(&self, told: &Told<'a>) -> Text<'a> {
        match told {
            Told::Listed(list, node) => {
                Text::around(format!("{}\"{}\":[", self.head, list.name()), node.raw(), "]}]}")
            }
            Told::Own { field, value } => {
                let before = format!("{}\"field\":{},\"value\":", self.head, field.raw());
                Text::around(before, value.raw(), "}]}")
            }
        }
    }
}

impl<'a> Told<'a> {
    /// Its own bytes, in which every repetition is the same.
    pub(super) fn raw(&self) -> &'a str {
        match self {
            Self::Listed(_, node) => node.raw(),
            Self::Own { value, .. } => value.raw(),
        }
    }
}

/// A notification that has this entry alone.
pub(super) fn text<'a>(object: Option<Node<'a>>, entry: Node<'a>) -> Text<'a> {
    Text::around(before_entries(object), entry.raw(), "]}")
}

fn before_entries(object: Option<Node<'_>>) -> String {
    match object.and_then(scalar) {
        Some(object) => format!("{{\"object\":{object},\"entry\":["),
        None => "{\"entry\":[".to_owned(),
    }
}
