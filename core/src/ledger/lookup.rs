//! Keys on their way through a ledger: looked for in memory first, then in the pages of storage that may hold them, and
//! only then answered for. What they are looked up for goes along.

use crate::{
    corrupt::Corrupt,
    dedup::{DedupMemory, Looked, PageId},
};

use super::Busy;

/// Something whose keys have been looked for in memory. It can be answered when it wants no more pages.
#[derive(Debug)]
pub struct Lookup<Of> {
    of: Of,
    looked: Looked,
    /// Which runs there were: a checkpoint makes others.
    next_run: u32,
}

impl<Of> Lookup<Of> {
    /// A page of keys that must be [read](Self::read), or [given up](Self::give_up), first.
    #[must_use]
    pub fn wants(&self) -> Option<PageId> {
        self.looked.wants()
    }

    /// Reads a page that is wanted.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read; give it up then.
    pub fn read(&mut self, page: PageId, bytes: &[u8]) -> Result<(), Corrupt> {
        self.looked.read(page, bytes)
    }

    /// Gives up a page that is not there or cannot be read. Events that may be in it are taken for
    /// repetitions, and counted as such in the damage.
    pub fn give_up(&mut self, page: PageId) {
        self.looked.give_up(page);
    }

    pub(super) fn new(of: Of, looked: Looked, memory: &DedupMemory) -> Self {
        Self { of, looked, next_run: memory.next_run() }
    }

    /// What is known of the keys now.
    ///
    /// # Errors
    /// [`Busy::Unread`] when pages are still wanted, or the keys were looked for before the last checkpoint.
    pub(super) fn found(self, memory: &DedupMemory) -> Result<(Of, Looked), Busy> {
        if self.looked.wants().is_some() || self.next_run != memory.next_run() {
            return Err(Busy::Unread);
        }
        Ok((self.of, self.looked))
    }
}
