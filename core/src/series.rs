//! Series: the combinations of dimension values that facts were counted under.
//!
//! Bounds: [`SERIES_MAX`] series with free values. After that a new combination is counted under
//! its closed values with [`OTHER`] in place of the free ones; those stay few by nature.

use core::hash::{BuildHasher, Hash, Hasher};
use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::fact::{DIMENSIONS_MAX, OTHER, Schema};

/// Most series with values that senders chose freely.
pub const SERIES_MAX: usize = 10_000;

/// The number of a series within its table.
pub(crate) type SeriesId = u32;

/// Every series of one domain, and the text of its values.
#[derive(Clone, Debug)]
pub(crate) struct SeriesTable {
    schema: &'static Schema,
    symbols: Vec<Box<str>>,
    symbol_ids: BTreeMap<Box<str>, u32>,
    /// One symbol for each dimension, series after series.
    series: Vec<u32>,
    ids: HashTable<SeriesId>,
    hasher: FixedState,
}

impl SeriesTable {
    /// An empty table. `seed` keeps senders from choosing values that collide.
    pub(crate) fn new(schema: &'static Schema, seed: u64) -> Self {
        Self {
            schema,
            symbols: Vec::new(),
            symbol_ids: BTreeMap::new(),
            series: Vec::new(),
            ids: HashTable::new(),
            hasher: FixedState::with_seed(seed),
        }
    }

    pub(crate) fn schema(&self) -> &'static Schema {
        self.schema
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The series of these values, one for each dimension; new ones are added within the bound, and
    /// past it folded, which the answer says.
    pub(crate) fn intern(&mut self, values: &[&str]) -> (SeriesId, bool) {
        let values = values.get(..self.schema.dimensions.len()).unwrap_or(values);
        if let Some(id) = self.find(values) {
            return (id, false);
        }
        match self.len() < SERIES_MAX {
            true => (self.insert(values), false),
            false => (self.intern_folded(values), true),
        }
    }

    /// The series that stands for `id` and its like where there is no room for each of them.
    pub(crate) fn fold(&mut self, id: SeriesId) -> SeriesId {
        let symbols: Vec<Box<str>> = self.values(id).map(Box::from).collect();
        let values: Vec<&str> = symbols.iter().map(AsRef::as_ref).collect();
        self.intern_folded(&values)
    }

    fn intern_folded(&mut self, values: &[&str]) -> SeriesId {
        let mut folded = [""; DIMENSIONS_MAX];
        for ((to, value), dimension) in folded.iter_mut().zip(values).zip(self.schema.dimensions) {
            *to = if dimension.open { OTHER } else { value };
        }
        let folded = folded.get(..values.len()).unwrap_or_default();
        self.find(folded).unwrap_or_else(|| self.insert(folded))
    }

    fn find(&self, values: &[&str]) -> Option<SeriesId> {
        self.ids
            .find(hash(&self.hasher, values.iter().copied()), |id| {
                self.values(*id).eq(values.iter().copied())
            })
            .copied()
    }

    fn insert(&mut self, values: &[&str]) -> SeriesId {
        let id = self.len() as SeriesId;
        for value in values {
            let symbol = self.intern_symbol(value);
            self.series.push(symbol);
        }
        let Self { symbols, series, ids, hasher, schema, .. } = self;
        let width = schema.dimensions.len();
        ids.insert_unique(hash(hasher, values.iter().copied()), id, |id| {
            hash(hasher, values_of(symbols, series, width, *id))
        });
        id
    }

    fn intern_symbol(&mut self, text: &str) -> u32 {
        if let Some(id) = self.symbol_ids.get(text) {
            return *id;
        }
        let id = self.symbols.len() as u32;
        self.symbols.push(text.into());
        self.symbol_ids.insert(text.into(), id);
        id
    }

    /// The values of a series, one for each dimension.
    pub(crate) fn values(&self, id: SeriesId) -> impl Iterator<Item = &str> {
        values_of(&self.symbols, &self.series, self.schema.dimensions.len(), id)
    }

    /// The value of one dimension of a series.
    pub(crate) fn value(&self, id: SeriesId, dimension: usize) -> &str {
        self.values(id).nth(dimension).unwrap_or_default()
    }

    /// Every value of one dimension, sorted.
    pub(crate) fn distinct(&self, dimension: usize) -> Vec<&str> {
        let mut values: Vec<&str> =
            (0..self.len()).map(|id| self.value(id as SeriesId, dimension)).collect();
        values.sort_unstable();
        values.dedup();
        values
    }
}

fn values_of<'a>(
    symbols: &'a [Box<str>],
    series: &'a [u32],
    width: usize,
    id: SeriesId,
) -> impl Iterator<Item = &'a str> {
    let start = id as usize * width;
    let ids = series.get(start..start + width).unwrap_or_default();
    ids.iter().map(|symbol| symbols.get(*symbol as usize).map_or("", AsRef::as_ref))
}

fn hash<'a>(hasher: &FixedState, values: impl Iterator<Item = &'a str>) -> u64 {
    let mut state = hasher.build_hasher();
    values.for_each(|value| value.hash(&mut state));
    state.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Domain;

    fn table() -> SeriesTable {
        SeriesTable::new(Domain::Conversions.schema(), 7)
    }

    #[test]
    fn the_same_values_are_the_same_series() {
        let mut table = table();
        let (a, _) = table.intern(&["crm", "email", "", "", "x", "", ""]);
        let (b, _) = table.intern(&["crm", "email", "", "", "", "x", ""]);
        assert_ne!(a, b);
        assert_eq!(table.intern(&["crm", "email", "", "", "x", "", ""]), (a, false));
        assert_eq!(table.value(a, 4), "x");
        assert_eq!(table.distinct(4), ["", "x"]);
    }

    #[test]
    fn past_the_bound_only_free_values_fold() {
        let mut table = table();
        for n in 0..SERIES_MAX {
            table.intern(&["crm", "email", "e", "s", &n.to_string(), "", "Roma"]);
        }
        assert_eq!(table.len(), SERIES_MAX);
        let (folded, _) = table.intern(&["crm", "sms", "e", "s", "new", "d", "Roma"]);
        let values: Vec<&str> = table.values(folded).collect();
        assert_eq!(values, ["crm", "sms", "e", "s", OTHER, OTHER, OTHER]);
        assert_eq!(table.intern(&["crm", "sms", "e", "s", "newer", "d", "Roma"]), (folded, true));
        assert_eq!(table.intern(&["crm", "email", "e", "s", "5", "", "Roma"]), (5, false));
        assert_eq!(table.fold(folded), folded);
    }
}
