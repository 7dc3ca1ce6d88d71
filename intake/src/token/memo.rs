//! Which tokens' signatures were found good before.
//!
//! A public-key signature costs a hundred times more to check than the rest of a request, and a
//! sender shows the same token for hours. Only good signatures are remembered, by the SHA-256 of the
//! whole token: at most [`TOKENS_MAX`], the oldest out. Claims are not remembered: they are judged
//! anew each time, so an expired token is refused however often it was good.

use std::cell::RefCell;
use std::collections::VecDeque;

use sha2::{Digest, Sha256};

/// The most tokens that are remembered.
const TOKENS_MAX: usize = 64;

/// The name that a token is remembered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name([u8; 32]);

impl Name {
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

/// The tokens whose signatures were good, newest last.
#[derive(Debug, Default)]
pub(crate) struct Memo(RefCell<VecDeque<Name>>);

impl Memo {
    pub(crate) fn holds(&self, name: Name) -> bool {
        self.0.borrow().iter().rev().any(|known| *known == name)
    }

    pub(crate) fn add(&self, name: Name) {
        let mut names = self.0.borrow_mut();
        if names.len() == TOKENS_MAX {
            names.pop_front();
        }
        names.push_back(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After `count` tokens: is the first one still known, and the last?
    #[track_caller]
    fn check(count: usize, expected: (bool, bool)) {
        let memo = Memo::default();
        let name = |index: usize| Name::of(&index.to_string());
        (0..count).for_each(|index| memo.add(name(index)));
        assert_eq!((memo.holds(name(0)), memo.holds(name(count.saturating_sub(1)))), expected);
        assert!(!memo.holds(name(count)));
    }

    #[test]
    fn remembers_the_last_64() {
        check(0, (false, false));
        check(1, (true, true));
        check(64, (true, true));
        check(65, (false, true));
    }
}
