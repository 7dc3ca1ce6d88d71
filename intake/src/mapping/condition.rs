//! Whether something holds for a part of a body: a value at some place is one of those that are named.

use polso_core::{Reason, ReasonCode as Code, excerpt};

use super::pointer::{Pointer, Scope};
use crate::problem::listed;

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) pointer: Pointer,
    /// Texts of strings, numbers and booleans.
    pub(super) any_of: Vec<String>,
}

impl Condition {
    /// Whether it holds. What is not there equals nothing.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub(super) fn holds(&self, scope: Scope<'_, '_>) -> Result<bool, Reason> {
        let node = self.pointer.find(scope)?;
        let text = node.map_or(Ok(None), |node| node.text())?;
        Ok(text.is_some_and(|text| self.any_of.iter().any(|value| *value == text)))
    }

    /// Why an event is rejected for which it does not hold.
    pub(super) fn unmet(&self, scope: Scope<'_, '_>) -> Reason {
        let node = self.pointer.find(scope).ok().flatten();
        let found = node.map_or("nothing".to_owned(), |node| {
            let text = node.text().ok().flatten();
            format!("`{}`", excerpt(text.as_deref().unwrap_or(node.raw())))
        });
        let values: Vec<_> = self.any_of.iter().map(String::as_str).collect();
        let message = format!(
            "there is {found} at {}; the mapping requires {}",
            self.pointer.place(),
            listed(&values)
        );
        Reason::event(Code::MappingUnmet, message)
    }
}
