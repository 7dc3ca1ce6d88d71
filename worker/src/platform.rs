//! The platform below the `worker` crate's types, where those cannot catch an exception, do not
//! have the call, or cross between JavaScript and Wasm more often than needed.

use std::{future::Future, pin::pin};

use futures_util::future::{Either, select};
use js_sys::{Array, Function, IteratorNext, Promise, Uint8Array};
use polso_core::{Corrupt, Timestamp};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use worker::State;

#[wasm_bindgen]
extern "C" {
    /// The storage of a Durable Object.
    #[derive(Clone)]
    pub(crate) type Storage;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn sql(this: &Storage) -> Sql;

    /// Resolves when everything written so far is durable.
    #[wasm_bindgen(method, catch)]
    pub(crate) async fn sync(this: &Storage) -> Result<JsValue, JsValue>;

    /// Runs a function whose writes happen all or not at all.
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    pub(crate) fn transaction(
        this: &Storage,
        body: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;

    /// Has the object called at this time, in place of the time that was set before; one of its
    /// writes like any other.
    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    pub(crate) fn set_alarm(this: &Storage, at_ms: f64) -> Result<Promise, JsValue>;

    #[derive(Clone)]
    pub(crate) type Sql;

    #[wasm_bindgen(method, catch, variadic)]
    pub(crate) fn exec(this: &Sql, query: &str, bindings: &Array) -> Result<Cursor, JsValue>;

    pub(crate) type Cursor;

    /// Iterates over rows as arrays of columns.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn raw(this: &Cursor) -> Result<Rows, JsValue>;

    pub(crate) type Rows;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn next(this: &Rows) -> Result<IteratorNext, JsValue>;

    /// A Durable Object's stub, with the methods of both kinds of ours.
    pub(crate) type Stub;

    #[wasm_bindgen(method, catch)]
    pub(crate) async fn ingest(
        this: &Stub,
        space: &str,
        shard: u16,
        batches: &Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) async fn tell(
        this: &Stub,
        space: &str,
        shard: u16,
        enquiry: Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) async fn pull(this: &Stub, position: Uint8Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) async fn rejected(this: &Stub, question: Uint8Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) async fn publish(
        this: &Stub,
        space: &str,
        delta: Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) async fn query(
        this: &Stub,
        space: &str,
        question: Uint8Array,
    ) -> Result<JsValue, JsValue>;

    /// The entry's way to the ledgers: what is called returns the reply to wait for.
    pub type Courier;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn hand(
        this: &Courier,
        space: &str,
        shard: u16,
        batch: Uint8Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn tell(
        this: &Courier,
        space: &str,
        shard: u16,
        enquiry: Uint8Array,
    ) -> Result<Promise, JsValue>;

    /// A WebSocket that may outlast the memory of its object.
    #[derive(Clone)]
    pub(crate) type Socket;

    /// Bytes that were sent and are still to be read; NaN where the platform does not say.
    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    pub(crate) fn buffered_amount(this: &Socket) -> f64;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn send(this: &Socket, frame: &Uint8Array) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = send)]
    pub(crate) fn send_text(this: &Socket, text: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn close(this: &Socket, code: u16, reason: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = serializeAttachment)]
    pub(crate) fn attach(this: &Socket, attachment: &Uint8Array) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = deserializeAttachment)]
    pub(crate) fn attachment(this: &Socket) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: f64) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);

    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(message: &str);
}

impl Storage {
    /// The storage of an object.
    pub(crate) fn of(state: &State) -> Self {
        JsValue::from(state.storage().as_raw()).unchecked_into()
    }
}

impl Sql {
    /// Runs a statement whose rows nobody wants.
    pub(crate) fn run(&self, query: &str, bindings: &[JsValue]) -> Result<(), JsValue> {
        self.exec(query, &bindings.iter().collect()).map(|_| ())
    }

    /// Shows one row after the other: never more than one is in memory.
    pub(crate) fn each(
        &self,
        query: &str,
        bindings: &[JsValue],
        mut see: impl FnMut(&Array) -> Result<(), JsValue>,
    ) -> Result<(), JsValue> {
        let rows = self.exec(query, &bindings.iter().collect())?.raw()?;
        loop {
            let row = rows.next()?;
            if row.done() {
                return Ok(());
            }
            see(row.value().unchecked_ref())?;
        }
    }
}

/// The clock. In production it stands still between I/O.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_ms(js_sys::Date::now() as i64)
}

/// 52 bits that nobody outside can foresee and nothing depends on for its secrecy.
pub(crate) fn random() -> u64 {
    (js_sys::Math::random() * (1_u64 << 52) as f64) as u64
}

/// Waits until the clock shows `at`.
pub(crate) async fn sleep_until(at: Timestamp) {
    let wait_ms = at.ms().saturating_sub(now().ms()).max(0) as f64;
    let timer = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, wait_ms);
    });
    // A timer's promise is never rejected.
    let _ = JsFuture::from(timer).await;
}

/// Waits for what may never come, but no longer than `ms`: an object whose code has hung does not
/// answer, and the platform does not say so.
///
/// # Errors
/// When it did not come in time, and its own.
pub(crate) async fn within(
    ms: f64,
    call: impl Future<Output = Result<JsValue, JsValue>>,
) -> Result<JsValue, JsValue> {
    let mut timer = JsValue::UNDEFINED;
    let late = Promise::new(&mut |resolve, _| timer = set_timeout(&resolve, ms));
    let result = match select(pin!(call), JsFuture::from(late)).await {
        Either::Left((result, _)) => result,
        Either::Right(_) => Err(js_sys::Error::new("no answer in time").into()),
    };
    // Nothing pending keeps an object from hibernating.
    clear_timeout(&timer);
    result
}

/// The error of JavaScript for bytes that cannot be read.
pub(crate) fn corrupt(error: Corrupt) -> JsValue {
    js_sys::Error::new(error.0).into()
}

/// Writes a line to the log. It names no token, client or body.
pub(crate) fn log_error(what: &str, error: &JsValue) {
    let error = js_sys::Error::from(error.clone());
    let message = error.message().as_string().unwrap_or_else(|| "an unknown error".to_owned());
    console_error(&format!("{what}: {message}"));
}
