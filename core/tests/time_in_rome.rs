//! Days and hours of Rome around the two changes of its clocks, by way of a ledger and a hub.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use polso_core::{
    Batch, Candidate, ClientIdRule, EventKind, Hub, Ledger, Outcome, Pulled, Query, RawEvent,
    Source, Timestamp,
};
use serde_json::{Value, json};

const HOUR_MS: i64 = 3_600_000;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A hub over one ledger that has taken these events.
fn counted(kind: EventKind, events: &[Value], now: Timestamp) -> Hub {
    let source = Source { client_id: ClientIdRule::Free, ..Source::named("crm") };
    let candidate = |event: &Value| -> Candidate {
        let json = event.to_string();
        kind.validate(&RawEvent { json: &json, event_id: None }, &source, now).unwrap().candidate
    };
    let mut ledger = Ledger::new(1, 1);
    let batch = Batch {
        source: "crm".into(),
        dedup_ttl_s: 3_600,
        candidates: events.iter().map(candidate).collect(),
        ..Batch::default()
    };
    let outcomes = ledger.ingest(batch, now).unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Accepted { .. })));
    drop(ledger.commit());
    let Pulled::Snapshot(snapshot) = ledger.pull(0, 0) else { panic!("no snapshot") };
    Hub::new("main", &[*snapshot], 1, now).unwrap()
}

fn conversion(time: Timestamp) -> Value {
    json!({
        "id_cliente": "c",
        "evento": "acquisto_concluso",
        "timestamp": time.to_string(),
        "valore": 1,
        "canale": "email",
        "stato": "completato",
    })
}

fn conversions(times: &[&str], now: Timestamp) -> Hub {
    let events: Vec<Value> = times.iter().map(|time| conversion(at(time))).collect();
    counted(EventKind::Conversion, &events, now)
}

/// One conversion in each hour of a span.
fn one_an_hour(from: &str, hours: i64, now: Timestamp) -> Hub {
    let times = (0..hours).map(|hour| at(from).plus_ms(hour * HOUR_MS));
    let events: Vec<Value> = times.map(conversion).collect();
    counted(EventKind::Conversion, &events, now)
}

/// The window of an answer, and its groups with the numerator of each.
fn ask(
    hub: &mut Hub,
    parameters: &[(&str, &str)],
    now: Timestamp,
) -> (String, Vec<(String, String)>) {
    let query = Query::parse(parameters.iter().copied()).unwrap();
    let answer =
        serde_json::from_str::<Value>(&hub.answer(&query, now).unwrap().to_json()).unwrap();
    let reading = |reading: &Value| {
        let group = reading["group"].as_str().unwrap_or_default().to_owned();
        (group, reading["numerator"].to_string())
    };
    let window = &answer["window"];
    let text = |name: &str| window[name].as_str().unwrap().to_owned();
    let readings = answer["readings"].as_array().unwrap().iter().map(reading).collect();
    (format!("{}/{}", text("from"), text("to")), readings)
}

#[track_caller]
fn check(
    hub: &mut Hub,
    window: &[(&str, &str)],
    by: &str,
    now: Timestamp,
    expected: &[(&str, &str)],
) {
    let parameters = [window, &[("kpi", "conversions"), ("by", by)]].concat();
    let (_, found) = ask(hub, &parameters, now);
    let expected: Vec<(String, String)> =
        expected.iter().map(|(group, sum)| ((*group).to_owned(), (*sum).to_owned())).collect();
    assert_eq!(found, expected, "by {by}");
}

#[test]
fn in_march_the_hour_after_one_is_three() {
    let now = at("2026-03-29T12:00:00Z");
    let mut hub = conversions(
        &[
            "2026-03-28T22:59:59.999Z",
            "2026-03-28T23:00:00Z",
            "2026-03-29T00:59:59.999Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T01:00:00.001Z",
        ],
        now,
    );
    let day = [("window", "2d")];
    check(&mut hub, &day, "ora", now, &[("00", "1"), ("01", "1"), ("03", "2"), ("23", "1")]);
    check(&mut hub, &day, "giorno", now, &[("2026-03-28", "1"), ("2026-03-29", "4")]);
    let hours = [("6-23", "1"), ("7-00", "1"), ("7-01", "1"), ("7-03", "2")];
    check(&mut hub, &day, "giorno_ora", now, &hours);
}

