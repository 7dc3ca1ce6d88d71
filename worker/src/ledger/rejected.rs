//! The rejected events of a ledger: packed rows in tables that are dropped whole, and beside each
//! table one with what became of replays.
//!
//! Which table, and which go, is `polso-core`'s to say.

use std::cell::{Cell, RefCell, RefMut};

use js_sys::{Array, Uint8Array};
use polso_core::{
    FoundReject, KeptReject, Page, PageSearch, Pager, Pin, Position, RejectId, RejectRow, Replayed,
    Segment, SegmentStep, Segments, Timestamp,
};
use wasm_bindgen::JsValue;

use crate::platform::{Sql, Storage, corrupt};

/// Where the replay of an event goes, sealed, and what became of it.
type Begun = (Vec<u8>, Option<Replayed>);

/// The store of one ledger's rejected events.
pub(super) struct RejectStore {
    storage: Storage,
    sql: Sql,
    /// Read when first needed.
    segments: RefCell<Option<Segments>>,
    /// How many events went before their time because the store was full.
    dropped: Cell<u64>,
}

impl RejectStore {
    pub(super) fn new(storage: &Storage) -> Self {
        let (segments, dropped) = (RefCell::default(), Cell::default());
        Self { sql: storage.sql(), storage: storage.clone(), segments, dropped }
    }

    /// Reads again, when next needed, what is there: a write failed.
    pub(super) fn forget(&self) {
        self.segments.take();
    }

    /// Keeps the rows of a commit.
    pub(super) fn keep(
        &self,
        seq: u64,
        now: Timestamp,
        events: u32,
        rows: &[RejectRow],
    ) -> Result<(), JsValue> {
        let mut segments = self.segments(now)?;
        let bytes: usize = rows.iter().map(|row| row.bytes.len()).sum();
        let all = segments.events() + u64::from(events);
        let steps = segments.add(seq, now, bytes as u64, u64::from(events));
        self.dropped.set(self.dropped.get() + (all - segments.events()));
        self.perform(&steps)?;
        let Some(segment) = segments.newest() else { return Ok(()) };
        let insert = format!(
            "INSERT INTO rejected_{} (seq, first, events) VALUES (?, ?, ?)",
            segment.number
        );
        for row in rows {
            let bytes = Uint8Array::from(row.bytes.as_slice());
            self.sql.run(&insert, &[number(seq), row.first.into(), bytes.into()])?;
        }
        self.sql.run(
            "UPDATE rejected_tables SET bytes = ?, events = ? WHERE number = ?",
            &[number(segment.bytes), number(segment.events), segment.number.into()],
        )?;
        if !steps.is_empty() {
            self.arm(&segments)?;
        }
        Ok(())
    }

    /// Drops what is too old.
    pub(super) fn expire(&self, now: Timestamp) -> Result<(), JsValue> {
        self.forget();
        self.segments(now).map(drop)
    }

    /// How many events are kept, their bytes, and how many went before their time.
    pub(super) fn size(&self, now: Timestamp) -> Result<(u64, u64, u64), JsValue> {
        let segments = self.segments(now)?;
        Ok((segments.events(), segments.bytes(), self.dropped.get()))
    }

    /// A page of events, newest first.
    pub(super) fn page(
        &self,
        birth: u64,
        search: &PageSearch,
        now: Timestamp,
    ) -> Result<Page, JsValue> {
        let segments = self.segments(now)?;
        let mut pager = Pager::new(search, now);
        let mut tables = segments.before(search.before);
        let mut table = tables.next();
        let mut is_last = false;
        while let Some(before) = pager.wants() {
            let Some(segment) = table else {
                is_last = true;
                break;
            };
            match self.last_row(segment, before)? {
                Some((first, bytes)) => pager.see(first, &bytes).map_err(corrupt)?,
                None => table = tables.next(),
            }
        }
        let mut page = pager.finish(birth, is_last);
        for row in &mut page.rows {
            let Some(segment) = segments.holding(row.at) else { continue };
            row.replayed = self.replay(segment, row.at)?.and_then(|(_, replayed)| replayed);
        }
        Ok(page)
    }

