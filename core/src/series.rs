//! Series: the combinations of dimension values that facts were counted under.
//!
//! Bounds: [`SERIES_MAX`] series with free values. After that a new combination is counted with
//! [`OTHER`] in place of the values that fold first, and after twice as many in place of all that
//! fold; the combinations of the rest stay few by nature.

use core::hash::{BuildHasher, Hash, Hasher};
use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::{
    corrupt::Corrupt,
    fact::{DIMENSIONS_MAX, Folds, OTHER, Schema},
};

/// Most series with values that senders chose freely, and as many again with some of them folded.
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
        if self.len() < SERIES_MAX {
            return (self.insert(values), false);
        }
        let room = self.len() < 2 * SERIES_MAX;
        let some = self.intern_folded(values, Folds::First, room);
        (some.unwrap_or_else(|| self.intern_all_folded(values)), true)
    }

    /// The series that stands for `id` and its like where there is no room for each of them.
    pub(crate) fn fold(&mut self, id: SeriesId) -> SeriesId {
        let symbols: Vec<Box<str>> = self.values(id).map(Box::from).collect();
        let values: Vec<&str> = symbols.iter().map(AsRef::as_ref).collect();
        self.intern_all_folded(&values)
    }

    fn intern_all_folded(&mut self, values: &[&str]) -> SeriesId {
        self.intern_folded(values, Folds::Last, true).unwrap_or_default()
    }

    /// The series of these values with all folded that folds at this bound or before; a new one only
    /// where there is room.
    fn intern_folded(&mut self, values: &[&str], bound: Folds, room: bool) -> Option<SeriesId> {
        let mut folded = [""; DIMENSIONS_MAX];
        for ((to, value), dimension) in folded.iter_mut().zip(values).zip(self.schema.dimensions) {
            let folds = dimension.folds == Folds::First || dimension.folds == bound;
            *to = if folds { OTHER } else { value };
        }
        let folded = folded.get(..values.len()).unwrap_or_default();
        self.find(folded).or_else(|| room.then(|| self.insert(folded)))
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

    /// As [`intern`](Self::intern); nothing when the values are not as many as there are dimensions.
    pub(crate) fn intern_exact(&mut self, values: &[String]) -> Option<SeriesId> {
        if values.len() != self.schema.dimensions.len() {
            return None;
        }
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        Some(self.intern(&values).0)
    }

    /// The texts that some series are made of, each once, and the series by them.
    pub(crate) fn describe(&self, ids: impl Iterator<Item = SeriesId>) -> (Vec<String>, Vec<u32>) {
        let mut positions: BTreeMap<&str, u32> = BTreeMap::new();
        let mut symbols = Vec::new();
        let mut series = Vec::new();
        for value in ids.flat_map(|id| self.values(id)) {
            let position = *positions.entry(value).or_insert_with(|| {
                symbols.push(value.to_owned());
                symbols.len() as u32 - 1
            });
            series.push(position);
        }
        (symbols, series)
    }

    /// Interns the series that a table of this domain described, in their order.
    ///
    /// # Errors
    /// [`Corrupt`] when they do not have the shape of this domain.
    pub(crate) fn intern_described(
        &mut self,
        symbols: &[String],
        series: &[u32],
    ) -> Result<Vec<(SeriesId, bool)>, Corrupt> {
        let width = self.schema.dimensions.len();
        if !series.len().is_multiple_of(width) {
            return Err(Corrupt("series of another width"));
        }
        let text = |id: &u32| symbols.get(*id as usize).map(String::as_str);
        let mut interned = Vec::with_capacity(series.len() / width);
        for series in series.chunks_exact(width) {
            let values: Option<Vec<&str>> = series.iter().map(text).collect();
            interned.push(self.intern(&values.ok_or(Corrupt("no such symbol"))?));
        }
        Ok(interned)
    }

    /// The value of one dimension of a series.
    pub(crate) fn value(&self, id: SeriesId, dimension: usize) -> &str {
        self.values(id).nth(dimension).unwrap_or_default()
    }

    /// What stands for the value of one dimension of a series: numbers from 0 on, the same for the
    /// same text.
    pub(crate) fn symbol(&self, id: SeriesId, dimension: usize) -> Option<u32> {
        self.series.get(id as usize * self.schema.dimensions.len() + dimension).copied()
    }

    /// What stands for a text, if any series has it.
    pub(crate) fn symbol_of(&self, text: &str) -> Option<u32> {
        self.symbol_ids.get(text).copied()
    }

    /// How many texts have a symbol.
    pub(crate) fn symbols(&self) -> usize {
        self.symbols.len()
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
    fn past_each_bound_more_of_the_free_values_fold() {
        let mut table = table();
        for n in 0..SERIES_MAX {
            table.intern(&["crm", "email", "e", "s", &n.to_string(), "", "Roma"]);
        }
        assert_eq!(table.len(), SERIES_MAX);
        let values =
            |table: &SeriesTable, id| table.values(id).map(str::to_owned).collect::<Vec<_>>();
        let (some, _) = table.intern(&["crm", "sms", "e", "s", "new", "d", "Roma"]);
        assert_eq!(values(&table, some), ["crm", "sms", "e", "s", "new", OTHER, OTHER]);
        assert_eq!(table.intern(&["crm", "sms", "e", "s", "new", "f", "Bari"]), (some, true));
        assert_eq!(table.intern(&["crm", "email", "e", "s", "5", "", "Roma"]), (5, false));

        for n in 1..SERIES_MAX {
            table.intern(&["crm", "sms", "e", "s", &n.to_string(), "", "Roma"]);
        }
        assert_eq!(table.len(), 2 * SERIES_MAX);
        let (all, _) = table.intern(&["crm", "sms", "e", "s", "newer", "d", "Roma"]);
        assert_eq!(values(&table, all), ["crm", "sms", "e", "s", OTHER, OTHER, OTHER]);
        assert_eq!(table.intern(&["crm", "sms", "e", "s", "newest", "d", "Roma"]), (all, true));
        assert_eq!(table.intern(&["crm", "sms", "e", "s", "new", "d", "Pisa"]), (some, true));
        assert_eq!(table.fold(some), all);
        assert_eq!(table.fold(all), all);
    }
}
