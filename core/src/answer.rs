//! Answers: queries evaluated over counters. The server's `GET /api/v1/kpi` and the browser's core
//! both come through here, so that they cannot differ.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    counters::Counters,
    decimal::Decimal,
    domain::Domain,
    fact::{MeasureUnit, Schema, Sums},
    kpi::{Kpi, Target},
    query::{Query, QueryError},
    time::Timestamp,
    window::Window,
};

/// One KPI evaluated, for all or for one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    kpi: &'static str,
    value: Option<Decimal>,
    numerator: Decimal,
    denominator: Option<Decimal>,
    unit: &'static str,
    target: Option<Decimal>,
    status: &'static str,
    group: Option<String>,
}

/// The answer to one query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    space: String,
    now: String,
    window: WindowJson,
    readings: Vec<Reading>,
    freshness: Freshness,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct WindowJson {
    kind: &'static str,
    from: Option<String>,
    to: Option<String>,
    bucket_s: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Freshness {
    last_event: Option<String>,
    last_received: Option<String>,
}

/// Evaluates a query over counters as they are at `now`.
///
/// # Errors
/// When no tier holds the whole window any more.
pub fn answer(
    counters: &Counters,
    space: &str,
    query: &Query,
    now: Timestamp,
) -> Result<Answer, QueryError> {
    let span = query.span(now)?;
    let bounded = |at: Timestamp| span.tier.map(|_| at.to_string());
    let window = WindowJson {
        kind: match query.window {
            Window::AllTime => "all",
            Window::Of(kind, _) => kind.name(),
        },
        from: bounded(span.from),
        to: bounded(span.to),
        bucket_s: span.bucket_s(),
    };
    let mut readings = Vec::new();
    for domain in Domain::ALL {
        let (plan, schema) = (query.plan(*domain), domain.schema());
        let Some(panes) = counters.panes(*domain).filter(|_| !plan.kpis.is_empty()) else {
            continue;
        };
        let totals = panes.totals(&span, &plan.filter, plan.by, now);
        for kpi in plan.kpis {
            if plan.by.is_none() {
                let sums = totals.get("").copied().unwrap_or_default();
                readings.push(reading(schema, kpi, &sums, None));
            } else {
                let of_group = |(group, sums): (&Cow<'_, str>, &Sums)| {
                    reading(schema, kpi, sums, Some(group.clone().into_owned()))
                };
                readings.extend(totals.iter().map(of_group));
            }
        }
    }
    let total = counters.integrity().total();
    Ok(Answer {
        space: space.to_owned(),
        now: now.to_string(),
        window,
        readings,
        freshness: Freshness {
            last_event: total.last_event.map(|at| at.to_string()),
            last_received: total.last_received.map(|at| at.to_string()),
        },
    })
}

fn reading(schema: &Schema, kpi: &Kpi, sums: &Sums, group: Option<String>) -> Reading {
    let sum = |measure: usize| sums.get(measure).copied().unwrap_or_default();
    let decimal = |measure: usize| {
        let unit = schema.measures.get(measure).map_or(MeasureUnit::Count, |measure| measure.unit);
        let places = match unit {
            MeasureUnit::Count => 0,
            MeasureUnit::Cents => 2,
        };
        Decimal { units: sum(measure), places }
    };
    let (value, status) = kpi.value(sum(kpi.numerator), kpi.denominator.map(sum));
    Reading {
        kpi: kpi.name,
        value,
        numerator: decimal(kpi.numerator),
        denominator: kpi.denominator.map(decimal),
        unit: kpi.unit.name(),
        target: kpi.target.map(|target| match target {
            Target::AtLeast(value) | Target::Below(value) => value,
        }),
        status: status.name(),
        group,
    }
}
