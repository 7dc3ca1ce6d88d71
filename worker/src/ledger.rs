//! The Durable Object of one shard: judges batches in memory, answers when they are durable.
//!
//! The first batch is written at once; those that come while it becomes durable, or as long as [`Cadence`] has them
//! wait, share the next row. After any failed write the memory is dropped, everyone who waits is refused, and the next
//! batch restores it from what was kept.

mod rejected;
mod restore;
mod store;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::Promise;
use polso_core::{
    Batch, Bounds, Busy, Cadence, Effect, Enquiry, Heritage, Lookup, Outcome, Published, live,
};
use wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::{
    calls::{self, Position, PullReply, RejectedQuestion},
    coalesce::{Coalesce, Failed},
    platform::{corrupt, log_error, now, sleep_until},
};

use store::Store;

/// When an alarm that failed is called again, in milliseconds.
const ALARM_AGAIN_MS: i64 = 60_000;

/// The ledger of one shard.
#[durable_object(alarm)]
pub struct Ledger {
    shard: Rc<Shard>,
}

struct Shard {
    env: Env,
    store: Store,
    ledger: RefCell<Option<polso_core::Ledger>>,
    commits: Coalesce,
    cadence: Cell<Cadence>,
    /// Whether the last checkpoint could not be written: the next one is not tried at once.
    checkpoint_failed: Cell<bool>,
    /// Space and number, as the last batch named them.
    address: RefCell<(String, u16)>,
}

impl DurableObject for Ledger {
    fn new(state: State, env: Env) -> Self {
        let shard = Shard {
            env,
            store: Store::new(&state),
            ledger: RefCell::default(),
            commits: Coalesce::default(),
            cadence: Cell::default(),
            checkpoint_failed: Cell::default(),
            address: RefCell::default(),
        };
        Self { shard: Rc::new(shard) }
    }

    /// A ledger is called, not fetched from.
    async fn fetch(&self, _request: Request) -> Result<Response> {
        Response::error("not found", 404)
    }

    /// Rejected events have come of age. It never fails: an alarm that fails too often is not called
    /// again.
    async fn alarm(&self) -> Result<Response> {
        let store = &self.shard.store;
        if let Err(error) = store.rejects.expire(now()) {
            log_error("old rejected events could not be dropped", &error);
            let again = now().plus_ms(ALARM_AGAIN_MS).ms() as f64;
            if let Err(error) = store.storage.set_alarm(again) {
                log_error("the alarm could not be set", &error);
            }
        }
        Response::empty()
    }
}

#[wasm_bindgen]
impl Ledger {
    /// Judges a batch. Nobody may learn its outcomes before they are [`durable`](Self::durable). There are none of a batch
    /// that cannot be judged: the others of its call can.
    ///
    /// # Errors
    /// When the ledger cannot be restored.
    pub fn ingest(
        &self,
        space: String,
        shard: u16,
        batch: Vec<u8>,
    ) -> core::result::Result<Vec<u8>, JsValue> {
        self.shard.address.replace((space, shard));
        self.shard.with(|_| ())?;
        let bytes = batch.len();
        let batch = live::decode(&batch).map_err(corrupt);
        match batch.and_then(|batch| self.shard.judge(batch, bytes)) {
            Ok(outcomes) => Ok(live::encode(&outcomes)),
            Err(error) => {
                log_error("a batch could not be judged", &error);
                Ok(Vec::new())
            }
        }
    }

    /// Tells what came here before the number of shards changed. Nobody may learn of it before it is
    /// [`durable`](Self::durable) that nothing of that time is taken here any more.
    ///
    /// # Errors
    /// When the ledger cannot be restored.
    pub fn tell(
        &self,
        space: String,
        shard: u16,
        enquiry: Vec<u8>,
    ) -> core::result::Result<Vec<u8>, JsValue> {
        self.shard.address.replace((space, shard));
        let enquiry = live::decode(&enquiry).map_err(corrupt)?;
        let told = self.shard.tell(enquiry)?;
        Ok(live::encode(&told))
    }

    /// Resolves when everything judged so far is durable, and rejects when it may not be: whoever
    /// sent it may send it again. All who wait for one commit wait for one promise.
    pub fn durable(&self) -> Promise {
        Coalesce::promise(&self.shard, |shard| &shard.commits, Shard::commit)
    }

    /// Answers with what a hub has missed since a position.
    ///
    /// # Errors
    /// When the ledger cannot be restored.
    pub fn pull(&self, position: Vec<u8>) -> core::result::Result<Vec<u8>, JsValue> {
        let (birth, after): Position = live::decode(&position).map_err(corrupt)?;
        let (rejects, reject_bytes, rejects_dropped) = self.shard.store.rejects.size(now())?;
        self.shard.with(|ledger| {
            let bounds = Bounds { rejects, reject_bytes, rejects_dropped, ..ledger.bounds() };
            let reply: PullReply = (ledger.pull(birth, after), bounds);
            live::encode(&reply)
        })
    }

    /// Answers a question about rejected events, once what it changes is durable.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn rejected(&self, question: Vec<u8>) -> core::result::Result<Vec<u8>, JsValue> {
        let question: RejectedQuestion = live::decode(&question).map_err(corrupt)?;
        let birth = self.shard.with(|ledger| ledger.birth())?;
        let store = &self.shard.store;
        match question {
            RejectedQuestion::Page(search) => {
                Ok(live::encode(&store.rejects.page(birth, &search, now())?))
            }
            RejectedQuestion::One(at) => Ok(live::encode(&store.rejects.find(birth, at, now())?)),
            RejectedQuestion::Pin(id, pin) => {
                let pinned = store.rejects.pin(birth, id, &pin, now())?;
                store.sync().await?;
                Ok(live::encode(&pinned))
            }
            RejectedQuestion::Replayed(id, replayed) => {
                store.rejects.note(birth, id, &replayed, now())?;
                Ok(Vec::new())
            }
        }
    }
}

