//! The core in the browser: carries values between JavaScript and `polso-core`, and decides nothing.
//!
//! Answers cross as the JSON text that the server would send, so that both sides show the same
//! digits. Errors are thrown as `Error` objects with a stable `code`.

mod options;
mod viewer;

use polso_core::{RawEvent, Timestamp, Verdict};
use wasm_bindgen::prelude::*;

use options::throw;

/// The version of this package.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Judges one raw event as the server would, without knowing what came before: the JSON text
/// of its verdict.
///
/// # Errors
/// When `options` describe no source.
#[wasm_bindgen]
pub fn validate(raw: &str, options: &JsValue, now_ms: f64) -> Result<String, JsValue> {
    let judged = judge(raw, options, now_ms)?;
    let verdict = match &judged {
        Ok(valid) if valid.filtered => Verdict::Filtered,
        Ok(valid) => Verdict::Accepted {
            late: valid.candidate.event.is_late(timestamp(now_ms)),
            warnings: &valid.warnings,
        },
        Err(reasons) => Verdict::Rejected { reasons },
    };
    serde_json::to_string(&verdict).map_err(|error| throw("internal", &error.to_string()))
}

/// The dedup key of one raw event, as 32 hexadecimal digits; nothing when it is rejected.
///
/// # Errors
/// When `options` describe no source.
#[wasm_bindgen]
pub fn dedup_key(raw: &str, options: &JsValue, now_ms: f64) -> Result<Option<String>, JsValue> {
    Ok(judge(raw, options, now_ms)?.ok().map(|valid| valid.candidate.key.to_string()))
}

type Judged = Result<polso_core::Valid, Vec<polso_core::Reason>>;

fn judge(raw: &str, options: &JsValue, now_ms: f64) -> Result<Judged, JsValue> {
    let judge = options::judge(options)?;
    let raw = RawEvent { json: raw, event_id: judge.event_id.as_deref() };
    Ok(judge.kind.validate(&raw, &judge.source, timestamp(now_ms)))
}

/// Milliseconds since the epoch; JavaScript's numbers hold every one of them exactly.
fn timestamp(ms: f64) -> Timestamp {
    Timestamp::from_ms(ms as i64)
}
