//! What a ledger keeps: one checkpoint in parts, and the journal since, in segments.
//!
//! A checkpoint begins a segment of the journal, so that a restore reads the last one only. The
//! last [`SEGMENTS_KEPT`] segments stay; older ones go as whole tables, which costs no row.

use std::cell::Cell;

use js_sys::Uint8Array;
use polso_core::{Effect, Ledger};
use wasm_bindgen::JsValue;
use worker::State;

use super::rejected::RejectStore;
use crate::platform::{Sql, Storage, corrupt, random};

/// Largest part of a checkpoint: a row holds at most 2 MB.
const PART_BYTES_MAX: usize = 1_500_000;
/// Segments that stay: the one that is written and the one before.
const SEGMENTS_KEPT: i64 = 2;

/// The storage of one ledger.
pub(super) struct Store {
    /// Its rejected events.
    pub(super) rejects: RejectStore,
    storage: Storage,
    sql: Sql,
    /// The segment that is written; known from the restore on.
    segment: Cell<i64>,
}

impl Store {
    pub(super) fn new(state: &State) -> Self {
        let storage = Storage::of(state);
        let rejects = RejectStore::new(&storage);
        Self { rejects, sql: storage.sql(), storage, segment: Cell::new(0) }
    }

    /// The ledger that was kept, or a new one.
    pub(super) fn restore(&self) -> Result<Ledger, JsValue> {
        self.sql.run(
            "CREATE TABLE IF NOT EXISTS checkpoint (part INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
            &[],
        )?;
        let mut checkpoint = Vec::new();
        self.sql.each("SELECT bytes FROM checkpoint ORDER BY part", &[], |row| {
            checkpoint.extend(Uint8Array::new(&row.get(0)).to_vec());
            Ok(())
        })?;
        if checkpoint.is_empty() {
            let mut ledger = Ledger::new(random(), random());
            if let Effect::Checkpoint { bytes } = ledger.checkpoint() {
                self.checkpoint(&bytes)?;
            }
            return Ok(ledger);
        }
        let mut ledger = Ledger::restore(&checkpoint, random()).map_err(corrupt)?;
        drop(checkpoint);
        self.segment.set(self.segments()?.last().copied().unwrap_or_default());
        let blocks = format!("SELECT block FROM journal_{} ORDER BY seq", self.segment.get());
        self.sql.each(&blocks, &[], |row| {
            ledger.replay(&Uint8Array::new(&row.get(0)).to_vec()).map_err(corrupt)
        })?;
        Ok(ledger)
    }

    /// Appends a block to the journal.
    pub(super) fn append(&self, seq: u64, block: &[u8]) -> Result<(), JsValue> {
        let insert =
            format!("INSERT INTO journal_{} (seq, block) VALUES (?, ?)", self.segment.get());
        self.sql.run(&insert, &[(seq as f64).into(), Uint8Array::from(block).into()])
    }

    /// Replaces the checkpoint and begins a segment of the journal: all of it, or nothing.
    pub(super) fn checkpoint(&self, bytes: &[u8]) -> Result<(), JsValue> {
        let segments = self.segments()?;
        let next = segments.last().map_or(1, |last| last + 1);
        let mut replace = || {
            self.sql.run("DELETE FROM checkpoint", &[])?;
            for (part, bytes) in bytes.chunks(PART_BYTES_MAX).enumerate() {
                self.sql.run(
                    "INSERT INTO checkpoint (part, bytes) VALUES (?, ?)",
                    &[(part as f64).into(), Uint8Array::from(bytes).into()],
                )?;
            }
            self.sql.run(
                &format!("CREATE TABLE journal_{next} (seq INTEGER PRIMARY KEY, block BLOB NOT NULL) STRICT"),
                &[],
            )?;
            for old in segments.iter().filter(|old| **old <= next - SEGMENTS_KEPT) {
                self.sql.run(&format!("DROP TABLE journal_{old}"), &[])?;
            }
            Ok(JsValue::UNDEFINED)
        };
        self.storage.transaction(&mut replace)?;
        self.segment.set(next);
        Ok(())
    }

    /// Waits until everything written is durable.
    pub(super) async fn sync(&self) -> Result<(), JsValue> {
        self.storage.sync().await.map(|_| ())
    }

    /// The numbers of the journal's segments, oldest first.
    fn segments(&self) -> Result<Vec<i64>, JsValue> {
        let mut numbers = Vec::new();
        self.sql.each(
            "SELECT CAST(substr(name, 9) AS INTEGER) FROM sqlite_master \
             WHERE type = 'table' AND name LIKE 'journal\\_%' ESCAPE '\\' ORDER BY 1",
            &[],
            |row| {
                numbers.extend(row.get(0).as_f64().map(|number| number as i64));
                Ok(())
            },
        )?;
        Ok(numbers)
    }
}
