//! Queries: what a viewer asks, read from the parameters of `GET /api/v1/kpi` or from the SDK.
//!
//! Bounds: 64 parameters, values of 256 characters, 400 steps of a window, 400 leading groups.

mod parameters;

use core::fmt;

use serde::{Deserialize, Serialize};

use self::parameters::{add_where, once, parse_at, parse_top, parse_window};
use crate::{
    domain::Domain,
    fact::Schema,
    group::{Group, TimeGroup},
    kpi::{Kpi, TargetFor},
    reason::excerpt,
    time::{SECOND_MS, Timestamp},
    window::{HOURS_HELD_DAYS, Span, Window},
};

/// Most parameters of one query.
const PARAMETERS_MAX: usize = 64;
/// Longest value of a parameter, in characters.
const VALUE_CHARS_MAX: usize = 256;
/// Most steps that a window is told apart by.
const STEPS_MAX: i64 = 400;

/// One question about KPIs. Valid by construction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    pub(crate) window: Window,
    pub(crate) at: Option<Timestamp>,
    kpis: Vec<String>,
    wheres: Vec<(String, Vec<String>)>,
    by: Option<String>,
    top: Option<usize>,
}

/// Why a query is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// A stable code.
    pub code: &'static str,
    /// What is wrong and what it should be.
    pub message: String,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for QueryError {}

/// A query as one domain understands it.
pub(crate) struct Plan {
    pub(crate) kpis: Vec<&'static Kpi>,
    pub(crate) filter: Vec<(usize, Vec<String>)>,
    pub(crate) by: Option<Group>,
    /// How many groups are wanted, and by which KPI they lead.
    pub(crate) top: Option<(usize, &'static Kpi)>,
}

impl Plan {
    /// Whether a target is for the reading of a group, or for the only reading there is.
    pub(crate) fn is_target_for(&self, target: TargetFor, group: Option<&str>) -> bool {
        let (dimension, value) = match target {
            TargetFor::All => return true,
            TargetFor::Each(dimension) => (dimension, None),
            TargetFor::Value(dimension, value) => (dimension, Some(value)),
        };
        let grouped = group.filter(|_| self.by == Some(Group::Dimension(dimension)));
        let filtered = self.filter.iter().find_map(|(filtered, values)| match &**values {
            [only] if *filtered == dimension => Some(only.as_str()),
            _ => None,
        });
        grouped.or(filtered).is_some_and(|found| value.is_none_or(|value| value == found))
    }
}

impl Query {
    /// Reads decoded parameters: `window`, `kind`, `at`, `kpi` and `where` (repeatable), `by`,
    /// `top`.
    ///
    /// # Errors
    /// The first parameter that is unknown, comes too often or says nothing.
    pub fn parse<'a>(
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, QueryError> {
        let (mut window, mut kind, mut at, mut by, mut top) = (None, None, None, None, None);
        let (mut kpis, mut wheres) = (Vec::new(), Vec::<(String, Vec<String>)>::new());
        for (count, (name, value)) in parameters.into_iter().enumerate() {
            if count == PARAMETERS_MAX {
                return refuse("query_too_long", format!("at most {PARAMETERS_MAX} parameters"));
            }
            if value.chars().nth(VALUE_CHARS_MAX).is_some() {
                let message =
                    format!("`{}` has more than {VALUE_CHARS_MAX} characters", excerpt(name));
                return refuse("query_too_long", message);
            }
            match name {
                "window" => once(name, &mut window, value)?,
                "kind" => once(name, &mut kind, value)?,
                "at" => once(name, &mut at, value)?,
                "by" => once(name, &mut by, value)?,
                "top" => once(name, &mut top, value)?,
                "kpi" => kpis.push(value.to_owned()),
                "where" => add_where(&mut wheres, value)?,
                _ => {
                    let message = format!(
                        "`{}` is none of `window`, `kind`, `at`, `kpi`, `where`, `by`, `top`",
                        excerpt(name)
                    );
                    return refuse("parameter_unknown", message);
                }
            }
        }
        let window = parse_window(window, kind)?;
        if window == Window::AllTime && at.is_some() {
            return refuse("at_invalid", "`at` means nothing with `window=all`".to_owned());
        }
        let query = Self {
            window,
            at: at.map(parse_at).transpose()?,
            kpis,
            wheres,
            by: by.map(str::to_owned),
            top: top.map(parse_top).transpose()?,
        };
        query.check_names()?;
        query.check_top()?;
        Ok(query)
    }

    /// The span that is summed when the answer is given at `now`.
    ///
    /// # Errors
    /// When no tier holds the whole window any more, or none that is fine enough for its groups.
    pub fn span(&self, now: Timestamp) -> Result<Span, QueryError> {
        let Some(span) = self.window.resolve(self.at.unwrap_or(now), now) else {
            let days = self.window.reach_days();
            let message = format!(
                "the window reaches further back than {days} days; `window=all` sums everything"
            );
            return refuse("window_expired", message);
        };
        match self.by.as_deref().and_then(Group::of_time) {
            Some(Group::Time(group)) if !span.is_of_hours() => refuse(
                "by_too_coarse",
                format!(
                    "`by={}` needs whole hours, which are held for {HOURS_HELD_DAYS} days; ask for a \
                     window that begins later",
                    group.name()
                ),
            ),
            Some(Group::Steps(step_ms)) => span_of_steps(span, step_ms),
            _ => Ok(span),
        }
    }

