//! KPIs: formulas over the measures of a domain, and what their values say.

use crate::decimal::Decimal;

/// The smallest denominator that a quotient is sure with, where a KPI says nothing else.
pub const SAMPLE_MIN: i64 = 20;

/// The unit of a KPI's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// A part of a whole, 0.42 for 42 %.
    Ratio,
    /// Money, with two decimals.
    Euro,
}

impl Unit {
    /// Its name in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::Euro => "euro",
        }
    }
}

/// Where a KPI should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// At or above this value.
    AtLeast(Decimal),
    /// Below this value.
    Below(Decimal),
    /// Above this value.
    Above(Decimal),
}

/// Which readings a target is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetFor {
    /// All of them.
    All,
    /// Those of single values of the dimension at this position.
    Each(usize),
    /// Those of one value of the dimension at this position.
    Value(usize, &'static str),
}

/// What a KPI sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// What lies in the window.
    Window,
    /// The openings of what lies in the window, whenever they were.
    Opening,
}

/// One formula: a measure, or a measure divided by another.
#[derive(Debug)]
pub struct Kpi {
    /// Its name in queries and answers.
    pub name: &'static str,
    /// The position of the measure above the line.
    pub numerator: usize,
    /// The position of the measure below the line, for a quotient.
    pub denominator: Option<usize>,
    /// The unit of the value.
    pub unit: Unit,
    /// Where it should be.
    pub target: Option<Target>,
    /// Which readings should be there.
    pub target_for: TargetFor,
    /// What it sums.
    pub over: Over,
    /// A denominator below this is not sure.
    pub sample_min: i64,
    /// Whether a numerator of zero means that nothing was measured.
    pub zero_is_missing: bool,
}

/// How far a value can be trusted, and whether it is where it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Sure, and where it should be, if it should be anywhere.
    Ok,
    /// Lower than it should be.
    BelowTarget,
    /// Higher than it should be.
    AboveTarget,
    /// From fewer than the minimum sample; the value is still given.
    Insufficient,
    /// There is no value.
    Unavailable,
}

impl Status {
    /// Its name in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::BelowTarget => "below_target",
            Self::AboveTarget => "above_target",
            Self::Insufficient => "insufficient",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Kpi {
    /// The count of a measure, without a target.
    #[must_use]
    pub const fn count(name: &'static str, measure: usize) -> Self {
        Self {
            name,
            numerator: measure,
            denominator: None,
            unit: Unit::Count,
            target: None,
            target_for: TargetFor::All,
            over: Over::Window,
            sample_min: SAMPLE_MIN,
            zero_is_missing: false,
        }
    }

    /// The value and status of this formula over sums, exact but for the last decimal of a quotient:
    /// six decimals for ratios, two for money. A denominator counts things.
    #[must_use]
    pub fn value(
        &self,
        numerator: Decimal,
        denominator: Option<i64>,
        target: Option<Target>,
    ) -> (Option<Decimal>, Status) {
        if self.zero_is_missing && numerator.units == 0 {
            return (None, Status::Unavailable);
        }
        let places = match self.unit {
            Unit::Euro => 2,
            Unit::Count | Unit::Ratio => 6,
        };
        let value = match denominator {
            None => Some(numerator),
            // Corrections of what came before can leave less than nothing in a window.
            Some(..=0) => None,
            // The numerator's own decimals are there already.
            Some(denominator) => {
                let missing = places - numerator.places.min(places);
                Decimal::quotient(numerator.units, denominator, missing)
                    .map(|quotient| Decimal { units: quotient.units, places })
            }
        };
        let status = match value {
            None => Status::Unavailable,
            Some(_) if denominator.is_some_and(|sample| sample < self.sample_min) => {
                Status::Insufficient
            }
            Some(value) => target.map_or(Status::Ok, |target| target.judge(value)),
        };
        (value, status)
    }
}

impl Target {
    /// The value that it names.
    #[must_use]
    pub const fn value(self) -> Decimal {
        match self {
            Self::AtLeast(value) | Self::Below(value) | Self::Above(value) => value,
        }
    }

