//! The engine against a model that keeps every event and recounts: whatever the order, the
//! repetitions, the batches, the shards and the restarts, verdicts, readings and integrity are
//! equal. One naive `Vec` stands for the whole system.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use polso_core::{
    Applied, Batch, Candidate, ClientIdRule, DedupPolicy, Effect, EventKind, Hub, Ledger, Merged,
    Outcome, Published, Pulled, Query, RawEvent, Refused, Source, Timestamp, Viewer,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const START: i64 = 1_770_000_000_000;
const CHANNELS: [&str; 4] = ["email", "social_media", "webform", "sms"];
const KINDS: [&str; 4] =
    ["richiesta_demo", "acquisto_concluso", "iscrizione_evento", "cancello_abbandono"];
const OUTCOMES: [&str; 3] = ["completato", "duplicato", "fallito"];

/// One event as its sender meant it.
#[derive(Clone, Debug)]
struct Sent {
    client: u32,
    age_ms: i64,
    kind: usize,
    outcome: usize,
    channel: usize,
    cents: i64,
    campaign: u8,
}

/// One amount of ad spend as its sender meant it.
#[derive(Clone, Debug)]
struct Paid {
    channel: usize,
    campaign: u8,
    cents: i64,
    age_ms: i64,
    length_ms: i64,
}

fn paid() -> impl Strategy<Value = Paid> {
    let age_ms = prop_oneof![-40_000_000..40_000_000_i64, 0..3_000_000_000_i64];
    let length_ms = prop_oneof![1..100_000_i64, 1..3_000_000_000_i64];
    (0..4_usize, 0..5_u8, 0..5_000_000_i64, age_ms, length_ms).prop_map(
        |(channel, campaign, cents, age_ms, length_ms)| Paid {
            channel,
            campaign,
            cents,
            age_ms,
            length_ms,
        },
    )
}

#[derive(Clone, Debug)]
enum Act {
    /// A batch arrives after some time has passed.
    Send { wait_ms: i64, events: Vec<Sent> },
    /// Ad spend arrives.
    Pay(Paid),
    /// A commit becomes due.
    Commit,
    /// A ledger is dropped and restored from what it kept.
    Restart { shard: usize },
    /// The hub is dropped.
    EvictHub,
    /// The viewer loses its link and comes back.
    Reconnect,
}

fn sent() -> impl Strategy<Value = Sent> {
    let age_ms = prop_oneof![
        6 => -200_000..600_000_i64,
        2 => 0..8_000_000_i64,
        1 => 0..200_000_000_i64,
        1 => 0..60_000_000_000_i64,
    ];
    (0..30_u32, age_ms, 0..4_usize, 0..3_usize, 0..4_usize, 0..50_000_i64, 0..4_u8).prop_map(
        |(client, age_ms, kind, outcome, channel, cents, campaign)| Sent {
            client,
            age_ms,
            kind,
            outcome,
            channel,
            cents,
            campaign,
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0..120_000_i64, prop::collection::vec(sent(), 0..12))
            .prop_map(|(wait_ms, events)| Act::Send { wait_ms, events }),
        2 => paid().prop_map(Act::Pay),
        4 => Just(Act::Commit),
        1 => (0..8_usize).prop_map(|shard| Act::Restart { shard }),
        1 => Just(Act::EvictHub),
        1 => Just(Act::Reconnect),
    ]
}

/// One accepted event of the model.
#[derive(Clone, Debug)]
struct Kept {
    time_ms: i64,
    received_ms: i64,
    sent: Sent,
}

/// A ledger with its disk.
struct Machine {
    ledger: Ledger,
    checkpoint: Vec<u8>,
    journal: Vec<Vec<u8>>,
}

impl Machine {
    fn new(birth: u64) -> Self {
        let mut ledger = Ledger::new(birth, birth);
        let Effect::Checkpoint { bytes } = ledger.checkpoint() else { panic!("no checkpoint") };
        Self { ledger, checkpoint: bytes, journal: Vec::new() }
    }

    /// Performs effects; what is to be published comes back.
    fn perform(&mut self, effects: Vec<Effect>) -> Vec<polso_core::Delta> {
        let mut published = Vec::new();
        for effect in effects {
            match effect {
                Effect::Append { block, .. } => self.journal.push(block),
                Effect::Checkpoint { bytes } => self.checkpoint = bytes,
                Effect::Publish(delta) => published.push(delta),
                Effect::WakeAt(_) => {}
            }
        }
        published
    }

    fn restart(&mut self, seed: u64) {
        self.ledger = Ledger::restore(&self.checkpoint, seed).unwrap();
        self.journal.iter().for_each(|block| self.ledger.replay(block).unwrap());
    }
}

