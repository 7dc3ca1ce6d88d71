//! The mapping: which part of any JSON means which field of which event. It is data, read from a source's `map`
//! ([`read`](mod@read)) or built in for a provider, and the same either way.
//!
//! A body is one item, or with `each` a list of them. Of the maps, the first one whose conditions hold makes the item
//! an event; where none holds, the item is filtered. An event comes out as JSON of Polso's own shape and is then
//! judged as everybody's. docs/mapping.md is the language in full.
//!
//! Bounds: [`MAPS_MAX`](read::MAPS_MAX) maps, and those that [`read`](mod@read) names for what is in one; a value of
//! an event is at most [`VALUE_BYTES_MAX`](convert::VALUE_BYTES_MAX) long, so that a small body cannot make large
//! events.

mod condition;
mod convert;
mod field;
mod form;
mod id;
mod node;
mod pointer;
mod read;
mod target;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cell::OnceCell;

use polso_core::{EventKind, Reason, ReasonCode as Code};

use self::{condition::Condition, field::Field};
pub(crate) use self::{
    convert::unix_ms,
    form::{form, is_form},
    id::{digest, joined},
    node::{Node, only},
    pointer::{Part, Pointer, Scope},
    read::{Cut, Rules, read},
};
use crate::adapter::{Made, PIECES_MAX, Piece, Text, range};

/// What becomes of the bodies of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Where the list of items is; without it the body is the item.
    each: Option<Pointer>,
    /// Where the sender's id of an item is, unless its map knows better.
    id: Vec<Pointer>,
    /// Where credentials are that no text may hold.
    hidden: Vec<Pointer>,
    maps: Vec<Map>,
}

/// One way to make an event.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Map {
    kind: EventKind,
    /// It is for items for which all of these hold, and
    when: Vec<Condition>,
    /// none of these.
    unless: Vec<Condition>,
    /// Without these, its items are rejected.
    require: Vec<Condition>,
    /// Where the id is, when the body itself names one.
    id: Vec<Pointer>,
    /// The fields; none when an item is an event of Polso's own shape.
    members: Vec<Member>,
}

/// A member of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Member {
    Field(&'static str, Field),
    Group(&'static str, Vec<Self>),
}

impl Mapping {
    /// Cuts a body into its items, and makes events of them. `message_id` is what the sender signed as the id of the
    /// whole.
    pub(crate) fn cut<'a>(&self, body: &'a str, message_id: Option<&str>) -> Vec<Piece<'a>> {
        let rejected = |reason: Reason| {
            let id = message_id.map_or_else(|| digest([body]), str::to_owned);
            vec![Piece { text: body.into(), id: Some(id), made: Made::Rejected(vec![reason]) }]
        };
        let root = match Node::parse(body) {
            Ok(node) => Part::new(node),
            Err(reason) => return rejected(reason),
        };
        let Some(each) = &self.each else {
            let text = self.without_hidden(body, &root);
            let id = || message_id.map_or_else(|| digest(text.parts()), str::to_owned);
            let (id, made) = self.make(root.scope(), id);
            return vec![Piece { text, id, made }];
        };
        let list = match each.find(root.scope()) {
            Ok(list) => list.and_then(|list| Some((list, list.elements()?))),
            Err(reason) => return rejected(reason),
        };
        let Some((list, items)) = list else {
            let message =
                format!("there is no list at {}, where `each` looks for one", each.place());
            return rejected(Reason::event(Code::MappingUnmet, message));
        };
        let envelope =
            Envelope { body, list, digest: OnceCell::new(), is_for_one: items.len() == 1 };
        let piece = |(position, item): (usize, Node<'a>)| {
            let id = || envelope.id(message_id, position, item);
            let (id, made) = self.make(Scope { root: &root, item: &Part::new(item) }, id);
            Piece { text: Text::only(item.raw(), list.raw(), body), id, made }
        };
        items.into_iter().take(PIECES_MAX).enumerate().map(piece).collect()
    }

    /// The text of a body in which `null` stands in the place of every credential.
    fn without_hidden<'a>(&self, body: &'a str, root: &Part<'a>) -> Text<'a> {
        let found = self.hidden.iter().filter_map(|hidden| hidden.find(root.scope()).ok()?);
        let mut found: Vec<_> = found.map(|node| range(node.raw(), body)).collect();
        found.sort_unstable_by_key(|range| range.start);
        if found.is_empty() {
            return body.into();
        }
        let (mut text, mut end) = (String::with_capacity(body.len()), 0);
        for range in found {
            text.extend([body.get(end..range.start).unwrap_or_default(), "null"]);
            end = range.end;
        }
        text.push_str(body.get(end..).unwrap_or_default());
        text.into()
    }

    /// The id of an item, and what it means. `or_id` is for an item that has none of its own.
    fn make(&self, scope: Scope<'_, '_>, or_id: impl FnOnce() -> String) -> (Option<String>, Made) {
        let map = self.map(scope);
        let own = map.as_ref().ok().and_then(|map| map.map(|map| &map.id));
        let pointers = own.filter(|id| !id.is_empty()).unwrap_or(&self.id);
        let id = joined(
            pointers.iter().map(|pointer| pointer.find(scope)?.map_or(Ok(None), Node::text)),
        );
        let made = match map {
            Ok(Some(map)) => map.make(scope),
            Ok(None) => Made::Filtered,
            Err(reason) => Made::Rejected(vec![reason]),
        };
        (Some(id.unwrap_or_else(or_id)), made)
    }

    /// The map of an item.
    fn map(&self, scope: Scope<'_, '_>) -> Result<Option<&Map>, Reason> {
        for map in &self.maps {
            if map.is_for(scope)? {
                return Ok(Some(map));
            }
        }
        Ok(None)
    }
}

