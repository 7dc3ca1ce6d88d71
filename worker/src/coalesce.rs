//! One job for all who ask while the one before is still running.
//!
//! The first to ask starts the job at once; those who come meanwhile share the next run. Whoever
//! waits gets the result of a run that began after it asked.

use std::{cell::Cell, cell::RefCell, future::Future, rc::Rc};

use futures_channel::oneshot;
use wasm_bindgen_futures::spawn_local;

/// Why a run failed. What exactly went wrong was logged where it happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed;

/// Those who wait, and whether a job is running.
#[derive(Debug, Default)]
pub(crate) struct Coalesce {
    waiting: RefCell<Vec<oneshot::Sender<Result<(), Failed>>>>,
    running: Cell<bool>,
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
        let (sender, receiver) = oneshot::channel();
        let state = this(owner);
        state.waiting.borrow_mut().push(sender);
        if !state.running.replace(true) {
            let owner = Rc::clone(owner);
            spawn_local(async move {
                loop {
                    let asked = this(&owner).waiting.take();
                    if asked.is_empty() {
                        break;
                    }
                    let result = job(Rc::clone(&owner)).await;
                    for sender in asked {
                        // Whoever has gone does not want to know.
                        let _ = sender.send(result);
                    }
                }
                this(&owner).running.set(false);
            });
        }
        receiver.await.unwrap_or(Err(Failed))
    }

    /// Fails all who wait for a run that has not begun: what they counted on is gone.
    pub(crate) fn fail_waiting(&self) {
        for sender in self.waiting.take() {
            let _ = sender.send(Err(Failed));
        }
    }
}
