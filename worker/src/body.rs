//! Bodies, read no further than the source's limit.

use js_sys::{Reflect, Uint8Array};
use polso_intake::{Limits, Refusal};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Request};

use crate::platform::log_error;

/// The body of a request. With a length that was told, and found within the limit, it is read in one
/// piece; without one it is read piece by piece and left as soon as it is too long.
pub(crate) async fn read_body(
    request: &Request,
    told: Option<u64>,
    limits: &Limits,
) -> Result<Vec<u8>, Refusal> {
    match told {
        Some(_) => {
            let bytes = JsFuture::from(request.array_buffer().map_err(cut_off)?);
            Ok(Uint8Array::new(&bytes.await.map_err(cut_off)?).to_vec())
        }
        None => match request.body() {
            Some(stream) => read_stream(stream.get_reader().unchecked_into(), limits).await,
            None => Ok(Vec::new()),
        },
    }
}

async fn read_stream(
    reader: ReadableStreamDefaultReader,
    limits: &Limits,
) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(cut_off)?;
        let field = |name: &str| Reflect::get(&piece, &name.into()).unwrap_or_default();
        if field("done").is_truthy() {
            return Ok(body);
        }
        let piece = Uint8Array::new(&field("value"));
        let length = body.len() as u64 + u64::from(piece.length());
        if let Err(refusal) = limits.check_length(length) {
            // Whether it can still be told to stop makes no difference to the answer.
            let _ = reader.cancel();
            return Err(refusal);
        }
        body.extend(piece.to_vec());
    }
}

fn cut_off(error: JsValue) -> Refusal {
    log_error("a body could not be read", &error);
    Refusal::Unavailable { retry_after_s: 1 }
}
