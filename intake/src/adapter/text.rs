//! The text of a piece: a body of its own, which need not be put together before somebody wants it.
//!
//! A piece of a list is the body without its other elements. A thousand of them share the bytes around the list.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A text in up to three parts, which are one in a row.
#[derive(Clone, Debug)]
pub struct Text<'a>([Cow<'a, str>; 3]);

impl<'a> Text<'a> {
    /// The body without the elements of `list` but `item`. Both are parts of the body, as slices of it.
    pub(crate) fn only(item: &'a str, list: &'a str, body: &'a str) -> Self {
        let list = range(list, body);
        let (before, after) = (body.get(..list.start + 1), body.get(list.end.saturating_sub(1)..));
        Self([before.unwrap_or_default(), item, after.unwrap_or_default()].map(Cow::Borrowed))
    }

    /// Part of a body between what is put around it.
    pub(crate) fn around(
        before: impl Into<Cow<'a, str>>,
        part: &'a str,
        after: &'static str,
    ) -> Self {
        Self([before.into(), part.into(), after.into()])
    }

    /// Its parts.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    pub(crate) fn into_owned(self) -> Text<'static> {
        Text(self.0.map(|part| Cow::Owned(part.into_owned())))
    }
}

/// Where in a body a part of it is. The part is a slice of the body itself.
pub(crate) fn range(part: &str, body: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
    start..start + part.len()
}

impl<'a, T: Into<Cow<'a, str>>> From<T> for Text<'a> {
    fn from(whole: T) -> Self {
        Self([Cow::default(), whole.into(), Cow::default()])
    }
}

/// However they are in parts, the same texts are equal.
impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        let bytes = |text: &Self| text.parts().flat_map(str::bytes).collect::<Vec<_>>();
        bytes(self) == bytes(other)
    }
}

impl Eq for Text<'_> {}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().try_for_each(|part| f.write_str(part))
    }
}
