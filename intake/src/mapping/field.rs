//! One field of an event: where its value comes from, and what becomes of it on the way.

use std::borrow::Cow;
use std::collections::BTreeMap;

use polso_core::{Reason, ReasonCode as Code, excerpt};

use super::{
    convert::Form,
    node::Node,
    pointer::{Pointer, Scope},
};

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// Its path in the event, like `metadati.campagna`.
    pub(super) path: String,
    pub(super) value: Value,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// It is the same in every event, as JSON.
    Constant(String),
    /// It is found in the body.
    Found(Found),
}

/// How a value is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The first that leads to something.
    pub(super) pointers: Vec<Pointer>,
    /// Values that say that there is none.
    pub(super) absent: Vec<String>,
    /// What each value means, as JSON.
    pub(super) lookup: Option<BTreeMap<String, String>>,
    /// What is meant by none, and by one that is not looked up; as JSON.
    pub(super) default: Option<String>,
    pub(super) form: Form,
}

impl Field {
    /// Its JSON; nothing when it is left out.
    ///
    /// # Errors
    /// `mapping_unknown_value`, or why the value cannot be read.
    pub(super) fn json<'o, 'a: 'o>(
        &'o self,
        scope: Scope<'a, '_>,
    ) -> Result<Option<Cow<'o, str>>, Reason> {
        match &self.value {
            Value::Constant(json) => Ok(Some(Cow::Borrowed(json))),
            Value::Found(found) => found
                .json(scope)
                .map_err(|reason| Reason { field: Some(Cow::Owned(self.path.clone())), ..reason }),
        }
    }
}

impl Found {
    fn json<'o, 'a: 'o>(&'o self, scope: Scope<'a, '_>) -> Result<Option<Cow<'o, str>>, Reason> {
        let default = self.default.as_deref().map(Cow::Borrowed);
        let Some((pointer, node)) = self.first(scope)? else {
            return Ok(default);
        };
        let Some(lookup) = &self.lookup else {
            return self.form.json(node, &pointer.place()).map(Some);
        };
        let text = node.text()?;
        let meant = text.as_deref().and_then(|text| lookup.get(text));
        meant.map(|json| Cow::Borrowed(json.as_str())).or(default).map(Some).ok_or_else(|| {
            let value = excerpt(text.as_deref().unwrap_or(node.raw()));
            let message = format!(
                "the mapping has no word for `{value}` at {}; add it to `lookup`, or give a `default`",
                pointer.place()
            );
            Reason::event(Code::MappingUnknownValue, message)
        })
    }

    fn first<'a>(&self, scope: Scope<'a, '_>) -> Result<Option<(&Pointer, Node<'a>)>, Reason> {
        for pointer in &self.pointers {
            if let Some(node) = pointer.find(scope)?
                && !(self.is_absent(node)?)
            {
                return Ok(Some((pointer, node)));
            }
        }
        Ok(None)
    }

    fn is_absent(&self, node: Node<'_>) -> Result<bool, Reason> {
        if self.absent.is_empty() {
            return Ok(false);
        }
        Ok(node.text()?.is_some_and(|text| self.absent.iter().any(|absent| *absent == text)))
    }
}
