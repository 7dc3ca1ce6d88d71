//! The whole system, driven as the Worker drives it, and the model beside it.

use std::collections::BTreeMap;

use polso_core::{
    Applied, Batch, Before, Candidate, Effect, EventKind, GENERATIONS_MAX, Hub, Limits, Merged,
    Outcome, Published, Pulled, RawEvent, Shards, Source, Timestamp, Viewer,
};
use serde_json::json;

use crate::{
    acts::{Act, CHANNELS, KINDS, Kept, OUTCOMES, Paid, Sent},
    machine::Machine,
    stories::{Stories, Told},
};

/// The whole system, and the model beside it.
pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) source: Source,
    pub(crate) machines: Vec<Machine>,
    pub(crate) shards: Shards,
    before: Vec<Before>,
    limits: Limits,
    pub(crate) hub: Option<Hub>,
    pub(crate) viewer: Viewer,
    /// Frames for the viewer, as long as its link holds.
    pub(crate) link: Vec<polso_core::Bytes>,
    pub(crate) kept: Vec<Kept>,
    /// Accepted spend with the start of its interval.
    pub(crate) paid: Vec<(i64, Paid)>,
    /// Until which second each key is remembered.
    pub(crate) keys: BTreeMap<String, i64>,
    pub(crate) stories: Stories,
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
    pub(crate) late: u64,
}

impl World {
    pub(crate) fn new(now: i64, shards: usize, dedup_ttl_s: u32, limits: Limits) -> Self {
        Self {
            now,
            source: Source { dedup_ttl_s, ..Source::named("crm") },
            machines: (1..=shards as u64)
                .map(|birth| Machine::with_limits(birth, limits))
                .collect(),
            shards: Shards::always(shards as u16),
            before: Vec::new(),
            limits,
            hub: None,
            viewer: Viewer::default(),
            link: Vec::new(),
            kept: Vec::new(),
            paid: Vec::new(),
            keys: BTreeMap::new(),
            stories: Stories::default(),
            accepted: 0,
            duplicates: 0,
            late: 0,
        }
    }

    pub(crate) fn at(&self) -> Timestamp {
        Timestamp::from_ms(self.now)
    }

    pub(crate) fn act(&mut self, act: Act) {
        match act {
            Act::Send { wait_ms, events } => {
                self.now += wait_ms;
                self.send(events);
            }
            Act::Pay(paid) => self.pay(paid),
            Act::Tell { wait_ms, events } => {
                self.now += wait_ms;
                self.tell(events);
            }
            Act::Commit => self.commit(),
            Act::Restart { shard } => {
                // Whoever waits for a commit is refused when a ledger goes; here nobody waits.
                self.commit();
                let shard = shard % self.machines.len();
                if self.now % 2 == 0 {
                    self.machines[shard].checkpoint();
                }
                assert!(!self.machines[shard].restart(self.now as u64), "nothing is damaged");
            }
            Act::Checkpoint { shard } => {
                self.commit();
                let shard = shard % self.machines.len();
                self.machines[shard].checkpoint();
            }
            Act::Reshard { shards } => self.reshard(shards),
            Act::EvictHub => self.hub = None,
            Act::Reconnect => {
                self.link.clear();
                let request = self.viewer.resume();
                self.resume(&request);
            }
        }
    }

    /// Sends events in one request; what became of each, in their order.
    pub(crate) fn ingest(&mut self, kind: EventKind, texts: &[String]) -> Vec<Outcome> {
        let now = self.at();
        let mut batches: Vec<Vec<(usize, Candidate)>> = vec![Vec::new(); self.machines.len()];
        for (position, json) in texts.iter().enumerate() {
            let raw = RawEvent { json, event_id: None };
            let valid = kind.validate(&raw, &self.source, now).unwrap();
            let shard = self.shards.home(&valid.candidate);
            batches[usize::from(shard)].push((position, valid.candidate));
        }
        let mut outcomes = vec![Outcome::Conflict; texts.len()];
        for (home, events) in batches.into_iter().enumerate().filter(|(_, e)| !e.is_empty()) {
            let (positions, candidates): (Vec<usize>, Vec<Candidate>) = events.into_iter().unzip();
            let mut batch = Batch {
                source: "crm".into(),
                dedup_ttl_s: self.source.dedup_ttl_s,
                generation: self.shards.generation(),
                candidates,
                ..Batch::default()
            };
            for (earlier, enquiry) in self.shards.enquiries(home as u16, &batch, now) {
                let heritage = self.machines[usize::from(earlier)].tell(enquiry, now).unwrap();
                batch.heritage.push(heritage);
            }
            let found = self.machines[home].ingest(batch, now).unwrap();
            positions.into_iter().zip(found).for_each(|(at, outcome)| outcomes[at] = outcome);
        }
        outcomes
    }

    /// What an operator does who puts another number into the configuration.
    fn reshard(&mut self, count: u16) {
        if usize::from(self.shards.generation()) == GENERATIONS_MAX {
            return;
        }
        self.before.push(Before { count: self.shards.count(), until: self.at() });
        self.shards = Shards::new(count, self.before.clone());
        while self.machines.len() < usize::from(self.shards.most()) {
            let birth = self.machines.len() as u64 + 1;
            self.machines.push(Machine::with_limits(birth, self.limits));
        }
        self.hub = None;
    }

