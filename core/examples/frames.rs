//! What a server with 10,000 series sends a viewer, to measure the browser's core and pages with: the
//! answer to a viewer that has nothing, then a delta a second for two minutes, each of 100 events. Frame
//! by frame on stdout, each behind its length (32 bits, little-endian).
//!
//! `frames 200 960 30`: with 200 series, and 960 deltas that are 30 s apart.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::{
    env,
    io::{Result, Write, stdout},
};

use polso_core::{
    Batch, Effect, EventKind, Hub, Ledger, Published, Pulled, RawEvent, Source, Timestamp, Viewer,
    live::Request,
};

const NOW_MS: i64 = 1_770_000_000_000;
const SERIES: usize = 10_000;
/// Of the snapshot, for each series.
const EVENTS: usize = 10;
const DELTAS: usize = 120;
const STEP_S: usize = 1;
const BATCH_EVENTS: usize = 100;
const CHANNELS: [&str; 4] = ["email", "social_media", "webform", "sms"];

/// The `n`th event: spread over the hour before `now`, each series in turn.
fn raw(n: usize, series: usize, now: Timestamp) -> String {
    let time = now.plus_ms(-((n as i64 * 7_919) % 3_600_000));
    let channel = CHANNELS.iter().cycle().nth(n % CHANNELS.len()).unwrap();
    format!(
        r#"{{"id_cliente":"CLIENTE-ITALIA-{n:06}","evento":"acquisto_concluso","timestamp":"{time}","valore":{}.5,"canale":"{channel}","stato":"completato","metadati":{{"campagna":"Campagna_{}","dispositivo":"iPad_pro","localita":"Roma"}}}}"#,
        n % 500,
        n % series,
    )
}

/// Takes the next events, and returns what it has to tell a hub.
fn ingest(
    ledger: &mut Ledger,
    source: &Source,
    first: usize,
    series: usize,
    now: Timestamp,
) -> Vec<Effect> {
    let judged = (first..first + BATCH_EVENTS).map(|n| {
        let raw = raw(n, series, now);
        EventKind::Conversion.validate(&RawEvent { json: &raw, event_id: None }, source, now)
    });
    let candidates = judged.map(|valid| valid.unwrap().candidate).collect();
    let (source, dedup_ttl_s) = (source.name.clone(), source.dedup_ttl_s);
    let batch = Batch { source, dedup_ttl_s, candidates, ..Batch::default() };
    ledger.ingest(batch, now).unwrap();
    ledger.commit()
}

fn main() -> Result<()> {
    let mut numbers = env::args().skip(1).map(|text| text.parse().unwrap());
    let series: usize = numbers.next().unwrap_or(SERIES);
    let deltas: usize = numbers.next().unwrap_or(DELTAS);
    let step_s: usize = numbers.next().unwrap_or(STEP_S);
    let source = Source::named("crm");
    let now = Timestamp::from_ms(NOW_MS);
    let mut ledger = Ledger::new(1, 1);
    for first in (0..EVENTS * series).step_by(BATCH_EVENTS) {
        ingest(&mut ledger, &source, first, series, now);
    }
    let Pulled::Snapshot(snapshot) = ledger.pull(0, 0) else { panic!("no snapshot") };
    let mut hub = Hub::new("main", &[*snapshot], 1, now).unwrap();
    let request = Request::decode(&Viewer::default().resume()).unwrap();
    let mut frames = hub.resume(&request, now);
    for step in 1..=deltas {
        let now = now.plus_ms((step * step_s) as i64 * 1_000);
        let first = EVENTS * series + step * BATCH_EVENTS;
        for effect in ingest(&mut ledger, &source, first, series, now) {
            if let Effect::Publish(delta) = effect {
                hub.merge(&Published { shard: 0, birth: 1, delta }, now).unwrap();
            }
        }
        frames.extend(hub.flush(now));
    }
    let mut out = stdout().lock();
    for frame in frames {
        out.write_all(&(frame.len() as u32).to_le_bytes())?;
        out.write_all(&frame)?;
    }
    Ok(())
}