/// The whole system, and the model beside it.
struct World {
    now: i64,
    source: Source,
    machines: Vec<Machine>,
    hub: Option<Hub>,
    viewer: Viewer,
    /// Frames for the viewer, as long as its link holds.
    link: Vec<Vec<u8>>,
    kept: Vec<Kept>,
    /// Accepted spend with the start of its interval.
    paid: Vec<(i64, Paid)>,
    /// Until which second each key is remembered.
    keys: BTreeMap<String, i64>,
    duplicates: u64,
}

impl World {
    fn new(shards: usize, dedup_ttl_s: u32) -> Self {
        Self {
            now: START,
            source: Source {
                name: "crm".into(),
                dedup: DedupPolicy::ClientTimeHash,
                dedup_ttl_s,
                client_id: ClientIdRule::Cliente,
            },
            machines: (1..=shards as u64).map(Machine::new).collect(),
            hub: None,
            viewer: Viewer::default(),
            link: Vec::new(),
            kept: Vec::new(),
            paid: Vec::new(),
            keys: BTreeMap::new(),
            duplicates: 0,
        }
    }

    fn at(&self) -> Timestamp {
        Timestamp::from_ms(self.now)
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Send { wait_ms, events } => {
                self.now += wait_ms;
                self.send(events);
            }
            Act::Pay(paid) => self.pay(paid),
            Act::Commit => self.commit(),
            Act::Restart { shard } => {
                // Whoever waits for a commit is refused when a ledger goes; here nobody waits.
                self.commit();
                let shard = shard % self.machines.len();
                if self.now % 2 == 0
                    && let Effect::Checkpoint { bytes } = self.machines[shard].ledger.checkpoint()
                {
                    self.machines[shard].checkpoint = bytes;
                }
                self.machines[shard].restart(self.now as u64);
            }
            Act::EvictHub => self.hub = None,
            Act::Reconnect => {
                self.link.clear();
                let request = self.viewer.resume();
                self.resume(&request);
            }
        }
    }

    fn send(&mut self, events: Vec<Sent>) {
        let shards = self.machines.len() as u16;
        let mut batches: Vec<Vec<(Sent, Candidate)>> = vec![Vec::new(); usize::from(shards)];
        for sent in events {
            let raw = json!({
                "id_cliente": format!("CLIENTE-ITALIA-{:06}", sent.client),
                "evento": KINDS[sent.kind],
                "timestamp": Timestamp::from_ms(self.now - sent.age_ms).to_string(),
                "valore": sent.cents as f64 / 100.0,
                "canale": CHANNELS[sent.channel],
                "stato": OUTCOMES[sent.outcome],
                "metadati": { "campagna": format!("c{}", sent.campaign) },
            });
            let text = raw.to_string();
            let raw_event = RawEvent { json: &text, event_id: None };
            let valid =
                EventKind::Conversion.validate(&raw_event, &self.source, self.at()).unwrap();
            let shard = valid.candidate.key.shard(shards);
            batches[usize::from(shard)].push((sent, valid.candidate));
        }
        let now = self.at();
        for (shard, events) in batches.into_iter().enumerate() {
            let batch = Batch {
                source: "crm".into(),
                dedup_ttl_s: self.source.dedup_ttl_s,
                candidates: events.iter().map(|(_, candidate)| candidate.clone()).collect(),
                refused: Refused::default(),
            };
            let outcomes = self.machines[shard].ledger.ingest(batch, now).unwrap();
            for ((sent, candidate), outcome) in events.into_iter().zip(outcomes) {
                let time_ms = self.now - sent.age_ms;
                let Sent { client, kind, outcome: stato, channel, cents, campaign, .. } = sent;
                let same = json!([client, time_ms, kind, stato, channel, cents, campaign]);
                let late = time_ms.div_euclid(30_000) * 30_000 <= self.now - 7_200_000;
                if self.is_new(same.to_string()) {
                    assert_eq!(outcome, Outcome::Accepted { late }, "{candidate:?}");
                    self.kept.push(Kept { time_ms, received_ms: self.now, sent });
                } else {
                    assert_eq!(outcome, Outcome::Duplicate);
                    self.duplicates += 1;
                }
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
        let raw_event = RawEvent { json: &text, event_id: None };
        let valid = EventKind::Spend.validate(&raw_event, &self.source, self.at()).unwrap();
        let shard = valid.candidate.key.shard(self.machines.len() as u16);
        let batch = Batch {
            source: "crm".into(),
            dedup_ttl_s: self.source.dedup_ttl_s,
            candidates: vec![valid.candidate],
            refused: Refused::default(),
        };
        let now = self.at();
        let outcomes = self.machines[usize::from(shard)].ledger.ingest(batch, now).unwrap();
        if self.is_new(text) {
            assert_eq!(outcomes, [Outcome::Accepted { late: false }]);
            self.paid.push((from, paid));
        } else {
            assert_eq!(outcomes, [Outcome::Duplicate]);
            self.duplicates += 1;
        }
    }

    /// A key is remembered for its time to live, in whole seconds, counted from its receipt.
    fn is_new(&mut self, key: String) -> bool {
        let known = self.keys.get(&key).is_some_and(|until_s| self.now / 1_000 <= *until_s);
        if !known {
            let until_s = (self.now + 999) / 1_000 + i64::from(self.source.dedup_ttl_s);
            self.keys.insert(key, until_s);
        }
        !known
    }

    fn commit(&mut self) {
        for shard in 0..self.machines.len() {
            let machine = &mut self.machines[shard];
            let effects = machine.ledger.commit();
            let deltas = machine.perform(effects);
            let birth = machine.ledger.birth();
            for delta in deltas {
                self.publish(Published { shard: shard as u16, birth, delta });
            }
        }
    }

    fn publish(&mut self, published: Published) {
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
    fn refresh(&mut self) {
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
        let snapshots: Vec<_> = self
            .machines
            .iter_mut()
            .map(|machine| match machine.ledger.pull(0, 0) {
                Pulled::Snapshot(snapshot) => *snapshot,
                Pulled::Deltas(_) => panic!("nobody is born as 0"),
            })
            .collect();
        self.hub = Some(Hub::new("main", &snapshots, 5, now).unwrap());
    }

    fn resume(&mut self, request: &[u8]) {
        self.refresh();
        let request = polso_core::live::Request::decode(request).unwrap();
        let now = self.at();
        let (everyone, frames) = self.hub.as_mut().unwrap().resume(&request, now);
        self.link.extend(everyone);
        self.link.extend(frames);
        self.read_link();
    }

    fn read_link(&mut self) {
        for frame in std::mem::take(&mut self.link) {
            if self.viewer.apply(&frame).unwrap() == Applied::Gap {
                self.link.clear();
                let request = self.viewer.resume();
                return self.resume(&request);
            }
        }
    }

    /// The readings that a recount gives, in the form of an answer.
    fn recount(
        &self,
        from_ms: i64,
        to_ms: i64,
        all_time: bool,
        channel: Option<usize>,
        by_campaign: bool,
    ) -> Value {
        let in_window = |kept: &&Kept| {
            (all_time || (from_ms..to_ms).contains(&kept.time_ms))
                && channel.is_none_or(|channel| kept.sent.channel == channel)
                && OUTCOMES[kept.sent.outcome] != "duplicato"
        };
        let kept: Vec<&Kept> = self.kept.iter().filter(in_window).collect();
        // What has been spent of each amount between the two instants, in whole cents.
        let spent_until = |from: i64, paid: &Paid, at: i64| {
            let passed = (at - from).clamp(0, paid.length_ms);
            (i128::from(paid.cents) * i128::from(passed) / i128::from(paid.length_ms)) as i64
        };
        let overlaps = |(from, paid): &&(i64, Paid)| {
            *from < to_ms.min(self.now)
                && from_ms < (from + paid.length_ms).min(self.now)
                && channel.is_none_or(|channel| paid.channel == channel)
        };
        // Of what lies ahead of now, nothing has been spent yet.
        let spent_to_ms = to_ms.min(self.now);
        let paid: Vec<&(i64, Paid)> = self.paid.iter().filter(overlaps).collect();
        let groups: BTreeSet<Option<u8>> = if by_campaign {
            let events = kept.iter().map(|kept| Some(kept.sent.campaign));
            events.chain(paid.iter().map(|(_, paid)| Some(paid.campaign))).collect()
        } else {
            BTreeSet::from([None])
        };
        let of_group = |group: &Option<u8>| {
            let events = kept.iter().filter(|k| group.is_none_or(|group| k.sent.campaign == group));
            let converted = events.clone().filter(|k| {
                OUTCOMES[k.sent.outcome] == "completato"
                    && KINDS[k.sent.kind] != "cancello_abbandono"
            });
            let cents: i64 = converted.clone().map(|k| k.sent.cents).sum();
            let paid = paid.iter().filter(|(_, p)| group.is_none_or(|group| p.campaign == group));
            let spent: i64 = paid
                .map(|(from, p)| {
                    spent_until(*from, p, spent_to_ms) - spent_until(*from, p, from_ms)
                })
                .sum();
            json!([
                group.map(|group| format!("c{group}")),
                converted.count(),
                events.count(),
                format!("{}.{:02}", cents / 100, cents % 100),
                format!("{}.{:02}", spent / 100, spent % 100),
            ])
        };
        groups.iter().map(of_group).collect()
    }
}

/// The same figures out of an answer.
fn figures(answer: &str) -> (Value, i64, i64, i64) {
    let answer: Value = serde_json::from_str(answer).unwrap();
    let readings = answer["readings"].as_array().unwrap();
    let of = |kpi: &str, group: &Value, field: &str| {
        let of = |r: &&Value| r["kpi"] == kpi && r["group"] == *group;
        readings.iter().find(of).unwrap()[field].clone()
    };
    let groups: Vec<Value> = readings
        .iter()
        .filter(|reading| reading["kpi"] == "conversions")
        .map(|reading| {
            let group = &reading["group"];
            let euro = of("total_value", group, "value").as_f64().unwrap();
            let spent = of("cpa", group, "numerator").as_f64().unwrap();
            json!([
                group,
                of("conversions", group, "value"),
                of("conversion_rate", group, "denominator"),
                format!("{euro:.2}"),
                format!("{spent:.2}"),
            ])
        })
        .collect();
    let at = |name: &str| {
        answer["window"][name].as_str().map_or(0, |at| Timestamp::parse(at).unwrap().ms())
    };
    let bucket_s = answer["window"]["bucket_s"].as_i64().unwrap_or(0);
    (groups.into(), at("from"), at("to"), bucket_s)
}

fn check(
    world: &mut World,
    window: &str,
    kind: &str,
    back_ms: i64,
    channel: Option<usize>,
    by: bool,
) {
    world.commit();
    world.refresh();
    let now = world.at();
    let at = Timestamp::from_ms(world.now - back_ms).to_string();
    let filter = channel.map(|channel| format!("canale:{}", CHANNELS[channel]));
    let mut parameters = vec![("window", window), ("kind", kind)];
    if window != "all" {
        parameters.push(("at", &at));
    }
    parameters.extend(filter.as_deref().map(|filter| ("where", filter)));
    if by {
        parameters.push(("by", "campagna"));
    }
    let query = Query::parse(parameters).unwrap();
    let hub = world.hub.as_mut().unwrap();
    let Ok(answer) = hub.answer(&query, now) else {
        assert_ne!(window, "all");
        return;
    };
    let answer = serde_json::to_string(&answer).unwrap();
    let (found, from_ms, to_ms, bucket_s) = figures(&answer);
    // An event older than a tier counts in every tier that still held its time when it came.
    let span_s = match bucket_s {
        30 => 7_200,
        300 => 172_800,
        3_600 => 3_024_000,
        _ => 34_560_000,
    };
    let held = |kept: &Kept| {
        let bucket_ms = bucket_s * 1_000;
        bucket_s == 0
            || kept.time_ms.div_euclid(bucket_ms) * bucket_ms > kept.received_ms - span_s * 1_000
    };
    let all = std::mem::take(&mut world.kept);
    world.kept = all.iter().filter(|kept| held(kept)).cloned().collect();
    let (from_ms, to_ms) = if bucket_s == 0 { (0, world.now) } else { (from_ms, to_ms) };
    let expected = world.recount(from_ms, to_ms, bucket_s == 0, channel, by);
    world.kept = all;
    assert_eq!(found, expected, "{answer}");

    // The viewer says the same, to the last digit.
    let request = world.viewer.resume();
    world.resume(&request);
    let seen = serde_json::to_string(&world.viewer.answer(&query, now).unwrap()).unwrap();
    assert_eq!(seen, answer);
    let integrity = world.hub.as_ref().unwrap().integrity();
    assert_eq!(world.viewer.integrity(), integrity);
    let total = &integrity["total"];
    assert_eq!(total["accepted"], world.kept.len() + world.paid.len());
    assert_eq!(total["duplicates"], world.duplicates);
    let accepted = (world.kept.len() + world.paid.len()) as u64;
    assert_eq!(total["received"], accepted + world.duplicates);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn numbers_do_not_depend_on_how_events_came(
        shards in 1..=8_usize,
        dedup_ttl_s in prop::sample::select(vec![60, 3_600]),
        acts in prop::collection::vec(act(), 1..40),
        window in prop::sample::select(vec!["30s", "5m", "7m", "1h", "2h", "24h", "3d", "400d", "all"]),
        kind in prop::sample::select(vec!["sliding", "tumbling"]),
        back_ms in prop_oneof![0..100_000_i64, 0..172_800_000_i64],
        channel in prop::option::of(0..4_usize),
        by in any::<bool>(),
    ) {
        let mut world = World::new(shards, dedup_ttl_s);
        for act in acts {
            world.act(act);
        }
        check(&mut world, window, kind, back_ms, channel, by);
    }
}
