//! The golden cases of `tests/cases/`, run natively: validation, ledgers, hub and viewer, at many
//! instants, in one shard and in several, with and without restarts.
//!
//! The same files run against the Worker and the npm package (`tests/golden/`). Here the clock is a
//! number, so that every case is tried around the edges of panes and windows, and with a receiver
//! that is slower than the sender: a case that could depend on when it runs fails here first.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod format;
#[path = "../machine/mod.rs"]
mod machine;
mod world;

use std::collections::BTreeMap;

use polso_core::{EventKind, Hub, Query, RawEvent, ReasonCode, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use format::{Case, Expected, File, Question, duration_ms, events, files, read};
use world::World;

/// 2026-03-10T12:00:00Z, a Tuesday: the edge of every bucket but the day's.
const NOON_MS: i64 = 1_773_144_000_000;

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
        "filtered": count("filtered"),
        "late": verdicts.iter().filter(|v| v["late"] == true).count(),
        "reasons": reasons,
    })
}

fn parameters(ask: &BTreeMap<String, Value>) -> Vec<(&str, String)> {
    ask.iter()
        .flat_map(|(name, value)| match value {
            Value::Array(values) => {
                values.iter().map(|value| (name.as_str(), parameter(value))).collect()
            }
            value => vec![(name.as_str(), parameter(value))],
        })
        .collect()
}

fn parameter(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
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
    let asked = parameters(&question.ask);
    let asked = asked.iter().map(|(name, value)| (*name, value.as_str()));
    let answer = Query::parse(asked).and_then(|query| {
        let answer = hub.answer(&query, now)?;
        assert_eq!(world.viewer.answer(&query, now).unwrap(), answer, "{at}: the viewer differs");
        Ok(answer.to_json())
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

/// The verdict as its sender is told it: why an event is late is the cases' own.
fn told(expected: &Value) -> Value {
    let mut told = expected.clone();
    if told["late"] == "superseded" {
        told["late"] = json!(true);
    }
    told
}

fn run(name: &str, file: &File, case: &Case, way: Way) {
    let at = format!("{name}: {} ({way:?})", case.name);
    let mut now_ms = way.now_ms + way.delay_ms;
    let mut world = World::new(way.shards);
    let mut verdicts = Vec::new();
    for request in &case.requests {
        now_ms += request.wait.as_deref().map_or(0, duration_ms);
        let now = Timestamp::from_ms(now_ms);
        let sent = events(request, file);
        let kind = EventKind::named(request.kind(file)).unwrap();
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
            assert_eq!(*found, told(expected), "{at}: event {index}: {text}");
        }
        verdicts.extend(found);
        if way.restarts {
            world.restart();
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
    for (name, text) in files() {
        for start in starts {
            let now_ms = NOON_MS + start;
            let file = read(&name, &text, now_ms);
            for case in &file.cases {
                for delay_ms in if case.exact_clock { [0; 3] } else { delays } {
                    let (shards, restarts) = ways.next().unwrap();
                    run(&name, &file, case, Way { now_ms, delay_ms, shards, restarts });
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
        // A mapping gives these, before there is an event: their cases are those of `polso-intake`.
        .filter(|code| !["mapping_unmet", "mapping_unknown_value"].contains(code))
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
