//! Answers: queries evaluated over counters. The server's `GET /api/v1/kpi` and the browser's core
//! both come through here, so that they cannot differ.

use serde::Serialize;

use crate::{
    counters::Counters,
    decimal::Decimal,
    domain::Domain,
    fact::{MEASURES_MAX, MeasureUnit, Schema, Sums},
    kpi::{Kpi, Over, Status, Target},
    query::{Plan, Query, QueryError},
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
        let openings = panes
            .openings()
            .map(|openings| openings.totals(&span, &plan.filter, plan.by.is_some(), now));
        for kpi in &plan.kpis {
            let mut found: Vec<(&str, &Sums, bool)> = match (kpi.over, &openings) {
                (Over::Window, _) => {
                    totals.iter().map(|(group, sums)| (group.as_ref(), sums, true)).collect()
                }
                (Over::Opening, openings) => openings
                    .iter()
                    .flatten()
                    .map(|(group, opening)| (*group, &opening.sums, opening.over))
                    .collect(),
            };
            if plan.by.is_none() && found.is_empty() {
                found.push(("", &NOTHING, true));
            }
            readings.extend(found.into_iter().map(|(group, sums, complete)| {
                let group = plan.by.map(|_| group);
                reading(schema, kpi, &plan, sums, complete, group)
            }));
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

const NOTHING: Sums = [0; MEASURES_MAX];

/// `complete` says whether there is nothing more to come.
fn reading(
    schema: &Schema,
    kpi: &Kpi,
    plan: &Plan,
    sums: &Sums,
    complete: bool,
    group: Option<&str>,
) -> Reading {
    let sum = |measure: usize| sums.get(measure).copied().unwrap_or_default();
    let decimal = |measure: usize| {
        let unit = schema.measures.get(measure).map_or(MeasureUnit::Count, |measure| measure.unit);
        Decimal { units: sum(measure), places: unit.places() }
    };
    let target = kpi.target.filter(|_| plan.is_target_for(kpi.target_for, group));
    let (numerator, denominator) = (decimal(kpi.numerator), kpi.denominator.map(sum));
    let (value, status) = match kpi.value(numerator, denominator, target) {
        (Some(value), _) if !complete => (Some(value), Status::Insufficient),
        judged => judged,
    };
    Reading {
        kpi: kpi.name,
        value,
        numerator,
        denominator: kpi.denominator.map(decimal),
        unit: kpi.unit.name(),
        target: target.map(Target::value),
        status: status.name(),
        group: group.map(str::to_owned),
    }
}
