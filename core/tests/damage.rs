//! Damage: whatever one row loses, it is found, the rest is served, and what is lost is said. And dedup
//! keys in storage only are known as well as those in memory.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod machine;

use polso_core::{
    Batch, Busy, Candidate, ClientIdRule, Damage, EventKind, Hub, Limits, Outcome, RawEvent,
    Source, Timestamp,
};
use proptest::prelude::*;

use machine::Machine;

const NOW_MS: i64 = 1_770_000_000_000;
const TTL_S: u32 = 3_600;
/// Runs of pages of three keys, none of them in memory.
const COLD: Limits =
    Limits { hot_keys_max: 0, run_keys_min: 1, run_keys_max: 50, page_keys: 3, ..Limits::STANDARD };
const ACCEPTED: Outcome = Outcome::Accepted { late: false };

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(NOW_MS + ms)
}

fn candidate(client: u32) -> Candidate {
    let source = Source { client_id: ClientIdRule::Free, ..Source::named("crm") };
    let json = format!(
        r#"{{"id_cliente":"c{client}","evento":"acquisto_concluso","timestamp":"{}","valore":1,"canale":"sms","stato":"completato"}}"#,
        at(0)
    );
    let raw = RawEvent { json: &json, event_id: None };
    EventKind::Conversion.validate(&raw, &source, at(0)).unwrap().candidate
}

fn batch(clients: impl IntoIterator<Item = u32>) -> Batch {
    Batch {
        source: "crm".into(),
        dedup_ttl_s: TTL_S,
        candidates: clients.into_iter().map(candidate).collect(),
        ..Batch::default()
    }
}

/// What becomes of events, each judged and written by itself.
fn send(machine: &mut Machine, clients: impl IntoIterator<Item = u32>, ms: i64) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for client in clients {
        outcomes.extend(machine.ingest(batch([client]), at(ms)).unwrap());
        drop(machine.commit());
    }
    outcomes
}

fn accepted(machine: &mut Machine) -> u64 {
    let hub = Hub::new("main", &[machine.snapshot()], 1, at(0)).unwrap();
    hub.integrity()["total"]["accepted"].as_u64().unwrap()
}

fn damage(machine: &Machine) -> Damage {
    machine.ledger.bounds().damage
}

/// A ledger with two checkpoints and ten blocks after each, the first of them at once.
fn two_segments() -> Machine {
    let mut machine = Machine::with_limits(7, COLD);
    for first in [0, 10] {
        send(&mut machine, first..first + 10, 0);
        if first == 0 {
            machine.checkpoint();
        }
    }
    machine
}

#[test]
fn a_key_in_storage_only_is_known_until_its_time_is_over_and_not_less() {
    let mut machine = Machine::with_limits(7, COLD);
    send(&mut machine, 0..10, 1);
    machine.checkpoint();
    let bounds = machine.ledger.bounds();
    assert_eq!((bounds.keys, bounds.spilled, machine.reads), (10, 10, 0));
    let over_ms = i64::from(TTL_S) * 1_000 + 2_000;
    assert_eq!(send(&mut machine, 0..10, over_ms - 1), [Outcome::Duplicate; 10]);
    assert!(machine.reads > 0);
    machine.restart(2);
    assert_eq!(send(&mut machine, 0..10, over_ms - 1), [Outcome::Duplicate; 10]);
    assert_eq!(send(&mut machine, 0..10, over_ms), [ACCEPTED; 10]);
    // Known anew, beside what is in the old run.
    assert_eq!(send(&mut machine, 0..10, over_ms), [Outcome::Duplicate; 10]);
    machine.checkpoint();
    machine.checkpoint();
    assert_eq!((machine.ledger.bounds().keys, machine.runs.len()), (10, 1));
    assert_eq!(send(&mut machine, 0..10, over_ms), [Outcome::Duplicate; 10]);
}

#[test]
fn other_content_under_a_key_in_storage_is_told_apart() {
    let mut machine = Machine::with_limits(7, COLD);
    let mut batch = batch([1]);
    batch.candidates[0].content = 7;
    machine.ingest(batch.clone(), at(0)).unwrap();
    drop(machine.commit());
    machine.checkpoint();
    assert_eq!(machine.ingest(batch.clone(), at(0)), Ok(vec![Outcome::Duplicate]));
    batch.candidates[0].content = 8;
    assert_eq!(machine.ingest(batch.clone(), at(0)), Ok(vec![Outcome::Conflict]));
    batch.source = "other".into();
    assert_eq!(machine.ingest(batch, at(0)), Ok(vec![ACCEPTED]));
}

#[test]
fn a_batch_is_not_judged_before_its_pages_were_read() {
    let mut machine = Machine::with_limits(7, COLD);
    send(&mut machine, 0..10, 0);
    machine.checkpoint();
    assert_eq!(machine.ledger.ingest(batch([3]), at(0)), Err(Busy::Unread));
    // Nor after another checkpoint than it was looked up before.
    let looked_up = machine.ledger.look_up(batch([90]), 1, at(0)).unwrap();
    send(&mut machine, [90], 0);
    machine.checkpoint();
    assert_eq!(machine.ledger.judge(looked_up), Err(Busy::Unread));
}

