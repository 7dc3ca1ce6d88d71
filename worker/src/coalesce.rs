//! One job for all who ask while the one before is still running.
//!
//! The first to ask starts the job at once, or when the time has come that the run before named; those
//! who come meanwhile share the next run. Whoever waits gets the result of a run that began after it
//! asked.

use std::{cell::Cell, cell::RefCell, future::Future, pin::pin, rc::Rc};

use futures_channel::oneshot;
use futures_util::future::select;
use js_sys::Promise;
use polso_core::Timestamp;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{future_to_promise, spawn_local};

use crate::platform::{now, sleep_until};

/// Why a run failed. What exactly went wrong was logged where it happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed;

/// The longest that a run is held back, in milliseconds: a clock that was set back holds none longer.
const HELD_MS_MAX: i64 = 1_000;

const FAILED: &str = "what was asked for could not be done";

/// Those who wait, and whether a job is running.
#[derive(Debug, Default)]
pub(crate) struct Coalesce {
    waiting: RefCell<Vec<oneshot::Sender<Result<(), Failed>>>>,
    /// Of the next run, if somebody of JavaScript's waits for it.
    promise: RefCell<Option<Promise>>,
    running: Cell<bool>,
    /// Before which no run begins.
    earliest: Cell<Timestamp>,
    /// Ends the wait for that time.
    hurry: RefCell<Option<oneshot::Sender<()>>>,
}

impl Coalesce {
    /// Waits for a run of `job` that begins after this call. The job runs on its own: it goes on
    /// when whoever asked for it has gone.
    pub(crate) async fn run<T, J, F>(
        owner: &Rc<T>,
        this: fn(&T) -> &Self,
        job: J,
    ) -> Result<(), Failed>
    where
        T: 'static,
        J: Fn(Rc<T>) -> F + 'static,
        F: Future<Output = Result<(), Failed>> + 'static,
    {
        Self::ask(owner, this, job).await.unwrap_or(Err(Failed))
    }

    /// The same as a promise, one for all who wait for the same run.
    pub(crate) fn promise<T, J, F>(owner: &Rc<T>, this: fn(&T) -> &Self, job: J) -> Promise
    where
        T: 'static,
        J: Fn(Rc<T>) -> F + 'static,
        F: Future<Output = Result<(), Failed>> + 'static,
    {
        if let Some(promise) = this(owner).promise.borrow().as_ref() {
            return promise.clone();
        }
        let asked = Self::ask(owner, this, job);
        let promise = future_to_promise(async {
            let result = asked.await.unwrap_or(Err(Failed));
            result.map(|()| JsValue::UNDEFINED).map_err(|Failed| js_sys::Error::new(FAILED).into())
        });
        this(owner).promise.replace(Some(promise.clone()));
        promise
    }

    /// Asks for a run from here on: whatever fails all who wait fails this one too.
    fn ask<T, J, F>(
        owner: &Rc<T>,
        this: fn(&T) -> &Self,
        job: J,
    ) -> oneshot::Receiver<Result<(), Failed>>
    where
        T: 'static,
        J: Fn(Rc<T>) -> F + 'static,
        F: Future<Output = Result<(), Failed>> + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let state = this(owner);
        state.waiting.borrow_mut().push(sender);
        if !state.running.replace(true) {
            let owner = Rc::clone(owner);
            spawn_local(async move {
                while !this(&owner).waiting.borrow().is_empty() {
                    while let earliest = this(&owner).earliest.get()
                        && (1..=HELD_MS_MAX).contains(&earliest.ms().saturating_sub(now().ms()))
                    {
                        let (hurry, hurried) = oneshot::channel();
                        this(&owner).hurry.replace(Some(hurry));
                        select(hurried, pin!(sleep_until(earliest))).await;
                    }
                    this(&owner).promise.take();
                    let asked = this(&owner).waiting.take();
                    let result = job(Rc::clone(&owner)).await;
                    for sender in asked {
                        // Whoever has gone does not want to know.
                        let _ = sender.send(result);
                    }
                }
                this(&owner).running.set(false);
            });
        }
        receiver
    }

    /// Lets no run begin before this time, less than [`HELD_MS_MAX`] from now, nor holds any longer what waits.
    pub(crate) fn hold_until(&self, earliest: Timestamp) {
        if earliest < self.earliest.replace(earliest) {
            // Who waits hears that nobody is left who could hurry it.
            self.hurry.take();
        }
    }

    /// Fails all who wait for a run that has not begun: what they counted on is gone.
    pub(crate) fn fail_waiting(&self) {
        self.promise.take();
        for sender in self.waiting.take() {
            let _ = sender.send(Err(Failed));
        }
    }
}
