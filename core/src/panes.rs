//! Panes: the counters of one domain in every tier and since ever.
//!
//! Addition of integers only, so that any order, batching or sharding gives the same sums. What
//! was too old for a tier, or comes back after having been forgotten, counts in the tiers that
//! still hold its time. Bounds: those of `series` and `tier`.

mod totals;

use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    fact::{Fact, OTHER, Schema, When},
    openings::{Openings, OpeningsState},
    series::{SeriesId, SeriesTable},
    spread::{Spread, Spreads},
    tier::{Bucket, PANE_MS, TIERS, Tier},
    time::Timestamp,
};

/// The counters of one domain.
#[derive(Clone, Debug)]
pub struct Panes {
    table: SeriesTable,
    tiers: Vec<Tier>,
    total: Bucket,
    /// What the schema wants to be kept of the beginning of each value of a dimension.
    openings: Option<Openings>,
    /// Not in the buckets, and in the total only once they are gone from here.
    spreads: Spreads,
    folded: u64,
}

impl Panes {
    /// Empty counters. `seed` keeps senders from choosing values that collide in memory.
    #[must_use]
    pub fn new(schema: &'static Schema, seed: u64) -> Self {
        Self {
            table: SeriesTable::new(schema, seed),
            tiers: TIERS.into_iter().map(Tier::new).collect(),
            total: Bucket::default(),
            openings: schema.opening.as_ref().map(Openings::new),
            spreads: Spreads::default(),
            folded: 0,
        }
    }

