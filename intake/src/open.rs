//! How much one edge has open at once: requests that bring events and are not answered yet. What comes
//! beyond is told to come again before its body is read, so that under any load those that are taken
//! are answered soon and memory stays bounded.
//!
//! Whoever proves itself by its body alone is believed only when all of it is there, and may never send it. So such
//! requests have a part of the room, each source of them a part of that, and no slow or endless body of strangers keeps
//! another source's events out; small bodies cost no bytes, so that it takes as many connections as there may be requests
//! to keep a source's own out.
//!
//! Bounds: [`REQUESTS_MAX`] requests, [`BYTES_MAX`] bytes of their bodies beyond [`FREE_BYTES`] of each; of them by
//! strangers a half, and for one source a quarter. One that nobody ended after [`GONE_MS`] is taken for gone: the platform
//! has ended it, and says nothing.

use std::collections::BTreeMap;

use polso_core::Timestamp;

use crate::refusal::Refusal;

/// Most requests that are open at once. The more there are, the longer the unluckiest of them waits: the platform hands out
/// its time in no fair order.
pub const REQUESTS_MAX: usize = 400;
/// Most bytes of bodies that are open at once, unless one body alone is larger.
pub const BYTES_MAX: u64 = 16 * 1_024 * 1_024;
/// So many bytes of each body are not counted.
pub const FREE_BYTES: u64 = 16 * 1_024;
/// After how long a request is taken for gone, in milliseconds: longer than any may take from its body on.
const GONE_MS: i64 = 60_000;
/// When to try again, in seconds.
const RETRY_S: u32 = 1;

/// Who brings a request, as far as is known before its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer<'a> {
    /// Somebody who may.
    Known,
    /// Somebody who says to be this source.
    Stranger(&'a str),
}

/// What is open.
#[derive(Debug, Default)]
pub struct Open {
    next: u64,
    all: Load,
    strangers: Load,
    /// Of each source that strangers say to be.
    by_source: BTreeMap<String, Load>,
    /// By the order in which they began.
    requests: BTreeMap<u64, Begun>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Load {
    requests: usize,
    bytes: u64,
}

#[derive(Debug)]
struct Begun {
    at: Timestamp,
    bytes: u64,
    stranger: Option<String>,
}

impl Load {
    /// Whether one more would be within the `part`th part of the bounds.
    fn has_room(self, bytes: u64, part: usize) -> bool {
        let fits = self.bytes.saturating_add(bytes) <= BYTES_MAX / part as u64;
        self.requests < REQUESTS_MAX / part && (fits || self.bytes == 0)
    }

    fn add(&mut self, bytes: u64) {
        self.requests += 1;
        self.bytes += bytes;
    }

