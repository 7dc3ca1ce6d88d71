//! How much one edge has open at once: requests that bring events and are not answered yet. What comes
//! beyond is told to come again before its body is read, so that under any load those that are taken
//! are answered soon and memory stays bounded.
//!
//! Bounds: [`REQUESTS_MAX`] requests, [`BYTES_MAX`] bytes of their bodies. One that nobody ended after
//! [`GONE_MS`] is taken for gone: its sender has hung up, and the platform says nothing.

use std::collections::BTreeMap;

use polso_core::Timestamp;

use crate::refusal::Refusal;

/// Most requests that are open at once.
pub const REQUESTS_MAX: usize = 1_000;
/// Most bytes of bodies that are open at once, unless one body alone is larger.
pub const BYTES_MAX: u64 = 16 * 1_024 * 1_024;
/// After how long a request is taken for gone, in milliseconds: longer than any answer may take.
const GONE_MS: i64 = 30_000;
/// When to try again, in seconds.
const RETRY_S: u32 = 1;

/// What is open.
#[derive(Debug, Default)]
pub struct Open {
    next: u64,
    bytes: u64,
    /// When each began, and its bytes, by the order in which they began.
    requests: BTreeMap<u64, (Timestamp, u64)>,
}

impl Open {
    /// Begins a request with a body of so many bytes; the number it is [ended](Self::end) by.
    ///
    /// # Errors
    /// `unavailable` where there is no room.
    pub fn begin(&mut self, bytes: u64, now: Timestamp) -> Result<u64, Refusal> {
        while let Some(oldest) = self.requests.first_entry()
            && oldest.get().0.plus_ms(GONE_MS) < now
        {
            let (_, gone) = oldest.remove();
            self.bytes = self.bytes.saturating_sub(gone);
        }
        let full = self.bytes.saturating_add(bytes) > BYTES_MAX && !self.requests.is_empty();
        if full || self.requests.len() >= REQUESTS_MAX {
            return Err(Refusal::Unavailable { retry_after_s: RETRY_S });
        }
        let number = self.next;
        self.next += 1;
        self.bytes += bytes;
        self.requests.insert(number, (now, bytes));
        Ok(number)
    }

    /// Ends a request, once.
    pub fn end(&mut self, number: u64) {
        if let Some((_, bytes)) = self.requests.remove(&number) {
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_770_000_000_000);

    fn begin(open: &mut Open, bytes: u64) -> Option<u64> {
        open.begin(bytes, NOW).ok()
    }

    #[test]
    fn requests_are_bounded_and_make_room_when_they_end() {
        let mut open = Open::default();
        let numbers: Vec<_> = (0..REQUESTS_MAX).map(|_| begin(&mut open, 1).unwrap()).collect();
        let refused = open.begin(1, NOW).unwrap_err();
        assert_eq!((refused.status(), refused.retry_after_s()), (503, Some(1)));
        open.end(numbers[7]);
        open.end(numbers[7]);
        assert!(begin(&mut open, 1).is_some());
        assert!(begin(&mut open, 1).is_none());
    }

    #[test]
    fn bytes_are_bounded_but_one_body_of_any_size_is_taken() {
        let mut open = Open::default();
        let large = begin(&mut open, BYTES_MAX + 1).unwrap();
        assert!(begin(&mut open, 0).is_none());
        open.end(large);
        assert!(begin(&mut open, BYTES_MAX - 1).is_some());
        assert!(begin(&mut open, 1).is_some());
        assert!(begin(&mut open, 1).is_none());
    }

    #[test]
    fn what_nobody_ends_is_gone_after_half_a_minute() {
        let mut open = Open::default();
        begin(&mut open, BYTES_MAX).unwrap();
        assert!(open.begin(1, NOW.plus_ms(GONE_MS)).is_err());
        let number = open.begin(BYTES_MAX, NOW.plus_ms(GONE_MS + 1)).unwrap();
        open.end(number);
        assert_eq!((open.bytes, open.requests.len()), (0, 0));
    }
}
