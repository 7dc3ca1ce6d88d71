//! Everything that is counted in one place: the panes of every domain and the integrity figures.
//! Ledger, hub and viewer hold one each; what travels between them is a [`Delta`] or a
//! [`CountersState`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    domain::Domain,
    fact::Fact,
    integrity::{Integrity, Tally},
    ledger::Bounds,
    panes::{Cells, Changes, Panes, PanesState},
    time::Timestamp,
};

/// The counters of one shard, space or viewer.
#[derive(Clone, Debug)]
pub struct Counters {
    panes: Vec<Panes>,
    integrity: Integrity,
}

/// What was added to counters since the last look.
#[derive(Clone, Debug, Default)]
pub struct Additions {
    /// By the position of their domain.
    changes: BTreeMap<usize, Changes>,
    integrity: Integrity,
}

/// Additions between two positions, as they travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// The position that these additions start from.
    pub from: u64,
    /// The position after them.
    pub to: u64,
    cells: Vec<Cells>,
    integrity: Integrity,
}

/// Everything counted, as it is kept and travels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountersState {
    panes: Vec<PanesState>,
    integrity: Integrity,
}

impl Counters {
    /// Empty counters. `seed` keeps senders from choosing values that collide in memory.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let panes = Domain::ALL.iter().map(|domain| Panes::new(domain.schema(), seed)).collect();
        Self { panes, integrity: Integrity::default() }
    }

    /// The panes of one domain.
    #[must_use]
    pub fn panes(&self, domain: Domain) -> Option<&Panes> {
        self.panes.get(domain.index())
    }

    /// The integrity figures.
    #[must_use]
    pub fn integrity(&self) -> &Integrity {
        &self.integrity
    }

    /// Every value of a dimension that was counted in any domain, sorted.
    #[must_use]
    pub fn values(&self, dimension: &str) -> Vec<&str> {
        let of = |panes: &'_ Panes| panes.schema().dimension(dimension);
        let mut values: Vec<&str> = self
            .panes
            .iter()
            .filter_map(|panes| of(panes).map(|position| panes.distinct(position)))
            .flatten()
            .collect();
        values.sort_unstable();
        values.dedup();
        values
    }

    /// How near the counters are to their bounds.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let sum = |of: fn(&Panes) -> u64| self.panes.iter().map(of).sum();
        Bounds {
            series: sum(|panes| panes.series() as u64),
            folded: sum(Panes::folded),
            ..Bounds::default()
        }
    }

    /// Notes a fact, to be counted when the additions become a delta.
    pub fn note(&mut self, domain: Domain, fact: &Fact<'_>, additions: &mut Additions) {
        if let Some(panes) = self.panes.get_mut(domain.index()) {
            panes.note(fact, additions.changes_of(domain.index()));
        }
    }

    /// Counts the facts that were noted, as it is at `now`. What stands for many facts of one pane and
    /// series is added to the tiers once.
    pub fn settle(&mut self, additions: &Additions, now: Timestamp) {
        self.advance(now);
        for (position, panes) in self.panes.iter_mut().enumerate() {
            if let Some(changes) = additions.changes.get(&position) {
                panes.settle(changes, now);
            }
        }
    }

    /// Counts verdicts.
    pub fn add_tally(&mut self, source: &str, tally: &Tally, additions: &mut Additions) {
        self.integrity.add(source, tally);
        additions.integrity.add(source, tally);
    }

    /// Forgets what no tier holds at `now` any more.
    pub fn advance(&mut self, now: Timestamp) {
        self.panes.iter_mut().for_each(|panes| panes.advance(now));
    }

    /// Turns additions that these counters hold into what travels.
    #[must_use]
    pub fn delta(&self, from: u64, to: u64, additions: Additions) -> Delta {
        let Additions { mut changes, integrity } = additions;
        let cells = |(position, panes): (usize, &Panes)| {
            panes.cells(changes.remove(&position).unwrap_or_default())
        };
        let cells = self.panes.iter().enumerate().map(cells).collect();
        Delta { from, to, cells, integrity }
    }

    /// Adds what travelled here, as it is at `now`, and notes it in `additions`.
    ///
    /// # Errors
    /// [`Corrupt`] when the delta does not fit; these counters are no longer of use then.
    pub fn merge(
        &mut self,
        delta: &Delta,
        now: Timestamp,
        mut additions: Option<&mut Additions>,
    ) -> Result<(), Corrupt> {
        if delta.cells.len() > self.panes.len() {
            return Err(Corrupt("more domains than are known"));
        }
        for (position, (panes, cells)) in self.panes.iter_mut().zip(&delta.cells).enumerate() {
            let changes = additions.as_mut().map(|additions| additions.changes_of(position));
            panes.merge(cells, now, changes)?;
        }
        self.integrity.merge(&delta.integrity);
        if let Some(additions) = additions {
            additions.integrity.merge(&delta.integrity);
        }
        Ok(())
    }

    /// Everything counted, to keep or to send.
    #[must_use]
    pub fn state(&self) -> CountersState {
        CountersState {
            panes: self.panes.iter().map(Panes::state).collect(),
            integrity: self.integrity.clone(),
        }
    }

    /// Adds everything that other counters hold, as it is at `now`.
    ///
    /// # Errors
    /// [`Corrupt`] when the state does not fit; these counters are no longer of use then.
    pub fn merge_state(&mut self, state: &CountersState, now: Timestamp) -> Result<(), Corrupt> {
        if state.panes.len() > self.panes.len() {
            return Err(Corrupt("more domains than are known"));
        }
        for (panes, state) in self.panes.iter_mut().zip(&state.panes) {
            panes.merge_state(state, now)?;
        }
        self.integrity.merge(&state.integrity);
        Ok(())
    }
}

impl Additions {
    fn changes_of(&mut self, position: usize) -> &mut Changes {
        self.changes.entry(position).or_default()
    }
}