    /// What this query asks of one domain. KPIs that were not asked for by name and cannot be told
    /// apart as asked are left out.
    pub(crate) fn plan(&self, domain: Domain) -> Plan {
        let schema = domain.schema();
        let filter: Vec<_> = self
            .wheres
            .iter()
            .filter_map(|(name, values)| Some((schema.dimension(name)?, values.clone())))
            .collect();
        let by = self.by.as_deref().and_then(|name| Group::named(name, schema));
        let complete = filter.len() == self.wheres.len() && by.is_some() == self.by.is_some();
        let asked = |kpi: &&Kpi| self.kpis.is_empty() || self.kpis.iter().any(|k| k == kpi.name);
        let filters = || filter.iter().map(|(dimension, _)| Group::Dimension(*dimension));
        let told_apart =
            |kpi: &&Kpi| filters().chain(by).all(|group| group.tells_apart(kpi, schema));
        let kpis: Vec<&Kpi> =
            schema.kpis.iter().filter(|_| complete).filter(asked).filter(told_apart).collect();
        let named = self.kpis.iter().find_map(|name| kpis.iter().find(|kpi| kpi.name == name));
        let top = self.top.zip(named.or(kpis.first()).copied());
        Plan { kpis, filter, by, top }
    }

    /// Groups of time have an order of their own.
    fn check_top(&self) -> Result<(), QueryError> {
        let of_dimension = self.by.as_deref().is_some_and(|name| Group::of_time(name).is_none());
        match self.top {
            Some(_) if !of_dimension => {
                refuse("top_invalid", "`top` needs `by` with a dimension".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn check_names(&self) -> Result<(), QueryError> {
        let by = || self.by.iter().filter(|name| Group::of_time(name).is_none());
        let dimensions = || self.wheres.iter().map(|(name, _)| name).chain(by());
        for name in dimensions() {
            if Domain::ALL.iter().all(|domain| domain.schema().dimension(name).is_none()) {
                let known = Domain::ALL
                    .iter()
                    .flat_map(|domain| domain.schema().dimensions)
                    .map(|dimension| dimension.name);
                let times = list(TimeGroup::NAMES.iter().copied());
                let known = list(known);
                let message = format!(
                    "`{}` is none of {known}; `by` also takes {times} or a step such as `5m`",
                    excerpt(name)
                );
                return refuse("dimension_unknown", message);
            }
        }
        for name in &self.kpis {
            let mut all = Domain::ALL.iter().map(|domain| domain.schema());
            let of_name = |schema: &'static Schema| {
                schema.kpis.iter().find(|kpi| kpi.name == name).map(|kpi| (kpi, schema))
            };
            let Some((kpi, schema)) = all.find_map(of_name) else {
                let known =
                    Domain::ALL.iter().flat_map(|domain| domain.schema().kpis).map(|kpi| kpi.name);
                let message = format!("`{}` is none of {}", excerpt(name), list(known));
                return refuse("kpi_unknown", message);
            };
            let tells_apart = |name: &&String| {
                Group::named(name, schema).is_some_and(|group| group.tells_apart(kpi, schema))
            };
            let mut groups = self.wheres.iter().map(|(name, _)| name).chain(&self.by);
            if let Some(foreign) = groups.find(|name| !tells_apart(name)) {
                let message = format!("`{name}` is not counted by `{foreign}`");
                return refuse("dimension_foreign", message);
            }
        }
        Ok(())
    }
}

/// The span, when it can be cut into steps of this length.
fn span_of_steps(span: Span, step_ms: i64) -> Result<Span, QueryError> {
    let Some(bucket_s) = span.bucket_s() else {
        return refuse("by_too_coarse", "`window=all` has no steps; ask for a window".to_owned());
    };
    if step_ms % (bucket_s * SECOND_MS) != 0 {
        let message =
            format!("the window is made of buckets of {bucket_s} s; ask for a step of whole ones");
        return refuse("by_too_coarse", message);
    }
    if span.to.ms() - span.from.ms() > STEPS_MAX * step_ms {
        let message = format!("the window has more than {STEPS_MAX} steps; ask for longer ones");
        return refuse("by_too_fine", message);
    }
    Ok(span)
}

fn refuse<T>(code: &'static str, message: String) -> Result<T, QueryError> {
    Err(QueryError { code, message })
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(parameters: &[(&str, &str)], expected: Result<(), &str>) {
        let found = Query::parse(parameters.iter().copied());
        assert_eq!(found.as_ref().map(|_| ()).map_err(|error| error.code), expected, "{found:?}");
    }

    #[test]
    fn reads_every_parameter() {
        check(&[], Ok(()));
        check(
            &[
                ("window", "24h"),
                ("kind", "tumbling"),
                ("at", "2026-03-10T12:00:00+01:00"),
                ("kpi", "conversions"),
                ("kpi", "cpa"),
                ("where", "canale:email"),
                ("where", "canale:sms"),
                ("where", "campagna:a:b"),
                ("by", "localita"),
            ],
            Ok(()),
        );
    }

    #[test]
    fn says_which_parameter_is_wrong() {
        check(&[("windows", "5m")], Err("parameter_unknown"));
        check(&[("window", "5m"), ("window", "5m")], Err("parameter_repeated"));
        check(&[("window", "5")], Err("window_invalid"));
        check(&[("kind", "hopping")], Err("kind_invalid"));
        check(&[("at", "yesterday")], Err("at_invalid"));
        check(&[("window", "all"), ("at", "2026-03-10T12:00:00Z")], Err("at_invalid"));
        check(&[("kpi", "revenue")], Err("kpi_unknown"));
        check(&[("where", "canale")], Err("where_invalid"));
        check(&[("where", "colore:blu")], Err("dimension_unknown"));
        check(&[("by", "colore")], Err("dimension_unknown"));
        check(&[("where", "ora:09")], Err("dimension_unknown"));
        check(&[("kind", "calendar"), ("window", "24h")], Err("window_invalid"));
        check(&[("by", "localita"), ("top", "1")], Ok(()));
        check(&[("by", "localita"), ("top", "400")], Ok(()));
        check(&[("by", "localita"), ("top", "0")], Err("top_invalid"));
        check(&[("by", "localita"), ("top", "401")], Err("top_invalid"));
        check(&[("top", "5")], Err("top_invalid"));
        check(&[("by", "ora"), ("top", "5")], Err("top_invalid"));
        check(&[("by", &"x".repeat(257))], Err("query_too_long"));
        check(&[("kpi", "cpa"); 64], Ok(()));
        check(&[("kpi", "cpa"); 65], Err("query_too_long"));
    }

    #[test]
    fn time_in_rome_groups_every_kpi_of_a_window_of_hours() {
        let now = Timestamp::parse("2026-03-10T12:00:10Z").unwrap();
        let check = |window: &str, at: &str, expected: Result<i64, &str>| {
            for name in TimeGroup::NAMES.iter().copied() {
                let query = Query::parse([("window", window), ("at", at), ("by", name)]).unwrap();
                assert_eq!(query.plan(Domain::Conversions).kpis.len(), 5);
                let found = query.span(now).map(|span| span.bucket_s().unwrap());
                assert_eq!(found.map_err(|error| error.code), expected, "{window} {at} by {name}");
            }
        };
        check("30s", "2026-03-10T12:00:10Z", Ok(30));
        check("35d", "2026-03-10T12:00:10Z", Ok(3_600));
        check("840h", "2026-03-10T11:59:59.999Z", Err("by_too_coarse"));
        check("30s", "2026-02-03T13:00:00Z", Ok(3_600));
        check("30s", "2026-02-03T12:59:59.999Z", Err("by_too_coarse"));
        check("36d", "2026-03-10T12:00:10Z", Err("by_too_coarse"));
        check("400d", "2026-03-01T12:00:10Z", Err("window_expired"));
        let all = Query::parse([("window", "all"), ("by", "ora")]).unwrap();
        assert_eq!(all.span(now).map_err(|error| error.code), Err("by_too_coarse"));
    }

    #[test]
    fn steps_are_whole_buckets_and_at_most_400() {
        let now = Timestamp::parse("2026-03-10T12:00:10Z").unwrap();
        let check = |window: &str, by: &str, expected: Result<i64, &str>| {
            let query = Query::parse([("window", window), ("by", by)]).unwrap();
            assert_eq!(query.plan(Domain::Conversions).kpis.len(), 5);
            let found = query.span(now).map(|span| span.bucket_s().unwrap());
            assert_eq!(found.map_err(|error| error.code), expected, "{window} by {by}");
        };
        check("1h", "30s", Ok(30));
        check("1h", "5m", Ok(30));
        check("1h", "45s", Err("by_too_coarse"));
        check("24h", "5m", Ok(300));
        check("24h", "30s", Err("by_too_coarse"));
        check("2000m", "5m", Ok(300));
        check("2005m", "5m", Err("by_too_fine"));
        check("400d", "1d", Ok(86_400));
        check("all", "1d", Err("by_too_coarse"));
        assert!(Query::parse([("kpi", "ctr_15m"), ("by", "5m")]).is_err(), "kept by story alone");
        assert!(Query::parse([("by", "all")]).is_err());
    }

    #[test]
    fn a_repeated_dimension_gathers_its_values() {
        let query = Query::parse([("where", "canale:email"), ("where", "canale:sms")]).unwrap();
        let plan = query.plan(Domain::Conversions);
        assert_eq!(plan.filter, [(1, vec!["email".to_owned(), "sms".to_owned()])]);
        assert_eq!(plan.kpis.len(), 5);
    }
}
