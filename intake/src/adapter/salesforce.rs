//! Salesforce: Outbound Messages in SOAP, and change events and platform events in JSON, which a relay sends.
//!
//! Either way each record is a piece of its own, of which the mapping reads the same few members:
//!
//! ```json
//! { "type": "Opportunity", "change": "UPDATE", "id": "0065g00000ABCDEAA4", "time": "2026-11-28T09:00:00.000Z",
//!   "currency": "EUR", "fields": {} }
//! ```
//!
//! Of an Outbound Message only its notifications are kept: `SessionId` is a credential. What cannot be read is not kept
//! at all, as it may hold one.

mod change_event;
mod outbound_message;

use std::borrow::Cow;

use polso_core::{Reason, ReasonCode as Code};
use serde_json::Value;

use super::Piece;
use crate::mapping::{Mapping, Node, digest};

/// What amounts are in where a record does not say: organisations with one currency have no field for it.
const CURRENCY: &str = "EUR";

/// Cuts a body into its records.
pub(super) fn cut<'a>(
    mapping: &Mapping,
    body: &'a str,
    message_id: Option<&str>,
) -> Vec<Piece<'a>> {
    let is_xml = body.trim_start().starts_with('<');
    let pieces = if is_xml {
        outbound_message::cut(mapping, body)
    } else {
        change_event::cut(mapping, body)
    };
    pieces.unwrap_or_else(|| {
        let message = "the body is neither an Outbound Message of Salesforce, without DTD and entities, nor events \
                       in JSON; or it nests deeper than 32";
        let id = message_id.map_or_else(|| digest([body]), str::to_owned);
        vec![Piece::rejected("".into(), id, Reason::event(Code::JsonInvalid, message))]
    })
}

/// What the mapping reads, all but `fields` as texts.
#[derive(Default)]
struct Record<'r> {
    sort: Option<&'r str>,
    change: Option<&'r str>,
    id: Option<&'r str>,
    time: Option<&'r str>,
    currency: Option<&'r str>,
}

impl Record<'_> {
    /// As JSON, with these fields, which are JSON.
    fn json(&self, fields: &str) -> String {
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        format!(
            r#"{{"type":{},"change":{},"id":{},"time":{},"currency":{},"fields":{fields}}}"#,
            text(self.sort),
            text(self.change),
            text(self.id),
            text(self.time),
            text(self.currency.or(Some(CURRENCY))),
        )
    }
}

/// The text at the end of a way of members.
fn text_at<'a>(node: Node<'a>, way: &[&str]) -> Result<Option<Cow<'a, str>>, Reason> {
    node.at(way)?.map_or(Ok(None), Node::text)
}
