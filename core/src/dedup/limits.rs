//! How many keys are remembered where. Numbers, so that tests reach every bound with few events.

/// The bounds of a dedup memory, and how it cuts what goes to storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most keys in all: an index of 2.25 bytes for each is in memory.
    pub keys_max: usize,
    /// Most keys that are in no run yet, about 30 bytes each. Checkpoints keep them far below it.
    pub recent_max: usize,
    /// Most keys of runs whose pages stay in memory, 24 bytes each.
    pub hot_keys_max: usize,
    /// Fewest keys that are worth a run; fewer are carried from checkpoint to checkpoint.
    pub run_keys_min: usize,
    /// Most keys of one run: its index is one row.
    pub run_keys_max: usize,
    /// Keys of one page.
    pub page_keys: usize,
}

impl Limits {
    /// What a ledger goes by.
    pub const STANDARD: Self = Self {
        keys_max: 10_000_000,
        recent_max: 1_000_000,
        hot_keys_max: 500_000,
        run_keys_min: 10_000,
        run_keys_max: 500_000,
        page_keys: 2_700,
    };
}