    /// One event, with where its replay goes.
    pub(super) fn find(
        &self,
        birth: u64,
        id: RejectId,
        now: Timestamp,
    ) -> Result<Option<FoundReject>, JsValue> {
        let segments = self.segments(now)?;
        let Some(segment) = segments.holding(id.at).filter(|_| id.birth == birth) else {
            return Ok(None);
        };
        let Some(kept) = self.kept(segment, id.at)? else { return Ok(None) };
        let pin = match self.replay(segment, id.at)? {
            Some((pin, _)) => Some(Pin::decode(&pin).map_err(corrupt)?),
            None => None,
        };
        Ok(Some(FoundReject { kept, pin }))
    }

    /// Pins where the replay of an event goes, unless one was begun before: that one stands.
    pub(super) fn pin(
        &self,
        birth: u64,
        id: RejectId,
        pin: &Pin,
        now: Timestamp,
    ) -> Result<Option<Pin>, JsValue> {
        let Some(found) = self.find(birth, id, now)? else { return Ok(None) };
        if let Some(begun) = found.pin {
            return Ok(Some(begun));
        }
        let segments = self.segments(now)?;
        let Some(segment) = segments.holding(id.at) else { return Ok(None) };
        let insert =
            format!("INSERT INTO replayed_{} (seq, number, pin) VALUES (?, ?, ?)", segment.number);
        let bytes = Uint8Array::from(pin.encode().as_slice());
        self.sql.run(&insert, &[number(id.at.seq), id.at.index.into(), bytes.into()])?;
        Ok(Some(pin.clone()))
    }

    /// Notes what became of a replay: of several, the first.
    pub(super) fn note(
        &self,
        birth: u64,
        id: RejectId,
        replayed: &Replayed,
        now: Timestamp,
    ) -> Result<(), JsValue> {
        let segments = self.segments(now)?;
        let Some(segment) = segments.holding(id.at).filter(|_| id.birth == birth) else {
            return Ok(());
        };
        let update = format!(
            "UPDATE replayed_{} SET verdict = ?, at = ? \
             WHERE seq = ? AND number = ? AND verdict IS NULL",
            segment.number
        );
        let Position { seq, index } = id.at;
        let at = (replayed.at.ms() as f64).into();
        self.sql.run(&update, &[replayed.verdict.as_str().into(), at, number(seq), index.into()])
    }

