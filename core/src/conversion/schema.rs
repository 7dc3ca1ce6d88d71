//! The facts of conversions: dimensions, measures, KPIs.

use super::{Conversion, ConversionKind, Outcome};
use crate::{
    fact::{Dimension, Fact, Folds, MEASURES_MAX, Measure, MeasureUnit, Schema, When},
    kpi::{Kpi, Unit},
};

/// Conversions, completed and not [`ConversionKind::Abandonment`].
const CONVERSIONS: usize = 0;
/// Events that came to an end, completed or failed.
const CONCLUDED: usize = 1;
/// The value of the conversions, in cents.
const VALUE: usize = 2;
/// What was spent on advertising, in cents.
pub(super) const SPEND: usize = 3;

pub(crate) const SCHEMA: Schema = Schema {
    name: "conversions",
    dimensions: &[
        Dimension { name: "source", folds: Folds::Never },
        Dimension { name: "canale", folds: Folds::Never },
        Dimension { name: "evento", folds: Folds::Never },
        Dimension { name: "stato", folds: Folds::Never },
        Dimension { name: "campagna", folds: Folds::Last },
        Dimension { name: "dispositivo", folds: Folds::First },
        Dimension { name: "localita", folds: Folds::First },
    ],
    measures: &[
        Measure { name: "conversions", unit: MeasureUnit::Count },
        Measure { name: "concluded", unit: MeasureUnit::Count },
        Measure { name: "value", unit: MeasureUnit::Cents },
        Measure { name: "spend", unit: MeasureUnit::Cents },
    ],
    kpis: &[
        kpi("conversions", CONVERSIONS, None, Unit::Count),
        kpi("conversion_rate", CONVERSIONS, Some(CONCLUDED), Unit::Ratio),
        kpi("average_value", VALUE, Some(CONVERSIONS), Unit::Euro),
        kpi("total_value", VALUE, None, Unit::Euro),
        Kpi { zero_is_missing: true, ..kpi("cpa", SPEND, Some(CONVERSIONS), Unit::Euro) },
    ],
    opening: None,
};

const fn kpi(name: &'static str, numerator: usize, denominator: Option<usize>, unit: Unit) -> Kpi {
    Kpi { denominator, unit, ..Kpi::count(name, numerator) }
}

/// What a conversion adds; `None` for what the sender itself calls a duplicate.
pub(crate) fn fact<'a>(event: &'a Conversion, source: &'a str) -> Option<Fact<'a>> {
    let converted = match event.outcome {
        Outcome::DeclaredDuplicate => return None,
        Outcome::Completed => event.kind != ConversionKind::Abandonment,
        Outcome::Failed => false,
    };
    let mut sums = [0; MEASURES_MAX];
    sums[CONCLUDED] = 1;
    if converted {
        sums[CONVERSIONS] = 1;
        sums[VALUE] = event.value_cents;
    }
    Some(Fact {
        when: When::At(event.time),
        dimensions: [
            source,
            event.channel.name(),
            event.kind.name(),
            event.outcome.name(),
            event.campaign(),
            event.device(),
            event.place(),
            "",
        ],
        sums,
    })
}
