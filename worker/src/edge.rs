//! What was deployed, read once for each isolate: configuration and keys.

use std::{cell::OnceCell, rc::Rc};

use js_sys::Reflect;
use polso_intake::config::VARS;
use polso_intake::{Config, Edge, Keys, Problem, Refusal};
use serde_json::{Map, Value};
use wasm_bindgen::JsValue;
use worker::Env;

thread_local! {
    static EDGE: OnceCell<Result<Rc<Edge>, Vec<Problem>>> = const { OnceCell::new() };
}

const JWT_KEYS: &str = "JWT_KEYS";

/// What was deployed.
///
/// # Errors
/// `config_invalid`, with every problem, until it is deployed right.
pub(crate) fn edge(env: &Env) -> Result<Rc<Edge>, Refusal> {
    EDGE.with(|edge| edge.get_or_init(|| read(env).map(Rc::new)).clone())
        .map_err(Refusal::ConfigInvalid)
}

fn read(env: &Env) -> Result<Edge, Vec<Problem>> {
    let vars: Map<String, Value> = VARS
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), to_value(&binding(env, name)?)?)))
        .collect();
    let secret = |name: &str| binding(env, name).and_then(|value| value.as_string());
    let config = Config::parse(&Value::Object(vars), secret)?;
    let keys =
        Keys::parse(&secret(JWT_KEYS).unwrap_or_default()).map_err(|problem| vec![problem])?;
    Ok(Edge { config, keys })
}

fn binding(env: &Env, name: &str) -> Option<JsValue> {
    Reflect::get(env, &name.into()).ok().filter(|value| !value.is_undefined())
}

fn to_value(value: &JsValue) -> Option<Value> {
    serde_wasm_bindgen::from_value(value.clone()).ok()
}
