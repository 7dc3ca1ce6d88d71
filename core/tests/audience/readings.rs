//! The JSON flavour: readings when they changed, beats with freshness and integrity.

use polso_core::{Closing, Flavour, Heard};

use crate::world::{World, subscription};

#[test]
fn a_subscription_is_answered_at_once_and_again_when_its_readings_change() {
    let mut world = World::new();
    world.count("email", 1, "a");
    let id = world.watch(r#"{"window":"5m"},{"window":"1h","where":["canale:sms"]}"#);
    assert_eq!(world.sockets[&id].texts, 1);
    let (all, sms) = (&[("window", "5m")][..], &[("window", "1h"), ("where", "canale:sms")][..]);
    world.check_shown(id, 0, all);
    world.check_shown(id, 1, sms);
    assert_eq!(world.sockets[&id].integrity, world.hub.integrity());
    world.sockets.get_mut(&id).unwrap().answers.clear();
    world.count("email", 1, "a");
    world.pass(false);
    world.read(id);
    assert!(world.sockets[&id].answers.is_empty(), "not more often than frames are sent");
    world.wait(250);
    world.read(id);
    assert_eq!(world.sockets[&id].answers.keys().collect::<Vec<_>>(), [&0], "only what changed");
    world.check_shown(id, 0, all);
    assert_ne!(world.sockets[&id].integrity, world.hub.integrity(), "with the next beat");
    world.wait(5_000);
    world.read(id);
    assert_eq!(world.sockets[&id].texts, 3);
    assert_eq!(world.sockets[&id].integrity, world.hub.integrity());
}

#[test]
fn beats_come_without_news_and_are_small() {
    let mut world = World::new();
    let id = world.watch("{}");
    world.wait(5_000);
    let socket = world.sockets.get_mut(&id).unwrap();
    assert_eq!(socket.queue.len(), 1);
    assert!(socket.queued() < 200, "{:?}", socket.queue);
}

#[test]
fn windows_move_on_where_a_bucket_ends() {
    let mut world = World::new();
    world.count("email", 1, "a");
    let id = world.watch(r#"{"window":"30s"},{"window":"all"}"#);
    world.wait(29_999);
    world.sockets.get_mut(&id).unwrap().answers.clear();
    world.read(id);
    assert!(world.sockets[&id].answers.is_empty(), "nothing changed within the pane");
    world.wait(1);
    world.read(id);
    world.check_shown(id, 0, &[("window", "30s")]);
    assert_eq!(world.sockets[&id].answers.len(), 1, "what has no window stays");
}

#[test]
fn a_wrong_query_is_told_once_and_hides_no_other() {
    let mut world = World::new();
    let id = world.watch(r#"{"window":"5"},{},{"window":"5m","at":"2020-01-01T00:00:00Z"}"#);
    let socket = &world.sockets[&id];
    let code = |at: u64| socket.answers[&at]["code"].as_str();
    assert_eq!((code(0), code(1), code(2)), (Some("window_invalid"), None, Some("window_expired")));
    world.check_shown(id, 1, &[]);
    world.count("email", 1, "a");
    world.sockets.get_mut(&id).unwrap().answers.clear();
    world.wait(250);
    world.read(id);
    assert_eq!(world.sockets[&id].answers.keys().collect::<Vec<_>>(), [&1]);
}

#[test]
fn another_subscription_takes_the_place_of_the_first() {
    let mut world = World::new();
    let id = world.watch(r#"{"window":"5m"}"#);
    world.hear(id, Heard::Text(&subscription(r#"{"window":"1h"},{"window":"5m"}"#)));
    world.pass(false);
    world.read(id);
    world.check_shown(id, 0, &[("window", "1h")]);
    world.check_shown(id, 1, &[("window", "5m")]);
    world.hear(id, Heard::Text(&subscription("")));
    world.wait(5_000);
    world.read(id);
    assert_eq!(world.sockets[&id].texts, 3, "nothing watched, and still beats");
}

#[test]
fn a_subscription_outlives_the_hub() {
    let mut world = World::new();
    world.watch(r#"{"window":"5"},{"window":"5m","where":["canale:email"],"by":"campagna"}"#);
    world.evict();
    world.count("email", 2, "a");
    world.pass(false);
    let id = *world.sockets.keys().next().unwrap();
    world.sockets.get_mut(&id).unwrap().answers.clear();
    world.read(id);
    world.check_shown(id, 1, &[("window", "5m"), ("where", "canale:email"), ("by", "campagna")]);
    assert_eq!(world.sockets[&id].answers.len(), 1, "what was wrong had been told");
}

#[test]
fn distinct_queries_are_bounded_and_equal_ones_cost_nothing() {
    let mut world = World::new();
    let queries = |from: u32| {
        let one = |n: u32| format!(r#"{{"window":"{}s"}}"#, 30 + n);
        (from..from + 32).map(one).collect::<Vec<_>>().join(",")
    };
    let (first, second) = (world.watch(&queries(0)), world.watch(&queries(32)));
    let equal = world.watch(&queries(32));
    let third = world.watch(r#"{"window":"2h"}"#);
    assert_eq!(world.closed(third), Some(Closing::Crowded));
    world.wait(1_000);
    for id in [first, second, equal] {
        world.read(id);
        assert_eq!((world.closed(id), world.sockets[&id].answers.len()), (None, 32));
    }
    world.audience.forget(first);
    let fourth = world.watch(r#"{"window":"2h"}"#);
    assert_eq!(world.closed(fourth), None);
    world.check_shown(fourth, 0, &[("window", "2h")]);
}

#[test]
fn many_queries_take_turns() {
    let mut world = World::new();
    let one = |n: u32| format!(r#"{{"window":"{}m"}}"#, 1 + n);
    let id = world.watch(&(0..32).map(one).collect::<Vec<_>>().join(","));
    assert_eq!(world.sockets[&id].answers.len(), 16);
    assert_eq!(world.audience.due(&world.hub, world.now), Some(world.now.plus_ms(250)));
    world.wait(250);
    world.read(id);
    assert_eq!(world.sockets[&id].answers.len(), 32);
    assert_eq!(world.audience.due(&world.hub, world.now), None);
}

#[test]
fn an_answer_that_is_too_long_is_an_error() {
    let mut world = World::new();
    world.count("email", 1_000, &"c".repeat(48));
    world.count("email", 1_000, &"d".repeat(48));
    let id = world.watch(r#"{"by":"campagna","kpi":"conversions"},{"by":"campagna"},{}"#);
    let socket = &world.sockets[&id];
    assert_eq!(socket.answers[&1]["code"], "answer_too_long");
    assert_eq!(socket.answers[&0]["code"], "answer_too_long");
    world.check_shown(id, 2, &[]);
}

#[test]
fn nothing_is_said_before_a_subscription() {
    let mut world = World::new();
    let id = world.open(Flavour::Readings);
    world.wait(10_000);
    assert_eq!(world.sockets[&id].queue.len(), 0);
}