/// A body around a list of items.
struct Envelope<'a> {
    body: &'a str,
    list: Node<'a>,
    /// That of all but the list, computed when it is first needed.
    digest: OnceCell<String>,
    is_for_one: bool,
}

impl Envelope<'_> {
    /// The id of an item that has none of its own: its message's, with its position when it is not the only one; or a
    /// digest of what is told, envelope and item.
    fn id(&self, message_id: Option<&str>, position: usize, item: Node<'_>) -> String {
        match message_id {
            Some(id) if self.is_for_one => id.to_owned(),
            Some(id) => format!("{id}/{position}"),
            None => {
                let around = Text::only("", self.list.raw(), self.body);
                let around = self.digest.get_or_init(|| digest(around.parts()));
                digest([around.as_str(), item.raw()])
            }
        }
    }
}

impl Map {
    fn is_for(&self, scope: Scope<'_, '_>) -> Result<bool, Reason> {
        for condition in &self.when {
            if !condition.holds(scope)? {
                return Ok(false);
            }
        }
        for condition in &self.unless {
            if condition.holds(scope)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn make(&self, scope: Scope<'_, '_>) -> Made {
        let mut reasons = Vec::new();
        for condition in &self.require {
            match condition.holds(scope) {
                Ok(true) => {}
                Ok(false) => reasons.push(condition.unmet(scope)),
                Err(reason) => reasons.push(reason),
            }
        }
        let json = match &self.members[..] {
            [] => scope.item.node().raw().to_owned(),
            members => object(members, scope, &mut reasons),
        };
        if reasons.is_empty() {
            Made::Event { kind: self.kind, json }
        } else {
            Made::Rejected(reasons)
        }
    }
}

/// The members of an object that are there, as JSON.
fn object(members: &[Member], scope: Scope<'_, '_>, reasons: &mut Vec<Reason>) -> String {
    let mut out = String::from("{");
    for member in members {
        let (name, json) = match member {
            Member::Field(name, field) => {
                let json = field.json(scope).unwrap_or_else(|reason| {
                    reasons.push(reason);
                    None
                });
                (name, json)
            }
            Member::Group(name, members) => {
                let json = object(members, scope, reasons);
                // Totals of which none is known are still totals, and no deed of a viewer.
                (name, Some(Cow::Owned(json)).filter(|json| json != "{}" || *name == "engagement"))
            }
        };
        if let Some(json) = json {
            let comma = if out.len() > 1 { "," } else { "" };
            out.extend([comma, "\"", name, "\":", &json]);
        }
    }
    out.push('}');
    out
}