    fn take(&mut self, bytes: u64) {
        self.requests = self.requests.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

impl Open {
    /// Begins a request with a body of so many bytes; the number it is [ended](Self::end) by.
    ///
    /// # Errors
    /// `unavailable` where there is no room.
    pub fn begin(
        &mut self,
        bearer: Bearer<'_>,
        bytes: u64,
        now: Timestamp,
    ) -> Result<u64, Refusal> {
        while let Some((number, oldest)) = self.requests.first_key_value()
            && oldest.at.plus_ms(GONE_MS) < now
        {
            let number = *number;
            self.end(number);
        }
        let bytes = bytes.saturating_sub(FREE_BYTES);
        let stranger = match bearer {
            Bearer::Known => None,
            Bearer::Stranger(source) => Some(source.to_owned()),
        };
        let has_room = self.all.has_room(bytes, 1)
            && stranger.as_ref().is_none_or(|source| {
                let of_source = self.by_source.get(source).copied().unwrap_or_default();
                self.strangers.has_room(bytes, 2) && of_source.has_room(bytes, 4)
            });
        if !has_room {
            return Err(Refusal::Unavailable { retry_after_s: RETRY_S });
        }
        self.all.add(bytes);
        if let Some(source) = &stranger {
            self.strangers.add(bytes);
            self.by_source.entry(source.clone()).or_default().add(bytes);
        }
        let number = self.next;
        self.next += 1;
        self.requests.insert(number, Begun { at: now, bytes, stranger });
        Ok(number)
    }

    /// Ends a request, once.
    pub fn end(&mut self, number: u64) {
        let Some(Begun { bytes, stranger, .. }) = self.requests.remove(&number) else { return };
        self.all.take(bytes);
        if let Some(source) = stranger {
            self.strangers.take(bytes);
            if let Some(load) = self.by_source.get_mut(&source) {
                load.take(bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_770_000_000_000);
    const KNOWN: Bearer<'_> = Bearer::Known;
    const SHOP: Bearer<'_> = Bearer::Stranger("shop");
    const META: Bearer<'_> = Bearer::Stranger("meta");

    /// How many of so many requests with bodies of this size beyond what is free are taken.
    fn taken(open: &mut Open, bearer: Bearer<'_>, bytes: u64, requests: usize) -> usize {
        (0..requests).filter(|_| open.begin(bearer, FREE_BYTES + bytes, NOW).is_ok()).count()
    }

    #[test]
    fn requests_are_bounded_and_make_room_when_they_end() {
        let mut open = Open::default();
        let begin = |open: &mut Open| open.begin(KNOWN, 1, NOW);
        let numbers: Vec<_> = (0..REQUESTS_MAX).map(|_| begin(&mut open).unwrap()).collect();
        let refused = begin(&mut open).unwrap_err();
        assert_eq!((refused.status(), refused.retry_after_s()), (503, Some(1)));
        open.end(numbers[7]);
        open.end(numbers[7]);
        assert!(begin(&mut open).is_ok() && begin(&mut open).is_err());
    }

    #[test]
    fn bytes_are_bounded_but_one_body_of_any_size_is_taken() {
        let mut open = Open::default();
        let large = open.begin(KNOWN, FREE_BYTES + BYTES_MAX + 1, NOW).unwrap();
        assert_eq!(taken(&mut open, KNOWN, 1, 1), 0);
        open.end(large);
        assert_eq!(taken(&mut open, KNOWN, BYTES_MAX - 1, 1), 1);
        assert_eq!(taken(&mut open, KNOWN, 1, 2), 1);
    }

    #[test]
    fn small_bodies_cost_no_bytes() {
        let mut open = Open::default();
        assert_eq!(taken(&mut open, KNOWN, BYTES_MAX, 2), 1);
        assert_eq!(taken(&mut open, KNOWN, 0, 2_000), REQUESTS_MAX - 1);
    }

    #[test]
    fn strangers_leave_room_for_other_sources_and_for_whoever_is_known() {
        const MIB: u64 = 1 << 20;
        const SOURCE_MAX: usize = REQUESTS_MAX / 4;
        let mut open = Open::default();
        assert_eq!(taken(&mut open, SHOP, MIB, 100), 4);
        assert_eq!(taken(&mut open, SHOP, 0, 2_000), SOURCE_MAX - 4);
        assert_eq!(taken(&mut open, META, MIB, 100), 4);
        assert_eq!(taken(&mut open, META, 0, 2_000), SOURCE_MAX - 4);
        assert_eq!(taken(&mut open, Bearer::Stranger("crm"), 0, 1), 0);
        assert_eq!(taken(&mut open, KNOWN, MIB, 100), 8);
        assert_eq!(taken(&mut open, KNOWN, 0, 2_000), REQUESTS_MAX / 2 - 8);
    }

    #[test]
    fn what_nobody_ends_is_gone_after_a_minute() {
        let mut open = Open::default();
        open.begin(SHOP, FREE_BYTES + BYTES_MAX, NOW).unwrap();
        assert!(open.begin(SHOP, FREE_BYTES + 1, NOW.plus_ms(GONE_MS)).is_err());
        let number = open.begin(SHOP, BYTES_MAX, NOW.plus_ms(GONE_MS + 1)).unwrap();
        open.end(number);
        let nothing = Load::default();
        assert_eq!((open.all, open.strangers, open.by_source["shop"]), (nothing, nothing, nothing));
        assert!(open.requests.is_empty());
    }
}
