//! What a mapping reads of one thing that Meta tells: the same few members, however it came.
//!
//! ```json
//! { "type": "comments", "account": "17841405309211844", "time_ms": "1795856400000", "replies": "messages", "value": {} }
//! ```
//!
//! `type` is the field of a change; of a message `story_reply`, `story_mention`, `reaction` or `message`. `value` is as
//! Meta wrote it. What the account itself did, what it took back, and what only says that something was seen makes no
//! record.

use std::borrow::Cow;

use polso_core::Reason;
use serde_json::Value;

use super::super::scalar;
use super::entry::{Entry, List, Told};
use crate::mapping::{Node, joined};

/// A record.
pub(super) struct Record<'a> {
    /// The id that Meta gives it.
    pub(super) id: Option<String>,
    /// Its `type`, as JSON.
    sort: &'a str,
    account: &'a str,
    time_ms: Option<String>,
    value: Node<'a>,
}

/// Seconds have at most as many digits until the year 5138; milliseconds have more since 1973.
const SECONDS_DIGITS_MAX: usize = 11;

/// The fields of changes that have an id of their own.
const COMMENTS: [&str; 2] = ["comments", "live_comments"];

/// What says of a message that it is none of somebody else's to the account.
const NOT_COUNTED: [&str; 3] = ["is_echo", "is_deleted", "is_self"];

impl<'a> Record<'a> {
    /// The record of one thing; `None` when it is never counted.
    ///
    /// # Errors
    /// Those of [`Node::member`] and [`Node::text`].
    pub(super) fn read(entry: &Entry<'a>, told: &Told<'a>) -> Result<Option<Self>, Reason> {
        let (field, value) = match *told {
            Told::Listed(List::FieldNames, _) => return Ok(None),
            Told::Listed(List::Messaging | List::Standby, node) => {
                return Self::of_message(entry, node);
            }
            Told::Listed(List::Changes, node) => (node.at(&["field"])?, node.at(&["value"])?),
            Told::Own { field, value } => (Some(field), Some(value)),
        };
        let (Some(sort), Some(value)) = (field.and_then(scalar), value) else {
            return Ok(None);
        };
        let name = field.map_or(Ok(None), Node::text)?.unwrap_or_default();
        // Some apps get their messages as changes.
        if name == "messages" {
            return Self::of_message(entry, value);
        }
        let mut id = None;
        if COMMENTS.contains(&name.as_ref()) {
            let author = value.at(&["from", "id"])?.map_or(Ok(None), Node::text)?;
            if author.is_some() && author == account(entry)? {
                return Ok(None);
            }
            let comment =
                value.at(&["id"])?.map_or_else(|| value.at(&["comment_id"]), |id| Ok(Some(id)))?;
            id = own(comment)?;
        }
        Ok(Some(Self { id, sort, account: entry.account, time_ms: ms(entry.time)?, value }))
    }

    fn of_message(entry: &Entry<'a>, value: Node<'a>) -> Result<Option<Self>, Reason> {
        let Some(sort) = sort(value)? else { return Ok(None) };
        let id = own(value.at(&["message", "mid"])?)?;
        let time_ms = ms(value.at(&["timestamp"])?)?;
        Ok(Some(Self { id, sort, account: entry.account, time_ms, value }))
    }

    /// As JSON; `replies` is where these are counted.
    pub(super) fn json(&self, replies: &str) -> String {
        let account = if self.account.is_empty() { "null" } else { self.account };
        let time = self.time_ms.as_deref().map_or(Value::Null, Value::from);
        format!(
            r#"{{"type":{},"account":{account},"time_ms":{time},"replies":"{replies}","value":{}}}"#,
            self.sort,
            self.value.raw()
        )
    }
}

/// What a message is, as JSON; `None` for what is never counted.
fn sort(value: Node<'_>) -> Result<Option<&'static str>, Reason> {
    let Some(message) = value.at(&["message"])? else {
        let action = value.at(&["reaction", "action"])?.map_or(Ok(None), Node::text)?;
        return Ok((action.as_deref() == Some("react")).then_some("\"reaction\""));
    };
    for flag in NOT_COUNTED {
        if message.at(&[flag])?.is_some_and(|flag| flag.raw() == "true") {
            return Ok(None);
        }
    }
    if message.at(&["reply_to", "story"])?.is_some() {
        return Ok(Some("\"story_reply\""));
    }
    for attachment in message.at(&["attachments"])?.and_then(Node::elements).unwrap_or_default() {
        let sort = attachment.at(&["type"])?.map_or(Ok(None), Node::text)?;
        if sort.as_deref() == Some("story_mention") {
            return Ok(Some("\"story_mention\""));
        }
    }
    Ok(Some("\"message\""))
}

/// The account's id as text.
fn account<'a>(entry: &Entry<'a>) -> Result<Option<Cow<'a, str>>, Reason> {
    Node::parse(entry.account).ok().map_or(Ok(None), Node::text)
}

/// The id that a node holds.
fn own(node: Option<Node<'_>>) -> Result<Option<String>, Reason> {
    let text = node.map_or(Ok(None), Node::text)?;
    Ok(text.filter(|id| !id.is_empty()).and_then(|id| joined([Ok(Some(id))].into_iter())))
}

/// An instant in milliseconds, which may have come in seconds.
fn ms(node: Option<Node<'_>>) -> Result<Option<String>, Reason> {
    let text = node.map_or(Ok(None), Node::text)?;
    Ok(text.map(|text| {
        let is_s =
            text.len() <= SECONDS_DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_s { format!("{text}000") } else { text.into_owned() }
    }))
}
