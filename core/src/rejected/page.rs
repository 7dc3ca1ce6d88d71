//! A page of one ledger's rejected events: the newest before a position.
//!
//! A page ends at its number of events, at its bytes, or after [`LOOKED_BYTES_MAX`] were looked
//! through; so a source that rarely errs may come to an empty page that is not the last.

use serde::{Deserialize, Serialize};

use super::{KEPT_MS, KeptReject, Position, RejectRow, Replayed};
use crate::{corrupt::Corrupt, time::Timestamp};

/// Most bytes of rows that are looked through for one page.
const LOOKED_BYTES_MAX: usize = 8 << 20;

/// Which events a page is to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSearch {
    /// Those before this place only.
    pub before: Position,
    /// Those of this source only, if any is named.
    pub source: Option<String>,
    /// Most events.
    pub limit: usize,
    /// The page ends when it holds this many bytes.
    pub bytes: usize,
}

/// One event of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRow {
    /// Its place.
    pub at: Position,
    /// The event.
    pub kept: KeptReject,
    /// What became of its replay, if there was one.
    pub replayed: Option<Replayed>,
}

/// The newest events before a place, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Tells their ledger from one that was in its place before.
    pub birth: u64,
    /// The events.
    pub rows: Vec<PageRow>,
    /// Before which place the next page goes on; none when there is nothing more.
    pub next: Option<Position>,
}

/// A page that is being put together from rows, newest first.
#[derive(Debug)]
pub struct Pager<'a> {
    search: &'a PageSearch,
    now: Timestamp,
    rows: Vec<PageRow>,
    reached: Position,
    bytes: usize,
    looked_bytes: usize,
}

impl<'a> Pager<'a> {
    /// An empty page, as it is at `now`.
    #[must_use]
    pub const fn new(search: &'a PageSearch, now: Timestamp) -> Self {
        let reached = search.before;
        Self { search, now, rows: Vec::new(), reached, bytes: 0, looked_bytes: 0 }
    }

    /// The place before which the next row is to be found; none when the page is full.
    #[must_use]
    pub fn wants(&self) -> Option<Position> {
        let is_full = self.rows.len() >= self.search.limit
            || self.bytes >= self.search.bytes
            || self.looked_bytes >= LOOKED_BYTES_MAX;
        (!is_full).then_some(self.reached)
    }

    /// Looks through the row whose first event is at `first`.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read.
    pub fn see(&mut self, first: Position, bytes: &[u8]) -> Result<(), Corrupt> {
        self.looked_bytes += bytes.len();
        for (number, kept) in RejectRow::decode(bytes)?.into_iter().enumerate().rev() {
            let at = Position { index: first.index + number as u32, ..first };
            if at >= self.reached {
                continue;
            }
            if self.rows.len() >= self.search.limit || self.bytes >= self.search.bytes {
                return Ok(());
            }
            self.reached = at;
            let wanted = self.search.source.as_ref().is_none_or(|source| *source == kept.source);
            if wanted && !kept.is_over(self.now) {
                self.bytes += kept.reject.bytes();
                self.rows.push(PageRow { at, kept, replayed: None });
            }
        }
        // Nothing of this row is left.
        self.reached = self.reached.min(first);
        Ok(())
    }

    /// The page; `is_last` when no row was found before the place that it last wanted.
    #[must_use]
    pub fn finish(self, birth: u64, is_last: bool) -> Page {
        Page { birth, rows: self.rows, next: (!is_last).then_some(self.reached) }
    }
}

impl KeptReject {
    /// Whether it is too old to be shown or replayed.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        now > self.received.plus_ms(KEPT_MS)
    }
}
