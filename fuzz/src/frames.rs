//! Live frames: whatever a viewer is given, it stands, and unless something was forged so well that
//! it was believed, the next answer of its hub makes it equal to that hub.

use std::cell::RefCell;

use polso_core::live::{Frame, Request};
use polso_core::{Applied, Bytes, Hub, Merged, Published, Pulled, Viewer};

use crate::input::{Input, chunk};
use crate::world::{self, now};

thread_local! {
    static GENUINE: RefCell<(Hub, Vec<Bytes>)> = RefCell::new(genuine());
}

/// A hub that has counted something after its first snapshot, and the frames it sent meanwhile.
fn genuine() -> (Hub, Vec<Bytes>) {
    let mut ledger = polso_core::Ledger::new(7, 1);
    let mut hub = world::hub(&mut ledger);
    let mut frames = resume(&mut hub, &mut Viewer::default());
    ledger.ingest(world::batch(world::candidates()), now()).unwrap();
    let _ = ledger.commit();
    let Pulled::Deltas(deltas) = ledger.pull(7, 0) else { panic!("no deltas") };
    for delta in deltas {
        let published = Published { shard: 0, birth: 7, delta };
        assert_eq!(hub.merge(&published, now()), Ok(Merged::Done));
    }
    frames.extend(hub.flush(now()));
    frames.push(hub.beat(now()));
    (hub, frames)
}

fn resume(hub: &mut Hub, viewer: &mut Viewer) -> Vec<Bytes> {
    let request = Request::decode(&viewer.resume()).expect("a viewer's own request");
    hub.resume(&request, now())
}

/// Steps: a byte that says what, then a chunk where there is one.
pub fn run(data: &[u8]) {
    GENUINE.with_borrow_mut(|(hub, frames)| follow(data, hub, frames));
}

fn follow(data: &[u8], hub: &mut Hub, frames: &[Bytes]) {
    let mut input = Input::new(data);
    let version = frames[0][0];
    let mut viewer = Viewer::default();
    let mut forged = false;
    while !input.is_empty() {
        let what = input.byte();
        let bytes = match what % 4 {
            0 => [&[version], input.chunk()].concat(),
            1 => input.chunk().to_vec(),
            2 => input.pick(&frames.iter().collect::<Vec<_>>()).to_vec(),
            _ => {
                let _ = viewer.resume();
                continue;
            }
        };
        let frame = Frame::decode(&bytes);
        if let Ok(frame) = &frame {
            assert_eq!(Frame::decode(&frame.encode()).as_ref(), Ok(frame));
        }
        let applied = viewer.apply(&bytes);
        assert!(frame.is_ok() || applied.is_err(), "{applied:?}");
        let believed =
            matches!(applied, Ok(Applied::Hello(_) | Applied::Snapshot | Applied::Delta(_)));
        forged |= believed && !frames.iter().any(|frame| **frame == *bytes);
        if applied.is_err() {
            let request = Request::decode(&viewer.resume());
            assert!(matches!(request, Ok(Request::Resume { lineage: None, .. })), "{request:?}");
            forged = false;
        }
        if believed {
            for query in world::questions() {
                let _ = viewer.answer(query, now()).map(|answer| answer.to_json());
            }
            let _ = (viewer.integrity(), viewer.values("source"));
        }
    }
    if forged {
        return;
    }
    for frame in resume(hub, &mut viewer) {
        viewer.apply(&frame).expect("a hub's own frame");
    }
    assert_eq!(viewer.apply(&hub.beat(now())).map(|_| viewer.integrity()), Ok(hub.integrity()));
    for query in world::questions() {
        let (found, expected) = (viewer.answer(query, now()), hub.answer(query, now()));
        assert_eq!(json(&found), json(&expected));
    }
}

pub fn json<E: std::fmt::Debug>(answer: &Result<polso_core::Answer, E>) -> String {
    match answer {
        Ok(answer) => {
            let json = answer.to_json();
            assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "no JSON: {json}");
            json
        }
        Err(error) => format!("{error:?}"),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let (_, frames) = genuine();
    let given = |what: u8, frame: &[u8]| [vec![what], chunk(frame)].concat();
    let versioned: Vec<Vec<u8>> = frames.iter().map(|frame| given(0, &frame[1..])).collect();
    let picks: Vec<u8> = (0..frames.len()).flat_map(|n| [2, n as u8]).collect();
    let mut seeds = versioned.clone();
    seeds.push(versioned.concat());
    seeds.push([picks.clone(), vec![3], versioned.concat(), picks].concat());
    seeds.push(given(1, &frames[1]));
    seeds
}
