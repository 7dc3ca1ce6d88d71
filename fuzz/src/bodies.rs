//! Bodies: cut where another parser cuts them, within their limits, and answered event by event.

use polso_core::{EventKind, Ledger, Shards};
use polso_intake::body::{Format, split};
use polso_intake::{Config, Item, Limits, Prepared};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::input::Input;
use crate::kinds;
use crate::world::now;

const TYPES: [&str; 4] =
    ["application/json", "application/x-ndjson", "Application/JSON; charset=\"UTF-8\"", "text/csv"];
const SHARDS: u8 = 3;

/// Three bytes that choose content type, limit of events and kind, then the body.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let content_type = Some(input.pick(&TYPES));
    let events_max = usize::from(input.byte() % 32) + 1;
    let (_, kind) = input.pick(&EventKind::NAMES);
    let body = input.rest();
    let limits = Limits { body_bytes_max: 4_096, events_max };
    match split(content_type, body, &limits) {
        Ok(items) => {
            check_items(Format::of(content_type).unwrap(), body, &items, &limits);
            answer(kind, content_type, body, items.len(), limits);
        }
        Err(refusal) => {
            assert!(matches!(refusal.status(), 400 | 413 | 415), "{refusal:?}");
            let is_json = serde_json::from_slice::<&RawValue>(body).is_ok();
            assert!(refusal.code() != "body_not_json" || !is_json, "{refusal:?}");
            assert!(serde_json::from_str::<Value>(&refusal.to_json()).is_ok());
        }
    }
}

fn check_items(format: Format, body: &[u8], items: &[Item<'_>], limits: &Limits) {
    assert!((1..=limits.events_max).contains(&items.len()));
    assert!(body.len() <= limits.body_bytes_max);
    let text = std::str::from_utf8(body).unwrap();
    let parse = |text| serde_json::from_str::<&RawValue>(text).map(RawValue::get);
    for item in items {
        match *item {
            Item::Json(json) => assert_eq!(parse(json).ok(), Some(json)),
            Item::Malformed(line) => assert!(format == Format::Ndjson && parse(line).is_err()),
        }
    }
    if format == Format::Json {
        let found: Vec<&str> = items
            .iter()
            .map(|item| match *item {
                Item::Json(json) => json,
                Item::Malformed(line) => panic!("malformed: {line}"),
            })
            .collect();
        let expected = match serde_json::from_str::<Vec<&RawValue>>(text) {
            Ok(elements) => elements.into_iter().map(RawValue::get).collect(),
            Err(_) => vec![parse(text).unwrap()],
        };
        assert_eq!(found, expected);
    } else {
        let lines =
            text.split('\n').filter(|line| !line.trim_matches([' ', '\t', '\r']).is_empty());
        assert_eq!(items.len(), lines.count());
    }
}

/// Sends the body twice: nothing is accepted the second time, and the verdicts add up.
fn answer(kind: EventKind, content_type: Option<&str>, body: &[u8], events: usize, limits: Limits) {
    let vars = json!({ "sources": { "crm": { "kind": "native" } } });
    let config = Config::parse(&vars, |_| Some("{}".into())).unwrap();
    let mut sender = config.sources["crm"].clone();
    sender.limits = limits;
    let mut ledgers: Vec<Ledger> = (0..SHARDS).map(|n| Ledger::new(u64::from(n), 1)).collect();
    let shards = Shards::always(u16::from(SHARDS));
    for round in 0..2 {
        let prepared =
            Prepared::new(kind, &sender, content_type, body, &shards, now()).expect("it was split");
        let outcomes = prepared.batches.iter().map(|(shard, batch)| {
            let ledger = &mut ledgers[usize::from(*shard)];
            let outcomes = ledger.ingest(batch.clone(), now());
            let _ = ledger.commit();
            outcomes
        });
        let answer = prepared.answer(outcomes.collect()).unwrap();
        let json: Value = serde_json::from_str(&answer.body).unwrap();
        let count = |name: &str| json[name].as_u64().unwrap() as usize;
        let sum =
            ["accepted", "duplicates", "conflicts", "rejected", "filtered"].map(count).iter().sum();
        assert_eq!((events, json["results"].as_array().unwrap().len()), (sum, events));
        assert_eq!(answer.status, if count("rejected") == events { 422 } else { 202 });
        assert!(round == 0 || count("accepted") == 0, "accepted again: {json}");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let [one, other] = [0, 1].map(|n| kinds::examples(EventKind::Conversion)[n]);
    let spend = kinds::examples(EventKind::Spend)[0];
    let seed = |choices: [u8; 3], body: &str| [&choices, body.as_bytes()].concat();
    vec![
        seed([0, 9, 0], one),
        seed([2, 9, 0], &format!(" [ {one} , {other}, 1, null ]\n")),
        seed([1, 9, 0], &format!("{one}\r\n\n{other}\n{{\n[1] 2")),
        seed([0, 9, 1], &format!("[{spend},{spend}]")),
        seed([0, 0, 0], "[{},{}]"),
        seed([1, 0, 0], "1\n2"),
        seed([0, 0, 0], "\u{feff}{}"),
        seed([0, 0, 0], "[[[[\"\\ud800\"]]]]"),
    ]
}
