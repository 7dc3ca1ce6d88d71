//! What JavaScript passes in: sources, queries; and the errors that it gets back.

use js_sys::{Error, Reflect};
use polso_core::{ClientIdRule, DedupPolicy, Query, Source};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceOptions {
    name: String,
    #[serde(default)]
    dedup: DedupPolicy,
    #[serde(default = "Source::dedup_ttl_s_default")]
    dedup_ttl_s: u32,
    #[serde(default)]
    client_id: ClientIdRule,
    event_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueryOptions {
    window: Option<String>,
    kind: Option<String>,
    at: Option<String>,
    #[serde(default)]
    kpi: Vec<String>,
    #[serde(default)]
    r#where: Vec<String>,
    by: Option<String>,
}

/// The source that `options` describe, and the event's signed id if they name one.
pub(crate) fn source(options: JsValue) -> Result<(Source, Option<String>), JsValue> {
    let options: SourceOptions = serde_wasm_bindgen::from_value(options)
        .map_err(|error| throw("source_invalid", &error.to_string()))?;
    let SourceOptions { name, dedup, dedup_ttl_s, client_id, event_id } = options;
    Ok((Source { name, dedup, dedup_ttl_s, client_id }, event_id))
}

/// The query that an object describes, by the rules of the HTTP parameters.
pub(crate) fn query(options: JsValue) -> Result<Query, JsValue> {
    let options: QueryOptions = serde_wasm_bindgen::from_value(options)
        .map_err(|error| throw("query_invalid", &error.to_string()))?;
    let single = [
        ("window", &options.window),
        ("kind", &options.kind),
        ("at", &options.at),
        ("by", &options.by),
    ];
    let single = single.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let kpis = options.kpi.iter().map(|value| ("kpi", value.as_str()));
    let wheres = options.r#where.iter().map(|value| ("where", value.as_str()));
    Query::parse(single.chain(kpis).chain(wheres))
        .map_err(|error| throw(error.code, &error.message))
}

/// An `Error` with a stable `code`.
pub(crate) fn throw(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    // Setting a property of an object of ours cannot fail; without it the message still stands.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}
