//! Rejected events: what is kept of them, within which bounds, and that a replay counts once,
//! whatever comes in between.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod machine;

use polso_core::{
    Batch, Busy, Candidate, ClientIdRule, Effect, EventKind, KEPT_MS, Outcome, Page, PageSearch,
    Pager, Position, RULES_VERSION, RawEvent, Reason, ReasonCode, Refused, Reject, RejectId,
    RejectRow, Source, TEXT_BYTES_MAX, Timestamp,
};
use proptest::prelude::*;

use machine::Machine;

const NOW_MS: i64 = 1_770_000_000_000;
const DAY_MS: i64 = 86_400_000;
const PENDING_BYTES_MAX: usize = 16 << 20;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(NOW_MS + ms)
}

fn reasons(count: usize) -> Vec<Reason> {
    (0..count).map(|n| Reason::event(ReasonCode::FieldUnknown, format!("reason {n}"))).collect()
}

fn reject(text: &str) -> Reject {
    Reject::new(EventKind::Conversion, text, &reasons(1), usize::MAX)
}

fn rejected(rejects: Vec<Reject>) -> Batch {
    let refused = Refused { rejected: rejects.len() as u64, ..Refused::default() };
    Batch { source: "crm".into(), dedup_ttl_s: 3_600, refused, rejects, ..Batch::default() }
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

fn batch(client: u32, replay: Option<RejectId>) -> Batch {
    Batch {
        source: "crm".into(),
        dedup_ttl_s: 3_600,
        candidates: vec![candidate(client)],
        replay: replay.map(|id| id.key()),
        ..Batch::default()
    }
}

fn id(index: u32) -> RejectId {
    RejectId { shard: 0, birth: 7, at: Position { seq: 1, index } }
}

/// A ledger with its disk, and the rows of its rejected events.
struct Keeper {
    machine: Machine,
    rows: Vec<(Position, Vec<u8>)>,
}

impl Keeper {
    fn new() -> Self {
        Self { machine: Machine::new(7), rows: Vec::new() }
    }

    fn ingest(&mut self, batch: Batch, now: Timestamp) -> Result<Vec<Outcome>, Busy> {
        self.machine.ingest(batch, now)
    }

    fn commit(&mut self) {
        for effect in self.machine.commit() {
            if let Effect::Keep { seq, rows, .. } = effect {
                let at = |row: RejectRow| (Position { seq, index: row.first }, row.bytes);
                self.rows.extend(rows.into_iter().map(at));
            }
        }
    }

    /// As a store finds them.
    fn page(&self, search: &PageSearch, now: Timestamp) -> Page {
        let mut pager = Pager::new(search, now);
        let mut is_last = false;
        while let Some(before) = pager.wants() {
            let Some((first, bytes)) = self.rows.iter().rev().find(|(first, _)| *first < before)
            else {
                is_last = true;
                break;
            };
            pager.see(*first, bytes).unwrap();
        }
        pager.finish(7, is_last)
    }
}

fn all(limit: usize) -> PageSearch {
    PageSearch { before: Position::END, source: None, limit, bytes: usize::MAX }
}

fn texts(page: &Page) -> Vec<&str> {
    page.rows.iter().map(|row| row.kept.reject.text.as_str()).collect()
}

#[test]
fn a_text_is_kept_whole_up_to_its_bound_and_cut_between_characters() {
    let check = |text: &str, kept: usize| {
        let reject = reject(text);
        assert_eq!(reject.text, text[..kept]);
        assert_eq!(reject.truncated, kept < text.len());
    };
    for length in [0, 1, TEXT_BYTES_MAX - 1, TEXT_BYTES_MAX] {
        check(&"x".repeat(length), length);
    }
    check(&"x".repeat(TEXT_BYTES_MAX + 1), TEXT_BYTES_MAX);
    check(&format!("{}è", "x".repeat(TEXT_BYTES_MAX - 2)), TEXT_BYTES_MAX);
    check(&format!("{}è", "x".repeat(TEXT_BYTES_MAX - 1)), TEXT_BYTES_MAX - 1);
}

#[test]
fn beyond_the_room_of_a_request_the_first_reason_stays() {
    let of = |room| Reject::new(EventKind::Conversion, "{}", &reasons(3), room);
    let whole = of(usize::MAX);
    assert_eq!((whole.reasons(), whole.truncated), (reasons(3), false));
    assert_eq!(of(whole.bytes()), whole);
    let cut = of(whole.bytes() - 1);
    assert_eq!((cut.text.as_str(), cut.reasons(), cut.truncated), ("", reasons(1), true));
}

#[test]
fn what_is_kept_tells_everything_and_leaves_the_ledger() {
    let mut keeper = Keeper::new();
    let field = Reason::field(ReasonCode::ValueNegative, "valore", "`valore` is below 0");
    let reasons = vec![field, Reason::foreign_field(ReasonCode::FieldUnknown, "è", "unknown")];
    let reject = Reject::new(EventKind::Spend, "{\"a\":", &reasons, usize::MAX);
    keeper.ingest(rejected(vec![reject]), at(5)).unwrap();
    keeper.commit();
    let page = keeper.page(&all(10), at(5));
    let kept = &page.rows[0].kept;
    assert_eq!(
        (kept.source.as_str(), kept.received, kept.rules, kept.reject.sent_as.clone()),
        ("crm", at(5), RULES_VERSION, EventKind::Spend.into())
    );
    assert_eq!((kept.reject.text.as_str(), kept.reject.reasons()), ("{\"a\":", reasons));
    assert_eq!((page.rows[0].at, page.next), (Position { seq: 1, index: 0 }, None));
    keeper.ingest(batch(1, None), at(6)).unwrap();
    keeper.commit();
    assert_eq!(keeper.rows.len(), 1, "handed out once");
}

#[test]
fn pages_hold_everything_once_newest_first() {
    let mut keeper = Keeper::new();
    for commit in 0..4 {
        for request in 0..commit {
            let text = |n| reject(&format!("{commit}.{request}.{n}"));
            let mut batch = rejected((0..3).map(text).collect());
            batch.source = if request == 0 { "crm" } else { "shop" }.to_owned();
            keeper.ingest(batch, at(commit)).unwrap();
        }
        keeper.commit();
    }
    let whole = keeper.page(&all(100), at(9));
    let expected = [
        "3.2.2", "3.2.1", "3.2.0", "3.1.2", "3.1.1", "3.1.0", "3.0.2", "3.0.1", "3.0.0", "2.1.2",
        "2.1.1", "2.1.0", "2.0.2", "2.0.1", "2.0.0", "1.0.2", "1.0.1", "1.0.0",
    ];
    assert_eq!((texts(&whole), whole.next), (expected.to_vec(), None));
    for (limit, bytes) in [(1, usize::MAX), (2, usize::MAX), (5, usize::MAX), (18, 1), (18, 40)] {
        for source in [None, Some("crm"), Some("shop"), Some("none")] {
            let mut search =
                PageSearch { limit, bytes, source: source.map(Into::into), ..all(limit) };
            let mut found = Vec::new();
            loop {
                let page = keeper.page(&search, at(9));
                found.extend(page.rows.into_iter().map(|row| row.kept));
                let Some(next) = page.next else { break };
                assert!(next < search.before);
                search.before = next;
            }
            let wanted: Vec<_> = whole.rows.iter().map(|row| row.kept.clone()).collect();
            let wanted = wanted.into_iter().filter(|k| source.is_none_or(|s| s == k.source));
            assert_eq!(found, wanted.collect::<Vec<_>>(), "{limit} {bytes} {source:?}");
        }
    }
}

#[test]
fn what_is_too_old_is_not_shown() {
    let mut keeper = Keeper::new();
    keeper.ingest(rejected(vec![reject("{}")]), at(0)).unwrap();
    keeper.commit();
    assert_eq!(keeper.page(&all(1), at(KEPT_MS)).rows.len(), 1);
    assert_eq!(keeper.page(&all(1), at(KEPT_MS + 1)).rows.len(), 0);
}

#[test]
fn rows_fit_the_store_and_are_read_whole_or_refused() {
    let mut keeper = Keeper::new();
    let long = "\u{10348}".repeat(TEXT_BYTES_MAX / 4);
    // As many reasons as an event may have members, each as long as names and values may be.
    let message = "\u{10348}".repeat(150);
    let worst: Vec<_> = (0..128)
        .map(|_| Reason::foreign_field(ReasonCode::FieldUnknown, &message, message.clone()))
        .collect();
    let rejects = (0..90).map(|_| Reject::new(EventKind::Spend, &long, &worst, usize::MAX));
    keeper.ingest(rejected(rejects.collect()), at(0)).unwrap();
    keeper.commit();
    let largest = keeper.rows.iter().map(|(_, bytes)| bytes.len()).max().unwrap();
    assert!(keeper.rows.len() > 1 && largest < 1_500_000, "{largest}");
    let counts = keeper.rows.iter().map(|(_, bytes)| RejectRow::decode(bytes).unwrap().len());
    assert_eq!(counts.sum::<usize>(), 90);
    let firsts: Vec<_> = keeper.rows.iter().map(|(first, _)| first.index).collect();
    assert!(firsts.is_sorted() && firsts[0] == 0, "{firsts:?}");
    let mut small = Keeper::new();
    small.ingest(rejected(vec![reject("{}")]), at(0)).unwrap();
    small.commit();
    let bytes = &small.rows[0].1;
    for bit in 0..bytes.len() * 8 {
        let mut bad = bytes.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(RejectRow::decode(&bad).is_err(), "bit {bit}");
    }
}

#[test]
fn bytes_that_wait_for_a_commit_are_bounded_and_one_request_always_fits() {
    let mut keeper = Keeper::new();
    let text = "x".repeat(TEXT_BYTES_MAX);
    let many = |count| rejected((0..count).map(|_| reject(&text)).collect());
    let bound = PENDING_BYTES_MAX / TEXT_BYTES_MAX;
    keeper.ingest(many(bound * 2), at(0)).unwrap();
    assert_eq!(keeper.ingest(many(1), at(0)), Err(Busy::Pending));
    assert_eq!(keeper.ingest(batch(1, None), at(0)).unwrap().len(), 1);
    keeper.commit();
    for _ in 0..bound - 1 {
        keeper.ingest(many(1), at(0)).unwrap();
    }
    assert_eq!(keeper.ingest(many(1), at(0)), Err(Busy::Pending));
}

#[test]
fn a_replay_counts_once_for_longer_than_its_event_is_kept() {
    let mut machine = Machine::new(7);
    let mut replay = |ms: i64, restart: bool| {
        let outcome = machine.ingest(batch(1, Some(id(1))), at(ms)).unwrap()[0];
        drop(machine.commit());
        if restart {
            machine.restart(2);
        }
        outcome
    };
    assert_eq!(replay(0, true), Outcome::Accepted { late: false });
    assert_eq!(replay(0, false), Outcome::Duplicate);
    // Its dedup key is forgotten after an hour.
    for day in [1, 2, 30, 31, 35] {
        assert_eq!(replay(day * DAY_MS, day % 2 == 0), Outcome::Duplicate, "day {day}");
    }
    assert_eq!(replay(36 * DAY_MS, false), Outcome::Accepted { late: true });
}

#[test]
fn a_replay_is_a_duplicate_of_what_was_sent_again_and_stays_one() {
    let mut machine = Machine::new(7);
    machine.ingest(batch(1, None), at(0)).unwrap();
    let mut replay = |index, ms| {
        let outcome = machine.ingest(batch(1, Some(id(index))), at(ms)).unwrap()[0];
        drop(machine.commit());
        machine.restart(2);
        outcome
    };
    assert_eq!(replay(1, 0), Outcome::Duplicate);
    assert_eq!(replay(1, DAY_MS), Outcome::Duplicate, "it was counted when it was sent");
    assert_eq!(replay(2, 2 * DAY_MS), Outcome::Duplicate, "it was rejected twice");
}

#[test]
fn what_was_replayed_is_recognised_when_it_is_sent_or_was_rejected_twice() {
    let mut machine = Machine::new(7);
    let new = Outcome::Accepted { late: false };
    assert_eq!(machine.ingest(batch(1, Some(id(1))), at(0)).unwrap(), [new]);
    assert_eq!(machine.ingest(batch(1, None), at(0)).unwrap(), [Outcome::Duplicate]);
    drop(machine.commit());
    machine.checkpoint();
    machine.restart(2);
    let again = machine.ingest(batch(1, Some(id(2))), at(30 * DAY_MS)).unwrap();
    assert_eq!(again, [Outcome::Duplicate]);
    let other = machine.ingest(batch(2, Some(id(3))), at(30 * DAY_MS)).unwrap();
    assert_eq!(other, [Outcome::Accepted { late: true }]);
}

fn accepted(machine: &mut Machine) -> u64 {
    let snapshot = machine.snapshot();
    let hub = polso_core::Hub::new("main", &[snapshot], 1, at(0)).unwrap();
    hub.integrity()["total"]["accepted"].as_u64().unwrap()
}

proptest! {
    #[test]
    fn no_order_of_replays_commits_crashes_and_checkpoints_counts_twice(
        acts in proptest::collection::vec((0_u32..4, 0_u8..6, 0_i64..20 * DAY_MS), 1..60),
    ) {
        let mut machine = Machine::new(7);
        let mut now = 0;
        for (number, act, wait_ms) in acts {
            match act {
                0..3 => {
                    // As long as an event can be found.
                    now = (now + wait_ms).min(31 * DAY_MS);
                    machine.ingest(batch(number, Some(id(number))), at(now)).unwrap();
                    if act > 0 {
                        drop(machine.commit());
                    }
                }
                3 => assert!(!machine.restart(2)),
                _ => {
                    // What waits is written before.
                    drop(machine.commit());
                    machine.checkpoint();
                }
            }
        }
        machine.restart(2);
        for number in 0..4 {
            machine.ingest(batch(number, Some(id(number))), at(32 * DAY_MS)).unwrap();
        }
        drop(machine.commit());
        prop_assert_eq!(accepted(&mut machine), 4);
    }
}