#[test]
fn at_the_bound_of_keys_nothing_is_taken_and_it_is_counted() {
    let limits = Limits { keys_max: 20, ..COLD };
    let mut machine = Machine::with_limits(7, limits);
    send(&mut machine, 0..10, 0);
    machine.checkpoint();
    send(&mut machine, 10..20, 0);
    assert_eq!(machine.ingest(batch([20]), at(0)), Err(Busy::Keys));
    let refusals = machine.ledger.bounds().refusals;
    assert_eq!((refusals.since, refusals.keys, refusals.pending), (Some(at(0)), 1, 0));
    assert_eq!(accepted(&mut machine), 20);
    // Those of the run have expired, and nothing else must come for the rest to go.
    let later_ms = i64::from(TTL_S) * 1_000 + 2_000;
    assert_eq!(send(&mut machine, 20..30, later_ms), [ACCEPTED; 10]);
}

#[test]
fn bytes_that_wait_are_bounded_and_one_request_always_fits() {
    let mut machine = Machine::new(7);
    let mut take = |client, bytes| {
        let lookup = machine.ledger.look_up(batch([client]), bytes, at(0))?;
        machine.ledger.judge(lookup)
    };
    assert!(take(1, 64 << 20).is_ok());
    assert_eq!(take(2, 1), Err(Busy::Pending));
    drop(machine.commit());
    for client in 0..16 {
        let lookup = machine.ledger.look_up(batch([client]), 1 << 20, at(0)).unwrap();
        machine.ledger.judge(lookup).unwrap();
    }
    assert_eq!(machine.ledger.look_up(batch([99]), 1, at(0)).err(), Some(Busy::Pending));
    assert_eq!(machine.ledger.bounds().refusals.pending, 2);
}

#[test]
fn an_unreadable_checkpoint_loses_nothing() {
    let mut machine = two_segments();
    let birth = machine.ledger.birth();
    let bytes = &mut machine.segments.last_mut().unwrap().checkpoint;
    bytes.truncate(bytes.len() / 2);
    assert!(machine.restart(2));
    assert_eq!((accepted(&mut machine), machine.ledger.birth()), (20, birth));
    let found = damage(&machine);
    assert_eq!((found.unreadable, found.blocks_lost, found.keys_lost), (1, 0, 0));
    assert!(!machine.restart(3), "it is not found again");
    assert_eq!(damage(&machine), found, "and stays known");
    assert_eq!(send(&mut machine, 0..20, 0), [Outcome::Duplicate; 20]);
    // The new one is no better off than the one before it was.
    machine.segments.last_mut().unwrap().checkpoint.clear();
    machine.segments.remove(0);
    assert!(machine.restart(4));
    assert!(damage(&machine).is_some());
}

#[test]
fn without_any_checkpoint_the_journal_and_the_runs_are_served() {
    let mut machine = two_segments();
    send(&mut machine, 20..21, 0);
    machine.checkpoint();
    send(&mut machine, 21..25, 0);
    machine.segments.iter_mut().for_each(|segment| segment.checkpoint.clear());
    assert!(machine.restart(2));
    // The first ten blocks went with the first segment.
    assert_eq!(accepted(&mut machine), 15);
    let found = damage(&machine);
    assert_eq!((found.unreadable, found.blocks_lost, found.lost), (3, 10, Some((1, 10))));
    assert_eq!(send(&mut machine, 0..25, 0), [Outcome::Duplicate; 25], "no key is forgotten");
    assert_eq!(send(&mut machine, 25..30, 0), [ACCEPTED; 5]);
    assert!(!machine.restart(3));
    assert_eq!(accepted(&mut machine), 20);
}

#[test]
fn a_block_that_is_damaged_or_gone_is_lost_aloud_and_the_rest_counts() {
    for gone in [false, true] {
        let mut machine = two_segments();
        let birth = machine.ledger.birth();
        let journal = &mut machine.segments.last_mut().unwrap().journal;
        match gone {
            true => drop(journal.remove(&15)),
            false => journal.get_mut(&15).unwrap()[20] ^= 1,
        }
        assert!(machine.restart(2));
        assert_eq!(accepted(&mut machine), 19);
        assert_ne!(machine.ledger.birth(), birth, "the hub must not go on from what it had");
        let found = damage(&machine);
        assert_eq!((found.unreadable, found.blocks_lost, found.lost), (1, 1, Some((15, 15))));
        assert!(found.found.is_some());
        // It was counted nowhere: a retry counts.
        let again = send(&mut machine, 10..20, 0);
        assert_eq!(again.iter().filter(|outcome| **outcome == ACCEPTED).count(), 1);
        assert!(!machine.restart(3));
        assert_eq!((accepted(&mut machine), damage(&machine)), (20, found));
    }
}

