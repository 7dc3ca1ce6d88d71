//! Rejected events as they are kept, and the names they go by: a row is read whole or refused, pages
//! hold each event once, and an id has one spelling.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use polso_core::live;
use polso_core::{
    Effect, EventKind, KeptReject, Ledger, PageSearch, Pager, Pin, Position, Reason, ReasonCode,
    Reject, RejectId, RejectRow,
};

use crate::input::Input;
use crate::world::{self, now, sealed, unsealed};

/// A byte that says what the rest is: the body of a row, the body of a pin, or a name.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    match input.byte() % 4 {
        0 => check_row(&sealed(&row(), input.rest())),
        1 => check_pin(&sealed(&pin().encode(), input.rest())),
        2 => {
            let text = input.text();
            check_name::<RejectId>(&text);
            let id = text.parse::<RejectId>().map(|id| id.to_string());
            assert!(id.is_err() || id == Ok(text.into_owned()), "another spelling of the same");
        }
        _ => check_name::<Position>(&input.text()),
    }
}

fn check_row(bytes: &[u8]) {
    let first = Position { seq: 7, index: 3 };
    let Ok(events) = RejectRow::decode(bytes) else {
        let search = search(Position::END, 9);
        assert!(Pager::new(&search, now()).see(first, bytes).is_err());
        return;
    };
    for kept in &events {
        assert_eq!(live::decode::<KeptReject>(&live::encode(kept)).as_ref(), Ok(kept));
        assert!(kept.reject.bytes() >= kept.reject.text.len());
        let _ = (kept.reject.reasons(), kept.is_over(now()));
    }
    // Page by page, newest first.
    let (mut before, mut found) = (Position::END, Vec::new());
    for _ in 0..=events.len() {
        let search = search(before, 2);
        let mut pager = Pager::new(&search, now());
        pager.see(first, bytes).unwrap();
        let page = pager.finish(1, false);
        found.extend(page.rows.into_iter().map(|row| row.kept));
        before = page.next.unwrap();
    }
    let shown = events.into_iter().rev().filter(|kept| !kept.is_over(now()));
    assert_eq!(found, shown.collect::<Vec<_>>());
}

const fn search(before: Position, limit: usize) -> PageSearch {
    PageSearch { before, source: None, limit, bytes: usize::MAX }
}

fn check_pin(bytes: &[u8]) {
    if let Ok(pin) = Pin::decode(bytes) {
        assert_eq!(Pin::decode(&pin.encode()).as_ref(), Ok(&pin));
    }
}

fn check_name<T: FromStr<Err = ()> + Display + Debug + PartialEq>(text: &str) {
    if let Ok(name) = text.parse::<T>() {
        assert_eq!(name.to_string().parse::<T>(), Ok(name));
    }
}

/// A row of two rejected events.
fn row() -> Vec<u8> {
    let reasons = [
        Reason::event(ReasonCode::JsonInvalid, "no JSON"),
        Reason::field(ReasonCode::ValueRange, "valore", "too much"),
    ];
    let reject = |kind| Reject::new(kind, "{\"a\"", &reasons, usize::MAX);
    let mut ledger = Ledger::new(7, 1);
    let mut batch = world::batch(Vec::new());
    batch.rejects = vec![reject(EventKind::Conversion), reject(EventKind::Story)];
    ledger.ingest(batch, now()).unwrap();
    let effects = ledger.commit();
    let row = effects.iter().find_map(|effect| match effect {
        Effect::Keep { rows, .. } => rows.first(),
        _ => None,
    });
    row.expect("rejected events are kept").bytes.clone()
}

fn pin() -> Pin {
    Pin { shard: 1, batch: world::batch(world::candidates()) }
}

pub fn seeds() -> Vec<Vec<u8>> {
    vec![
        [&[0], unsealed(&row())].concat(),
        [&[1], unsealed(&pin().encode())].concat(),
        b"\x020-1a2b3c-17.3".to_vec(),
        b"\x0317.3".to_vec(),
    ]
}
