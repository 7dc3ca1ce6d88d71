//! Answers: queries evaluated over counters. The server's `GET /api/v1/kpi` and the browser's core
//! both come through here, so that they cannot differ.

mod json;

pub(crate) use json::write_freshness;

use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    counters::Counters,
    decimal::Decimal,
    domain::Domain,
    fact::{MEASURES_MAX, MeasureUnit, Schema, Sums},
    group::Group,
    kpi::{Kpi, Over, Status, Target},
    panes::Panes,
    query::{Plan, Query, QueryError},
    time::Timestamp,
    window::{Span, Window},
};

/// One KPI evaluated, for all or for one group.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    space: String,
    now: String,
    window: Summed,
    readings: Vec<Reading>,
    /// How many groups there were, where only the first of them were wanted.
    groups: Option<usize>,
    freshness: Freshness,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Summed {
    kind: &'static str,
    from: Option<String>,
    to: Option<String>,
    bucket_s: Option<i64>,
}

/// When the last events were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Freshness {
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
    let window = Summed {
        kind: match query.window {
            Window::AllTime => "all",
            Window::Of(kind, _) => kind.name(),
        },
        from: bounded(span.from),
        to: bounded(span.to),
        bucket_s: span.bucket_s(),
    };
    let mut readings = Vec::new();
    let mut counted = None;
    for domain in Domain::ALL {
        let (plan, schema) = (query.plan(*domain), domain.schema());
        let Some(panes) = counters.panes(*domain).filter(|_| !plan.kpis.is_empty()) else {
            continue;
        };
        let totals = panes.totals(&span, &plan.filter, plan.by, now);
        let leading = plan.top.map(|(top, kpi)| {
            let groups = groups_of(kpi, panes, &plan, &totals, &span, now);
            *counted.get_or_insert(0) += groups.len();
            leaders(kpi, &groups, schema, &plan, top)
        });
        for kpi in &plan.kpis {
            let mut groups = groups_of(kpi, panes, &plan, &totals, &span, now);
            if plan.by.is_none() && groups.is_empty() {
                groups.push(("", [0; MEASURES_MAX], true));
            }
            if let Some(leading) = &leading {
                groups.retain(|(group, ..)| leading.contains(group));
            }
            readings.extend(groups.iter().map(|(group, sums, complete)| {
                reading(schema, kpi, &plan, sums, *complete, plan.by.map(|_| *group))
            }));
        }
    }
    Ok(Answer {
        space: space.to_owned(),
        now: now.to_string(),
        window,
        readings,
        groups: counted,
        freshness: freshness(counters),
    })
}

/// When the last events of all sources were.
pub(crate) fn freshness(counters: &Counters) -> Freshness {
    let total = counters.integrity().total();
    Freshness {
        last_event: total.last_event.map(|at| at.to_string()),
        last_received: total.last_received.map(|at| at.to_string()),
    }
}

/// The sums of each group that a KPI is made of, and whether they are complete.
fn groups_of<'a>(
    kpi: &Kpi,
    panes: &Panes,
    plan: &Plan,
    totals: &'a BTreeMap<Cow<'_, str>, Sums>,
    span: &Span,
    now: Timestamp,
) -> Vec<(&'a str, Sums, bool)> {
    let Some(openings) = panes.openings().filter(|_| kpi.over == Over::Opening) else {
        return totals.iter().map(|(group, sums)| (group.as_ref(), *sums, true)).collect();
    };
    if plan.by.is_some() {
        // Only the dimension that openings are kept by tells them apart.
        let of_group = |group: &'a Cow<'_, str>| {
            let opening = openings.total([group.as_ref()], now);
            (group.as_ref(), opening.sums, opening.over)
        };
        return totals.keys().map(of_group).collect();
    }
    let dimension = Group::Dimension(openings.dimension());
    let values = panes.totals(span, &plan.filter, Some(dimension), now);
    let all = openings.total(values.keys().map(AsRef::as_ref), now);
    vec![("", all.sums, all.over)]
}

/// The groups with the largest values of a KPI; of equal ones those whose names come first, and last
/// those that have no value.
fn leaders<'a>(
    kpi: &Kpi,
    groups: &[(&'a str, Sums, bool)],
    schema: &Schema,
    plan: &Plan,
    top: usize,
) -> BTreeSet<&'a str> {
    let value = |(group, sums, complete): &(&'a str, Sums, bool)| {
        // All values of a KPI have the same places.
        let value = reading(schema, kpi, plan, sums, *complete, None).value;
        (Reverse(value.map(|value| value.units)), *group)
    };
    let mut ranked: Vec<_> = groups.iter().map(value).collect();
    if top < ranked.len() {
        ranked.select_nth_unstable(top);
        ranked.truncate(top);
    }
    ranked.into_iter().map(|(_, group)| group).collect()
}

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