    /// The shape of the facts counted here.
    #[must_use]
    pub fn schema(&self) -> &'static Schema {
        self.table.schema()
    }

    /// What is kept of beginnings, if anything is.
    pub(crate) fn openings(&self) -> Option<&Openings> {
        self.openings.as_ref()
    }

    /// How many series there are.
    #[must_use]
    pub fn series(&self) -> usize {
        self.table.len()
    }

    /// How often something was counted less finely for want of room.
    #[must_use]
    pub fn folded(&self) -> u64 {
        self.folded
    }

    /// Every value of a dimension that was counted, sorted.
    #[must_use]
    pub fn distinct(&self, dimension: usize) -> Vec<&str> {
        self.table.distinct(dimension)
    }

    /// Notes a fact in `changes`, to be counted when they are [settled](Self::settle).
    pub fn note(&mut self, fact: &Fact<'_>, changes: &mut Changes) {
        let series = self.intern(&fact.dimensions);
        match fact.when {
            When::At(time) => {
                let pane = time.ms().div_euclid(PANE_MS);
                let sums = fact.sums.get(..self.schema().measures.len()).unwrap_or(&fact.sums);
                changes.cells.add((pane, series), sums);
            }
            When::Over(from, to) => {
                changes.spreads.push(Spread { from, to, series, sums: fact.sums });
            }
        }
    }

    /// Counts what was noted, as it is at `now`: once for all facts of one pane and series.
    pub fn settle(&mut self, changes: &Changes, now: Timestamp) {
        for ((pane, series), sums) in changes.cells.rows(self.schema().measures.len()) {
            self.count(pane, now, series, sums);
        }
        changes.spreads.iter().for_each(|spread| self.count_spread(spread.clone()));
    }

    /// Adds what others counted, as it is at `now`, and notes it in `changes`.
    ///
    /// # Errors
    /// [`Corrupt`] when the cells do not have the shape of this domain; then nothing was added.
    pub fn merge(
        &mut self,
        cells: &Cells,
        now: Timestamp,
        mut changes: Option<&mut Changes>,
    ) -> Result<(), Corrupt> {
        let series = self.intern_all(&cells.symbols, &cells.series)?;
        let width = self.schema().measures.len();
        if cells.rows.len() * width != cells.sums.len() {
            return Err(Corrupt("sums do not match their cells"));
        }
        let known = |row: &(i64, u32)| series.get(row.1 as usize).map(|id| (row.0, *id));
        let rows: Vec<(i64, SeriesId)> =
            cells.rows.iter().map(known).collect::<Option<_>>().ok_or(NO_SERIES)?;
        let spreads = renumbered(&cells.spreads, &series)?;
        for ((pane, series), sums) in rows.into_iter().zip(cells.sums.chunks_exact(width)) {
            if let Some(changes) = changes.as_mut() {
                changes.cells.add((pane, series), sums);
            }
            self.count(pane, now, series, sums);
        }
        for spread in spreads {
            if let Some(changes) = changes.as_mut() {
                changes.spreads.push(spread.clone());
            }
            self.count_spread(spread);
        }
        Ok(())
    }

    fn intern(&mut self, values: &[&str]) -> SeriesId {
        let (series, folded) = self.table.intern(values);
        self.folded += u64::from(folded);
        series
    }

    fn count(&mut self, pane: i64, now: Timestamp, series: SeriesId, sums: &[i64]) {
        let time = Timestamp::from_ms(pane.saturating_mul(PANE_MS));
        let Self { table, tiers, total, openings, folded, .. } = self;
        for tier in tiers {
            *folded += u64::from(tier.add(time, now, series, sums, |id| table.fold(id)));
        }
        total.add(series, sums);
        if let Some(openings) = openings {
            let value = table.value(series, openings.dimension());
            if value != OTHER {
                *folded += u64::from(openings.add(value, pane, sums));
            }
        }
    }

    fn count_spread(&mut self, spread: Spread) {
        if let Some(gone) = self.spreads.add(spread) {
            self.folded += 1;
            self.total_spread(&gone);
        }
    }

    /// Counts what windows are no longer shared out of since ever.
    fn total_spread(&mut self, gone: &Spread) {
        let width = self.schema().measures.len();
        self.total.add(gone.series, gone.sums.get(..width).unwrap_or(&gone.sums));
    }

    /// Forgets what no tier holds at `now` any more.
    pub fn advance(&mut self, now: Timestamp) {
        self.tiers.iter_mut().for_each(|tier| tier.advance(now));
        while let Some(gone) = self.spreads.pop_expired(now) {
            self.total_spread(&gone);
        }
    }

    /// Everything counted, to keep or to send.
    #[must_use]
    pub fn state(&self) -> PanesState {
        let (symbols, series) = self.table.describe(0..self.table.len() as SeriesId);
        let width = self.schema().measures.len();
        let bucket = |(position, bucket): (i64, &Bucket)| {
            let (series, sums): (Vec<SeriesId>, Vec<&[i64]>) = bucket.rows(width).unzip();
            BucketState { position, series, sums: sums.concat() }
        };
        PanesState {
            symbols,
            series,
            tiers: self.tiers.iter().map(|tier| tier.buckets().map(bucket).collect()).collect(),
            total: bucket((0, &self.total)),
            openings: self.openings.as_ref().map(Openings::state),
            spreads: self.spreads.iter().cloned().collect(),
        }
    }

    /// Adds everything that other counters hold, as it is at `now`.
    ///
    /// # Errors
    /// [`Corrupt`] when the state does not have the shape of this domain. Some of it may have been
    /// added by then: these counters are no longer of use.
    pub fn merge_state(&mut self, state: &PanesState, now: Timestamp) -> Result<(), Corrupt> {
        let ids = self.intern_all(&state.symbols, &state.series)?;
        let width = self.schema().measures.len();
        if state.tiers.len() != self.tiers.len() {
            return Err(Corrupt("another number of tiers"));
        }
        let Self { table, tiers, total, openings, folded, .. } = self;
        for (tier, buckets) in tiers.iter_mut().zip(&state.tiers) {
            for bucket in buckets {
                let time = bucket.position.saturating_mul(tier.spec.bucket_ms);
                for (series, sums) in bucket.rows(&ids, width)? {
                    let time = Timestamp::from_ms(time);
                    *folded += u64::from(tier.add(time, now, series, sums, |id| table.fold(id)));
                }
            }
        }
        for (series, sums) in state.total.rows(&ids, width)? {
            total.add(series, sums);
        }
        if let (Some(openings), Some(state)) = (openings, &state.openings) {
            openings.merge(state)?;
        }
        for spread in renumbered(&state.spreads, &ids)? {
            self.count_spread(spread);
        }
        Ok(())
    }

    /// The own number of each of the series that others describe.
    fn intern_all(&mut self, symbols: &[String], series: &[u32]) -> Result<Vec<SeriesId>, Corrupt> {
        let interned = self.table.intern_described(symbols, series)?;
        self.folded += interned.iter().filter(|(_, folded)| *folded).count() as u64;
        Ok(interned.into_iter().map(|(id, _)| id).collect())
    }

    /// Takes what has changed, to send it.
    #[must_use]
    pub fn cells(&self, changes: Changes) -> Cells {
        let Changes { cells: changed, mut spreads } = changes;
        let width = self.schema().measures.len();
        let mut changed: Vec<((i64, SeriesId), &[i64])> = changed.rows(width).collect();
        changed.sort_unstable_by_key(|(key, _)| *key);
        let mut used: Vec<SeriesId> = changed.iter().map(|((_, series), _)| *series).collect();
        used.extend(spreads.iter().map(|spread| spread.series));
        used.sort_unstable();
        used.dedup();
        let (symbols, series) = self.table.describe(used.iter().copied());
        let mut cells = Cells { symbols, series, ..Cells::default() };
        let position = |series| used.binary_search(&series).unwrap_or_default() as u32;
        for ((pane, series), sums) in changed {
            cells.rows.push((pane, position(series)));
            cells.sums.extend(sums);
        }
        for spread in &mut spreads {
            spread.series = position(spread.series);
        }
        Cells { spreads, ..cells }
    }
}