    fn judge(self, value: Decimal) -> Status {
        match self {
            Self::AtLeast(target) if less(value, target) => Status::BelowTarget,
            Self::Above(target) if !less(target, value) => Status::BelowTarget,
            Self::Below(target) if !less(value, target) => Status::AboveTarget,
            Self::AtLeast(_) | Self::Above(_) | Self::Below(_) => Status::Ok,
        }
    }
}

fn less(a: Decimal, b: Decimal) -> bool {
    let scaled = |value: Decimal, other: Decimal| {
        i128::from(value.units) * 10_i128.pow(u32::from(other.places.saturating_sub(value.places)))
    };
    scaled(a, b) < scaled(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Kpi = Kpi {
        denominator: Some(1),
        unit: Unit::Ratio,
        target: Some(Target::AtLeast(Decimal { units: 15, places: 2 })),
        ..Kpi::count("rate", 0)
    };

    #[track_caller]
    fn check(
        kpi: &Kpi,
        numerator: i64,
        denominator: Option<i64>,
        expected: (Option<&str>, Status),
    ) {
        let places = if kpi.unit == Unit::Euro { 2 } else { 0 };
        let numerator = Decimal { units: numerator, places };
        let (value, status) = kpi.value(numerator, denominator, kpi.target);
        assert_eq!((value.map(|value| value.to_string()).as_deref(), status), expected);
    }

    #[test]
    fn a_quotient_is_missing_small_or_judged() {
        check(&RATE, 0, Some(0), (None, Status::Unavailable));
        check(&RATE, 19, Some(19), (Some("1.000000"), Status::Insufficient));
        check(&RATE, 0, Some(20), (Some("0.000000"), Status::BelowTarget));
        check(&RATE, 15, Some(100), (Some("0.150000"), Status::Ok));
        check(&RATE, 149_999, Some(1_000_000), (Some("0.149999"), Status::BelowTarget));
        check(&RATE, 5, Some(-1), (None, Status::Unavailable));
    }

    #[test]
    fn a_floor_that_must_be_passed_is_not_passed_at_itself() {
        let more = Kpi { target: Some(Target::Above(Decimal::whole(2))), ..Kpi::count("more", 0) };
        check(&more, 2, None, (Some("2"), Status::BelowTarget));
        check(&more, 3, None, (Some("3"), Status::Ok));
    }

    #[test]
    fn millionths_of_things_divide_like_things() {
        let watched = Decimal { units: 582_800_000, places: 6 };
        let (value, status) = RATE.value(watched, Some(940), RATE.target);
        assert_eq!(value.map(|value| value.to_string()).as_deref(), Some("0.620000"));
        assert_eq!(status, Status::Ok);
    }

    #[test]
    fn a_ceiling_is_passed_at_the_target_itself() {
        let kpi = Kpi { target: Some(Target::Below(Decimal { units: 3, places: 1 })), ..RATE };
        check(&kpi, 29, Some(100), (Some("0.290000"), Status::Ok));
        check(&kpi, 30, Some(100), (Some("0.300000"), Status::AboveTarget));
    }

    #[test]
    fn money_is_given_in_euro_with_two_decimals() {
        let total = Kpi { denominator: None, unit: Unit::Euro, target: None, ..RATE };
        check(&total, 123_450, None, (Some("1234.50"), Status::Ok));
        check(&total, 0, None, (Some("0.00"), Status::Ok));
        let average = Kpi { unit: Unit::Euro, target: None, ..RATE };
        check(&average, 1_001, Some(20), (Some("0.50"), Status::Ok));
        check(&average, 1_010, Some(20), (Some("0.51"), Status::Ok));
    }

    #[test]
    fn what_was_never_measured_is_not_zero() {
        let cost = Kpi { unit: Unit::Euro, target: None, zero_is_missing: true, ..RATE };
        check(&cost, 0, Some(50), (None, Status::Unavailable));
        check(&cost, 10_000, Some(0), (None, Status::Unavailable));
        check(&cost, 10_000, Some(50), (Some("2.00"), Status::Ok));
    }
}
