//! Facts: what an event adds to the counters, and the shape of a domain's facts. From here on the
//! core knows no domain.

use crate::{kpi::Kpi, time::Timestamp};

/// Most dimensions of a domain.
pub const DIMENSIONS_MAX: usize = 8;
/// Most measures of a domain.
pub const MEASURES_MAX: usize = 12;
/// What stands in a dimension for the values that no longer fit.
pub const OTHER: &str = "altro";

/// One way to tell the facts of a domain apart.
#[derive(Debug)]
pub struct Dimension {
    /// Its name in queries.
    pub name: &'static str,
    /// When its values are folded into [`OTHER`].
    pub folds: Folds,
}

/// Which dimensions are given up when there are too many series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folds {
    /// Never: its values are few by nature, and their numbers stay exact always.
    Never,
    /// At the last bound: what senders choose freely and look at most.
    Last,
    /// At the first bound: what senders choose freely beside that.
    First,
}

/// What a measure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureUnit {
    /// Things.
    Count,
    /// Cents of a euro.
    Cents,
    /// Millionths of a thing.
    Millionths,
}

impl MeasureUnit {
    /// How many decimals of the whole unit it counts.
    #[must_use]
    pub const fn places(self) -> u8 {
        match self {
            Self::Count => 0,
            Self::Cents => 2,
            Self::Millionths => 6,
        }
    }
}

/// The first minutes of each value of a dimension, kept apart for as long as there is room.
#[derive(Debug)]
pub struct Opening {
    /// The position of the dimension.
    pub dimension: usize,
    /// How long it lasts from the first fact on, in milliseconds.
    pub length_ms: i64,
    /// The positions of the measures that it keeps.
    pub measures: [usize; 2],
}

/// One integer that facts add up.
#[derive(Debug)]
pub struct Measure {
    /// Its name.
    pub name: &'static str,
    /// What it counts.
    pub unit: MeasureUnit,
}

/// The shape of a domain's facts.
#[derive(Debug)]
pub struct Schema {
    /// The domain's name.
    pub name: &'static str,
    /// At most [`DIMENSIONS_MAX`].
    pub dimensions: &'static [Dimension],
    /// At most [`MEASURES_MAX`].
    pub measures: &'static [Measure],
    /// The formulas over its measures.
    pub kpis: &'static [Kpi],
    /// What begins with the first fact of a value, if anything does.
    pub opening: Option<Opening>,
}

impl Schema {
    /// The position of a dimension.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<usize> {
        self.dimensions.iter().position(|dimension| dimension.name == name)
    }
}

/// One integer for each measure of the domain; those after its last measure stay zero.
pub type Sums = [i64; MEASURES_MAX];

/// When something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At one instant.
    At(Timestamp),
    /// Evenly from the first instant to the second, which is later.
    Over(Timestamp, Timestamp),
}

/// What one event adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<'a> {
    /// When it happened.
    pub when: When,
    /// One value for each dimension, empty where the event says nothing.
    pub dimensions: [&'a str; DIMENSIONS_MAX],
    /// What it adds to each measure.
    pub sums: Sums,
}

/// Adds `more` to `sums`; a sum stops at the end of its range instead of wrapping.
pub(crate) fn add_sums(sums: &mut [i64], more: &[i64]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum = sum.saturating_add(*more);
    }
}
