//! What a socket of the JSON flavour wants to see: a text with its queries, read strictly.
//!
//! `{"id":1,"queries":[{"window":"5m","kpi":["conversions"]},…]}`: each query has the names and values
//! of the parameters of `GET /api/v1/kpi`, those that may be repeated as arrays, `top` as a number; `id` comes back with
//! every answer, so that answers to an earlier text are told from those to this one. At most
//! [`TEXT_BYTES_MAX`] and [`QUERIES_MAX`] queries. A text of another shape is refused whole; a query
//! that is wrong in itself is answered by its error, and the others go on.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    corrupt::Corrupt,
    query::{Query, QueryError},
};

/// Longest text.
const TEXT_BYTES_MAX: usize = 8_192;
/// Most queries of one socket.
const QUERIES_MAX: usize = 32;

/// What a socket watches, and what of it it has been told.
#[derive(Debug, Default)]
pub(super) struct Subscription {
    /// Its client's name for it.
    pub(super) id: u32,
    pub(super) watched: Vec<Watched>,
    /// The version of the integrity figures that were sent last.
    pub(super) integrity_sent: Option<u64>,
}

/// One query of a socket.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) query: Result<Query, QueryError>,
    /// Where its answer is written.
    pub(super) entry: Option<u32>,
    /// The version of the answer that was sent last.
    pub(super) sent: Option<u64>,
}

/// What is kept of a subscription: its id, and its good queries, each at its position.
pub(super) type Kept = (u32, Vec<Option<Query>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    id: u32,
    queries: Vec<Map<String, Value>>,
}

impl Subscription {
    /// Reads a text.
    ///
    /// # Errors
    /// [`Corrupt`] when it is not of the shape above, or too much.
    pub(super) fn read(text: &str) -> Result<Self, Corrupt> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(Corrupt("a subscription that is too long"));
        }
        let Text { id, queries } =
            serde_json::from_str(text).map_err(|_| Corrupt("no subscription"))?;
        if queries.len() > QUERIES_MAX {
            return Err(Corrupt("a subscription with too many queries"));
        }
        Ok(Self::of(id, queries.iter().map(query)))
    }

    /// The subscription that queries were kept of. What was wrong with the others was told.
    pub(super) fn remembered((id, queries): Kept) -> Self {
        let gone = || QueryError { code: "query_invalid", message: "the query was wrong".into() };
        let mut this = Self::of(id, queries.into_iter().map(|query| query.ok_or_else(gone)));
        for watched in this.watched.iter_mut().filter(|watched| watched.query.is_err()) {
            watched.sent = Some(0);
        }
        this
    }

    fn of(id: u32, queries: impl Iterator<Item = Result<Query, QueryError>>) -> Self {
        let watched = queries.map(|query| Watched { query, entry: None, sent: None });
        Self { id, watched: watched.collect(), integrity_sent: None }
    }

    /// What to keep of it.
    pub(super) fn kept(&self) -> Kept {
        let good = |watched: &Watched| watched.query.as_ref().ok().cloned();
        (self.id, self.watched.iter().map(good).collect())
    }
}

fn query(parameters: &Map<String, Value>) -> Result<Query, QueryError> {
    let mut pairs: Vec<(&str, Cow<'_, str>)> = Vec::new();
    for (name, value) in parameters {
        match value {
            Value::String(text) => pairs.push((name, text.into())),
            Value::Number(number) if name == "top" => pairs.push((name, number.to_string().into())),
            Value::Array(values) if matches!(name.as_str(), "kpi" | "where") => {
                for value in values {
                    let text = value.as_str().ok_or_else(|| not_text(name))?;
                    pairs.push((name, text.into()));
                }
            }
            Value::Null => {}
            _ => return Err(not_text(name)),
        }
    }
    Query::parse(pairs.iter().map(|(name, value)| (*name, value.as_ref())))
}

fn not_text(name: &str) -> QueryError {
    let message = match name {
        "kpi" | "where" => format!("`{name}` must be a string or an array of strings"),
        _ => format!("`{}` must be a string", crate::reason::excerpt(name)),
    };
    QueryError { code: "parameter_type", message }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was read: a good query by its place, a wrong one by its code.
    #[track_caller]
    fn check(text: &str, expected: Option<&[Result<(), &str>]>) {
        let found = Subscription::read(text).ok().map(|subscription| {
            let codes = subscription.watched.into_iter();
            codes.map(|one| one.query.map(drop).map_err(|e| e.code)).collect::<Vec<_>>()
        });
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn queries_are_those_of_the_http_interface() {
        check(r#"{"queries":[]}"#, Some(&[]));
        check(r#"{"id":4294967295,"queries":[]}"#, Some(&[]));
        check(
            r#"{"queries":[{},{"window":"24h","kind":"tumbling","kpi":["conversions","cpa"],
                "where":["canale:email","canale:sms"],"by":"campagna","top":8,"at":null},{"kpi":"cpa"}]}"#,
            Some(&[Ok(()), Ok(()), Ok(())]),
        );
    }

    #[test]
    fn a_wrong_query_hides_no_other() {
        check(
            r#"{"queries":[{"window":"5"},{},{"windows":"5m"},{"window":5},{"window":["5m"]},{"kpi":[1]}]}"#,
            Some(&[
                Err("window_invalid"),
                Ok(()),
                Err("parameter_unknown"),
                Err("parameter_type"),
                Err("parameter_type"),
                Err("parameter_type"),
            ]),
        );
    }

    #[test]
    fn anything_else_is_refused_whole() {
        for text in [
            "",
            "[]",
            "{}",
            "ping",
            r#"{"queries":{}}"#,
            r#"{"queries":[1]}"#,
            r#"{"queries":[],"x":1}"#,
            r#"{"queries":[],"id":-1}"#,
            r#"{"queries":[],"id":4294967296}"#,
        ] {
            check(text, None);
        }
    }

    #[test]
    fn bounds_hold_at_their_ends() {
        let of = |count: usize| format!(r#"{{"queries":[{}]}}"#, vec!["{}"; count].join(","));
        check(&of(QUERIES_MAX), Some(&[Ok(()); QUERIES_MAX]));
        check(&of(QUERIES_MAX + 1), None);
        let long = |bytes: usize| format!("{}{}", r#"{"queries":[]}"#, " ".repeat(bytes - 14));
        check(&long(TEXT_BYTES_MAX), Some(&[]));
        check(&long(TEXT_BYTES_MAX + 1), None);
    }
}
