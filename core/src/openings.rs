//! Openings: the first minutes of each value of one dimension, such as a story's first quarter of an
//! hour. They are kept when the tiers have long forgotten those panes.
//!
//! Counted in panes: an opening begins with the pane of the first fact, whenever that comes. Bound:
//! [`OPENINGS_MAX`] openings; past it the one that began first goes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    corrupt::Corrupt,
    fact::{Opening, Sums, add_sums},
    tier::PANE_MS,
    time::Timestamp,
};

/// Most openings of one domain.
pub(crate) const OPENINGS_MAX: usize = 10_000;

/// The openings of one domain.
#[derive(Clone, Debug)]
pub(crate) struct Openings {
    spec: &'static Opening,
    starts: BTreeMap<String, Start>,
}

/// The two measures of one pane after the other; the first pane is always there.
type Start = BTreeMap<i64, [i64; 2]>;

/// What openings add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpeningSums {
    pub(crate) sums: Sums,
    /// Whether any of them is over: until then more is to come.
    pub(crate) over: bool,
}

impl Openings {
    pub(crate) fn new(spec: &'static Opening) -> Self {
        Self { spec, starts: BTreeMap::new() }
    }

    /// The position of the dimension whose values begin.
    pub(crate) fn dimension(&self) -> usize {
        self.spec.dimension
    }

    /// Counts what was added to a pane of `value`; true when an opening had to go for it.
    pub(crate) fn add(&mut self, value: &str, pane: i64, sums: &[i64]) -> bool {
        let measures = self.spec.measures.map(|measure| sums.get(measure).copied().unwrap_or(0));
        self.add_measures(value, pane, measures)
    }

    fn add_measures(&mut self, value: &str, pane: i64, measures: [i64; 2]) -> bool {
        let panes = self.panes();
        match self.starts.get_mut(value) {
            Some(start) => {
                add_to(start, pane, measures, panes);
                false
            }
            None => self.begin(value, pane, measures),
        }
    }

    fn panes(&self) -> i64 {
        self.spec.length_ms / PANE_MS
    }

    fn begin(&mut self, value: &str, pane: i64, measures: [i64; 2]) -> bool {
        self.starts.insert(value.into(), BTreeMap::from([(pane, measures)]));
        if self.starts.len() <= OPENINGS_MAX {
            return false;
        }
        let oldest = self.starts.iter().min_by_key(|(_, start)| first_pane(start));
        let oldest = oldest.map(|(value, _)| value.clone());
        oldest.is_some_and(|value| self.starts.remove(&value).is_some())
    }

    /// What these openings add up to at `now`; those that are not known add nothing.
    pub(crate) fn total<'v>(
        &self,
        values: impl IntoIterator<Item = &'v str>,
        now: Timestamp,
    ) -> OpeningSums {
        let mut total = OpeningSums::default();
        for start in values.into_iter().filter_map(|value| self.starts.get(value)) {
            let end = first_pane(start).saturating_add(self.panes()).saturating_mul(PANE_MS);
            total.over |= end <= now.ms();
            for measures in start.values() {
                for (measure, sum) in self.spec.measures.into_iter().zip(measures) {
                    if let Some(to) = total.sums.get_mut(measure) {
                        *to = to.saturating_add(*sum);
                    }
                }
            }
        }
        total
    }

    /// Every opening, to keep or to send.
    pub(crate) fn state(&self) -> OpeningsState {
        OpeningsState(
            self.starts.iter().map(|(value, start)| (value.clone(), start.clone())).collect(),
        )
    }

    /// Adds the openings that others hold.
    ///
    /// # Errors
    /// [`Corrupt`] for an opening without a pane.
    pub(crate) fn merge(&mut self, state: &OpeningsState) -> Result<(), Corrupt> {
        for (value, panes) in &state.0 {
            if panes.is_empty() {
                return Err(Corrupt("an opening that never began"));
            }
            for (pane, measures) in panes {
                self.add_measures(value, *pane, *measures);
            }
        }
        Ok(())
    }
}

