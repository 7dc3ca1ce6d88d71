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

use polso_core::{EventKind, Reason, ReasonCode as Code};

use self::{condition::Condition, field::Field};
pub(crate) use self::{
    form::{form, is_form},
    id::{digest, joined},
    node::Node,
    pointer::{Pointer, Scope},
    read::{Rules, read},
};
use crate::adapter::{Made, Piece, Text};

/// What becomes of the bodies of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Where the list of items is; without it the body is the item.
    each: Option<Pointer>,
    /// Where the sender's id of an item is, unless its map knows better.
    id: Vec<Pointer>,
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
        let whole = |made: Made| {
            let id = message_id.map_or_else(|| digest([body]), str::to_owned);
            vec![Piece { text: Text::from(body), id: Some(id), made }]
        };
        let root = match Node::parse(body) {
            Ok(root) => root,
            Err(reason) => return whole(Made::Rejected(vec![reason])),
        };
        let Some(each) = &self.each else {
            return vec![self.piece(Scope { root, item: root }, Text::from(body), message_id)];
        };
        let list = match each.find(Scope { root, item: root }) {
            Ok(list) => list.and_then(|list| Some((list, list.elements()?))),
            Err(reason) => return whole(Made::Rejected(vec![reason])),
        };
        let Some((list, items)) = list else {
            let message =
                format!("there is no list at `{}`, where `each` looks for one", each.text());
            return whole(Made::Rejected(vec![Reason::event(Code::MappingUnmet, message)]));
        };
        let is_alone = items.len() == 1;
        let piece = |(position, item): (usize, Node<'a>)| {
            let message_id = message_id.map(|id| match is_alone {
                true => Cow::Borrowed(id),
                false => Cow::Owned(format!("{id}/{position}")),
            });
            let text = Text::only(item.raw(), list.raw(), body);
            self.piece(Scope { root, item }, text, message_id.as_deref())
        };
        items.into_iter().enumerate().map(piece).collect()
    }

    fn piece<'a>(&self, scope: Scope<'_>, text: Text<'a>, message_id: Option<&str>) -> Piece<'a> {
        let map = self.map(scope);
        let own_id = || {
            let map = map.as_ref().ok().copied().flatten();
            let pointers = map.map(|map| &map.id).filter(|id| !id.is_empty()).unwrap_or(&self.id);
            joined(pointers.iter().map(|pointer| pointer.find(scope)?.map_or(Ok(None), Node::text)))
        };
        let id = own_id()
            .or_else(|| message_id.map(str::to_owned))
            .unwrap_or_else(|| digest(text.parts()));
        let made = match map {
            Ok(Some(map)) => map.make(scope),
            Ok(None) => Made::Filtered,
            Err(reason) => Made::Rejected(vec![reason]),
        };
        Piece { text, id: Some(id), made }
    }

    /// The map of an item.
    fn map(&self, scope: Scope<'_>) -> Result<Option<&Map>, Reason> {
        for map in &self.maps {
            if map.is_for(scope)? {
                return Ok(Some(map));
            }
        }
        Ok(None)
    }
}

impl Map {
    fn is_for(&self, scope: Scope<'_>) -> Result<bool, Reason> {
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

    fn make(&self, scope: Scope<'_>) -> Made {
        let mut reasons = Vec::new();
        for condition in &self.require {
            match condition.holds(scope) {
                Ok(true) => {}
                Ok(false) => reasons.push(condition.unmet(scope)),
                Err(reason) => reasons.push(reason),
            }
        }
        let json = match &self.members[..] {
            [] => scope.item.raw().to_owned(),
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
fn object(members: &[Member], scope: Scope<'_>, reasons: &mut Vec<Reason>) -> String {
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
                (name, Some(Cow::Owned(json)).filter(|json| json != "{}"))
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