    /// What must become of an event with this key.
    fn expected(&mut self, key: String, late: bool) -> Outcome {
        if self.is_new(key) {
            self.accepted += 1;
            self.late += u64::from(late);
            return Outcome::Accepted { late };
        }
        self.duplicates += 1;
        Outcome::Duplicate
    }

    fn is_late(&self, time_ms: i64) -> bool {
        time_ms.div_euclid(30_000) * 30_000 <= self.now - 7_200_000
    }

    fn send(&mut self, events: Vec<Sent>) {
        let text = |sent: &Sent| {
            let raw = json!({
                "id_cliente": format!("CLIENTE-ITALIA-{:06}", sent.client),
                "evento": KINDS[sent.kind],
                "timestamp": Timestamp::from_ms(self.now - sent.age_ms).to_string(),
                "valore": sent.cents as f64 / 100.0,
                "canale": CHANNELS[sent.channel],
                "stato": OUTCOMES[sent.outcome],
                "metadati": { "campagna": format!("c{}", sent.campaign) },
            });
            raw.to_string()
        };
        let texts: Vec<String> = events.iter().map(text).collect();
        let outcomes = self.ingest(EventKind::Conversion, &texts);
        for ((sent, text), outcome) in events.into_iter().zip(texts).zip(outcomes) {
            let time_ms = self.now - sent.age_ms;
            let expected = self.expected(text, self.is_late(time_ms));
            assert_eq!(outcome, expected, "{sent:?}");
            if expected != Outcome::Duplicate {
                self.kept.push(Kept { time_ms, received_ms: self.now, sent });
            }
        }
    }

    fn pay(&mut self, paid: Paid) {
        let from = self.now - paid.age_ms;
        let raw = json!({
            "canale": CHANNELS[paid.channel],
            "campagna": format!("c{}", paid.campaign),
            "importo": paid.cents as f64 / 100.0,
            "da": Timestamp::from_ms(from).to_string(),
            "a": Timestamp::from_ms(from + paid.length_ms).to_string(),
        });
        let text = raw.to_string();
        let outcomes = self.ingest(EventKind::Spend, std::slice::from_ref(&text));
        let expected = self.expected(text, false);
        assert_eq!(outcomes, [expected]);
        if expected != Outcome::Duplicate {
            self.paid.push((from, paid));
        }
    }

    fn tell(&mut self, told: Vec<Told>) {
        let texts: Vec<String> = told.iter().map(|told| told.text(self.now)).collect();
        let outcomes = self.ingest(EventKind::Story, &texts);
        for (told, outcome) in told.into_iter().zip(outcomes) {
            let superseded = self.stories.supersedes(&told, self.now);
            let late = superseded || self.is_late(told.time_ms(self.now));
            let expected = self.expected(told.key(self.now), late);
            assert_eq!(outcome, expected, "{told:?}");
            if expected != Outcome::Duplicate {
                self.stories.keep(told, self.now);
            }
        }
    }

    /// A key is remembered for its time to live, in whole seconds, counted from its receipt.
    pub(crate) fn is_new(&mut self, key: String) -> bool {
        let known = self.keys.get(&key).is_some_and(|until_s| self.now / 1_000 <= *until_s);
        if !known {
            let until_s = (self.now + 999) / 1_000 + i64::from(self.source.dedup_ttl_s);
            self.keys.insert(key, until_s);
        }
        !known
    }

    pub(crate) fn commit(&mut self) {
        for shard in 0..self.machines.len() {
            let machine = &mut self.machines[shard];
            let (effects, birth) = (machine.commit(), machine.ledger.birth());
            for effect in effects {
                if let Effect::Publish(delta) = effect {
                    self.publish(Published { shard: shard as u16, birth, delta });
                }
            }
        }
    }

    pub(crate) fn publish(&mut self, published: Published) {
        let now = self.at();
        let Some(hub) = self.hub.as_mut() else { return };
        if hub.merge(&published, now).unwrap() == Merged::Gap {
            self.hub = None;
            return;
        }
        let frame = hub.flush(now);
        self.link.extend(frame);
    }

    /// What the worker's hub does before it answers anyone.
    pub(crate) fn refresh(&mut self) {
        let now = self.at();
        if let Some(hub) = self.hub.as_mut() {
            let positions: Vec<_> = hub.positions().collect();
            let mut complete = true;
            for (shard, (birth, after)) in positions.into_iter().enumerate() {
                match self.machines[shard].ledger.pull(birth, after) {
                    Pulled::Snapshot(_) => complete = false,
                    Pulled::Deltas(deltas) => {
                        for delta in deltas {
                            let published = Published { shard: shard as u16, birth, delta };
                            assert_eq!(hub.merge(&published, now), Ok(Merged::Done));
                        }
                    }
                }
            }
            if complete {
                return;
            }
        }
        let snapshots: Vec<_> = self.machines.iter_mut().map(Machine::snapshot).collect();
        self.hub = Some(Hub::new("main", &snapshots, 5, now).unwrap());
    }

    pub(crate) fn resume(&mut self, request: &[u8]) {
        self.refresh();
        let request = polso_core::live::Request::decode(request).unwrap();
        let now = self.at();
        let frames = self.hub.as_mut().unwrap().resume(&request, now);
        self.link.extend(frames);
        self.read_link();
    }

    pub(crate) fn read_link(&mut self) {
        for frame in std::mem::take(&mut self.link) {
            if self.viewer.apply(&frame).unwrap() == Applied::Gap {
                self.link.clear();
                let request = self.viewer.resume();
                return self.resume(&request);
            }
        }
    }
}
