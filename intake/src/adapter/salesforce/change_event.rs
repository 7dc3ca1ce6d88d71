//! Change events and platform events in JSON, as the Streaming API, the Pub/Sub API and Event Relay write them: alone or
//! in a list.
//!
//! A change event may be about several records that changed alike; each is a piece of its own, whose text is the event
//! with that record alone. What only says that something was missed (`GAP_…`), or is about all records of a type
//! (`001*`), tells no fields and is filtered. Bound: [`RECORDS_BYTES_MAX`]. Source: "Change Event Message Structure" in
//! Salesforce's Change Data Capture guide.

use std::borrow::Cow;

use polso_core::{Reason, ReasonCode as Code};

use super::super::{PIECES_MAX, Piece, Text, alone};
use super::{Record, text_at};
use crate::mapping::{Mapping, Node, digest, joined, unix_ms};

/// The most that the records of one event may come to, in bytes: each repeats all of it.
const RECORDS_BYTES_MAX: usize = 64 << 20;

/// What tells a change event from others.
const HEADER: &str = "ChangeEventHeader";

/// Where an event's fields are, in any of the three forms.
const FIELDS: [&[&str]; 6] =
    [&["data", "payload"], &["detail", "payload"], &["payload"], &["detail"], &["data"], &[]];

/// Where a platform event says which it is.
const NAMES: [&[&str]; 2] = [&["detail-type"], &["channel"]];

/// Where a platform event has its own id.
const IDS: [&[&str]; 2] = [&["data", "event", "EventUuid"], &["event", "EventUuid"]];

/// Cuts a body into its records; `None` when it cannot be read.
pub(super) fn cut<'a>(mapping: &Mapping, body: &'a str) -> Option<Vec<Piece<'a>>> {
    let root = Node::parse(body).ok()?;
    let mut pieces = Vec::new();
    for event in root.elements().unwrap_or_else(|| vec![root]) {
        if pieces.len() >= PIECES_MAX {
            break;
        }
        if let Err(reason) = cut_event(mapping, event, &mut pieces) {
            pieces.push(Piece::rejected(alone(event), digest([event.raw()]), reason));
        }
        pieces.truncate(PIECES_MAX);
    }
    Some(pieces)
}

/// # Errors
/// Why the event cannot be read, before there is any piece of it.
fn cut_event<'a>(
    mapping: &Mapping,
    event: Node<'a>,
    pieces: &mut Vec<Piece<'a>>,
) -> Result<(), Reason> {
    for way in FIELDS {
        if let Some(fields) = event.at(way)?
            && let Some(header) = fields.at(&[HEADER])?
        {
            return cut_change(mapping, event, fields, header, pieces);
        }
    }
    let mut fields = event;
    for way in FIELDS {
        if let Some(found) = event.at(way)?.filter(|found| found.is_object()) {
            fields = found;
            break;
        }
    }
    let (mut name, mut id) = (None, None);
    for way in NAMES {
        name = name.or(text_at(event, way)?);
    }
    for way in IDS {
        id = id.or(text_at(event, way)?);
    }
    let created = text_at(fields, &["CreatedDate"])?;
    let created =
        created.map(|text| unix_ms(&text, 0).map_or(text.into_owned(), |time| time.to_string()));
    let currency = text_at(fields, &["CurrencyIsoCode"])?;
    let record = Record {
        sort: name.as_deref().and_then(|name| name.rsplit('/').next()),
        time: created.as_deref(),
        currency: currency.as_deref(),
        ..Record::default()
    };
    let id = joined([Ok(id)].into_iter()).unwrap_or_else(|| digest([event.raw()]));
    pieces.push(Piece::of_record(mapping, alone(event), &record.json(fields.raw()), &id));
    Ok(())
}

/// The records of a change event.
fn cut_change<'a>(
    mapping: &Mapping,
    event: Node<'a>,
    fields: Node<'a>,
    header: Node<'a>,
    pieces: &mut Vec<Piece<'a>>,
) -> Result<(), Reason> {
    let change = text_at(header, &["changeType"])?;
    let list = header.at(&["recordIds"])?;
    let ids = list.and_then(Node::elements).unwrap_or_default();
    let is_gap = change.as_deref().is_some_and(|change| change.starts_with("GAP_"));
    let (Some(list), false, false) = (list, is_gap, ids.is_empty()) else {
        pieces.push(Piece::filtered(alone(event), digest([event.raw()])));
        return Ok(());
    };
    if ids.len().min(PIECES_MAX) * event.raw().len() > RECORDS_BYTES_MAX {
        let message = format!(
            "`recordIds` names so many records that they come to more than {RECORDS_BYTES_MAX} bytes"
        );
        return Err(Reason::foreign_field(Code::ListLength, "recordIds", message));
    }
    let name = text_at(header, &["entityName"])?;
    let time = text_at(header, &["commitTimestamp"])?.and_then(|text| unix_ms(&text, 0));
    let time = time.map(|time| time.to_string());
    let currency = text_at(fields, &["CurrencyIsoCode"])?;
    let transaction = text_at(header, &["transactionKey"])?;
    let sequence = text_at(header, &["sequenceNumber"])?;
    for node in ids.into_iter().take(PIECES_MAX) {
        let text = Text::only(node.raw(), list.raw(), event.raw());
        let piece = match record_id(node) {
            Ok(Some(record_id)) => {
                let parts = [transaction.clone(), sequence.clone(), Some(record_id.clone())];
                let own = transaction.as_ref().and_then(|_| joined(parts.into_iter().map(Ok)));
                let id = own.unwrap_or_else(|| digest(text.parts()));
                let record = Record {
                    sort: name.as_deref(),
                    change: change.as_deref(),
                    id: Some(&record_id),
                    time: time.as_deref(),
                    currency: currency.as_deref(),
                };
                Piece::of_record(mapping, text, &record.json(fields.raw()), &id)
            }
            Ok(None) => {
                let id = digest(text.parts());
                Piece::filtered(text, id)
            }
            Err(reason) => {
                let id = digest(text.parts());
                Piece::rejected(text, id, reason)
            }
        };
        pieces.push(piece);
    }
    Ok(())
}

/// The id of one record; `None` for all of a type.
fn record_id(node: Node<'_>) -> Result<Option<Cow<'_, str>>, Reason> {
    Ok(node.text()?.filter(|id| !id.contains('*')))
}
