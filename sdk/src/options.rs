//! What JavaScript passes in: sources, queries; and the errors that it gets back.

use js_sys::{Error, Object, Reflect};
use polso_core::{ClientIdRule, DedupPolicy, EventKind, Query, Source, excerpt};
use serde::Deserialize;
use wasm_bindgen::{JsCast, prelude::*};

#[derive(Deserialize)]
struct SourceOptions {
    name: String,
    #[serde(default)]
    dedup: DedupPolicy,
    #[serde(default = "Source::dedup_ttl_s_default")]
    dedup_ttl_s: u32,
    #[serde(default)]
    client_id: ClientIdRule,
    #[serde(default)]
    only_italy: bool,
    event_id: Option<String>,
    kind: Option<String>,
}

/// What is judged, and for whom.
pub(crate) struct Judge {
    pub(crate) source: Source,
    pub(crate) kind: EventKind,
    /// The id that the sender signed, if any.
    pub(crate) event_id: Option<String>,
}

#[derive(Deserialize)]
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

/// The source that `options` describe, with the event's kind and signed id where they name them.
pub(crate) fn judge(options: JsValue) -> Result<Judge, JsValue> {
    let known = ["name", "dedup", "dedup_ttl_s", "client_id", "only_italy", "event_id", "kind"];
    known_keys(&options, "source_invalid", &known)?;
    let options: SourceOptions = serde_wasm_bindgen::from_value(options)
        .map_err(|error| throw("source_invalid", &error.to_string()))?;
    let SourceOptions { name, dedup, dedup_ttl_s, client_id, only_italy, event_id, kind } = options;
    let kind = match kind {
        None => EventKind::Conversion,
        Some(name) => EventKind::named(&name)
            .ok_or_else(|| throw("source_invalid", &format!("`{name}` is no kind of event")))?,
    };
    Ok(Judge { source: Source { name, dedup, dedup_ttl_s, client_id, only_italy }, kind, event_id })
}

/// The query that an object describes, by the rules of the HTTP parameters.
pub(crate) fn query(options: JsValue) -> Result<Query, JsValue> {
    known_keys(&options, "query_invalid", &["window", "kind", "at", "kpi", "where", "by"])?;
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

/// Refuses keys that mean nothing: an object of JavaScript is read by the names that are known, and
/// a misspelt one would pass unseen.
fn known_keys(options: &JsValue, code: &str, known: &[&str]) -> Result<(), JsValue> {
    let Some(options) = options.dyn_ref::<Object>() else {
        return Err(throw(code, "expected an object"));
    };
    for key in Object::keys(options).iter().filter_map(|key| key.as_string()) {
        if !known.contains(&key.as_str()) {
            let known = known.join("`, `");
            let key = excerpt(&key);
            return Err(throw(code, &format!("`{key}` is none of `{known}`")));
        }
    }
    Ok(())
}

/// An `Error` with a stable `code`.
pub(crate) fn throw(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    // Setting a property of an object of ours cannot fail; without it the message still stands.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}
