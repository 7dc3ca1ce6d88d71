//! What a ledger keeps: two checkpoints, each with the journal since, and its runs of keys.
//!
//! A checkpoint begins a segment of the journal, so that a restore reads one segment only; the one before
//! it and its segment stay, for the case that the newer cannot be read. Old tables go whole, which costs
//! no row.

use std::cell::Cell;

use js_sys::Uint8Array;
use polso_core::{PageId, Save};
use wasm_bindgen::JsValue;
use worker::State;

use super::rejected::RejectStore;
use crate::platform::{Sql, Storage};

/// Largest part of a checkpoint: a row holds at most 2 MB.
const PART_BYTES_MAX: usize = 1_500_000;
/// Checkpoints that stay.
const CHECKPOINTS_KEPT: usize = 2;
/// Where the index of a run stands among its pages.
const INDEX: i64 = -1;

/// The storage of one ledger.
pub(super) struct Store {
    /// Its rejected events.
    pub(super) rejects: RejectStore,
    pub(super) storage: Storage,
    pub(super) sql: Sql,
    /// The segment that is written; known from the restore on.
    pub(super) segment: Cell<i64>,
}

impl Store {
    pub(super) fn new(state: &State) -> Self {
        let storage = Storage::of(state);
        let rejects = RejectStore::new(&storage);
        Self { rejects, sql: storage.sql(), storage, segment: Cell::new(0) }
    }

    /// Appends a block to the journal.
    pub(super) fn append(&self, seq: u64, block: &[u8]) -> Result<(), JsValue> {
        let insert =
            format!("INSERT INTO journal_{} (seq, block) VALUES (?, ?)", self.segment.get());
        self.sql.run(&insert, &[(seq as f64).into(), Uint8Array::from(block).into()])
    }

    /// Writes down where the journal ends.
    pub(super) fn mark(&self, bytes: &[u8]) -> Result<(), JsValue> {
        self.sql.run(
            "INSERT OR REPLACE INTO mark (one, bytes) VALUES (1, ?)",
            &[Uint8Array::from(bytes).into()],
        )
    }

    /// Writes a checkpoint and its runs of keys and begins a segment of the journal: all of it, or
    /// nothing. Of the checkpoints before, those in `bad` go.
    pub(super) fn checkpoint(&self, save: &Save, bad: &[i64]) -> Result<(), JsValue> {
        let (checkpoints, journals) = (self.tables("checkpoint")?, self.tables("journal")?);
        let next = checkpoints.iter().chain(&journals).max().map_or(1, |last| last + 1);
        let mut good: Vec<i64> = checkpoints.iter().copied().filter(|n| !bad.contains(n)).collect();
        good.push(next);
        let first = good.iter().rev().nth(CHECKPOINTS_KEPT - 1).copied().unwrap_or_default();
        let runs = self.tables("keys")?;
        self.all_or_nothing(|| {
            self.create(&format!("checkpoint_{next}"), "part")?;
            let insert = format!("INSERT INTO checkpoint_{next} (part, bytes) VALUES (?, ?)");
            for (part, bytes) in (0..).zip(save.bytes.chunks(PART_BYTES_MAX)) {
                self.insert(&insert, part, bytes)?;
            }
            self.sql.run(
                &format!("CREATE TABLE journal_{next} (seq INTEGER PRIMARY KEY, block BLOB NOT NULL) STRICT"),
                &[],
            )?;
            for run in save.runs() {
                let table = format!("keys_{}", run.number);
                // From a checkpoint that could not be read later, perhaps.
                self.drop_table(&table)?;
                self.create(&table, "page")?;
                let insert = format!("INSERT INTO {table} (page, bytes) VALUES (?, ?)");
                self.insert(&insert, INDEX, &run.index)?;
                for (page, bytes) in (0..).zip(&run.pages) {
                    self.insert(&insert, page, bytes)?;
                }
            }
            let old = |number: &&i64| **number < first;
            let gone = checkpoints.iter().filter(|n| old(n) || bad.contains(n));
            gone.map(|n| format!("checkpoint_{n}"))
                .chain(journals.iter().filter(old).map(|n| format!("journal_{n}")))
                .chain(runs.iter().filter(|n| !save.keeps(**n as u32)).map(|n| format!("keys_{n}")))
                .try_for_each(|table| self.drop_table(&table))
        })?;
        self.segment.set(next);
        Ok(())
    }

    /// The index of a run of keys; empty when it is not there.
    pub(super) fn index(&self, run: u32) -> Result<Vec<u8>, JsValue> {
        self.row(&format!("keys_{run}"), "page", INDEX)
    }

    /// A page of a run of keys; empty when it is not there.
    pub(super) fn page(&self, page: PageId) -> Result<Vec<u8>, JsValue> {
        self.row(&format!("keys_{}", page.run), "page", page.page.into())
    }

    /// Waits until everything written is durable.
    pub(super) async fn sync(&self) -> Result<(), JsValue> {
        self.storage.sync().await.map(|_| ())
    }

    /// Has writes happen all, or none of them.
    pub(super) fn all_or_nothing(
        &self,
        mut writes: impl FnMut() -> Result<(), JsValue>,
    ) -> Result<(), JsValue> {
        self.storage.transaction(&mut || writes().map(|()| JsValue::UNDEFINED)).map(drop)
    }

    /// The numbers of the tables of a kind, in their order.
    pub(super) fn tables(&self, kind: &str) -> Result<Vec<i64>, JsValue> {
        let mut numbers = Vec::new();
        self.sql.each(
            "SELECT CAST(substr(name, length(?) + 2) AS INTEGER) FROM sqlite_master \
             WHERE type = 'table' AND name GLOB ? || '_[0-9]*' ORDER BY 1",
            &[kind.into(), kind.into()],
            |row| {
                numbers.extend(row.get(0).as_f64().map(|number| number as i64));
                Ok(())
            },
        )?;
        Ok(numbers)
    }

    fn create(&self, table: &str, key: &str) -> Result<(), JsValue> {
        let columns = format!("{key} INTEGER PRIMARY KEY, bytes BLOB NOT NULL");
        self.sql.run(&format!("CREATE TABLE {table} ({columns}) STRICT"), &[])
    }

    fn drop_table(&self, table: &str) -> Result<(), JsValue> {
        self.sql.run(&format!("DROP TABLE IF EXISTS {table}"), &[])
    }

    fn insert(&self, insert: &str, key: i64, bytes: &[u8]) -> Result<(), JsValue> {
        self.sql.run(insert, &[(key as f64).into(), Uint8Array::from(bytes).into()])
    }

    fn row(&self, table: &str, key: &str, number: i64) -> Result<Vec<u8>, JsValue> {
        let mut found = Vec::new();
        let select = format!("SELECT bytes FROM {table} WHERE {key} = ?");
        self.sql.each(&select, &[(number as f64).into()], |row| {
            found = Uint8Array::new(&row.get(0)).to_vec();
            Ok(())
        })?;
        Ok(found)
    }
}
