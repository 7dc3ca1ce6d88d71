//! The golden cases of `tests/cases/`, run natively: validation, ledgers, hub and viewer, at many
//! instants, in one shard and in several, with and without restarts.
//!
//! The same files run against the Worker and the npm package (`tests/golden/`). Here the clock is a
//! number, so that every case is tried around the edges of panes and windows, and with a receiver
//! that is slower than the sender: a case that could depend on when it runs fails here first.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use polso_core::{
    Batch, Candidate, Effect, EventKind, Hub, Ledger, Outcome, Pulled, Query, RawEvent, Reason,
    ReasonCode, Refused, Source, Timestamp, Viewer, live,
};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

/// 2026-03-10T12:00:00Z, a Tuesday: the edge of every bucket but the day's.
const NOON_MS: i64 = 1_773_144_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    base: Members,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: Source,
    #[serde(default)]
    exact_clock: bool,
    requests: Vec<Request>,
    #[serde(default)]
    queries: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    #[serde(default = "conversion")]
    kind: String,
    #[serde(default, rename = "as")]
    _as: Option<String>,
    #[serde(default)]
    wait: Option<String>,
    #[serde(default = "once")]
    times: usize,
    #[serde(default)]
    events: Vec<Members>,
    #[serde(default)]
    raw: Vec<String>,
    #[serde(default)]
    event_ids: Vec<Option<String>>,
    #[serde(default)]
    keys: Vec<Option<String>>,
    results: Vec<Value>,
}

fn conversion() -> String {
    "conversione".to_owned()
}

const fn once() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    ask: BTreeMap<String, Value>,
    #[serde(default)]
    window: BTreeMap<String, Value>,
    #[serde(default)]
    readings: Vec<Expected>,
    #[serde(default)]
    refused: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    kpi: String,
    value: Option<String>,
    numerator: String,
    #[serde(default)]
    denominator: Option<String>,
    status: String,
    #[serde(default)]
    group: Option<String>,
}

/// The members of an object in their order, as they were written.
#[derive(Clone, Default)]
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

impl Members {
    /// The text of this event laid over `base`.
    fn over(&self, base: &Self) -> String {
        let mut members = base.0.clone();
        for (name, value) in &self.0 {
            match members.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = value.clone(),
                None => members.push((name.clone(), value.clone())),
            }
        }
        let text: Vec<String> = members
            .iter()
            .filter(|(_, value)| value.get() != r#""{{absent}}""#)
            .map(|(name, value)| format!("{}:{}", json!(name), value.get()))
            .collect();
        format!("{{{}}}", text.join(","))
    }
}

fn duration_ms(text: &str) -> i64 {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit_ms = match text.strip_prefix(digits).unwrap() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        unit => panic!("no unit: `{unit}` of `{text}`"),
    };
    digits.parse::<i64>().unwrap() * unit_ms
}

/// `now`, `now-10m`, `now|5m-1h+1ms`: an instant, floored to a multiple and moved.
fn instant(text: &str, now_ms: i64) -> Option<String> {
    let mut rest = text.strip_prefix("now")?;
    let mut at = Timestamp::from_ms(now_ms);
    let end = |text: &str| text.find(['+', '-']).unwrap_or(text.len());
    if let Some(floor) = rest.strip_prefix('|') {
        let (step, moves) = floor.split_at(end(floor));
        at = at.floor(duration_ms(step));
        rest = moves;
    }
    while let Some(sign) = rest.chars().next() {
        let (length, more) = rest[1..].split_at(end(&rest[1..]));
        let ms = duration_ms(length);
        at = at.plus_ms(if sign == '-' { -ms } else { ms });
        rest = more;
    }
    Some(at.to_string())
}

/// `x*64`: the text so often, `#` in it being the number of the repetition.
fn repeated(text: &str) -> Option<String> {
    let (unit, count) = text.rsplit_once('*')?;
    let count: usize = count.parse().ok()?;
    Some((1..=count).map(|number| unit.replace('#', &number.to_string())).collect())
}

/// Replaces every placeholder that does not belong to a single event.
fn laid_out(text: &str, now_ms: i64) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let end = start + 2 + rest[start + 2..].find("}}").unwrap();
        let inner = &rest[start + 2..end];
        found += &rest[..start];
        match instant(inner, now_ms).or_else(|| repeated(inner)) {
            Some(text) => found += &text,
            None => found += &rest[start..end + 2],
        }
        rest = &rest[end + 2..];
    }
    found + rest
}

