//! Totals: the counters of a span, filtered and told apart by a dimension or by time.

use std::{borrow::Cow, collections::BTreeMap};

use super::Panes;
use crate::{
    fact::{MEASURES_MAX, Sums, add_sums},
    group::{Group, steps},
    series::SeriesId,
    tier::Bucket,
    time::Timestamp,
    window::Span,
};

/// A filter by the values of dimensions, each at its position.
pub(crate) type Filter = [(usize, Vec<String>)];

/// The groups found so far: their names, and the position of each.
#[derive(Default)]
struct Groups<'a> {
    names: Vec<Cow<'a, str>>,
    positions: BTreeMap<Cow<'a, str>, usize>,
}

impl<'a> Groups<'a> {
    fn position(&mut self, name: Cow<'a, str>) -> usize {
        let Self { names, positions } = self;
        *positions.entry(name).or_insert_with_key(|name| {
            names.push(name.clone());
            names.len() - 1
        })
    }

    /// A group whose name is known to be new.
    fn add(&mut self, name: Cow<'a, str>) -> usize {
        self.names.push(name);
        self.names.len() - 1
    }
}

impl Panes {
    /// The sums of each group within a span, as far as it is past at `now`, of the series that
    /// `filter` lets through; without `by` all are one group of the empty name. A group that adds up
    /// to nothing, such as one that everything was corrected out of, is not there; a step is.
    #[must_use]
    pub fn totals(
        &self,
        span: &Span,
        filter: &Filter,
        by: Option<Group>,
        now: Timestamp,
    ) -> BTreeMap<Cow<'_, str>, Sums> {
        // One look at each series and at each part of the span, then only numbers. A row belongs to
        // the group of its series, or to that of its part: the other position is 0.
        let mut groups = Groups::default();
        let filter = self.symbols_of(filter);
        let mut of_symbol: Vec<Option<usize>> = vec![None; self.table.symbols()];
        let of_series: Vec<Option<usize>> = (0..self.table.len() as SeriesId)
            .map(|id| {
                let group = || match by {
                    None => Some(groups.position(Cow::Borrowed(""))),
                    Some(Group::Dimension(dimension)) => {
                        let group = of_symbol.get_mut(self.table.symbol(id, dimension)? as usize)?;
                        let name = || Cow::Borrowed(self.table.value(id, dimension));
                        Some(*group.get_or_insert_with(|| groups.add(name())))
                    }
                    Some(Group::Time(_) | Group::Steps(_)) => Some(0),
                };
                self.passes(id, &filter).then(group).flatten()
            })
            .collect();
        let named = match by {
            Some(Group::Time(group)) => Some(group.parts(span)),
            Some(Group::Steps(step_ms)) => Some(steps(step_ms, span, now)),
            None | Some(Group::Dimension(_)) => None,
        };
        let parts: Vec<(usize, Span)> = named.map_or_else(
            || vec![(0, *span)],
            |parts| {
                let parts = parts.into_iter();
                parts.map(|(name, part)| (groups.position(Cow::Owned(name)), part)).collect()
            },
        );
        let mut sums: Vec<Option<Sums>> = vec![None; groups.names.len()];
        let mut add = |part: usize, series: SeriesId, row: &[i64]| {
            let series = of_series.get(series as usize).copied().flatten();
            if let Some(sum) = series.and_then(|series| sums.get_mut(part + series)) {
                add_sums(sum.get_or_insert([0; MEASURES_MAX]), row);
            }
        };
        for spread in self.spreads.iter() {
            let first = parts.partition_point(|(_, part)| part.to <= spread.from);
            let rest = parts.iter().skip(first);
            for (group, part) in rest.take_while(|(_, part)| part.from < spread.to) {
                if let Some(share) = spread.share(part.from, part.to.min(now)) {
                    add(*group, spread.series, &share);
                }
            }
        }
        let mut take = |part: usize, bucket: &Bucket| {
            let rows = bucket.rows(self.schema().measures.len());
            rows.for_each(|(series, row)| add(part, series, row));
        };
        match span.tier.map(|tier| self.tiers.get(tier)) {
            None => take(0, &self.total),
            Some(tier) => {
                for (group, part) in &parts {
                    let buckets =
                        tier.into_iter().flat_map(|tier| tier.between(part.from, part.to));
                    buckets.for_each(|(_, bucket)| take(*group, bucket));
                }
            }
        }
        let any = |sums: &Sums| sums.iter().any(|sum| *sum != 0);
        // The course of time has no holes.
        let empty = matches!(by, Some(Group::Steps(_))).then_some([0; MEASURES_MAX]);
        let found = groups.names.into_iter().zip(sums);
        found.filter_map(|(name, sums)| Some((name, sums.filter(any).or(empty)?))).collect()
    }

    /// A filter by symbols, which are quicker to compare; a value that was never counted has none.
    fn symbols_of(&self, filter: &Filter) -> Vec<(usize, Vec<u32>)> {
        let symbols = |values: &[String]| {
            values.iter().filter_map(|value| self.table.symbol_of(value)).collect()
        };
        filter.iter().map(|(dimension, values)| (*dimension, symbols(values))).collect()
    }

    fn passes(&self, series: SeriesId, filter: &[(usize, Vec<u32>)]) -> bool {
        filter.iter().all(|(dimension, wanted)| {
            let symbol = self.table.symbol(series, *dimension);
            symbol.is_some_and(|symbol| wanted.contains(&symbol))
        })
    }
}
