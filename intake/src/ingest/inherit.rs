//! What the ledgers of a request must hear from others first, while the number of shards has changed of late.

use polso_core::{Batch, Busy, Enquiry, Heritage, Shards, Timestamp};

use super::{BUSY, Prepared};
use crate::refusal::Refusal;

impl Prepared {
    /// Which ledgers must be asked before the batches are handed over, for each the position of its
    /// batch; none unless the number of shards has changed of late.
    #[must_use]
    pub fn enquiries(&self, shards: &Shards, now: Timestamp) -> Vec<(usize, u16, Enquiry)> {
        let of_batch = |(position, (home, batch)): (usize, &(u16, Batch))| {
            let enquiries = shards.enquiries(*home, batch, now);
            enquiries.into_iter().map(move |(earlier, enquiry)| (position, earlier, enquiry))
        };
        self.batches.iter().enumerate().flat_map(of_batch).collect()
    }

    /// Takes what a ledger has told of a batch.
    ///
    /// # Errors
    /// `unavailable` when it told nothing.
    pub fn inherit(
        &mut self,
        position: usize,
        told: Result<Heritage, Busy>,
    ) -> Result<(), Refusal> {
        let heritage = told.map_err(|_| BUSY)?;
        if let Some((_, batch)) = self.batches.get_mut(position) {
            batch.heritage.push(heritage);
        }
        Ok(())
    }
}
