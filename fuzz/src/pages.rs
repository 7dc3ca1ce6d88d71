//! Bodies of pages: refused as a whole, or answered row by row, each by its own id and never accepted twice.

use polso_core::{EventKind, Ledger, Shards};
use polso_intake::{Config, Prepared, Rates, Refusal, Sender};
use serde_json::{Value, json};

use crate::kinds;
use crate::world::now;

const SHARDS: u8 = 3;
const TYPE: Option<&str> = Some("text/plain;charset=UTF-8");

pub fn run(body: &[u8]) {
    let vars = json!({ "sources": { "sito": {
        "kind": "browser", "write_key": "pk_1", "origins": ["https://a.it"], "events_max": 9, "body_max_kib": 4,
    } } });
    let config = Config::parse(&vars, |_| Some("{}".into())).unwrap();
    let sender = &config.sources["sito"];
    let mut ledgers: Vec<Ledger> = (0..SHARDS).map(|n| Ledger::new(u64::from(n), 1)).collect();
    for round in 0..2 {
        match receive(sender, body) {
            Ok(prepared) => check(&prepared, &mut ledgers, body, round),
            Err(refusal) => {
                assert!(matches!(refusal.status(), 400 | 401 | 413), "{refusal:?}");
                assert!(serde_json::from_str::<Value>(&refusal.to_json()).is_ok());
            }
        }
    }
}

fn receive(sender: &Sender, body: &[u8]) -> Result<Prepared, Refusal> {
    let browser = sender.browser.as_ref().unwrap();
    let shards = Shards::always(u16::from(SHARDS));
    browser.receive(sender, TYPE, body, &mut Rates::default(), &shards, now())
}

fn check(prepared: &Prepared, ledgers: &mut [Ledger], body: &[u8], round: usize) {
    let outcomes = prepared.batches.iter().map(|(shard, batch)| {
        let ledger = &mut ledgers[usize::from(*shard)];
        let outcomes = ledger.ingest(batch.clone(), now());
        let _ = ledger.commit();
        outcomes
    });
    let answer = prepared.answer(outcomes.collect()).unwrap();
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    let results = answer["results"].as_array().unwrap();
    assert!((1..=9).contains(&results.len()) && body.len() <= 4_096);
    let sent: Value = serde_json::from_slice(body).unwrap_or_default();
    for (index, row) in results.iter().enumerate() {
        assert_eq!(row["index"], index);
        if row["verdict"] != "rejected" {
            let given = sent["events"].get(index).unwrap_or(&sent["events"]);
            assert!(given.is_null() || given["id"] == row["id"], "{row} {given}");
            assert!(round == 0 || row["verdict"] != "accepted", "accepted again: {row}");
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let [sale, share] =
        [EventKind::Conversion, EventKind::Story].map(|kind| kinds::examples(kind)[0]);
    let row = |id: &str, kind: &str, event: &str| {
        format!(r#"{{"id":{id},"kind":"{kind}","event":{event}}}"#)
    };
    let body = |rows: &[String]| format!(r#"{{"key":"pk_1","events":[{}]}}"#, rows.join(","));
    let good = row(r#""a""#, "conversione", sale);
    [
        body(&[good.clone(), row(r#""b""#, "storia", share), good.clone()]),
        body(&[row("7", "spesa", sale), "null".to_owned(), row(r#""\ud800""#, "storia", "[]")]),
        body(&[]),
        body(&vec!["1".to_owned(); 10]),
        format!(r#"{{"events":{good},"key":"pk\u005f1","x":[]}}"#),
        body(&[good]).replace("pk_1", "pk_2"),
        "{\"key\":null}".to_owned(),
        "\u{feff}{}".to_owned(),
    ]
    .map(String::into_bytes)
    .to_vec()
}
