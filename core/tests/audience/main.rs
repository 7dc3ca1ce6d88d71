//! Everyone who watches a space: each gets what it lacks, when it can take it, and ends with the
//! server's numbers, whatever happens on the way.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod any_order;
mod readings;
mod world;

use polso_core::{Audience, Closing, Flavour, Full, Heard, SOCKETS_MAX, Timestamp};

use world::{START, World, backlog};

/// Where a socket gets nothing more.
const QUEUE_BYTES_MAX: usize = 256 * 1_024;

#[test]
fn a_viewer_begins_with_everything_and_gets_what_is_added_and_beats() {
    let mut world = World::new();
    world.count("email", 3, "a");
    let id = world.open(Flavour::Frames);
    world.wait(5_000);
    assert_eq!(world.heard(id), ["gap"], "a beat before it was asked anything");
    world.pass(false);
    assert_eq!(world.heard(id), ["hello", "snapshot"]);
    world.count("sms", 1, "a");
    world.wait(249);
    assert_eq!(world.heard(id), ["delta"], "the first frame after a quiet time is sent at once");
    world.count("sms", 1, "a");
    world.pass(false);
    assert_eq!(world.heard(id), [""; 0], "the next one waits");
    world.wait(1);
    assert_eq!(world.heard(id), ["delta"]);
    world.wait(4_750);
    assert_eq!(world.heard(id), ["beat"]);
    world.check_equal(id);
}

#[test]
fn a_viewer_that_comes_back_gets_what_it_missed_or_everything() {
    let mut world = World::new();
    let id = world.follow();
    world.count("email", 1, "a");
    world.wait(250);
    assert_eq!(world.heard(id), ["hello", "snapshot", "delta"]);
    world.resume(id);
    world.pass(false);
    assert_eq!(world.heard(id), ["hello"], "it missed nothing");
    for (after_ms, expected) in [(60_000, "delta"), (60_001, "snapshot")] {
        let away = world.sockets.get_mut(&id).unwrap().viewer.resume();
        world.count("email", 1, "a");
        world.pass(false);
        world.now = world.now.plus_ms(after_ms);
        world.count("email", 1, "b");
        world.wait(250);
        world.sockets.get_mut(&id).unwrap().queue.clear();
        world.hear(id, Heard::Binary(&away));
        world.pass(false);
        let heard = world.heard(id);
        assert_eq!(heard[..2], ["hello", expected], "{heard:?}");
        world.check_equal(id);
    }
}

#[test]
fn who_asks_in_the_middle_of_a_frame_waits_for_it() {
    let mut world = World::new();
    let first = world.follow();
    world.count("email", 1, "a");
    world.pass(false);
    world.count("sms", 1, "a");
    let second = world.open(Flavour::Frames);
    world.resume(second);
    world.pass(false);
    assert_eq!(world.heard(second), [""; 0]);
    world.wait(250);
    assert_eq!(world.heard(second), ["hello", "snapshot"]);
    world.heard(first);
    world.count("sms", 1, "a");
    world.wait(250);
    for id in [first, second] {
        assert_eq!(world.heard(id), ["delta"], "both are at one position");
        world.check_equal(id);
    }
}

#[test]
fn a_socket_that_does_not_read_holds_nobody_up_and_finds_its_way_back() {
    let mut world = World::new();
    let (slow, quick) = (world.follow(), world.follow());
    let (last, over) = (backlog(QUEUE_BYTES_MAX - 1), backlog(1));
    world.sockets.get_mut(&slow).unwrap().queue.push_back(last);
    world.count("email", 1, "a");
    world.wait(250);
    assert_eq!(world.sockets[&slow].queue.len(), 2, "below the bound it gets the next one");
    world.sockets.get_mut(&slow).unwrap().queue.push_back(over);
    for round in 0..4 {
        world.count("email", 1, "a");
        world.wait(5_000);
        assert_eq!(world.sockets[&slow].queue.len(), 3, "nothing more, no beat either: {round}");
        let expected: &[&str] = if round == 0 {
            &["hello", "snapshot", "delta", "delta", "beat"]
        } else {
            &["delta", "beat"]
        };
        assert_eq!(world.heard(quick), expected);
    }
    world
        .sockets
        .get_mut(&slow)
        .unwrap()
        .queue
        .retain(|message| matches!(message, polso_core::Message::Frame(_)));
    world.wait(5_000);
    let heard = world.heard(slow);
    assert_eq!(heard, ["hello", "snapshot", "delta", "delta", "delta", "delta", "delta", "beat"]);
    world.check_equal(slow);
}

