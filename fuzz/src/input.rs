//! Fuzzed bytes taken apart, always the same way: choices first, then texts and chunks.

use std::borrow::Cow;

/// Bytes not yet taken. When they run out, choices are 0 and texts empty.
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        match self.0 {
            [first, rest @ ..] => {
                self.0 = rest;
                *first
            }
            [] => 0,
        }
    }

    /// Whether the next byte is even.
    pub fn is_even(&mut self) -> bool {
        self.byte().is_multiple_of(2)
    }

    /// One of some values.
    pub fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[usize::from(self.byte()) % values.len()]
    }

    /// Bytes behind their length, or as many as there are.
    pub fn chunk(&mut self) -> &'a [u8] {
        let length = usize::from(u16::from_le_bytes([self.byte(), self.byte()]));
        let (chunk, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        chunk
    }

    /// All that is left.
    pub const fn rest(&mut self) -> &'a [u8] {
        let rest = self.0;
        self.0 = &[];
        rest
    }

    /// All that is left as text; what is no UTF-8 is replaced.
    pub fn text(&mut self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.rest())
    }
}

/// A chunk as [`Input::chunk`] takes it.
pub fn chunk(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_le_bytes(), &bytes[..usize::from(length)]].concat()
}
