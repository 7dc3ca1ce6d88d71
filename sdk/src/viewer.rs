//! The viewer as a class of JavaScript.

use js_sys::{Array, Object};
use polso_core::Applied;
use wasm_bindgen::prelude::*;

use crate::{
    options::{query, set, throw},
    timestamp,
};

/// Counters that follow a server over the live link.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Viewer(polso_core::Viewer);

#[wasm_bindgen]
impl Viewer {
    /// A viewer that has seen nothing.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies one binary frame of `polso.v1`: what became of it.
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
        let applied = Object::new();
        set(&applied, "kind", kind);
        set(&applied, "seq", self.0.seq() as f64);
        for (name, at) in [("now_ms", now), ("watermark_ms", watermark)] {
            if let Some(at) = at {
                set(&applied, name, at.ms() as f64);
            }
        }
        Ok(applied.into())
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
    pub fn evaluate(&self, options: &JsValue, now_ms: f64) -> Result<String, JsValue> {
        let answer = self
            .0
            .answer(&query(options)?, timestamp(now_ms))
            .map_err(|error| throw(error.code, &error.message))?;
        Ok(answer.to_json())
    }

    /// Evaluates several queries at one time: a JSON array of their answers.
    ///
    /// # Errors
    /// For the first query that the server would refuse.
    pub fn evaluate_all(&self, options: &Array, now_ms: f64) -> Result<String, JsValue> {
        let answers: Vec<String> =
            options.iter().map(|one| self.evaluate(&one, now_ms)).collect::<Result<_, _>>()?;
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
