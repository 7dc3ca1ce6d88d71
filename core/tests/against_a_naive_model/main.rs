//! The engine against a model that keeps every event and recounts: whatever the order, the
//! repetitions, the batches, the shards and the restarts, verdicts, readings and integrity are
//! equal. One naive `Vec` stands for the whole system.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod acts;
#[path = "../machine/mod.rs"]
mod machine;
mod recount;
mod stories;
mod world;

use polso_core::{Limits, Query, Timestamp};
use proptest::prelude::*;

use acts::{CHANNELS, Kept, STARTS, act};
use recount::{BYS, calendar_days, figures};
use stories::{KPIS as STORY_KPIS, STORIES};
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
    let answer = answer.to_json();
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
    let seen = world.viewer.answer(&query, now).unwrap().to_json();
    assert_eq!(seen, answer);
}

/// The same of stories, asked in the same window.
fn check_stories(
    world: &mut World,
    (window, kind): (&str, &str),
    back_ms: i64,
    story: Option<usize>,
    by: Option<&str>,
) {
    let request = world.viewer.resume();
    world.resume(&request);
    let now = world.at();
    let at = Timestamp::from_ms(world.now - back_ms).to_string();
    let story = story.map(|story| STORIES[story]);
    let filter = story.map(|story| format!("story:{story}"));
    let mut parameters = vec![("window", window), ("kind", kind)];
    if window != "all" {
        parameters.push(("at", &at));
    }
    parameters.extend(filter.as_deref().map(|filter| ("where", filter)));
    parameters.extend(by.map(|by| ("by", by)));
    let opening = by.is_none_or(|by| by == "story").then_some("ctr_15m");
    parameters.extend(STORY_KPIS.into_iter().chain(opening).map(|kpi| ("kpi", kpi)));
    let query = Query::parse(parameters).unwrap();
    let Ok(answer) = world.hub.as_ref().unwrap().answer(&query, now) else {
        assert_ne!(window, "all");
        return;
    };
    let text = answer.to_json();
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let end = |name: &str| answer["window"][name].as_str().map(|at| Timestamp::parse(at).unwrap());
    let bounds = match (end("from"), end("to")) {
        (Some(from), Some(to)) => (from.ms(), to.ms()),
        _ => (i64::MIN, i64::MAX),
    };
    assert_eq!(stories::figures(&answer), world.stories.recount(bounds, story, by), "{answer:#}");
    assert_eq!(world.viewer.answer(&query, now).unwrap().to_json(), text);
}

/// Where every event went.
fn check_integrity(world: &mut World) {
    let integrity = world.hub.as_ref().unwrap().integrity();
    assert_eq!(world.viewer.integrity(), integrity);
    let total = &integrity["total"];
    assert_eq!(total["accepted"], world.accepted);
    assert_eq!(total["duplicates"], world.duplicates);
    assert_eq!(total["late"], world.late);
    assert_eq!(total["received"], world.accepted + world.duplicates);
}

/// As a ledger has them, and so small that most keys are in storage only, in runs of a few pages.
fn limits() -> impl Strategy<Value = Limits> {
    let tiny = (0..12_usize, 1..6_usize, 1..8_usize, 1..4_usize).prop_map(
        |(hot_keys_max, run_keys_min, run_keys_max, page_keys)| Limits {
            hot_keys_max,
            run_keys_min,
            run_keys_max,
            page_keys,
            ..Limits::STANDARD
        },
    );
    prop_oneof![1 => Just(Limits::STANDARD), 3 => tiny]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn numbers_do_not_depend_on_how_events_came(
        start in prop::sample::select(STARTS.to_vec()),
        shards in prop_oneof![Just(1_usize), 1..=8_usize],
        limits in limits(),
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
        story in prop::option::of(0..3_usize),
        story_by in prop::option::of(prop::sample::select(stories::BYS.to_vec())),
    ) {
        let start = Timestamp::parse(start).unwrap().ms();
        let mut world = World::new(start, shards, dedup_ttl_s, limits);
        for act in acts {
            world.act(act);
        }
        check(&mut world, window, kind, back_ms, channel, by);
        check_stories(&mut world, (window, kind), back_ms, story, story_by);
        check_integrity(&mut world);
    }
}
