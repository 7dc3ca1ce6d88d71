//! The engine against a model that keeps every event and recounts: whatever the order, the
//! repetitions, the batches, the shards and the restarts, verdicts, readings and integrity are
//! equal. One naive `Vec` stands for the whole system.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod acts;
mod recount;
mod world;

use polso_core::{Query, Timestamp};
use proptest::prelude::*;

use acts::{CHANNELS, Kept, STARTS, act};
use recount::{BYS, calendar_days, figures};
use world::World;

fn check(
    world: &mut World,
    window: &str,
    kind: &str,
    back_ms: i64,
    channel: Option<usize>,
    by: Option<&str>,
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
    parameters.extend(by.map(|by| ("by", by)));
    let query = Query::parse(parameters).unwrap();
    let hub = world.hub.as_mut().unwrap();
    let answer = match hub.answer(&query, now) {
        Ok(answer) => answer,
        Err(error) => {
            let too_coarse = by.is_some_and(|by| by != "campagna") && error.code == "by_too_coarse";
            assert!(too_coarse || (error.code == "window_expired" && window != "all"), "{error:?}");
            return;
        }
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
    if kind == "calendar" && bucket_s != 0 {
        let days = window.trim_end_matches('d').parse().unwrap();
        assert_eq!((from_ms, to_ms), calendar_days(world.now - back_ms, days));
    }
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
        start in prop::sample::select(STARTS.to_vec()),
        shards in 1..=8_usize,
        dedup_ttl_s in prop::sample::select(vec![60, 3_600]),
        acts in prop::collection::vec(act(), 1..40),
        (window, kind) in prop_oneof![
            3 => (
                prop::sample::select(vec!["30s", "5m", "7m", "1h", "2h", "24h", "3d", "400d", "all"]),
                prop::sample::select(vec!["sliding", "tumbling"]),
            ),
            1 => (prop::sample::select(vec!["1d", "2d", "35d", "all"]), Just("calendar")),
        ],
        back_ms in prop_oneof![0..100_000_i64, 0..172_800_000_i64],
        channel in prop::option::of(0..4_usize),
        by in prop::option::of(prop::sample::select(BYS.to_vec())),
    ) {
        let start = Timestamp::parse(start).unwrap().ms();
        let mut world = World::new(start, shards, dedup_ttl_s);
        for act in acts {
            world.act(act);
        }
        check(&mut world, window, kind, back_ms, channel, by);
    }
}
