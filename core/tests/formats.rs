//! Bytes that are kept or sent: their size has a bound, and their shape changes only together with
//! their version. When the second test fails, raise the version of what changed and put the new bytes
//! here. From the first release on the versions before it must be read too; until then none has
//! been, and a version that is not known is refused.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use polso_core::{
    Batch, Candidate, ClientIdRule, Effect, EventKind, Hub, Ledger, Limits, Pin, Pulled, RawEvent,
    Reason, ReasonCode, Reject, RejectId, Source, Timestamp, Viewer,
};

const NOW: Timestamp = Timestamp::from_ms(1_770_000_000_000);

fn candidate(kind: EventKind, json: &str) -> Candidate {
    let source = Source { client_id: ClientIdRule::Free, ..Source::named("crm") };
    kind.validate(&RawEvent { json, event_id: None }, &source, NOW).unwrap().candidate
}

fn batch(candidates: Vec<Candidate>) -> Batch {
    Batch { source: "crm".into(), dedup_ttl_s: 3_600, candidates, ..Batch::default() }
}

fn blocks(effects: Vec<Effect>) -> Vec<Vec<u8>> {
    let block = |effect| match effect {
        Effect::Append { block, .. } => Some(block),
        _ => None,
    };
    effects.into_iter().filter_map(block).collect()
}

/// An event whose every text is as long as it may be, of characters of four bytes.
fn longest(n: usize) -> Candidate {
    let (client, text) = ("\u{10348}".repeat(123), "\u{10348}".repeat(64));
    let json = format!(
        r#"{{"id_cliente":"{client}{n:05}","evento":"acquisto_concluso","timestamp":"{NOW}","valore":999999999.99,"canale":"email","stato":"completato","metadati":{{"campagna":"{text}","dispositivo":"{text}","localita":"{text}"}}}}"#
    );
    candidate(EventKind::Conversion, &json)
}

/// The same of a story event.
fn longest_share(n: usize) -> Candidate {
    let (id, text) = ("\u{10348}".repeat(123), "\u{10348}".repeat(64));
    let hashtags = vec![format!("\"{text}\""); 30].join(",");
    let json = format!(
        r#"{{"event_type":"Share","story_id":"{id}","user_id":"{id}{n:05}","user_location":"{text}","timestamp":"{NOW}","formato":"{text}","segmento":{{"eta":"{text}","genere":"{text}","interesse":"{text}"}},"hashtag":[{hashtags}]}}"#
    );
    candidate(EventKind::Story, &json)
}

#[test]
fn the_largest_block_fits_a_row_however_it_came_together() {
    let makes: [fn(usize) -> Candidate; 2] = [longest, longest_share];
    for (make, requests, events) in [
        (makes[0], 1, 1_000),
        (makes[0], 20, 100),
        (makes[0], 2_000, 1),
        (makes[1], 1, 1_000),
        (makes[1], 500, 1),
    ] {
        let mut ledger = Ledger::new(1, 1);
        for request in 0..requests {
            let candidates = (0..events).map(|n| make(request * events + n)).collect();
            ledger.ingest(batch(candidates), NOW).unwrap();
        }
        let blocks = blocks(ledger.commit());
        let largest = blocks.iter().map(Vec::len).max().unwrap();
        assert!(largest < 2_000_000, "{requests} × {events}: {largest} bytes");
        let mut restored = Ledger::restore(&checkpoint(&mut Ledger::new(1, 1)), 1).unwrap();
        blocks.iter().for_each(|block| restored.replay(block).unwrap());
        let (found, expected) = (restored.bounds(), ledger.bounds());
        assert_eq!((found.keys, found.series), (expected.keys, expected.series));
    }
}

fn checkpoint(ledger: &mut Ledger) -> Vec<u8> {
    ledger.checkpoint().bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn bytes_change_only_with_their_version() {
    let mut ledger = Ledger::new(7, 1);
    let conversion = r#"{"id_cliente":"a","evento":"richiesta_demo","timestamp":"2026-02-02T02:39:00Z","valore":1.5,"canale":"sms","stato":"completato"}"#;
    let spend =
        r#"{"canale":"email","importo":2,"da":"2026-02-02T00:00:00Z","a":"2026-02-03T00:00:00Z"}"#;
    let view = r#"{"event_type":"StoryView","story_id":"s","user_id":"u","user_location":"Rome","timestamp":"2026-02-02T02:38:00Z","completion_rate":0.5}"#;
    let snapshot = r#"{"event_type":"StoryView","story_id":"t","timestamp":"2026-02-02T02:38:30Z","engagement":{"view_count":9,"clicks":2}}"#;
    let candidates = vec![
        candidate(EventKind::Conversion, conversion),
        candidate(EventKind::Spend, spend),
        candidate(EventKind::Story, view),
        candidate(EventKind::Story, snapshot),
    ];
    ledger.ingest(batch(candidates), NOW).unwrap();
    let block = blocks(ledger.commit()).remove(0);
    let Pulled::Snapshot(snapshot) = ledger.pull(0, 0) else { panic!("no snapshot") };
    let mut hub = Hub::new("main", &[*snapshot], 1, NOW).unwrap();
    let request = polso_core::live::Request::decode(&Viewer::default().resume()).unwrap();
    let frames = hub.resume(&request, NOW);
    let reasons = [Reason::field(ReasonCode::FieldMissing, "valore", "`valore` is missing")];
    let rejects = vec![Reject::new(EventKind::Spend, r#"{"importo":"è"}"#, &reasons, 1_000)];
    let id: RejectId = "3-1f-17.4".parse().unwrap();
    let replay =
        Batch { replay: Some(id.key()), ..batch(vec![candidate(EventKind::Spend, spend)]) };
    let pin = Pin { shard: 2, batch: replay.clone() }.encode();
    ledger.ingest(Batch { rejects, ..replay }, NOW).unwrap();
    let effects = ledger.commit();
    let kept = effects.iter().find_map(|effect| match effect {
        Effect::Keep { rows, .. } => rows.first().cloned(),
        _ => None,
    });
    let replayed = blocks(effects).remove(0);
    let checkpoint = checkpoint(&mut ledger);
    let kept = kept.unwrap().bytes;
    let limits = Limits { run_keys_min: 1, ..Limits::STANDARD };
    let mut small = Ledger::with_limits(7, 1, limits);
    small.ingest(batch(vec![candidate(EventKind::Spend, spend)]), NOW).unwrap();
    drop(small.commit());
    let save = small.checkpoint();
    let run = &save.runs()[0];
    let (index, page) = (run.index.clone(), run.pages[0].clone());
    let found = [block, replayed, kept, pin, checkpoint, index, page, frames.concat()];
    let found = found.map(|bytes| hex(&bytes));
    let expected = include_str!("formats.txt");
    assert_eq!(found.join("\n"), expected.trim_end());
}
