//! Outbound Messages: SOAP 1.1 with 1 to 100 notifications, each about one record.
//!
//! A piece is a message of its own around the bytes of one notification; nothing else of the message is taken over.
//! Elements go by their local names. A field that holds elements is left out. Bound: [`DEPTH_MAX`] elements deep; no
//! DTD, and no entity but XML's own five, so that nothing grows. Source: "Outbound Messaging" in Salesforce's SOAP API
//! guide.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use serde_json::Value;

use super::super::{PIECES_MAX, Piece, Text};
use super::Record;
use crate::mapping::{Mapping, digest, joined};

/// Deepest nesting of elements.
const DEPTH_MAX: usize = 32;

/// Where notifications are.
const PATH: [&str; 4] = ["Envelope", "Body", "notifications", "Notification"];

const BEFORE: &str = concat!(
    r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" "#,
    r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>"#,
    r#"<notifications xmlns="http://soap.sforce.com/2005/09/outbound">"#,
);
const AFTER: &str = "</notifications></soapenv:Body></soapenv:Envelope>";

/// Fields that say when a record came to be as it is, the best first.
const TIMES: [&str; 4] = ["LastModifiedDate", "SystemModstamp", CLOSED, "CreatedDate"];

/// The one of them that is a day without an hour.
const CLOSED: &str = "CloseDate";

/// Cuts a message into its notifications; `None` when it has none, or cannot be read.
pub(super) fn cut<'a>(mapping: &Mapping, body: &'a str) -> Option<Vec<Piece<'a>>> {
    let mut walk = Walk::default();
    let mut reader = Reader::from_str(body);
    reader.config_mut().expand_empty_elements = true;
    let mut pieces = Vec::new();
    while pieces.len() < PIECES_MAX {
        let from = usize::try_from(reader.buffer_position()).ok()?;
        match reader.read_event().ok()? {
            Event::Start(element) => walk.start(&element, from)?,
            Event::End(_) => {
                if let Some(found) = walk.end() {
                    let to = usize::try_from(reader.buffer_position()).ok()?;
                    pieces.push(found.piece(mapping, body.get(found.from..to)?));
                }
            }
            Event::Text(text) => walk.text.push_str(&text.xml10_content()),
            Event::CData(text) => walk.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => walk.text.push(character(&reference)?),
            Event::DocType(_) => return None,
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
        }
    }
    let is_whole = walk.path.is_empty() || pieces.len() == PIECES_MAX;
    (is_whole && !pieces.is_empty()).then_some(pieces)
}

/// The character that a reference stands for; `None` for an entity that only a DTD could define.
fn character(reference: &BytesRef<'_>) -> Option<char> {
    let named = |name: &str| match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    };
    reference.resolve_char_ref().ok()?.or_else(|| named(reference))
}

/// Where a reader is in a message.
#[derive(Default)]
struct Walk {
    /// The local names of the open elements.
    path: Vec<String>,
    /// The text since the last tag.
    text: String,
    /// Whether nothing but text came since the last element began.
    is_leaf: bool,
    is_nil: bool,
    found: Notification,
}

/// What is known of a notification.
#[derive(Default)]
struct Notification {
    /// Where in the body it begins.
    from: usize,
    id: String,
    sort: Option<String>,
    /// Names and texts; none for a field that is nil.
    fields: Vec<(String, Option<String>)>,
}

impl Walk {
    /// `None` when it is too deep.
    fn start(&mut self, element: &BytesStart<'_>, from: usize) -> Option<()> {
        self.path.push(element.local_name().as_ref().to_owned());
        self.text.clear();
        (self.is_leaf, self.is_nil) =
            (true, attribute(element, "nil").is_some_and(|nil| matches!(&*nil, "true" | "1")));
        match self.below() {
            Some([]) => self.found = Notification { from, ..Notification::default() },
            Some([object]) if object == "sObject" => {
                let sort = attribute(element, "type");
                let local = |name: String| name.rsplit(':').next().map(str::to_owned);
                self.found.sort = sort.and_then(local);
            }
            _ => {}
        }
        (self.path.len() <= DEPTH_MAX).then_some(())
    }

    /// The notification that ends here.
    fn end(&mut self) -> Option<Notification> {
        let text = std::mem::take(&mut self.text);
        let is_leaf = std::mem::take(&mut self.is_leaf);
        let mut ended = None;
        match self.below() {
            Some([]) => ended = Some(std::mem::take(&mut self.found)),
            Some([name]) if name == "Id" && is_leaf => self.found.id = text,
            Some([object, name]) if object == "sObject" && is_leaf => {
                let name = name.clone();
                self.found.fields.push((name, (!self.is_nil).then_some(text)));
            }
            _ => {}
        }
        self.path.pop();
        ended
    }

    /// The open elements within a notification.
    fn below(&self) -> Option<&[String]> {
        let (path, below) = self.path.split_at_checked(PATH.len())?;
        (path == PATH).then_some(below)
    }
}

/// The value of an attribute by its local name.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name);
    found.map(|attribute| attribute.value.as_ref().to_owned())
}

impl Notification {
    /// Its piece; `raw` is how it was written.
    fn piece<'a>(&self, mapping: &Mapping, raw: &'a str) -> Piece<'a> {
        let own = Some(self.id.as_str()).filter(|id| !id.is_empty());
        let id = own.and_then(|id| joined([Ok(Some(id.into()))].into_iter()));
        let id = id.unwrap_or_else(|| digest([raw]));
        let time = TIMES.iter().find_map(|name| {
            let hour = if *name == CLOSED { "T00:00:00Z" } else { "" };
            Some(format!("{}{hour}", self.field(name)?))
        });
        let record = Record {
            sort: self.sort.as_deref(),
            id: self.field("Id"),
            time: time.as_deref(),
            currency: self.field("CurrencyIsoCode"),
            ..Record::default()
        }
        .json(&self.json());
        Piece::of_record(mapping, Text::around(BEFORE, raw, AFTER), &record, &id)
    }

    fn field(&self, name: &str) -> Option<&str> {
        let (_, text) = self.fields.iter().find(|(known, _)| known == name)?;
        text.as_deref().filter(|text| !text.is_empty())
    }

    /// The fields as JSON.
    fn json(&self) -> String {
        let member = |(name, text): &(String, Option<String>)| {
            let value = text.as_deref().map_or(Value::Null, Value::from);
            format!("{}:{value}", Value::from(name.as_str()))
        };
        let members: Vec<_> = self.fields.iter().map(member).collect();
        format!("{{{}}}", members.join(","))
    }
}