#[test]
fn a_last_block_that_is_gone_is_found_once_the_end_was_marked() {
    let mut machine = two_segments();
    machine.tick(at(4_000));
    assert!(machine.mark.is_empty(), "not every commit is marked");
    machine.tick(at(5_000));
    let mark = machine.mark.clone();
    machine.tick(at(20_000));
    assert_eq!(machine.mark, mark, "nothing came meanwhile");
    machine.segments.last_mut().unwrap().journal.remove(&20);
    assert!(machine.restart(2));
    assert_eq!((accepted(&mut machine), damage(&machine).lost), (19, Some((20, 20))));
    send(&mut machine, 30..40, 0);
    assert!(!machine.restart(3), "numbers go on behind what is lost");
    assert_eq!(accepted(&mut machine), 29);
}

#[test]
fn a_hub_that_knows_more_finds_a_last_block_that_is_gone() {
    let mut machine = two_segments();
    let birth = machine.ledger.birth();
    machine.segments.last_mut().unwrap().journal.remove(&20);
    assert!(!machine.restart(2));
    assert!(matches!(machine.ledger.pull(birth, 20), polso_core::Pulled::Snapshot(_)));
    assert_eq!(damage(&machine).lost, Some((20, 20)));
    assert_ne!(machine.ledger.birth(), birth);
}

#[test]
fn keys_whose_index_is_unreadable_are_taken_from_their_pages() {
    let mut machine = two_segments();
    let run = *machine.runs.keys().next().unwrap();
    machine.runs.get_mut(&run).unwrap().0.clear();
    assert!(machine.restart(2));
    let found = damage(&machine);
    assert_eq!((found.unreadable, found.keys_lost), (1, 0));
    assert_eq!(send(&mut machine, 0..20, 0), [Outcome::Duplicate; 20]);
    assert!(!machine.restart(3));
    // And where a page is unreadable too, its keys are forgotten, and no others.
    let run = *machine.runs.keys().last().unwrap();
    let (index, pages) = machine.runs.get_mut(&run).unwrap();
    index.clear();
    pages[1][9] ^= 1;
    assert!(machine.restart(4));
    assert_eq!(damage(&machine).keys_lost, 3);
    let again = send(&mut machine, 0..20, 0);
    assert_eq!(again.iter().filter(|outcome| **outcome == ACCEPTED).count(), 3);
}

#[test]
fn a_key_of_an_unreadable_page_is_presumed_a_repetition_and_counted_as_such() {
    let mut machine = two_segments();
    let run = *machine.runs.keys().next().unwrap();
    machine.runs.get_mut(&run).unwrap().1[0].clear();
    assert!(!machine.restart(2), "pages are looked at when they are wanted");
    assert_eq!(send(&mut machine, 0..10, 0), [Outcome::Duplicate; 10]);
    let found = damage(&machine);
    assert_eq!((found.unreadable, found.presumed), (1, 3));
    let new = send(&mut machine, 100..160, 0);
    assert_eq!(new, [ACCEPTED; 60], "others are not taken for it");
    machine.checkpoint();
    assert!(!machine.restart(3));
    assert_eq!(damage(&machine).presumed, 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Every row that a ledger has, with any bit of it changed, any part of it cut, or all of it gone.
    #[test]
    fn one_damaged_row_is_found_or_changes_nothing(
        row in 0..100_usize,
        how in 0..3_u8,
        place in any::<prop::sample::Index>(),
    ) {
        let mut machine = two_segments();
        machine.tick(at(5_000));
        let (whole, mut gone) = (accepted(&mut machine), false);
        let mut rows: Vec<&mut Vec<u8>> = vec![&mut machine.mark];
        for segment in &mut machine.segments {
            rows.push(&mut segment.checkpoint);
            rows.extend(segment.journal.values_mut());
        }
        for (index, pages) in machine.runs.values_mut() {
            rows.push(index);
            rows.extend(pages);
        }
        let at_row = row % rows.len();
        let bytes = &mut *rows[at_row];
        match how {
            0 => {
                let bit = place.index(bytes.len() * 8);
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
            1 => bytes.truncate(place.index(bytes.len())),
            _ => {
                bytes.clear();
                gone = true;
            }
        }
        if gone {
            machine.segments.iter_mut().for_each(|s| s.journal.retain(|_, block| !block.is_empty()));
        }
        machine.restart(2);
        let counted = accepted(&mut machine);
        let outcomes = send(&mut machine, 0..20, 0);
        let found = damage(&machine);
        let new = outcomes.iter().filter(|outcome| **outcome == ACCEPTED).count() as u64;
        prop_assert_eq!(counted + found.blocks_lost, whole, "what is not counted is said to be lost");
        prop_assert_eq!(accepted(&mut machine), whole, "what was lost counts when it comes again");
        prop_assert_eq!(new, found.blocks_lost);
        prop_assert_eq!(send(&mut machine, 40..50, 0), [ACCEPTED; 10]);
        prop_assert!(!machine.restart(3) || found.is_some());
        prop_assert_eq!(accepted(&mut machine), whole + 10);
    }
}