#[test]
fn who_was_long_reading_need_not_wait_for_a_beat() {
    let mut world = World::new();
    let id = world.follow();
    world.heard(id);
    world.sockets.get_mut(&id).unwrap().queue.push_back(backlog(QUEUE_BYTES_MAX));
    world.count("email", 1, "a");
    world.wait(1_000);
    assert_eq!(world.sockets[&id].queue.len(), 1);
    assert_eq!(world.heard(id), [""; 0]);
    world.wait(250);
    assert_eq!(world.heard(id), ["delta"]);
    assert_eq!(world.audience.due(&world.hub, world.now), None);
}

#[test]
fn a_socket_that_reads_nothing_for_a_minute_is_closed() {
    let mut world = World::new();
    let (stuck, slow) = (world.follow(), world.follow());
    for id in [stuck, slow] {
        let socket = world.sockets.get_mut(&id).unwrap();
        (0..40).for_each(|_| socket.queue.push_back(backlog(QUEUE_BYTES_MAX)));
    }
    for _ in 0..10 {
        world.wait(5_000);
        world.sockets.get_mut(&slow).unwrap().queue.pop_front();
    }
    world.wait(5_000);
    assert_eq!((world.closed(stuck), world.closed(slow)), (None, None));
    world.wait(5_000);
    assert_eq!((world.closed(stuck), world.closed(slow)), (Some(Closing::Slow), None));
}

#[test]
fn a_socket_is_closed_when_its_token_expires() {
    let mut world = World::new();
    let until = START.plus_ms(5_001);
    let ids = [Flavour::Frames, Flavour::Readings].map(|f| world.open_until(f, until));
    let late = world.open_until(Flavour::Frames, START.plus_ms(7_000));
    world.wait(5_000);
    assert_eq!(ids.map(|id| world.closed(id)), [None; 2]);
    world.wait(2_000);
    world.resume(late);
    assert_eq!(world.closed(late), Some(Closing::Expired), "at its next message");
    assert_eq!(world.closed(ids[0]), None);
    world.wait(3_000);
    assert_eq!(ids.map(|id| world.closed(id)), [Some(Closing::Expired); 2], "at the next beat");
}

#[test]
fn messages_are_rationed() {
    let mut world = World::new();
    let id = world.follow();
    for _ in 1..30 {
        world.resume(id);
    }
    assert_eq!(world.closed(id), None);
    world.now = world.now.plus_ms(1_999);
    let other = world.follow();
    (1..30).for_each(|_| world.resume(other));
    world.resume(id);
    assert_eq!(world.closed(id), Some(Closing::Hasty));
    world.now = world.now.plus_ms(2_000);
    world.resume(other);
    assert_eq!(world.closed(other), None);
    world.now = START.plus_ms(-3_600_000);
    world.resume(other);
    assert_eq!(world.closed(other), Some(Closing::Hasty), "a clock that went back gives nothing");
}

#[test]
fn each_flavour_has_its_own_kind_of_messages() {
    let mut world = World::new();
    let cases = [
        (Flavour::Frames, Heard::Text("{\"queries\":[]}"), Closing::Unsupported),
        (Flavour::Frames, Heard::Binary(&[9, 9]), Closing::Unreadable),
        (Flavour::Frames, Heard::Binary(&[]), Closing::Unreadable),
        (Flavour::Readings, Heard::Binary(&[2, 0, 0, 0]), Closing::Unsupported),
        (Flavour::Readings, Heard::Text("hello"), Closing::Unreadable),
    ];
    for (flavour, message, expected) in cases {
        let id = world.open(flavour);
        world.hear(id, message);
        assert_eq!(world.closed(id), Some(expected), "{message:?}");
        world.hear(id, message);
        world.wait(5_000);
        assert_eq!(world.sockets[&id].queue.len(), 0, "nothing after the end");
    }
    let names = Flavour::NAMES.map(|(name, flavour)| Flavour::named(name) == Some(flavour));
    assert_eq!((names, Flavour::named("polso.v2")), ([true; 2], None));
}