/// Every file with its text.
fn files() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/cases");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "json"))
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn read(name: &str, text: &str, now_ms: i64) -> File {
    serde_json::from_str(&laid_out(text, now_ms)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// How a case is run.
#[derive(Clone, Copy, Debug)]
struct Way {
    /// What the case calls `now`.
    now_ms: i64,
    /// How much later the receiver gets it, and how much later again it is asked.
    delay_ms: i64,
    shards: u16,
    /// Whether ledgers, hub and viewer are all made anew after each request.
    restarts: bool,
}

struct Machine {
    ledger: Ledger,
    checkpoint: Vec<u8>,
    journal: Vec<Vec<u8>>,
}

impl Machine {
    fn new(birth: u64) -> Self {
        let mut ledger = Ledger::new(birth, 7);
        let Effect::Checkpoint { bytes, .. } = ledger.checkpoint() else { panic!("no checkpoint") };
        Self { ledger, checkpoint: bytes, journal: Vec::new() }
    }

    fn commit(&mut self) {
        for effect in self.ledger.commit() {
            if let Effect::Append { block, .. } = effect {
                self.journal.push(block);
            }
        }
    }

    fn restart(&mut self) {
        let tail = self.journal.iter().map(Vec::as_slice);
        self.ledger = Ledger::restore(&self.checkpoint, tail, 9).unwrap();
    }
}

struct World {
    machines: Vec<Machine>,
    viewer: Viewer,
}

impl World {
    fn new(shards: u16) -> Self {
        let machines = (1..=u64::from(shards)).map(Machine::new).collect();
        Self { machines, viewer: Viewer::default() }
    }

    fn hub(&mut self, now: Timestamp) -> Hub {
        let snapshots: Vec<_> = self
            .machines
            .iter_mut()
            .map(|machine| match machine.ledger.pull(0, 0) {
                Pulled::Snapshot(snapshot) => *snapshot,
                Pulled::Deltas(_) => panic!("nobody is born as 0"),
            })
            .collect();
        Hub::new("main", &snapshots, 5, now).unwrap()
    }

    /// Brings the viewer up to the ledgers' position, by way of a hub.
    fn look(&mut self, now: Timestamp) -> Hub {
        let mut hub = self.hub(now);
        let request = live::Request::decode(&self.viewer.resume()).unwrap();
        let (everyone, frames) = hub.resume(&request, now);
        assert_eq!(everyone, None, "a new hub has nothing to send");
        for frame in frames {
            self.viewer.apply(&frame).unwrap();
        }
        hub
    }

    /// Sends one request; the verdicts as the cases write them.
    fn send(
        &mut self,
        kind: EventKind,
        source: &Source,
        events: &[RawEvent<'_>],
        now: Timestamp,
    ) -> Vec<Value> {
        let shards = self.machines.len() as u16;
        let mut batches: Vec<Vec<(usize, Candidate)>> = vec![Vec::new(); usize::from(shards)];
        let mut verdicts = vec![Value::Null; events.len()];
        let mut warnings: Vec<Vec<String>> = vec![Vec::new(); events.len()];
        let mut refused = Refused::default();
        for (index, event) in events.iter().enumerate() {
            match kind.validate(event, source, now) {
                Ok(valid) => {
                    let shard = usize::from(valid.candidate.key.shard(shards));
                    warnings[index] = valid.warnings;
                    batches[shard].push((index, valid.candidate));
                }
                Err(reasons) => {
                    refused.rejected += 1;
                    for code in distinct(&reasons) {
                        *refused.reasons.entry(code).or_default() += 1;
                    }
                    verdicts[index] = rejected(&reasons);
                }
            }
        }
        for (machine, events) in self.machines.iter_mut().zip(batches) {
            let batch = Batch {
                source: source.name.clone(),
                dedup_ttl_s: source.dedup_ttl_s,
                candidates: events.iter().map(|(_, candidate)| candidate.clone()).collect(),
                refused: std::mem::take(&mut refused),
            };
            let outcomes = machine.ledger.ingest(batch, now).unwrap();
            machine.commit();
            for ((index, _), outcome) in events.iter().zip(outcomes) {
                verdicts[*index] = verdict(outcome, &warnings[*index]);
            }
        }
        verdicts
    }
}

fn distinct(reasons: &[Reason]) -> Vec<ReasonCode> {
    let mut codes: Vec<ReasonCode> = reasons.iter().map(|reason| reason.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn rejected(reasons: &[Reason]) -> Value {
    let short = |reason: &Reason| match &reason.field {
        Some(field) => json!([reason.code.code(), field]),
        None => json!([reason.code.code()]),
    };
    let reasons: Vec<Value> = reasons.iter().map(short).collect();
    json!({ "verdict": "rejected", "reasons": reasons })
}

fn verdict(outcome: Outcome, warnings: &[String]) -> Value {
    let mut verdict = match outcome {
        Outcome::Accepted { late: false } => json!({ "verdict": "accepted" }),
        Outcome::Accepted { late: true } => json!({ "verdict": "accepted", "late": true }),
        Outcome::Duplicate => json!({ "verdict": "duplicate" }),
        Outcome::Conflict => json!({ "verdict": "conflict" }),
    };
    if !warnings.is_empty() && matches!(outcome, Outcome::Accepted { .. }) {
        verdict["warnings"] = json!(warnings);
    }
    verdict
}

/// The events of a request, in their order: text, signed id, expected key, expected verdict.
type Sent = (String, Option<String>, Option<String>, Value);

fn events(request: &Request, base: &Members) -> Vec<Sent> {
    let texts: Vec<String> = if request.raw.is_empty() {
        let base = if request.kind == conversion() { base } else { &Members::default() };
        request.events.iter().map(|event| event.over(base)).collect()
    } else {
        request.raw.clone()
    };
    assert_eq!(texts.len(), request.results.len(), "as many results as events");
    let given = |list: &[Option<String>], index: usize| list.get(index).cloned().flatten();
    let round = |number: usize| {
        let number = format!("{number:06}");
        let texts: Vec<String> = texts.iter().map(|text| text.replace("{{n}}", &number)).collect();
        texts.into_iter().enumerate().map(|(index, text)| {
            let (id, key) = (given(&request.event_ids, index), given(&request.keys, index));
            (text, id, key, request.results[index].clone())
        })
    };
    (1..=request.times).flat_map(round).collect::<Vec<_>>()
}

/// What the integrity figures must be after these verdicts.
fn tally(verdicts: &[Value]) -> Value {
    let count = |name: &str| verdicts.iter().filter(|v| v["verdict"] == name).count();
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for verdict in verdicts {
        let mut codes: Vec<&str> = verdict["reasons"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|reason| reason[0].as_str().unwrap())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        codes.into_iter().for_each(|code| *reasons.entry(code).or_default() += 1);
    }
    json!({
        "received": verdicts.len(),
        "accepted": count("accepted"),
        "duplicates": count("duplicate"),
        "conflicts": count("conflict"),
        "rejected": count("rejected"),
        "late": verdicts.iter().filter(|v| v["late"] == true).count(),
        "reasons": reasons,
    })
}

fn parameters(ask: &BTreeMap<String, Value>) -> Vec<(&str, &str)> {
    ask.iter()
        .flat_map(|(name, value)| match value {
            Value::Array(values) => {
                values.iter().map(|value| (name.as_str(), value.as_str().unwrap())).collect()
            }
            value => vec![(name.as_str(), value.as_str().unwrap())],
        })
        .collect()
}

/// The readings of an answer's text, numbers as they are written there.
fn readings(answer: &str) -> Vec<Expected> {
    #[derive(Deserialize)]
    struct Answer {
        readings: Vec<Reading>,
    }
    #[derive(Deserialize)]
    struct Reading {
        kpi: String,
        value: Option<Box<RawValue>>,
        numerator: Box<RawValue>,
        denominator: Option<Box<RawValue>>,
        status: String,
        group: Option<String>,
    }
    let answer: Answer = serde_json::from_str(answer).unwrap();
    let text = |value: Option<Box<RawValue>>| value.map(|value| value.get().to_owned());
    let expected = |reading: Reading| Expected {
        kpi: reading.kpi,
        value: text(reading.value),
        numerator: reading.numerator.get().to_owned(),
        denominator: text(reading.denominator),
        status: reading.status,
        group: reading.group,
    };
    answer.readings.into_iter().map(expected).collect()
}

fn check_question(world: &World, hub: &mut Hub, question: &Question, now: Timestamp, at: &str) {
    let answer = Query::parse(parameters(&question.ask)).and_then(|query| {
        let answer = hub.answer(&query, now)?;
        assert_eq!(world.viewer.answer(&query, now).unwrap(), answer, "{at}: the viewer differs");
        Ok(serde_json::to_string(&answer).unwrap())
    });
    match (answer, question.refused.as_deref()) {
        (Err(error), expected) => assert_eq!(Some(error.code), expected, "{at}: {error}"),
        (Ok(answer), Some(_)) => panic!("{at}: not refused: {answer}"),
        (Ok(answer), None) => {
            assert_eq!(readings(&answer), question.readings, "{at}: {answer}");
            let answer: Value = serde_json::from_str(&answer).unwrap();
            for (name, expected) in &question.window {
                assert_eq!(&answer["window"][name], expected, "{at}: window.{name}");
            }
        }
    }
}

fn run(file: &str, base: &Members, case: &Case, way: Way) {
    let at = format!("{file}: {} ({way:?})", case.name);
    let mut now_ms = way.now_ms + way.delay_ms;
    let mut world = World::new(way.shards);
    let mut verdicts = Vec::new();
    for request in &case.requests {
        now_ms += request.wait.as_deref().map_or(0, duration_ms);
        let now = Timestamp::from_ms(now_ms);
        let sent = events(request, base);
        let kind = EventKind::named(&request.kind).unwrap();
        let raw: Vec<RawEvent<'_>> =
            sent.iter().map(|(json, id, ..)| RawEvent { json, event_id: id.as_deref() }).collect();
        for (event, (_, _, key, _)) in raw.iter().zip(&sent) {
            if let Some(key) = key {
                let valid = kind.validate(event, &case.source, now).unwrap();
                assert_eq!(valid.candidate.key.to_string(), *key, "{at}: dedup key");
            }
        }
        let found = world.send(kind, &case.source, &raw, now);
        for (index, ((text, .., expected), found)) in sent.iter().zip(&found).enumerate() {
            assert_eq!(found, expected, "{at}: event {index}: {text}");
        }
        verdicts.extend(found);
        if way.restarts {
            world.machines.iter_mut().for_each(Machine::restart);
            world.viewer = Viewer::default();
        }
        world.look(now);
    }
    let now = Timestamp::from_ms(now_ms + way.delay_ms);
    let mut hub = world.look(now);
    for question in &case.queries {
        check_question(&world, &mut hub, question, now, &at);
    }
    let integrity = hub.integrity();
    assert_eq!(world.viewer.integrity(), integrity, "{at}");
    let sources = &integrity["sources"];
    if verdicts.is_empty() {
        return assert_eq!(sources, &json!({}), "{at}: who has sent nothing is not there");
    }
    let tally = tally(&verdicts);
    for (name, expected) in tally.as_object().unwrap() {
        assert_eq!(&sources[&case.source.name][name], expected, "{at}: {name}");
    }
}

#[test]
fn every_case_comes_out_as_written_at_any_instant() {
    // Around the edges of panes and of five minutes, at the hour and within it.
    let starts = [0, 1, 29_999, 30_000, 17_345, 299_999, 1_234_567, 3_599_999, 43_200_000];
    let delays = [0, 1, 20_000];
    let mut ways = [(1, false), (4, true), (4, false), (1, true)].into_iter().cycle();
    for (file, text) in files() {
        for start in starts {
            let now_ms = NOON_MS + start;
            let File { base, cases, .. } = read(&file, &text, now_ms);
            for case in &cases {
                for delay_ms in if case.exact_clock { [0; 3] } else { delays } {
                    let (shards, restarts) = ways.next().unwrap();
                    run(&file, &base, case, Way { now_ms, delay_ms, shards, restarts });
                }
            }
        }
    }
}

#[test]
fn every_reason_has_a_case() {
    let mut found: Vec<String> = Vec::new();
    for (file, text) in files() {
        for request in read(&file, &text, NOON_MS).cases.iter().flat_map(|case| &case.requests) {
            for result in &request.results {
                let reasons = result["reasons"].as_array().into_iter().flatten();
                found.extend(reasons.map(|reason| reason[0].as_str().unwrap().to_owned()));
            }
        }
    }
    let missing: Vec<&str> = ReasonCode::ALL
        .iter()
        .map(|code| code.code())
        .filter(|code| !found.iter().any(|known| known == code))
        .collect();
    assert_eq!(missing, [""; 0], "reasons without a golden case");
}

#[test]
fn there_are_forty_cases_of_distinct_sources() {
    let mut sources: Vec<String> = files()
        .iter()
        .flat_map(|(file, text)| read(file, text, NOON_MS).cases)
        .map(|case| case.source.name)
        .collect();
    let count = sources.len();
    assert!(count >= 40, "{count} cases");
    sources.sort();
    sources.dedup();
    assert_eq!(sources.len(), count, "each case has a source of its own");
}
