//! Values between the parts of the server: what can be read is written and read as the same, and the
//! part that gets it stands.

use std::fmt::Debug;

use polso_core::live::{self, Frame, Request};
use polso_core::{
    Batch, Busy, Hub, Ledger, LedgerSnapshot, Outcome, Published, Pulled, Query, Viewer,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::input::Input;
use crate::world::{self, goes_on, now};

/// A byte that says which value, then its bytes without the version.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let what = input.byte() % 9;
    let version = live::encode(&())[0];
    let bytes = [&[version], input.rest()].concat();
    match what {
        0 => read(&bytes, take_batch),
        1 => read(&bytes, |published: Published| {
            let mut hub = world::hub(&mut world::ledger().0);
            let _ = hub.merge(&published, now());
            answers(&mut hub);
        }),
        2 => read(&bytes, |pulled: Pulled| {
            if let Pulled::Snapshot(snapshot) = pulled {
                make_hub(&[*snapshot]);
            }
        }),
        3 => read(&bytes, |snapshots: Vec<LedgerSnapshot>| make_hub(&snapshots)),
        4 => read(&bytes, |_: Result<Vec<Outcome>, Busy>| {}),
        5 => read(&bytes, |query: Query| {
            let _ = world::hub(&mut world::ledger().0).answer(&query, now());
            let _ = query.span(now());
        }),
        6 => read(&bytes, |request: Request| {
            let mut hub = world::hub(&mut world::ledger().0);
            let frames = hub.resume(&request, now());
            assert!(frames.iter().all(|frame| Frame::decode(frame).is_ok()));
        }),
        7 => read(&bytes, |(birth, after): (u64, u64)| {
            let _ = world::ledger().0.pull(birth, after);
        }),
        _ => read(&bytes, |_: Frame| {}),
    }
}

fn read<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8], then: impl Fn(T)) {
    if let Ok(value) = live::decode::<T>(bytes) {
        assert_eq!(live::decode::<T>(&live::encode(&value)).as_ref(), Ok(&value));
        then(value);
    }
}

fn take_batch(batch: Batch) {
    let mut ledger = Ledger::new(7, 1);
    let count = batch.candidates.len();
    let Ok(outcomes) = ledger.ingest(batch, now()) else { return };
    assert_eq!(outcomes.len(), count);
    let mut twin = Ledger::new(7, 2);
    for block in world::blocks(&ledger.commit()) {
        twin.replay(&block).expect("a ledger's own block");
    }
    assert_eq!(world::checkpoint(&mut twin), world::checkpoint(&mut ledger));
    goes_on(ledger);
}

fn make_hub(snapshots: &[LedgerSnapshot]) {
    if let Ok(mut hub) = Hub::new("main", snapshots, 1, now()) {
        answers(&mut hub);
    }
}

/// A hub answers, and whoever follows it has its numbers.
fn answers(hub: &mut Hub) {
    let mut viewer = Viewer::default();
    let request = Request::decode(&viewer.resume()).unwrap();
    for frame in hub.resume(&request, now()) {
        viewer.apply(&frame).expect("a hub's own frame");
    }
    for query in world::questions() {
        let (found, expected) = (viewer.answer(query, now()), hub.answer(query, now()));
        assert_eq!(crate::frames::json(&found), crate::frames::json(&expected));
    }
    assert_eq!(viewer.integrity(), hub.integrity());
}

pub fn seeds() -> Vec<Vec<u8>> {
    let (mut ledger, _) = world::ledger();
    let Pulled::Snapshot(snapshot) = ledger.pull(0, u64::MAX) else { panic!("no snapshot") };
    let Pulled::Deltas(deltas) = ledger.pull(7, 0) else { panic!("no deltas") };
    let published = Published { shard: 0, birth: 7, delta: deltas[0].clone() };
    let outcomes = vec![Outcome::Accepted { late: true }, Outcome::Duplicate, Outcome::Conflict];
    let (good, busy): (Result<_, Busy>, _) = (Ok(outcomes), Err::<Vec<Outcome>, _>(Busy::Keys));
    let frame = Frame::Beat { seq: 1, now: now(), watermark: Some(now()) };
    let values = [
        (0, live::encode(&world::batch(world::candidates()))),
        (1, live::encode(&published)),
        (2, live::encode(&Pulled::Deltas(deltas))),
        (2, live::encode(&Pulled::Snapshot(snapshot.clone()))),
        (3, live::encode(&vec![*snapshot.clone(), *snapshot])),
        (4, live::encode(&good)),
        (4, live::encode(&busy)),
        (5, live::encode(&world::questions()[2])),
        (6, Viewer::default().resume()),
        (7, live::encode(&(7_u64, 0_u64))),
        (8, frame.encode()),
    ];
    values.iter().map(|(what, bytes)| [&[*what], &bytes[1..]].concat()).collect()
}
