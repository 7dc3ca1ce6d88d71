//! A ledger, its hub, its audience, and sockets that read when they are told to.

use std::{
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use polso_core::{
    Act, Applied, Audience, Batch, Closing, Effect, EventKind, Flavour, Heard, Hub, Ledger, Merged,
    Message, Published, Pulled, Query, RawEvent, Source, Timestamp, Viewer,
};
use serde_json::Value;

/// The beginning of a pane, and a beat.
pub const START: Timestamp = Timestamp::from_ms(1_770_000_000_000);
const BIRTH: u64 = 7;
const SUBSCRIPTION_ID: u32 = 5;

/// One end of a socket, as the platform and a client see it.
#[derive(Default)]
pub struct Socket {
    pub queue: VecDeque<Message>,
    pub attachment: Vec<u8>,
    pub closed: Option<Closing>,
    pub viewer: Viewer,
    /// What came and was read.
    pub kinds: Vec<&'static str>,
    /// The newest of every part of the messages that were read.
    pub answers: BTreeMap<u64, Value>,
    pub integrity: Value,
    pub texts: usize,
}

impl Socket {
    pub fn queued(&self) -> usize {
        let bytes = |message: &Message| match message {
            Message::Frame(frame) => frame.len(),
            Message::Text(text) => text.len(),
        };
        self.queue.iter().map(bytes).sum()
    }
}

pub struct World {
    pub now: Timestamp,
    pub ledger: Ledger,
    pub hub: Hub,
    pub audience: Audience,
    pub sockets: BTreeMap<u32, Socket>,
    events: u32,
}

impl World {
    pub fn new() -> Self {
        let mut ledger = Ledger::new(BIRTH, 1);
        let hub = hub_of(&mut ledger, START);
        let audience = Audience::default();
        Self { now: START, ledger, hub, audience, sockets: BTreeMap::new(), events: 0 }
    }

    pub fn open(&mut self, flavour: Flavour) -> u32 {
        self.open_until(flavour, START.plus_ms(86_400_000))
    }

    pub fn open_until(&mut self, flavour: Flavour, expires: Timestamp) -> u32 {
        let (id, attachment) = self.audience.open(flavour, expires, self.now).unwrap();
        self.sockets.insert(id, Socket { attachment, ..Socket::default() });
        id
    }

    /// A socket of the binary flavour that has asked and been answered.
    pub fn follow(&mut self) -> u32 {
        let id = self.open(Flavour::Frames);
        self.resume(id);
        self.pass(false);
        self.read(id);
        id
    }

    pub fn watch(&mut self, queries: &str) -> u32 {
        let id = self.open(Flavour::Readings);
        self.hear(id, Heard::Text(&subscription(queries)));
        self.pass(false);
        self.read(id);
        id
    }

    pub fn resume(&mut self, id: u32) {
        let request = self.sockets.get_mut(&id).unwrap().viewer.resume();
        self.hear(id, Heard::Binary(&request));
    }

    pub fn hear(&mut self, id: u32, message: Heard<'_>) {
        let acts = self.audience.hear(id, message, self.now);
        self.perform(acts);
    }

    /// Counts events of one channel, as far as the hub.
    pub fn count(&mut self, channel: &str, events: u32, campaign: &str) {
        let source = Source::named("crm");
        let candidates = (0..events).map(|_| {
            self.events += 1;
            let json = format!(
                r#"{{"id_cliente":"CLIENTE-ITALIA-{:06}","evento":"richiesta_demo","timestamp":"{}","valore":1.5,"canale":"{channel}","stato":"completato","metadati":{{"campagna":"{campaign}{}"}}}}"#,
                self.events, self.now, self.events
            );
            let raw = RawEvent { json: &json, event_id: None };
            EventKind::Conversion.validate(&raw, &source, self.now).unwrap().candidate
        });
        let candidates = candidates.collect();
        let batch = Batch { source: "crm".into(), dedup_ttl_s: 60, candidates, ..Batch::default() };
        self.ledger.ingest(batch, self.now).unwrap();
        let effects = self.ledger.commit();
        self.merge(effects);
        let rest = self.ledger.tick(self.now.plus_ms(250));
        self.merge(rest);
    }

    fn merge(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Publish(delta) = effect {
                let published = Published { shard: 0, birth: BIRTH, delta };
                assert_eq!(self.hub.merge(&published, self.now), Ok(Merged::Done));
            }
        }
    }

    /// The hub is made again from the ledger, in its place.
    pub fn remake_hub(&mut self) {
        self.hub = hub_of(&mut self.ledger, self.now);
    }

    /// The hub is made again in other memory: of its sockets it has what was attached to them.
    pub fn evict(&mut self) {
        self.remake_hub();
        self.audience = Audience::default();
        for (_, socket) in std::mem::take(&mut self.sockets) {
            if socket.closed.is_none() {
                let id = self.audience.remember(&socket.attachment, self.now).unwrap();
                self.sockets.insert(id, socket);
            }
        }
    }

    pub fn pass(&mut self, beat: bool) {
        let queued = |id| self.sockets.get(&id).map_or(0, Socket::queued);
        let acts = self.audience.pass(&mut self.hub, beat, self.now, queued);
        self.perform(acts);
    }

    /// Time passes; whatever is due happens.
    pub fn wait(&mut self, ms: i64) {
        let end = self.now.plus_ms(ms);
        while self.now < end {
            let beat = polso_core::next_beat(self.now);
            let due = self.audience.due(&self.hub, self.now).map_or(beat, |due| due.min(beat));
            let due = due.max(self.now);
            self.now = due.min(end);
            if self.now >= due {
                self.pass(self.now >= beat);
            }
        }
    }

    fn perform(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Send(id, message) => {
                    self.sockets.get_mut(&id).unwrap().queue.push_back(message);
                }
                Act::Attach(id, bytes) => {
                    assert!(bytes.len() <= 16_000, "{} bytes do not fit", bytes.len());
                    self.sockets.get_mut(&id).unwrap().attachment = bytes;
                }
                Act::Close(id, closing) => {
                    let closed = self.sockets.get_mut(&id).unwrap().closed.replace(closing);
                    assert_eq!(closed, None, "closed twice");
                }
            }
        }
    }

    /// A client reads everything that has come, and asks where its protocol says so.
    pub fn read(&mut self, id: u32) {
        let socket = self.sockets.get_mut(&id).unwrap();
        let mut asks = false;
        for message in std::mem::take(&mut socket.queue) {
            match message {
                Message::Text(text) if text.trim().is_empty() => {}
                Message::Text(text) => {
                    socket.texts += 1;
                    let mut text: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(text["id"], SUBSCRIPTION_ID);
                    if let Some(integrity) = text.get_mut("integrity") {
                        socket.integrity = integrity.take();
                    }
                    for answer in text["answers"].as_array().into_iter().flatten() {
                        let at = answer["query"].as_u64().unwrap();
                        let (found, error) = (answer.get("answer"), answer.get("error"));
                        socket.answers.insert(at, found.or(error).unwrap().clone());
                    }
                }
                Message::Frame(frame) => {
                    let applied = socket.viewer.apply(&frame).unwrap();
                    socket.kinds.push(match applied {
                        Applied::Hello(_) => "hello",
                        Applied::Snapshot => "snapshot",
                        Applied::Delta(_) => "delta",
                        Applied::Beat(..) => "beat",
                        Applied::Skipped => "skipped",
                        Applied::Gap => "gap",
                    });
                    asks |= applied == Applied::Gap;
                }
            }
        }
        if asks {
            self.resume(id);
        }
    }

    /// What was read since the last time.
    pub fn heard(&mut self, id: u32) -> Vec<&'static str> {
        self.read(id);
        std::mem::take(&mut self.sockets.get_mut(&id).unwrap().kinds)
    }

    pub fn closed(&self, id: u32) -> Option<Closing> {
        self.sockets[&id].closed
    }

    /// A viewer's numbers are the hub's, to the letter.
    #[track_caller]
    pub fn check_equal(&self, id: u32) {
        let viewer = &self.sockets[&id].viewer;
        assert_eq!(viewer.integrity(), self.hub.integrity());
        for window in ["5m", "1h", "all"] {
            let query = Query::parse([("window", window), ("by", "canale")]).unwrap();
            let (found, expected) =
                (viewer.answer(&query, self.now), self.hub.answer(&query, self.now));
            assert_eq!(found.unwrap().to_json(), expected.unwrap().to_json());
        }
    }

    /// What a client of the JSON flavour shows for a query is what the hub would answer.
    #[track_caller]
    pub fn check_shown(&self, id: u32, position: u64, parameters: &[(&str, &str)]) {
        let query = Query::parse(parameters.iter().copied()).unwrap();
        let answer = self.hub.answer(&query, self.now).unwrap().to_json();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let shown = &self.sockets[&id].answers[&position];
        assert_eq!(shown["readings"], answer["readings"], "{parameters:?}");
        assert_eq!(shown["window"], answer["window"], "{parameters:?}");
    }
}

fn hub_of(ledger: &mut Ledger, now: Timestamp) -> Hub {
    let Pulled::Snapshot(snapshot) = ledger.pull(0, u64::MAX) else { panic!("no snapshot") };
    Hub::new("main", &[*snapshot], 3, now).unwrap()
}

/// The text of a client that watches these queries.
pub fn subscription(queries: &str) -> String {
    format!(r#"{{"id":{SUBSCRIPTION_ID},"queries":[{queries}]}}"#)
}

/// A message that a client has to read before anything else.
pub fn backlog(bytes: usize) -> Message {
    Message::Text(Rc::from(" ".repeat(bytes)))
}
