//! What a hub is made of and what it does by itself: catching up with its ledgers, bringing its sockets
//! there in time, and the beat.
//!
//! The core's hub is a cache: whatever goes wrong, it is dropped and made again from the ledgers.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_util::future::try_join_all;
use polso_core::{Bounds, LedgerSnapshot, Merged, Published, Pulled, Timestamp, next_beat};
use serde_json::json;
use wasm_bindgen::JsValue;
use worker::{Env, State};

use super::sockets::Sockets;
use crate::{
    calls::{self, CallFailed, Question, Reply},
    coalesce::{Coalesce, Failed},
    edge::edge,
    platform::{Storage, log_error, now, random, sleep_until},
};

/// The first try may find that the hub cannot go on; the second makes it again.
const TRIES_MAX: usize = 2;

/// The hub of one space.
pub(super) struct Space {
    pub(super) state: State,
    env: Env,
    storage: Storage,
    pub(super) name: RefCell<String>,
    pub(super) hub: RefCell<Option<polso_core::Hub>>,
    pub(super) sockets: Sockets,
    bounds: RefCell<Vec<Bounds>>,
    refreshes: Coalesce,
    pass_asked: Cell<bool>,
    /// When the alarm was last set to ring.
    pub(super) beat_at: Cell<Option<Timestamp>>,
}

impl Space {
    /// A hub that knows nothing yet but its open sockets.
    pub(super) fn new(state: State, env: Env) -> Self {
        Self {
            storage: Storage::of(&state),
            sockets: Sockets::of(&state),
            state,
            env,
            name: RefCell::default(),
            hub: RefCell::default(),
            bounds: RefCell::default(),
            refreshes: Coalesce::default(),
            pass_asked: Cell::new(false),
            beat_at: Cell::new(None),
        }
    }

    /// Answers from what is counted now.
    pub(super) fn answer(&self, question: Question) -> core::result::Result<Reply, CallFailed> {
        let hub = self.hub.borrow();
        // Taken by a refresh that failed since.
        let Some(hub) = hub.as_ref() else {
            return Err(CallFailed(js_sys::Error::new("the hub is not there").into()));
        };
        match question {
            Question::Kpi(query) => Ok(match hub.answer(&query, now()) {
                Ok(answer) => Ok(answer.to_json()),
                Err(error) => Err((error.code.to_owned(), error.message)),
            }),
            Question::Integrity => {
                let mut body = hub.integrity();
                if let Some(body) = body.as_object_mut() {
                    body.insert("bounds".to_owned(), bounds(&self.bounds.borrow()));
                }
                Ok(Ok(body.to_string()))
            }
        }
    }

    /// Catches up with every ledger, and brings the sockets there.
    pub(super) async fn refresh(self: &Rc<Self>) -> core::result::Result<(), Failed> {
        Coalesce::run(self, |space| &space.refreshes, Self::catch_up).await
    }

    async fn catch_up(self: Rc<Self>) -> core::result::Result<(), Failed> {
        for _ in 0..TRIES_MAX {
            match self.ask_ledgers().await {
                Ok(true) => {
                    self.pass();
                    return Ok(());
                }
                Ok(false) => {}
                Err(error) => {
                    log_error("a ledger did not answer", &error.0);
                    return Err(Failed);
                }
            }
        }
        Err(Failed)
    }

