//! The viewer as a class of JavaScript.

use js_sys::Array;
use polso_core::Applied;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    options::{query, throw},
    timestamp,
};

/// Counters that follow a server over the live link.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Viewer(polso_core::Viewer);

/// What became of a frame.
#[derive(Serialize)]
struct AppliedJs {
    kind: &'static str,
    seq: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    now_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    watermark_ms: Option<f64>,
}

#[wasm_bindgen]
impl Viewer {
    /// A viewer that has seen nothing.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies one binary frame of `polso.v1`.
    ///
    /// # Errors
    /// For bytes that are no frame.
    pub fn apply(&mut self, frame: &[u8]) -> Result<JsValue, JsValue> {
        let applied = self.0.apply(frame).map_err(|error| throw("frame_invalid", error.0))?;
        let (kind, now, watermark) = match applied {
            Applied::Hello(now) => ("hello", Some(now), None),
            Applied::Snapshot => ("snapshot", None, None),
            Applied::Delta(now) => ("delta", Some(now), None),
            Applied::Beat(now, watermark) => ("beat", Some(now), watermark),
            Applied::Skipped => ("skipped", None, None),
            Applied::Gap => ("gap", None, None),
        };
        let ms = |at: polso_core::Timestamp| at.ms() as f64;
        let applied = AppliedJs {
            kind,
            seq: self.0.seq() as f64,
            now_ms: now.map(ms),
            watermark_ms: watermark.map(ms),
        };
        serde_wasm_bindgen::to_value(&applied).map_err(JsValue::from)
    }

    /// The frame to send when the link opens and after a gap.
    pub fn resume(&mut self) -> Vec<u8> {
        self.0.resume()
    }

    /// Evaluates one query at the server's time `now_ms`: the JSON text that `GET /api/v1/kpi`
    /// answers.
    ///
    /// # Errors
    /// For a query that the server would refuse.
    pub fn evaluate(&self, options: JsValue, now_ms: f64) -> Result<String, JsValue> {
        let answer = self
            .0
            .answer(&query(options)?, timestamp(now_ms))
            .map_err(|error| throw(error.code, &error.message))?;
        serde_json::to_string(&answer).map_err(|error| throw("internal", &error.to_string()))
    }

    /// Evaluates several queries at one time: a JSON array of their answers.
    ///
    /// # Errors
    /// For the first query that the server would refuse.
    pub fn evaluate_all(&self, options: &Array, now_ms: f64) -> Result<String, JsValue> {
        let answers: Vec<String> =
            options.iter().map(|one| self.evaluate(one, now_ms)).collect::<Result<_, _>>()?;
        Ok(format!("[{}]", answers.join(",")))
    }

    /// The JSON text that `GET /api/v1/integrity` answers, but for `bounds`.
    #[must_use]
    pub fn integrity(&self) -> String {
        self.0.integrity().to_string()
    }

    /// Every value of a dimension that was counted, sorted.
    #[must_use]
    pub fn values(&self, dimension: &str) -> Vec<String> {
        self.0.values(dimension).into_iter().map(str::to_owned).collect()
    }
}