    /// What is there; read, and rid of what is too old, when nothing is known yet.
    fn segments(&self, now: Timestamp) -> Result<RefMut<'_, Segments>, JsValue> {
        let known = self.segments.borrow_mut();
        RefMut::filter_map(known, Option::as_mut).or_else(|mut known| {
            let mut segments = self.read()?;
            self.perform(&segments.expire(now))?;
            self.arm(&segments)?;
            *known = Some(segments);
            RefMut::filter_map(known, Option::as_mut).map_err(|_| JsValue::UNDEFINED)
        })
    }

    fn read(&self) -> Result<Segments, JsValue> {
        self.sql.run(
            "CREATE TABLE IF NOT EXISTS rejected_tables (number INTEGER PRIMARY KEY, \
             first_seq INTEGER NOT NULL, begun INTEGER NOT NULL, bytes INTEGER NOT NULL, \
             events INTEGER NOT NULL) STRICT",
            &[],
        )?;
        let mut segments = Vec::new();
        self.sql.each(
            "SELECT number, first_seq, begun, bytes, events FROM rejected_tables ORDER BY number",
            &[],
            |row| {
                segments.push(Segment {
                    number: integer(row, 0) as u32,
                    first_seq: integer(row, 1),
                    begun: Timestamp::from_ms(integer(row, 2) as i64),
                    bytes: integer(row, 3),
                    events: integer(row, 4),
                });
                Ok(())
            },
        )?;
        Ok(Segments::new(segments))
    }

    /// Has the ledger called when the oldest table is to go.
    fn arm(&self, segments: &Segments) -> Result<(), JsValue> {
        match segments.oldest() {
            Some(oldest) => self.storage.set_alarm(oldest.over_at().ms() as f64).map(drop),
            None => Ok(()),
        }
    }

    fn perform(&self, steps: &[SegmentStep]) -> Result<(), JsValue> {
        for step in steps {
            match step {
                SegmentStep::Begin(Segment { number: table, first_seq, begun, .. }) => {
                    self.sql.run(
                        &format!(
                            "CREATE TABLE rejected_{table} (seq INTEGER, first INTEGER, \
                             events BLOB NOT NULL, PRIMARY KEY (seq, first)) STRICT, WITHOUT ROWID"
                        ),
                        &[],
                    )?;
                    self.sql.run(
                        &format!(
                            "CREATE TABLE replayed_{table} (seq INTEGER, number INTEGER, \
                             pin BLOB NOT NULL, verdict TEXT, at INTEGER, \
                             PRIMARY KEY (seq, number)) STRICT, WITHOUT ROWID"
                        ),
                        &[],
                    )?;
                    let begun = (begun.ms() as f64).into();
                    self.sql.run(
                        "INSERT INTO rejected_tables (number, first_seq, begun, bytes, events) \
                         VALUES (?, ?, ?, 0, 0)",
                        &[(*table).into(), number(*first_seq), begun],
                    )?;
                }
                SegmentStep::Drop(table) => {
                    let delete = "DELETE FROM rejected_tables WHERE number = ?";
                    self.sql.run(delete, &[(*table).into()])?;
                    self.sql.run(&format!("DROP TABLE rejected_{table}"), &[])?;
                    self.sql.run(&format!("DROP TABLE replayed_{table}"), &[])?;
                }
            }
        }
        Ok(())
    }

    /// The last row of a table that begins before a place.
    fn last_row(
        &self,
        segment: &Segment,
        before: Position,
    ) -> Result<Option<(Position, Vec<u8>)>, JsValue> {
        let query = format!(
            "SELECT seq, first, events FROM rejected_{} WHERE (seq, first) < (?, ?) \
             ORDER BY seq DESC, first DESC LIMIT 1",
            segment.number
        );
        let mut found = None;
        self.sql.each(&query, &[number(before.seq), before.index.into()], |row| {
            let first = Position { seq: integer(row, 0), index: integer(row, 1) as u32 };
            found = Some((first, Uint8Array::new(&row.get(2)).to_vec()));
            Ok(())
        })?;
        Ok(found)
    }

    fn kept(&self, segment: &Segment, at: Position) -> Result<Option<KeptReject>, JsValue> {
        let after = Position { index: at.index.saturating_add(1), ..at };
        let Some((first, bytes)) = self.last_row(segment, after)?.filter(|(f, _)| f.seq == at.seq)
        else {
            return Ok(None);
        };
        let events = RejectRow::decode(&bytes).map_err(corrupt)?;
        Ok(events.into_iter().nth((at.index - first.index) as usize))
    }

    fn replay(&self, segment: &Segment, at: Position) -> Result<Option<Begun>, JsValue> {
        let query = format!(
            "SELECT pin, verdict, at FROM replayed_{} WHERE seq = ? AND number = ?",
            segment.number
        );
        let mut found = None;
        self.sql.each(&query, &[number(at.seq), at.index.into()], |row| {
            let replayed = row.get(1).as_string().map(|verdict| Replayed {
                verdict,
                at: Timestamp::from_ms(integer(row, 2) as i64),
            });
            found = Some((Uint8Array::new(&row.get(0)).to_vec(), replayed));
            Ok(())
        })?;
        Ok(found)
    }
}

fn number(number: u64) -> JsValue {
    (number as f64).into()
}

fn integer(row: &Array, column: u32) -> u64 {
    row.get(column).as_f64().unwrap_or_default() as u64
}
