//! Runs of dedup keys, and the mark beside them: whatever is in storage in their place, the ledger goes on,
//! knows again what it takes from then on, and one bit of theirs is never read otherwise.

use std::sync::OnceLock;

use polso_core::{Effect, Ledger, Limits, Outcome, Recovery, Save};

use crate::input::Input;
use crate::world::{batch, candidates, now, sealed, unsealed};

const LIMITS: Limits = Limits {
    hot_keys_max: 0,
    run_keys_min: 1,
    run_keys_max: 1_000,
    page_keys: 4,
    ..Limits::STANDARD
};

/// What a ledger that has taken all examples keeps, and its mark.
fn genuine() -> &'static (Save, Vec<u8>) {
    static KEPT: OnceLock<(Save, Vec<u8>)> = OnceLock::new();
    KEPT.get_or_init(|| {
        let mut ledger = Ledger::with_limits(7, 1, LIMITS);
        ledger.ingest(batch(candidates()), now()).unwrap();
        let _ = ledger.commit();
        let mark = ledger.tick(now().plus_ms(60_000)).into_iter().find_map(|effect| match effect {
            Effect::Mark { bytes } => Some(bytes),
            _ => None,
        });
        (ledger.checkpoint(), mark.expect("a mark is due"))
    })
}

/// A byte that says in place of what (an index, a page, the mark), a byte (even: the rest is a body, and
/// gets a seal that fits), then the bytes that are found there.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (what, seal) = (input.byte() % 3, input.is_even());
    let (save, mark) = genuine();
    let like = [&save.runs()[0].index, &save.runs()[0].pages[0], mark][usize::from(what)];
    let rest = input.rest();
    let found = if seal { sealed(like, rest) } else { rest.to_vec() };
    let in_place =
        |of: u8, genuine: &[u8]| if what == of { found.clone() } else { genuine.to_vec() };

    let mut recovery = Recovery::new(9, 2, LIMITS);
    recovery.checkpoint(&save.bytes).expect("a ledger's own checkpoint");
    let _ = recovery.mark(&in_place(2, mark));
    let page = |run: u32, page: u32| {
        let run =
            save.runs().iter().find(|other| other.number == run).expect("a run of the checkpoint");
        let genuine = run.pages.get(page as usize).map_or(&[][..], Vec::as_slice);
        if page == 0 { in_place(1, genuine) } else { genuine.to_vec() }
    };
    for run in save.runs() {
        let index = in_place(0, &run.index);
        let differs = index != run.index && !seal;
        let read = recovery.index(run.number, &index);
        assert!(read.is_err() || !differs, "another index is read");
        if read.is_err() {
            let _ = recovery.pages(run.number, |number| page(run.number, number));
        }
    }
    let (mut ledger, _) = recovery.finish();
    for round in 0..2 {
        let mut lookup = ledger.look_up(batch(candidates()), 1, now()).expect("room");
        while let Some(id) = lookup.wants() {
            if lookup.read(id, &page(id.run, id.page)).is_err() {
                lookup.give_up(id);
            }
        }
        let outcomes = ledger.judge(lookup).expect("every page was read");
        assert_eq!(outcomes.len(), candidates().len());
        let new = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Accepted { .. }));
        assert!(!new || (round == 0 && seal && what < 2), "what is known was accepted");
        let _ = ledger.commit();
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let (save, mark) = genuine();
    let run = &save.runs()[0];
    let all: [(u8, &[u8]); 3] = [(0, &run.index), (1, &run.pages[0]), (2, mark)];
    let whole = all.iter().map(|(what, bytes)| [&[*what, 1], *bytes].concat());
    let bodies = all.iter().map(|(what, bytes)| [&[*what, 0], unsealed(bytes)].concat());
    whole.chain(bodies).collect()
}
