//! From what is in storage to the ledger in memory. What can be made of it is `polso-core`'s to say;
//! this reads rows in the order in which it wants them.
//!
//! What cannot be read is said in the log and set aside, at most [`ASIDE_MAX`] rows of it, and the
//! ledger is written down as it is now.

use js_sys::Uint8Array;
use polso_core::{Ledger, Limits, Recovery};
use wasm_bindgen::JsValue;

use super::store::Store;
use crate::platform::{corrupt, log_error, now, random};

/// Most rows that are set aside: after that, the oldest go.
const ASIDE_MAX: usize = 64;

/// Rows that cannot be read.
#[derive(Default)]
struct Aside {
    /// Each with what it was.
    rows: Vec<(String, Vec<u8>)>,
    checkpoints: Vec<i64>,
}

impl Store {
    /// The ledger that was kept, or a new one.
    pub(super) fn restore(&self) -> Result<Ledger, JsValue> {
        self.sql.run(
            "CREATE TABLE IF NOT EXISTS mark (one INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
            &[],
        )?;
        let (checkpoints, journals) = (self.tables("checkpoint")?, self.tables("journal")?);
        if checkpoints.is_empty() && journals.is_empty() {
            let mut ledger = Ledger::new(random(), random());
            self.write_down(&mut ledger, &[])?;
            return Ok(ledger);
        }
        let mut recovery = Recovery::new(random(), random(), Limits::STANDARD);
        let mut aside = Aside::default();
        let first = self.read_checkpoint(&mut recovery, &checkpoints, &mut aside)?;
        for journal in journals.iter().filter(|journal| **journal >= first) {
            self.read_journal(&mut recovery, *journal, &mut aside)?;
        }
        self.sql.each("SELECT bytes FROM mark", &[], |row| {
            let bytes = Uint8Array::new(&row.get(0)).to_vec();
            if let Err(error) = recovery.mark(&bytes) {
                aside.add("the mark".to_owned(), bytes, &corrupt(error));
            }
            Ok(())
        })?;
        self.read_runs(&mut recovery, &mut aside)?;
        self.segment.set(journals.last().copied().unwrap_or_default());
        let (mut ledger, is_damaged) = recovery.finish();
        if is_damaged {
            let figures = ledger.bounds().damage.to_json().to_string();
            log_error("the ledger is damaged", &js_sys::Error::new(&figures));
            // Where it fails, all of it is found again.
            if let Err(error) = self
                .set_aside(&aside)
                .and_then(|()| self.write_down(&mut ledger, &aside.checkpoints))
            {
                log_error("the damage could not be set aside", &error);
            }
        }
        Ok(ledger)
    }

    fn write_down(&self, ledger: &mut Ledger, bad: &[i64]) -> Result<(), JsValue> {
        let save = ledger.checkpoint();
        self.checkpoint(&save, bad)?;
        ledger.saved(save).map_err(corrupt)
    }

    /// Shows checkpoints until one can be read; where the journal since it begins.
    fn read_checkpoint(
        &self,
        recovery: &mut Recovery,
        checkpoints: &[i64],
        aside: &mut Aside,
    ) -> Result<i64, JsValue> {
        for number in checkpoints.iter().rev() {
            let mut bytes = Vec::new();
            let parts = format!("SELECT bytes FROM checkpoint_{number} ORDER BY part");
            self.sql.each(&parts, &[], |row| {
                bytes.extend(Uint8Array::new(&row.get(0)).to_vec());
                Ok(())
            })?;
            match recovery.checkpoint(&bytes) {
                Ok(()) => return Ok(*number),
                Err(error) => {
                    aside.checkpoints.push(*number);
                    for part in bytes.chunks(1_500_000) {
                        aside.add(format!("checkpoint_{number}"), part.to_vec(), &corrupt(error));
                    }
                }
            }
        }
        Ok(0)
    }

    fn read_journal(
        &self,
        recovery: &mut Recovery,
        journal: i64,
        aside: &mut Aside,
    ) -> Result<(), JsValue> {
        let blocks = format!("SELECT seq, block FROM journal_{journal} ORDER BY seq");
        self.sql.each(&blocks, &[], |row| {
            let seq = row.get(0).as_f64().unwrap_or_default();
            let block = Uint8Array::new(&row.get(1)).to_vec();
            if let Err(error) = recovery.block(seq as u64, &block) {
                aside.add(format!("block {seq} of journal_{journal}"), block, &corrupt(error));
            }
            Ok(())
        })
    }

    fn read_runs(&self, recovery: &mut Recovery, aside: &mut Aside) -> Result<(), JsValue> {
        let tables = self.tables("keys")?;
        if recovery.takes_any_run() {
            for run in &tables {
                let index = self.index(*run as u32)?;
                if let Err(error) = recovery.take_run(*run as u32, &index) {
                    aside.add(format!("the index of keys_{run}"), index, &corrupt(error));
                }
            }
            return Ok(());
        }
        for run in recovery.runs() {
            let is_there = tables.contains(&i64::from(run));
            let index = if is_there { self.index(run)? } else { Vec::new() };
            let Err(error) = recovery.index(run, &index) else { continue };
            aside.add(format!("the index of keys_{run}"), index, &corrupt(error));
            let mut failed = Ok(());
            let unreadable = recovery.pages(run, |page| {
                let page = polso_core::PageId { run, page };
                let bytes = if is_there { self.page(page) } else { Ok(Vec::new()) };
                bytes.unwrap_or_else(|error| {
                    failed = Err(error);
                    Vec::new()
                })
            });
            failed?;
            for page in unreadable.into_iter().filter(|_| is_there) {
                let bytes = self.page(polso_core::PageId { run, page })?;
                aside.add(format!("page {page} of keys_{run}"), bytes, &corrupt(error));
            }
        }
        Ok(())
    }

    fn set_aside(&self, aside: &Aside) -> Result<(), JsValue> {
        self.sql.run(
            "CREATE TABLE IF NOT EXISTS damaged (number INTEGER PRIMARY KEY, found INTEGER NOT NULL, \
             what TEXT NOT NULL, bytes BLOB NOT NULL) STRICT",
            &[],
        )?;
        for (what, bytes) in &aside.rows {
            self.sql.run(
                "INSERT INTO damaged (found, what, bytes) VALUES (?, ?, ?)",
                &[
                    (now().ms() as f64).into(),
                    what.as_str().into(),
                    Uint8Array::from(bytes.as_slice()).into(),
                ],
            )?;
        }
        self.sql.run(
            "DELETE FROM damaged WHERE number <= (SELECT max(number) FROM damaged) - ?",
            &[(ASIDE_MAX as f64).into()],
        )
    }
}

impl Aside {
    fn add(&mut self, what: String, bytes: Vec<u8>, error: &JsValue) {
        if self.rows.len() < ASIDE_MAX {
            log_error(&format!("{what} cannot be read"), error);
            self.rows.push((what, bytes));
        }
    }
}