/// Spreads of others with the own numbers of their series.
fn renumbered(spreads: &[Spread], ids: &[SeriesId]) -> Result<Vec<Spread>, Corrupt> {
    let own = |spread: &Spread| {
        let series = *ids.get(spread.series as usize).ok_or(NO_SERIES)?;
        Ok(Spread { series, ..spread.clone() })
    };
    spreads.iter().map(own).collect()
}

const NO_SERIES: Corrupt = Corrupt("no such series");

/// What was added since the last look.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// By pane and series.
    cells: Bucket<(i64, SeriesId)>,
    spreads: Vec<Spread>,
}

/// Additions to the counters of one domain, as they travel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells {
    /// The texts that series are made of.
    symbols: Vec<String>,
    /// For each series the symbols of its values, one after the other.
    series: Vec<u32>,
    /// Pane (its start divided by 30 s) and series of each cell.
    rows: Vec<(i64, u32)>,
    /// The measures of one cell after those of another.
    sums: Vec<i64>,
    /// Their series by position, too.
    spreads: Vec<Spread>,
}

/// The counters of one domain, as they are kept and travel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanesState {
    symbols: Vec<String>,
    series: Vec<u32>,
    tiers: Vec<Vec<BucketState>>,
    total: BucketState,
    openings: Option<OpeningsState>,
    spreads: Vec<Spread>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct BucketState {
    /// Its start divided by the tier's bucket.
    position: i64,
    series: Vec<SeriesId>,
    sums: Vec<i64>,
}

impl BucketState {
    fn rows<'a>(
        &'a self,
        ids: &'a [SeriesId],
        width: usize,
    ) -> Result<impl Iterator<Item = (SeriesId, &'a [i64])>, Corrupt> {
        if self.series.len() * width != self.sums.len() {
            return Err(Corrupt("sums do not match their series"));
        }
        if self.series.iter().any(|series| *series as usize >= ids.len()) {
            return Err(NO_SERIES);
        }
        let known = self.series.iter().filter_map(|series| ids.get(*series as usize).copied());
        Ok(known.zip(self.sums.chunks_exact(width)))
    }
}
