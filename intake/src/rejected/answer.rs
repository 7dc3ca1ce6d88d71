//! The answer of the list: the ledgers' pages put together, newest first, and the next cursor.

use std::collections::VecDeque;

use polso_core::{KeptReject, Page, PageRow, Position, RULES_VERSION, Reason, RejectId, Replayed};
use serde::Serialize;

use super::Listing;
use crate::refusal::Refusal;

#[derive(Serialize)]
struct Body<'a> {
    space: &'a str,
    rules: u32,
    rejected: Vec<Row>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    source: String,
    kind: &'static str,
    received: String,
    rules: u32,
    reasons: Vec<Reason>,
    body: String,
    truncated: bool,
    replayed: Option<ReplayedJson>,
}

#[derive(Serialize)]
struct ReplayedJson {
    verdict: String,
    at: String,
}

impl Listing {
    /// The answer, from the pages of the ledgers that were asked, by their numbers.
    ///
    /// # Errors
    /// `internal` when it cannot be written.
    pub fn answer(self, space: &str, pages: Vec<(u16, Page)>) -> Result<String, Refusal> {
        let (rejected, next) = self.merge(pages);
        let rejected = rejected.into_iter().map(|(id, row)| Row::new(&id, row)).collect();
        let body = Body { space, rules: RULES_VERSION, rejected, next };
        serde_json::to_string(&body).map_err(|_| Refusal::Internal)
    }

    fn merge(self, pages: Vec<(u16, Page)>) -> (Vec<(RejectId, PageRow)>, Option<String>) {
        let Self { limit, mut places, .. } = self;
        let mut open: Vec<_> = pages
            .into_iter()
            .map(|(shard, Page { birth, rows, next })| (shard, birth, next, VecDeque::from(rows)))
            .collect();
        let mut merged: Vec<(RejectId, PageRow)> = Vec::new();
        while merged.len() < limit {
            // One that ran out and has more may have what comes next.
            if open.iter().any(|(.., next, rows)| next.is_some() && rows.is_empty()) {
                break;
            }
            // The first of equals: the ledger of the lowest number.
            let newest = open
                .iter_mut()
                .rev()
                .max_by_key(|(.., rows)| rows.front().map(|row| row.kept.received));
            let Some((shard, birth, _, rows)) = newest else { break };
            let Some(row) = rows.pop_front() else { break };
            if let Some(place) = places.get_mut(usize::from(*shard)) {
                *place = row.at;
            }
            merged.push((RejectId { shard: *shard, birth: *birth, at: row.at }, row));
        }
        for (shard, _, next, rows) in open {
            if rows.is_empty()
                && let Some(place) = places.get_mut(usize::from(shard))
            {
                *place = next.unwrap_or(Position::START);
            }
        }
        let has_more = places.iter().any(|place| *place != Position::START);
        let texts: Vec<_> = places.iter().map(ToString::to_string).collect();
        (merged, has_more.then(|| texts.join("-")))
    }
}

impl Row {
    fn new(id: &RejectId, row: PageRow) -> Self {
        let PageRow { kept: KeptReject { source, received, rules, reject }, replayed, .. } = row;
        let replayed =
            replayed.map(|Replayed { verdict, at }| ReplayedJson { verdict, at: at.to_string() });
        Self {
            id: id.to_string(),
            source,
            kind: reject.sent_as.name(),
            received: received.to_string(),
            rules,
            reasons: reject.reasons(),
            truncated: reject.truncated,
            body: reject.text,
            replayed,
        }
    }
}

#[cfg(test)]
mod tests {
    use polso_core::{EventKind, ReasonCode, Reject, Timestamp};
    use serde_json::{Value, json};

    use super::*;

    fn row(seq: u64, ms: i64) -> PageRow {
        let reasons = [Reason::field(ReasonCode::FieldMissing, "valore", "`valore` is missing")];
        let reject = Reject::new(EventKind::Spend, "{\"è\"", &reasons, usize::MAX);
        let received = Timestamp::from_ms(ms);
        let kept = KeptReject { source: "crm".into(), received, rules: 1, reject };
        PageRow { at: Position { seq, index: 0 }, kept, replayed: None }
    }

