//! Events near valid ones: an example with up to three changes, each of them small.

use std::fmt;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use crate::values::{Replacement, Vocabulary, names, raws, replacements};

const CHANGES_MAX: usize = 3;

/// A JSON text that keeps repeated members and the spelling of its values.
#[derive(Clone, Debug)]
pub enum Node {
    Raw(String),
    /// Names are raw too: `"a"` with its quotes.
    Object(Vec<(String, Node)>),
}

impl Node {
    pub fn parse(json: &str) -> Self {
        Self::of(&serde_json::from_str(json).unwrap())
    }

    fn of(value: &Value) -> Self {
        match value {
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (Value::from(name.as_str()).to_string(), Self::of(value)))
                    .collect(),
            ),
            value => Self::Raw(value.to_string()),
        }
    }

    /// The text of a string member.
    pub fn text(&self, name: &str) -> Option<String> {
        let Self::Object(members) = self else { return None };
        let quoted = Value::from(name).to_string();
        let (_, value) = members.iter().find(|(known, _)| *known == quoted)?;
        serde_json::from_str(&value.to_string()).ok()
    }

    /// One member replaced.
    pub fn with(mut self, name: &str, raw: &str) -> Self {
        if let Self::Object(members) = &mut self {
            let quoted = Value::from(name).to_string();
            members.retain(|(known, _)| *known != quoted);
            members.push((quoted, Self::Raw(raw.to_owned())));
        }
        self
    }

    /// The names of all members, of nested objects too.
    pub fn names(&self) -> Vec<String> {
        let Self::Object(members) = self else { return Vec::new() };
        let own = members.iter().map(|(name, _)| serde_json::from_str(name).unwrap());
        own.chain(members.iter().flat_map(|(_, value)| value.names())).collect()
    }

    /// The objects in it, the outermost first.
    fn objects(&mut self) -> usize {
        match self {
            Self::Raw(_) => 0,
            Self::Object(members) => {
                1 + members.iter_mut().map(|(_, value)| value.objects()).sum::<usize>()
            }
        }
    }

    /// The members of the object with this number.
    fn members(&mut self, number: &mut usize) -> Option<&mut Vec<(String, Self)>> {
        let Self::Object(members) = self else { return None };
        if *number == 0 {
            return Some(members);
        }
        *number -= 1;
        members.iter_mut().find_map(|(_, value)| value.members(number))
    }

    fn apply(&mut self, change: &Change) {
        let mut number = change.object.index(self.objects());
        let Some(members) = self.members(&mut number) else { return };
        let at = change.member.index(members.len().max(1));
        match &change.what {
            What::Add(name, raw) => members.push((name.clone(), Self::Raw(raw.clone()))),
            What::Fill(count) => {
                let more = (0..*count).map(|n| (format!("\"altro{n}\""), Self::Raw("0".into())));
                members.extend(more);
            }
            _ if members.is_empty() => {}
            What::Drop => drop(members.remove(at)),
            What::Rename(name) => members[at].0.clone_from(name),
            What::Replace(with) => {
                let raw = with.of(&members[at].1.to_string()).to_owned();
                members[at].1 = Self::Raw(raw);
            }
            What::Repeat(raw) => {
                let name = members[at].0.clone();
                members.push((name, Self::Raw(raw.clone())));
            }
            What::Edit(place, with) => members[at].1.edit(*place, with),
        }
    }

    /// Changes one character of the spelling of a value.
    fn edit(&mut self, place: Index, with: &Edit) {
        let Self::Raw(raw) = self else { return };
        let mut chars: Vec<char> = raw.chars().collect();
        let at = place.index(chars.len() + 1);
        match with {
            Edit::Insert(char) => chars.insert(at, *char),
            _ if at == chars.len() => {}
            Edit::Remove => drop(chars.remove(at)),
            Edit::Replace(char) => chars[at] = *char,
        }
        *raw = chars.into_iter().collect();
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raw(raw) => f.write_str(raw),
            Self::Object(members) => {
                f.write_str("{")?;
                for (position, (name, value)) in members.iter().enumerate() {
                    let comma = if position == 0 { "" } else { "," };
                    write!(f, "{comma}{name}:{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

#[derive(Clone, Debug)]
struct Change {
    object: Index,
    member: Index,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Drop,
    Rename(String),
    Replace(Replacement),
    Repeat(String),
    Add(String, String),
    /// Adds so many members.
    Fill(usize),
    Edit(Index, Edit),
}

#[derive(Clone, Debug)]
enum Edit {
    Remove,
    Replace(char),
    Insert(char),
}

/// One of the examples, changed up to three times.
pub fn mutated(examples: &'static [&'static str], document: &Value) -> impl Strategy<Value = Node> {
    let vocabulary = Vocabulary::of(document);
    let changes = proptest::collection::vec(change(&vocabulary), 0..=CHANGES_MAX);
    (proptest::sample::select(examples), changes).prop_map(|(example, changes)| {
        let mut event = Node::parse(example);
        changes.iter().for_each(|change| event.apply(change));
        event
    })
}

fn change(vocabulary: &Vocabulary) -> BoxedStrategy<Change> {
    let (name, raw) = (names(vocabulary), raws(vocabulary));
    let char = prop_oneof![
        proptest::sample::select(
            "0123456789-+.:TtZzeEA\"\\{[è\u{661}\n ".chars().collect::<Vec<_>>()
        ),
        any::<char>(),
    ];
    let edit = prop_oneof![
        Just(Edit::Remove),
        char.clone().prop_map(Edit::Replace),
        char.prop_map(Edit::Insert),
    ];
    let what = prop_oneof![
        1 => Just(What::Drop),
        1 => name.clone().prop_map(What::Rename),
        8 => replacements(vocabulary).prop_map(What::Replace),
        1 => raw.clone().prop_map(What::Repeat),
        1 => (name, raw).prop_map(|(name, raw)| What::Add(name, raw)),
        1 => (60_usize..66).prop_map(What::Fill),
        4 => (any::<Index>(), edit).prop_map(|(place, edit)| What::Edit(place, edit)),
    ];
    let change = |(object, member, what)| Change { object, member, what };
    (any::<Index>(), any::<Index>(), what).prop_map(change).boxed()
}