fn first_pane(start: &Start) -> i64 {
    start.first_key_value().map_or(i64::MAX, |(pane, _)| *pane)
}

fn add_to(start: &mut Start, pane: i64, measures: [i64; 2], panes: i64) {
    let end = first_pane(start).min(pane).saturating_add(panes);
    if pane < end {
        add_sums(start.entry(pane).or_default(), &measures);
    }
    // What began earlier ends earlier.
    while start.last_key_value().is_some_and(|(last, _)| *last >= end) {
        start.pop_last();
    }
}

/// The openings of one domain, as they are kept and travel: by value the panes and their measures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningsState(Vec<(String, Start)>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE_MS;

    const SPEC: Opening = Opening { dimension: 1, length_ms: 15 * MINUTE_MS, measures: [0, 2] };
    /// Adds one to the first measure of these panes, and two to the second.
    fn openings(panes: &[(&str, i64)]) -> Openings {
        let mut openings = Openings::new(&SPEC);
        for (value, pane) in panes {
            openings.add(value, *pane, &[1, 7, 2]);
        }
        openings
    }

    #[track_caller]
    fn check(openings: &Openings, values: &[&str], now_panes: i64, expected: (i64, bool)) {
        let total = openings.total(values.iter().copied(), Timestamp::from_ms(now_panes * PANE_MS));
        assert_eq!((total.sums[0], total.over), expected);
        assert_eq!(total.sums[2], 2 * total.sums[0]);
        assert_eq!(total.sums[1], 0, "no measure of the opening");
    }

    #[test]
    fn fifteen_minutes_are_thirty_panes() {
        let panes: Vec<(&str, i64)> = (100..140).map(|pane| ("a", pane)).collect();
        check(&openings(&panes), &["a"], 129, (30, false));
        check(&openings(&panes), &["a"], 130, (30, true));
    }

    #[test]
    fn any_order_gives_the_same() {
        let mut panes: Vec<(&str, i64)> =
            (0..60).map(|n| (if n % 2 == 0 { "a" } else { "b" }, 100 + (n * 37) % 53)).collect();
        let expected = openings(&panes).state();
        for turn in 1..60 {
            panes.rotate_left(turn);
            assert_eq!(openings(&panes).state(), expected);
        }
        let (one, two) = panes.split_at(25);
        let mut merged = openings(one);
        merged.merge(&openings(two).state()).unwrap();
        assert_eq!(merged.state(), expected);
    }

    #[test]
    fn a_correction_at_the_beginning_does_not_move_it() {
        let mut openings = openings(&[("a", 100), ("a", 129)]);
        openings.add("a", 100, &[-1, 0, -2]);
        check(&openings, &["a"], 200, (1, true));
        openings.add("a", 99, &[1, 0, 2]);
        check(&openings, &["a"], 200, (1, true));
    }

    #[test]
    fn several_are_over_when_one_of_them_is() {
        let openings = openings(&[("a", 99), ("b", 100), ("b", 101), ("c", 119)]);
        check(&openings, &["a", "b", "nobody"], 128, (3, false));
        check(&openings, &["a", "b", "nobody"], 129, (3, true));
        check(&openings, &["b", "c"], 129, (3, false));
        check(&openings, &[], 129, (0, false));
    }

    #[test]
    fn past_the_bound_the_oldest_goes() {
        let mut openings = Openings::new(&SPEC);
        for n in 0..OPENINGS_MAX {
            assert!(!openings.add(&n.to_string(), 100 + n as i64, &[1, 0, 0]));
        }
        assert!(openings.add("newer", 99_999, &[1, 0, 0]));
        assert!(!openings.starts.contains_key("0"));
        assert!(openings.add("older", 1, &[1, 0, 0]));
        assert!(!openings.starts.contains_key("older"));
        assert_eq!(openings.starts.len(), OPENINGS_MAX);
    }
}
