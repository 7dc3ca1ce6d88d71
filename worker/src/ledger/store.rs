//! What a ledger keeps: one checkpoint in parts, and the journal since, in segments.
//!
//! A checkpoint ends a segment of the journal. The last [`SEGMENTS_KEPT`] segments stay; older ones
//! go as whole tables, which costs no row.

use js_sys::{Array, Uint8Array};
use polso_core::{Effect, Ledger};
use wasm_bindgen::{JsCast, JsValue};
use worker::State;

use crate::platform::{Sql, Storage, random};

/// Largest part of a checkpoint: a row holds at most 2 MB.
const PART_BYTES_MAX: usize = 1_500_000;
/// Segments that stay: the one that is written and the one before.
const SEGMENTS_KEPT: i64 = 2;

/// The storage of one ledger.
pub(super) struct Store {
    storage: Storage,
    sql: Sql,
}

impl Store {
    pub(super) fn new(state: &State) -> Self {
        let storage: Storage = JsValue::from(state.storage().as_raw()).unchecked_into();
        Self { sql: storage.sql(), storage }
    }

    /// The ledger that was kept, or a new one.
    pub(super) fn restore(&self) -> Result<Ledger, JsValue> {
        self.exec(
            "CREATE TABLE IF NOT EXISTS checkpoint (part INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
            &[],
        )?;
        let parts = self.blobs("SELECT bytes FROM checkpoint ORDER BY part")?;
        if parts.is_empty() {
            let mut ledger = Ledger::new(random(), random());
            if let Effect::Checkpoint { seq, bytes } = ledger.checkpoint() {
                self.checkpoint(seq, &bytes)?;
            }
            return Ok(ledger);
        }
        let mut blocks = Vec::new();
        for segment in self.segments()? {
            blocks
                .extend(self.blobs(&format!("SELECT block FROM journal_{segment} ORDER BY seq"))?);
        }
        Ledger::restore(&parts.concat(), blocks.iter().map(Vec::as_slice), random())
            .map_err(|error| js_sys::Error::new(error.0).into())
    }

    /// Appends a block to the journal.
    pub(super) fn append(&self, seq: u64, block: &[u8]) -> Result<(), JsValue> {
        let segment = self.segments()?.last().copied().unwrap_or_default();
        let insert = format!("INSERT INTO journal_{segment} (seq, block) VALUES (?, ?)");
        self.exec(&insert, &[(seq as f64).into(), Uint8Array::from(block).into()])
    }

    /// Replaces the checkpoint and begins a segment of the journal: all of it, or nothing.
    pub(super) fn checkpoint(&self, _seq: u64, bytes: &[u8]) -> Result<(), JsValue> {
        let mut replace = || {
            self.exec("DELETE FROM checkpoint", &[])?;
            for (part, bytes) in bytes.chunks(PART_BYTES_MAX).enumerate() {
                self.exec(
                    "INSERT INTO checkpoint (part, bytes) VALUES (?, ?)",
                    &[(part as f64).into(), Uint8Array::from(bytes).into()],
                )?;
            }
            let segments = self.segments()?;
            let next = segments.last().map_or(1, |last| last + 1);
            self.exec(
                &format!("CREATE TABLE journal_{next} (seq INTEGER PRIMARY KEY, block BLOB NOT NULL) STRICT"),
                &[],
            )?;
            for old in segments.into_iter().filter(|old| *old <= next - SEGMENTS_KEPT) {
                self.exec(&format!("DROP TABLE journal_{old}"), &[])?;
            }
            Ok(JsValue::UNDEFINED)
        };
        self.storage.transaction(&mut replace).map(|_| ())
    }

    /// Waits until everything written is durable.
    pub(super) async fn sync(&self) -> Result<(), JsValue> {
        self.storage.sync().await.map(|_| ())
    }

    /// The numbers of the journal's segments, oldest first.
    fn segments(&self) -> Result<Vec<i64>, JsValue> {
        let tables = self.column(
            "SELECT CAST(substr(name, 9) AS INTEGER) FROM sqlite_master \
             WHERE type = 'table' AND name LIKE 'journal\\_%' ESCAPE '\\' ORDER BY 1",
        )?;
        Ok(tables.iter().filter_map(|number| number.as_f64()).map(|number| number as i64).collect())
    }

    fn blobs(&self, query: &str) -> Result<Vec<Vec<u8>>, JsValue> {
        Ok(self.column(query)?.iter().map(|blob| Uint8Array::new(&blob).to_vec()).collect())
    }

    /// The first column of every row.
    fn column(&self, query: &str) -> Result<Array, JsValue> {
        let rows = self.sql.exec(query, &Array::new())?.raw()?.to_array()?;
        Ok(rows.iter().map(|row| row.unchecked_into::<Array>().get(0)).collect())
    }

    fn exec(&self, query: &str, bindings: &[JsValue]) -> Result<(), JsValue> {
        self.sql.exec(query, &bindings.iter().collect()).map(|_| ())
    }
}
