//! Whatever happens in whatever order: once everyone reads again, everyone has the server's numbers.

use polso_core::{Flavour, Heard};
use proptest::prelude::*;

use crate::world::{World, backlog, subscription};

const QUERIES: [&[(&str, &str)]; 3] =
    [&[("window", "5m")], &[("window", "1h"), ("by", "canale")], &[("window", "all")]];
const WATCHED: &str = r#"{"window":"5m"},{"window":"1h","by":"canale"},{"window":"all"}"#;

#[derive(Clone, Debug)]
enum Step {
    Open(bool),
    Count(&'static str, u32),
    Wait(i64),
    Read(usize),
    /// What a socket was sent since it last read never comes.
    Tear(usize),
    Clog(usize),
    RemakeHub,
    Evict,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        any::<bool>().prop_map(Step::Open),
        (prop_oneof![Just("email"), Just("sms")], 1..4_u32).prop_map(|(c, n)| Step::Count(c, n)),
        (0..9_000_i64).prop_map(Step::Wait),
        any::<usize>().prop_map(Step::Read),
        any::<usize>().prop_map(Step::Tear),
        any::<usize>().prop_map(Step::Clog),
        Just(Step::RemakeHub),
        Just(Step::Evict),
    ]
}

fn pick(world: &World, n: usize) -> Option<u32> {
    let ids: Vec<u32> = world.sockets.keys().copied().collect();
    ids.get(n % ids.len().max(1)).copied()
}

fn take(world: &mut World, step: Step) {
    match step {
        Step::Open(true) => {
            let id = world.open(Flavour::Frames);
            world.resume(id);
        }
        Step::Open(false) => {
            let id = world.open(Flavour::Readings);
            world.hear(id, Heard::Text(&subscription(WATCHED)));
        }
        Step::Count(channel, events) => {
            world.count(channel, events, "a");
            world.pass(false);
        }
        Step::Wait(ms) => world.wait(ms),
        Step::Read(n) => {
            if let Some(id) = pick(world, n) {
                world.read(id);
            }
        }
        Step::Tear(n) => {
            // Its client comes back with what it has.
            if let Some(socket) = pick(world, n).and_then(|id| {
                world.audience.forget(id);
                world.sockets.remove(&id)
            }) {
                let flavour = if socket.texts > 0 { Flavour::Readings } else { Flavour::Frames };
                let id = world.open(flavour);
                world.sockets.get_mut(&id).unwrap().viewer = socket.viewer;
                match flavour {
                    Flavour::Frames => world.resume(id),
                    Flavour::Readings => world.hear(id, Heard::Text(&subscription(WATCHED))),
                }
            }
        }
        Step::Clog(n) => {
            if let Some(id) = pick(world, n) {
                let clog = backlog(256 * 1_024);
                world.sockets.get_mut(&id).unwrap().queue.push_back(clog);
            }
        }
        Step::RemakeHub => world.remake_hub(),
        Step::Evict => world.evict(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn everyone_ends_with_the_servers_numbers(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in steps {
            take(&mut world, step);
            for socket in world.sockets.values_mut() {
                let clogged = socket.queued();
                prop_assert!(clogged < 8 * 1_024 * 1_024, "{clogged} bytes");
            }
        }
        let ids: Vec<u32> = world.sockets.keys().copied().collect();
        for _ in 0..4 {
            ids.iter().for_each(|id| world.read(*id));
            world.wait(5_000);
        }
        for id in ids {
            if world.closed(id).is_some() {
                continue;
            }
            world.read(id);
            let socket = &world.sockets[&id];
            if socket.texts > 0 {
                prop_assert_eq!(&socket.integrity, &world.hub.integrity());
                for (position, query) in QUERIES.iter().enumerate() {
                    world.check_shown(id, position as u64, query);
                }
            } else {
                world.check_equal(id);
            }
        }
    }
}