    /// Ledgers that keep events of these times, oldest first, asked for at most `each` at a time.
    struct Ledgers {
        times: Vec<Vec<i64>>,
        each: usize,
    }

    impl Ledgers {
        fn ask(&self, cursor: Option<&str>, limit: usize) -> Value {
            let query = format!(
                "limit={limit}{}",
                cursor.map_or(String::new(), |c| format!("&cursor={c}"))
            );
            let parameters: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
            let listing = Listing::parse(&parameters, self.times.len() as u16).unwrap();
            let page = |(shard, search): (u16, polso_core::PageSearch)| {
                let times = self.times[usize::from(shard)].iter().zip(1..);
                let mut rows: Vec<_> = times.map(|(ms, seq)| row(seq, *ms)).collect();
                rows.reverse();
                rows.retain(|row| row.at < search.before);
                let is_last = rows.len() <= self.each.min(search.limit);
                rows.truncate(self.each.min(search.limit));
                let last = rows.last().map_or(search.before, |row| row.at);
                (shard, Page { birth: 31, rows, next: (!is_last).then_some(last) })
            };
            let pages = listing.searches().map(page).collect();
            serde_json::from_str(&listing.answer("main", pages).unwrap()).unwrap()
        }

        /// The times that a walk meets, and how many pages it took.
        fn walk(&self, limit: usize) -> (Vec<String>, usize) {
            let (mut found, mut pages, mut cursor) = (Vec::new(), 0, None::<String>);
            loop {
                let answer = self.ask(cursor.as_deref(), limit);
                pages += 1;
                let rows = answer["rejected"].as_array().unwrap();
                assert!(rows.len() <= limit);
                found.extend(rows.iter().map(|row| row["received"].as_str().unwrap().to_owned()));
                match answer["next"].as_str() {
                    Some(next) => cursor = Some(next.to_owned()),
                    None => return (found, pages),
                }
            }
        }
    }

    #[test]
    fn a_walk_meets_each_event_once_newest_first_whatever_a_ledger_gives_at_a_time() {
        let times = vec![vec![1, 4, 4, 9], vec![], vec![2, 3, 8], vec![4, 5, 6, 7, 10, 11]];
        let mut expected: Vec<i64> = times.concat();
        expected.sort_unstable_by(|a, b| b.cmp(a));
        let expected: Vec<_> =
            expected.iter().map(|ms| Timestamp::from_ms(*ms).to_string()).collect();
        for each in 1..=6 {
            for limit in 1..=14 {
                let ledgers = Ledgers { times: times.clone(), each };
                assert_eq!(ledgers.walk(limit).0, expected, "{each} {limit}");
            }
        }
        let (_, pages) = Ledgers { times, each: 100 }.walk(100);
        assert_eq!(pages, 1);
    }

    #[test]
    fn an_empty_list_has_no_next_page() {
        let answer = Ledgers { times: vec![vec![], vec![]], each: 1 }.ask(None, 5);
        assert_eq!(answer, json!({ "space": "main", "rules": 1, "rejected": [], "next": null }));
    }

    #[test]
    fn a_row_tells_all_that_is_kept() {
        let replayed = Some(Replayed { verdict: "accepted".into(), at: Timestamp::from_ms(5) });
        let row = PageRow { replayed, ..row(17, 3) };
        let id = RejectId { shard: 2, birth: 31, at: row.at };
        let expected = json!({
            "id": "2-1f-17.0", "source": "crm", "kind": "spesa",
            "received": "1970-01-01T00:00:00.003Z", "rules": 1,
            "reasons": [{ "code": "field_missing", "field": "valore", "message": "`valore` is missing" }],
            "body": "{\"è\"", "truncated": false,
            "replayed": { "verdict": "accepted", "at": "1970-01-01T00:00:00.005Z" },
        });
        assert_eq!(serde_json::to_value(Row::new(&id, row)).unwrap(), expected);
    }
}