    /// Asks every ledger for what was missed. False when the hub had to be dropped, to be made anew
    /// from everything that they know.
    async fn ask_ledgers(&self) -> core::result::Result<bool, CallFailed> {
        let name = self.name.borrow().clone();
        let shards = edge(&self.env).map_err(|_| JsValue::from("config_invalid"))?;
        let shards = shards.config.shards.most();
        let known: Option<Vec<_>> = self.hub.borrow().as_ref().map(|hub| hub.positions().collect());
        // No ledger was ever born as 0: it answers with everything.
        let positions = known.clone().unwrap_or_else(|| vec![(0, 0); usize::from(shards)]);
        let calls = (0..).zip(positions);
        let calls = calls.map(|(shard, position)| calls::pull(&self.env, &name, shard, position));
        let (pulled, bounds): (Vec<Pulled>, Vec<Bounds>) =
            try_join_all(calls).await?.into_iter().unzip();
        self.bounds.replace(bounds);
        if known.is_none() {
            let snapshots: Vec<LedgerSnapshot> = pulled.into_iter().filter_map(snapshot).collect();
            self.hub.replace(Some(polso_core::Hub::new(&name, &snapshots, random(), now())?));
            return Ok(true);
        }
        let merged = self.merge_all(pulled, now());
        if !merged {
            self.hub.take();
        }
        Ok(merged)
    }

    fn merge_all(&self, pulled: Vec<Pulled>, now: Timestamp) -> bool {
        let mut hub = self.hub.borrow_mut();
        let Some(hub) = hub.as_mut() else {
            return false;
        };
        let births: Vec<u64> = hub.positions().map(|(birth, _)| birth).collect();
        (0..).zip(births).zip(pulled).all(|((shard, birth), pulled)| match pulled {
            Pulled::Snapshot(_) => false,
            Pulled::Deltas(deltas) => deltas.into_iter().all(|delta| {
                let published = Published { shard, birth, delta };
                matches!(hub.merge(&published, now), Ok(Merged::Done))
            }),
        })
    }

    /// Sends every socket what is new to it, as far as its time has come; the rest follows by itself.
    pub(super) fn pass(self: &Rc<Self>) {
        if let Some(hub) = self.hub.borrow_mut().as_mut() {
            self.sockets.pass(hub);
        }
        if let Some(due) = self.due() {
            self.pass_at(due);
        }
    }

    /// The same for what was counted only: most often a frame waits for its time already.
    pub(super) fn pass_when_due(self: &Rc<Self>) {
        match self.due() {
            Some(due) if due > now() => self.pass_at(due),
            _ => self.pass(),
        }
    }

    fn due(&self) -> Option<Timestamp> {
        self.hub.borrow().as_ref().and_then(|hub| self.sockets.due(hub))
    }

    fn pass_at(self: &Rc<Self>, due: Timestamp) {
        if !self.pass_asked.replace(true) {
            let space = Rc::clone(self);
            wasm_bindgen_futures::spawn_local(async move {
                sleep_until(due).await;
                space.pass_asked.set(false);
                space.pass();
            });
        }
    }

    /// Knows its name again after it hibernated, and beats on if its alarm was lost.
    pub(super) fn wake(&self) {
        if self.name.borrow().is_empty()
            && let Some(socket) = self.state.get_websockets().first()
            && let Some(name) = self.state.get_tags(socket).into_iter().next()
        {
            self.name.replace(name);
        }
        self.arm_beat();
    }

    /// Sets the alarm to the next beat while there is anyone to hear it.
    pub(super) fn arm_beat(&self) {
        let beat = next_beat(now());
        if self.sockets.is_empty() || self.beat_at.get().is_some_and(|at| at >= now()) {
            return;
        }
        match self.storage.set_alarm(beat.ms() as f64) {
            Ok(_) => self.beat_at.set(Some(beat)),
            Err(error) => log_error("the beat could not be set", &error),
        }
    }
}

fn snapshot(pulled: Pulled) -> Option<LedgerSnapshot> {
    match pulled {
        Pulled::Snapshot(snapshot) => Some(*snapshot),
        Pulled::Deltas(_) => None,
    }
}

fn bounds(ledgers: &[Bounds]) -> serde_json::Value {
    let is_damaged = ledgers.iter().any(|ledger| ledger.damage.is_some());
    let ledgers: Vec<_> = ledgers.iter().map(Bounds::to_json).collect();
    json!({ "damaged": is_damaged, "ledgers": ledgers })
}