#[test]
fn many_that_come_at_once_get_their_snapshots_one_after_the_other() {
    let mut world = World::new();
    let hoarder = world.follow();
    world.sockets.get_mut(&hoarder).unwrap().queue.push_back(backlog(32 * 1_024 * 1_024));
    let quick = world.follow();
    let ids: Vec<u32> = (0..5).map(|_| world.open(Flavour::Frames)).collect();
    ids.iter().for_each(|id| world.resume(*id));
    let served =
        |world: &World| ids.iter().filter(|id| !world.sockets[id].queue.is_empty()).count();
    world.pass(false);
    assert_eq!(served(&world), 1, "without room still one in each round");
    world.heard(quick);
    world.count("email", 1, "a");
    world.pass(false);
    assert_eq!(world.heard(quick), ["delta"], "what is new waits for nobody");
    world.sockets.get_mut(&hoarder).unwrap().queue.clear();
    world.wait(250);
    assert_eq!(served(&world), 5);
}

#[test]
fn there_is_a_bound_on_sockets() {
    let mut audience = Audience::default();
    let mut open = || audience.open(Flavour::Frames, START.plus_ms(1), START).map(|(id, _)| id);
    let last = (0..SOCKETS_MAX).map(|_| open().unwrap()).last().unwrap();
    assert_eq!(open(), Err(Full));
    audience.forget(last);
    assert!(audience.open(Flavour::Readings, START.plus_ms(1), START).is_ok());
}

#[test]
fn a_hub_that_is_made_again_tells_its_viewers_at_once() {
    let mut world = World::new();
    let (same, behind) = (world.follow(), world.follow());
    world.count("email", 1, "a");
    world.pass(false);
    world.heard(same);
    // What was sent to it never came.
    world.sockets.get_mut(&behind).unwrap().queue.clear();
    world.evict();
    let ids: Vec<u32> = world.sockets.keys().copied().collect();
    world.pass(false);
    assert_eq!(world.heard(ids[0]), ["beat"], "it has everything");
    let heard = world.heard(ids[1]);
    assert_eq!(heard.last(), Some(&"gap"));
    world.pass(false);
    assert_eq!(world.heard(ids[1]), ["hello", "snapshot"]);
    ids.iter().for_each(|id| world.check_equal(*id));

    world.count("email", 1, "a");
    world.remake_hub();
    world.pass(false);
    for id in ids {
        assert_eq!(world.heard(id), ["snapshot"], "it needs not ask");
        world.check_equal(id);
    }
}

#[test]
fn nothing_is_due_while_nothing_happens() {
    let mut world = World::new();
    world.count("email", 1, "a");
    assert_eq!(world.audience.due(&world.hub, world.now), None, "nobody watches");
    let (id, shown) = (world.follow(), world.watch("{},{}"));
    assert_eq!(world.audience.due(&world.hub, world.now), None);
    world.count("email", 1, "a");
    world.pass(false);
    world.count("email", 1, "a");
    assert_eq!(world.audience.due(&world.hub, world.now), Some(world.now.plus_ms(250)));
    world.wait(250);
    assert_eq!(world.audience.due(&world.hub, world.now), None);
    world.audience.forget(id);
    world.audience.forget(shown);
    assert!(world.audience.is_empty());
}

#[test]
fn beats_come_where_buckets_end() {
    for (now, expected) in [(0, 5_000), (1, 5_000), (4_999, 5_000), (5_000, 10_000), (-1, 0)] {
        let expected = Timestamp::from_ms(expected);
        assert_eq!(polso_core::next_beat(Timestamp::from_ms(now)), expected, "{now}");
    }
}