impl Shard {
    /// The ledger in memory, restored if need be.
    fn with<T>(
        &self,
        step: impl FnOnce(&mut polso_core::Ledger) -> T,
    ) -> core::result::Result<T, JsValue> {
        let mut ledger = self.ledger.borrow_mut();
        match ledger.as_mut() {
            Some(ledger) => Ok(step(ledger)),
            None => {
                let mut restored = self.store.restore()?;
                if self.checkpoint_failed.get() {
                    restored.postpone_checkpoint();
                }
                Ok(step(ledger.insert(restored)))
            }
        }
    }

    /// Judges a batch, with what storage says of its keys.
    fn judge(
        &self,
        batch: Batch,
        bytes: usize,
    ) -> core::result::Result<core::result::Result<Vec<Outcome>, Busy>, JsValue> {
        let lookup = match self.with(|ledger| ledger.look_up(batch, bytes, now()))? {
            Ok(lookup) => self.read(lookup)?,
            Err(busy) => return Ok(Err(busy)),
        };
        let (outcomes, (requests, events)) =
            self.with(|ledger| (ledger.judge(lookup), ledger.waiting()))?;
        self.commits.hold_until(self.cadence.get().due(requests, events));
        Ok(outcomes)
    }

    /// Answers an enquiry, with what storage says of its keys.
    fn tell(
        &self,
        enquiry: Enquiry,
    ) -> core::result::Result<core::result::Result<Heritage, Busy>, JsValue> {
        let lookup = match self.with(|ledger| ledger.look_back(enquiry, now()))? {
            Ok(lookup) => self.read(lookup)?,
            Err(busy) => return Ok(Err(busy)),
        };
        self.with(|ledger| ledger.tell(lookup))
    }

    /// Reads the pages of keys that are wanted.
    fn read<Of>(&self, mut lookup: Lookup<Of>) -> core::result::Result<Lookup<Of>, JsValue> {
        while let Some(page) = lookup.wants() {
            if let Err(error) = lookup.read(page, &self.store.page(page)?) {
                log_error("a page of dedup keys is damaged", &corrupt(error));
                lookup.give_up(page);
            }
        }
        Ok(lookup)
    }

    /// Writes down what was judged, and waits until it is durable.
    async fn commit(self: Rc<Self>) -> core::result::Result<(), Failed> {
        let effects = self.with(|ledger| {
            let mut cadence = self.cadence.get();
            cadence.committed(ledger.waiting().0, now());
            self.cadence.set(cadence);
            ledger.commit()
        });
        let written = effects.and_then(|effects| self.perform(effects));
        let durable = match written {
            Ok(()) => self.store.sync().await,
            Err(error) => Err(error),
        };
        durable.map_err(|error| {
            log_error("the journal could not be written", &error);
            self.ledger.take();
            self.store.rejects.forget();
            self.commits.fail_waiting();
            Failed
        })
    }

    /// Performs effects in their order: the one place where they happen.
    fn perform(self: &Rc<Self>, effects: Vec<Effect>) -> core::result::Result<(), JsValue> {
        let is_row =
            |effect: &&Effect| matches!(effect, Effect::Append { .. } | Effect::Keep { .. });
        match effects.iter().filter(is_row).count() {
            0 | 1 => effects.iter().try_for_each(|effect| self.write(effect))?,
            _ => self
                .store
                .all_or_nothing(|| effects.iter().try_for_each(|effect| self.write(effect)))?,
        }
        for effect in effects {
            match effect {
                Effect::Append { .. } | Effect::Keep { .. } => {}
                Effect::Checkpoint(save) => {
                    // A failure may have taken the rows of this commit with it: it is one of theirs.
                    let written = self.store.checkpoint(&save, &[]);
                    self.checkpoint_failed.set(written.is_err());
                    written?;
                    self.with(|ledger| ledger.saved(save))?.map_err(corrupt)?;
                }
                Effect::Mark { bytes } => self.store.mark(&bytes)?,
                Effect::Publish(delta) => self.publish(delta)?,
                Effect::WakeAt(at) => {
                    let shard = Rc::clone(self);
                    wasm_bindgen_futures::spawn_local(async move {
                        sleep_until(at).await;
                        let published = shard.with(|ledger| ledger.tick(now()));
                        if let Err(error) = published.and_then(|e| shard.perform(e)) {
                            log_error("what was due could not be done", &error);
                        }
                    });
                }
            }
        }
        Ok(())
    }

    /// Writes the rows of a commit.
    fn write(&self, effect: &Effect) -> core::result::Result<(), JsValue> {
        match effect {
            Effect::Append { seq, block } => self.store.append(*seq, block),
            Effect::Keep { seq, now, events, rows } => {
                self.store.rejects.keep(*seq, *now, *events, rows)
            }
            _ => Ok(()),
        }
    }

    /// Sends a delta on its way. Nobody waits for it: a hub that misses one asks.
    fn publish(&self, delta: polso_core::Delta) -> core::result::Result<(), JsValue> {
        let (space, shard) = self.address.borrow().clone();
        let birth = self.with(|ledger| ledger.birth())?;
        let env = self.env.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let published = Published { shard, birth, delta };
            if let Err(error) = calls::publish(&env, &space, &published).await {
                log_error("the hub did not take a delta", &error.0);
            }
        });
        Ok(())
    }
}
