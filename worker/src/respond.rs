//! Answers, as the platform wants them.

use std::cell::OnceCell;

use js_sys::Uint8Array;
use polso_core::Timestamp;
use polso_intake::{Answer, Refusal};
use wasm_bindgen::JsValue;
use web_sys::{Headers, RequestInit, ResponseInit};
use worker::{Request, Response, Result};

/// Where an upgrade request carries the space to its hub.
pub(crate) const SPACE_HEADER: &str = "x-polso-space";
/// Where it carries the time at which its token expires, in milliseconds.
pub(crate) const EXPIRES_HEADER: &str = "x-polso-expires";
/// Where the protocol is agreed on.
pub(crate) const PROTOCOL_HEADER: &str = "sec-websocket-protocol";

const JSON: &str = "application/json";

thread_local! {
    static JUDGED: OnceCell<Headers> = const { OnceCell::new() };
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin";
/// Pages of any origin may read with a token of their own, and when to come again: no cookie ever grants anything.
const SHARED: [(&str, &str); 2] =
    [(ALLOW_ORIGIN, "*"), ("access-control-expose-headers", "retry-after")];

/// An answer for whoever sent the request.
pub(crate) fn answer(answer: &Answer) -> Result<Response> {
    respond(Some(&answer.body), answer.status, &[("content-type", answer.content_type)])
}

/// The answer to a request whose events were judged: the most frequent one, with headers made once.
pub(crate) fn judged(answer: &Answer) -> core::result::Result<JsValue, JsValue> {
    if answer.content_type != JSON {
        return Ok(web_sys::Response::from(self::answer(answer)?).into());
    }
    let init = ResponseInit::new();
    init.set_status(answer.status);
    JUDGED.with(|headers| {
        let made = match headers.get() {
            Some(made) => made,
            None => {
                let made = json_headers(&[])?;
                headers.get_or_init(|| made)
            }
        };
        init.set_headers(made);
        // A copy: the platform may read it when this memory is something else.
        let body = Uint8Array::from(answer.body.as_bytes());
        web_sys::Response::new_with_opt_buffer_source_and_init(Some(&body), &init)
            .map(JsValue::from)
    })
}

/// A JSON answer that pages of other origins may read.
pub(crate) fn shared_json(body: &str) -> Result<Response> {
    respond(Some(body), 200, &SHARED)
}

/// A refusal, readable by pages of other origins too, so that they can say why.
pub(crate) fn refusal(refusal: &Refusal) -> Result<Response> {
    let more = refusal.headers();
    let more = more.iter().map(|(name, value)| (*name, value.as_str()));
    let headers: Vec<(&str, &str)> = more.chain(SHARED).collect();
    respond(Some(&refusal.to_json()), refusal.status(), &headers)
}

/// Pages of other origins may ask by this method, with this header.
pub(crate) fn preflight(method: &str, header: &str) -> Result<Response> {
    let headers = [
        (ALLOW_ORIGIN, "*"),
        ("access-control-allow-methods", method),
        ("access-control-allow-headers", header),
        ("access-control-max-age", "86400"),
    ];
    respond(None, 204, &headers)
}

/// Lets pages of this origin read an answer, and of no other.
pub(crate) fn share(headers: &Headers, origin: &str) -> core::result::Result<(), JsValue> {
    headers.set(ALLOW_ORIGIN, origin)?;
    headers.set("vary", "Origin")
}

/// The request that opens a socket at a hub.
pub(crate) fn upgrade(
    space: &str,
    protocol: &str,
    expires: Timestamp,
) -> core::result::Result<Request, JsValue> {
    let headers = Headers::new()?;
    headers.set("upgrade", "websocket")?;
    headers.set(SPACE_HEADER, space)?;
    headers.set(PROTOCOL_HEADER, protocol)?;
    headers.set(EXPIRES_HEADER, &expires.ms().to_string())?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    Ok(web_sys::Request::new_with_str_and_init("http://hub/", &init)?.into())
}

fn respond(body: Option<&str>, status: u16, more: &[(&str, &str)]) -> Result<Response> {
    let headers = json_headers(more)?;
    if body.is_none() {
        headers.delete("content-type")?;
    }
    let init = ResponseInit::new();
    init.set_status(status);
    init.set_headers(&headers);
    Ok(web_sys::Response::new_with_opt_str_and_init(body, &init)?.into())
}

fn json_headers(more: &[(&str, &str)]) -> core::result::Result<Headers, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", JSON)?;
    headers.set("cache-control", "no-store")?;
    headers.set("x-content-type-options", "nosniff")?;
    for (name, value) in more {
        headers.set(name, value)?;
    }
    Ok(headers)
}