#[test]
fn in_october_the_hour_of_two_comes_twice() {
    let now = at("2026-10-26T00:00:00Z");
    let mut hub = conversions(
        &[
            "2026-10-24T21:59:59.999Z",
            "2026-10-24T22:00:00Z",
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:59:59.999Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T01:59:59.999Z",
            "2026-10-25T02:00:00Z",
            "2026-10-25T22:59:59.999Z",
            "2026-10-25T23:00:00Z",
        ],
        now,
    );
    let day = [("kind", "calendar"), ("window", "1d"), ("at", "2026-10-25T12:00:00Z")];
    check(&mut hub, &day, "ora", now, &[("00", "1"), ("02", "4"), ("03", "1"), ("23", "1")]);
    let hours = [("7-00", "1"), ("7-02", "4"), ("7-03", "1"), ("7-23", "1")];
    check(&mut hub, &day, "giorno_ora", now, &hours);
    let days = [("2026-10-24", "1"), ("2026-10-25", "7"), ("2026-10-26", "1")];
    check(&mut hub, &[("window", "7d")], "giorno", now, &days);
}

#[test]
fn a_day_of_the_calendar_has_23_24_or_25_hours() {
    for (day, hours, window) in [
        ("2026-03-28", 24, "2026-03-27T23:00:00.000Z/2026-03-28T23:00:00.000Z"),
        ("2026-03-29", 23, "2026-03-28T23:00:00.000Z/2026-03-29T22:00:00.000Z"),
        ("2026-03-30", 24, "2026-03-29T22:00:00.000Z/2026-03-30T22:00:00.000Z"),
        ("2026-10-24", 24, "2026-10-23T22:00:00.000Z/2026-10-24T22:00:00.000Z"),
        ("2026-10-25", 25, "2026-10-24T22:00:00.000Z/2026-10-25T23:00:00.000Z"),
        ("2026-10-26", 24, "2026-10-25T23:00:00.000Z/2026-10-26T23:00:00.000Z"),
    ] {
        let noon = format!("{day}T12:00:00Z");
        let now = at(&noon).plus_ms(60 * HOUR_MS);
        let from = at(&noon).plus_ms(-60 * HOUR_MS).to_string();
        let mut hub = one_an_hour(&from, 120, now);
        let calendar = [("kind", "calendar"), ("window", "1d"), ("at", noon.as_str())];
        let (found, sums) =
            ask(&mut hub, &[&calendar[..], &[("kpi", "conversions")]].concat(), now);
        assert_eq!((found.as_str(), sums[0].1.as_str()), (window, hours.to_string().as_str()));
        check(&mut hub, &calendar, "giorno", now, &[(day, &hours.to_string())]);
    }
}

#[test]
fn spend_is_shared_out_by_the_hour_and_adds_up_to_the_cent() {
    let now = at("2026-10-27T00:00:00Z");
    // The whole day of 25 hours, at 40 cents an hour and one cent over the day.
    let mut hub = counted(
        EventKind::Spend,
        &[json!({
            "canale": "email",
            "importo": 10.01,
            "da": "2026-10-25T00:00:00+02:00",
            "a": "2026-10-26T00:00:00+01:00",
        })],
        now,
    );
    let mut cents = |by: &str| -> Vec<(String, i64)> {
        let (_, sums) = ask(&mut hub, &[("window", "7d"), ("kpi", "cpa"), ("by", by)], now);
        let cents = |euro: &str| (euro.parse::<f64>().unwrap() * 100.0).round() as i64;
        sums.into_iter().map(|(group, euro)| (group, cents(&euro))).collect()
    };
    let hours = cents("ora");
    assert_eq!(hours.len(), 24);
    assert_eq!(hours.iter().map(|(_, sum)| sum).sum::<i64>(), 1_001);
    assert_eq!(hours[1..3], [("01".to_owned(), 40), ("02".to_owned(), 80)]);
    assert_eq!(cents("giorno"), [("2026-10-25".to_owned(), 1_001)]);
}

#[test]
fn steps_of_an_unfinished_day_stop_at_the_present_one() {
    let now = at("2026-03-29T10:30:00Z");
    let mut hub = one_an_hour("2026-03-28T23:00:00Z", 12, now);
    let day = [("kind", "calendar"), ("window", "1d"), ("by", "1h"), ("kpi", "conversions")];
    let (window, hours) = ask(&mut hub, &day, now);
    assert_eq!(window, "2026-03-28T23:00:00.000Z/2026-03-29T22:00:00.000Z");
    assert_eq!(hours.len(), 12);
    assert_eq!(hours[11], ("2026-03-29T10:00:00.000Z".to_owned(), "1".to_owned()));
    assert!(hours.iter().all(|(_, sum)| sum == "1"), "{hours:?}");
}

#[test]
fn four_weeks_fill_every_cell_of_the_week() {
    let now = at("2026-03-10T12:30:00Z");
    let mut hub = one_an_hour("2026-02-10T12:10:00Z", 28 * 24 + 1, now);
    let (_, cells) =
        ask(&mut hub, &[("window", "28d"), ("by", "giorno_ora"), ("kpi", "conversions")], now);
    assert_eq!(cells.len(), 168);
    assert!(cells.iter().all(|(_, sum)| sum == "4"), "{cells:?}");
    assert!(cells.is_sorted());
}
