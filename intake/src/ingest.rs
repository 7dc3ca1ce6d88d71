//! From the body of one authenticated request to one batch for each shard, and from the ledgers'
//! outcomes to the answer. The one place where a request's events are numbered.
//!
//! Bounds: those of the sender's [`Limits`](crate::Limits).

use std::borrow::Cow;

use polso_core::{
    Batch, Busy, EventKind, Outcome, REQUEST_BYTES_MAX, RawEvent, Reason, Refused, Reject, SentAs,
    Shards, Timestamp, Verdict,
};
use serde::Serialize;

use self::judged::{Judged, count_reasons, malformed};
use crate::{
    adapter::{Made, Piece},
    answer::Answer,
    body::{Item, split},
    config::{Kind, Sender},
    contract::{self, Contract},
    refusal::Refusal,
};

mod inherit;
mod judged;
mod replay;

/// A ledger takes nothing for now.
const BUSY: Refusal = Refusal::Unavailable { retry_after_s: 1 };

/// The events of one request, judged as far as that can be done without knowing what came before.
#[derive(Debug)]
pub struct Prepared {
    /// One batch for each shard that has any, with its number.
    pub batches: Vec<(u16, Batch)>,
    slots: Vec<Slot>,
    /// What the answer names the events by beside their positions; nothing where positions do.
    ids: Vec<Option<String>>,
    contract: Contract,
}

/// What is known of one event of the request.
#[derive(Debug)]
enum Slot {
    /// The next candidate of the batch at this position.
    Candidate {
        batch: usize,
        warnings: Vec<String>,
    },
    Filtered,
    Rejected(Vec<Reason>),
}

impl Prepared {
    /// Cuts a body of Polso's own shape into events and judges each.
    ///
    /// # Errors
    /// When the body as a whole is refused.
    pub fn new(
        kind: EventKind,
        sender: &Sender,
        content_type: Option<&str>,
        body: &[u8],
        shards: &Shards,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let items = split(content_type, body, &sender.limits)?;
        Ok(Self::of_items(kind, sender, &items, shards, now))
    }

    fn of_items(
        kind: EventKind,
        sender: &Sender,
        items: &[Item<'_>],
        shards: &Shards,
        now: Timestamp,
    ) -> Self {
        let judged = items.iter().map(|item| {
            let judged = match *item {
                Item::Malformed(line) => Err(vec![malformed(line)]),
                Item::Json(json) => {
                    kind.validate(&RawEvent { json, event_id: None }, &sender.source, now)
                }
            };
            let kept = || (SentAs::Event(kind), Cow::Borrowed(item.text()));
            Judged::of(judged, kept)
        });
        Self::of_judged(sender, judged, Contract::NATIVE, None, shards)
    }

    /// Judges what an adapter made of a request that the source's secret at this position has proven.
    #[must_use]
    pub fn of_pieces(
        sender: &Sender,
        pieces: &[Piece<'_>],
        contract: Contract,
        secret: Option<u8>,
        shards: &Shards,
        now: Timestamp,
    ) -> Self {
        let judged = pieces.iter().map(|piece| {
            let judged = match &piece.made {
                Made::Filtered => return Judged::Unwanted,
                Made::Rejected(reasons) => Err(reasons.clone()),
                Made::Event { kind, json } => {
                    let raw = RawEvent { json, event_id: piece.id.as_deref() };
                    kind.validate(&raw, &sender.source, now)
                }
            };
            let kept =
                || (SentAs::Webhook { id: piece.id.clone() }, Cow::Owned(piece.text.to_string()));
            Judged::of(judged, kept)
        });
        let mut prepared = Self::of_judged(sender, judged, contract, secret, shards);
        if sender.kind == Kind::Browser {
            prepared.ids = pieces.iter().map(|piece| piece.id.clone()).collect();
        }
        prepared
    }

    fn of_judged<'a>(
        sender: &Sender,
        judged: impl ExactSizeIterator<Item = Judged<'a>>,
        contract: Contract,
        secret: Option<u8>,
        shards: &Shards,
    ) -> Self {
        let slots = Vec::with_capacity(judged.len());
        let mut prepared =
            Self { batches: Vec::with_capacity(1), slots, ids: Vec::new(), contract };
        let mut refused = Refused::default();
        let mut rejects = Vec::new();
        let mut room = REQUEST_BYTES_MAX;
        for judged in judged {
            let slot = match judged {
                Judged::Unwanted => {
                    refused.filtered += 1;
                    Slot::Filtered
                }
                Judged::Valid(valid) => {
                    let shard = shards.home(&valid.candidate);
                    let batch = prepared.batch_of(shard, sender, shards);
                    if let Some((_, batch)) = prepared.batches.get_mut(batch) {
                        batch.candidates.push(valid.candidate);
                    }
                    Slot::Candidate { batch, warnings: valid.warnings }
                }
                Judged::Rejected { sent_as, text, reasons } => {
                    refused.rejected += 1;
                    count_reasons(&mut refused.reasons, &reasons);
                    if sender.keep_rejected {
                        let reject = Reject::new(sent_as, &text, &reasons, room);
                        room = room.saturating_sub(reject.bytes());
                        rejects.push(reject);
                    }
                    Slot::Rejected(reasons)
                }
            };
            prepared.slots.push(slot);
        }
        let is_counted = refused.rejected + refused.filtered > 0 || secret.is_some();
        if is_counted && !prepared.slots.is_empty() {
            // Any ledger can count and keep them; one that is asked anyway costs nothing more.
            let shard = prepared.batches.first().map_or(0, |(shard, _)| *shard);
            let batch = prepared.batch_of(shard, sender, shards);
            if let Some((_, batch)) = prepared.batches.get_mut(batch) {
                batch.refused = refused;
                batch.rejects = rejects;
                batch.secret = secret;
            }
        }
        prepared
    }

    fn batch_of(&mut self, shard: u16, sender: &Sender, shards: &Shards) -> usize {
        if let Some(known) = self.batches.iter().position(|(known, _)| *known == shard) {
            return known;
        }
        let batch = Batch {
            source: sender.source.name.clone(),
            dedup_ttl_s: sender.source.dedup_ttl_s,
            generation: shards.generation(),
            ..Batch::default()
        };
        self.batches.push((shard, batch));
        self.batches.len() - 1
    }

    /// The answer, from what became of each batch, in the order of `batches`.
    ///
    /// # Errors
    /// `unavailable` when any ledger took nothing: what the others took they will recognise when
    /// the sender tries again.
    pub fn answer(&self, outcomes: Vec<Result<Vec<Outcome>, Busy>>) -> Result<Answer, Refusal> {
        let mut outcomes: Vec<_> = outcomes
            .into_iter()
            .collect::<Result<Vec<_>, Busy>>()
            .map_err(|_| BUSY)?
            .into_iter()
            .map(Vec::into_iter)
            .collect();
        let mut body = Body { results: Vec::with_capacity(self.slots.len()), ..Body::default() };
        for (index, slot) in self.slots.iter().enumerate() {
            let verdict = match slot {
                Slot::Filtered => {
                    body.filtered += 1;
                    Verdict::Filtered
                }
                Slot::Rejected(reasons) => {
                    body.rejected += 1;
                    Verdict::Rejected { reasons }
                }
                Slot::Candidate { batch, warnings } => {
                    let outcome = outcomes.get_mut(*batch).and_then(Iterator::next);
                    match outcome.ok_or(Refusal::Internal)? {
                        Outcome::Accepted { late } => {
                            body.accepted += 1;
                            Verdict::Accepted { late, warnings }
                        }
                        Outcome::Duplicate => {
                            body.duplicates += 1;
                            Verdict::Duplicate
                        }
                        Outcome::Conflict => {
                            body.conflicts += 1;
                            Verdict::Conflict
                        }
                    }
                }
            };
            let id = self.ids.get(index).and_then(Option::as_deref);
            body.results.push(Row { index, id, verdict });
        }
        let outcome = match self.slots.len() {
            0 => contract::Outcome::Nothing,
            all if body.rejected == all => contract::Outcome::Rejected,
            _ => contract::Outcome::Taken,
        };
        let verdicts = serde_json::to_string(&body).map_err(|_| Refusal::Internal)?;
        Ok(self.contract.answer(outcome, verdicts))
    }
}

#[derive(Default, Serialize)]
struct Body<'a> {
    accepted: usize,
    duplicates: usize,
    conflicts: usize,
    rejected: usize,
    filtered: usize,
    results: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(flatten)]
    verdict: Verdict<'a>,
}

#[cfg(test)]
mod tests {
    use polso_core::Ledger;
    use serde_json::{Value, json};

    use super::*;
    use crate::config::Config;

    fn event(client: u32) -> Value {
        json!({
            "id_cliente": format!("CLIENTE-ITALIA-{client:06}"),
            "evento": "acquisto_concluso",
            "timestamp": "2024-05-20T14:32:45.123Z",
            "valore": 10,
            "canale": "email",
            "stato": "completato",
        })
    }

    /// What a server with `shards` ledgers answers to the same body twice.
    fn twice(body: &[u8], content_type: &str, shards: u8) -> [(u16, Value); 2] {
        let vars = json!({ "sources": { "crm": { "kind": "native" } } });
        let config = Config::parse(&vars, |_| Some("{}".into())).unwrap();
        let sender = &config.sources["crm"];
        let now = Timestamp::parse("2024-05-20T14:33:00Z").unwrap();
        let mut ledgers: Vec<Ledger> = (0..shards).map(|n| Ledger::new(u64::from(n), 1)).collect();
        [(); 2].map(|()| {
            let kind = EventKind::Conversion;
            let mut prepared = Prepared::new(
                kind,
                sender,
                Some(content_type),
                body,
                &Shards::always(u16::from(shards)),
                now,
            )
            .unwrap();
            let outcomes = prepared
                .batches
                .iter_mut()
                .map(|(shard, batch)| ledgers[usize::from(*shard)].ingest(batch.clone(), now))
                .collect();
            let answer = prepared.answer(outcomes).unwrap();
            (answer.status, serde_json::from_str(&answer.body).unwrap())
        })
    }

    #[track_caller]
    fn check(found: &(u16, Value), status: u16, verdicts: &[&str]) {
        assert_eq!(found.0, status);
        let results = found.1["results"].as_array().unwrap();
        let names: Vec<_> = results.iter().map(|row| row["verdict"].as_str().unwrap()).collect();
        assert_eq!(names, verdicts);
        for (index, row) in results.iter().enumerate() {
            assert_eq!(row["index"], index);
        }
    }

    #[test]
    fn verdicts_stand_in_the_order_of_the_events_on_any_number_of_shards() {
        let body = json!([event(1), event(2), { "stato": "?" }, event(1), event(3)]).to_string();
        for shards in [1, 3, 8] {
            let [first, second] = twice(body.as_bytes(), "application/json", shards);
            check(&first, 202, &["accepted", "accepted", "rejected", "duplicate", "accepted"]);
            let repeated = ["duplicate", "duplicate", "rejected", "duplicate", "duplicate"];
            check(&second, 202, &repeated);
            assert_eq!(first.1["accepted"], 3);
            assert_eq!(first.1["duplicates"], 1);
            assert_eq!(first.1["rejected"], 1);
        }
    }

    #[test]
    fn a_bad_line_is_rejected_on_its_own() {
        let body = format!("{}\n{{\n", event(1));
        let [first, _] = twice(body.as_bytes(), "application/x-ndjson", 1);
        check(&first, 202, &["accepted", "rejected"]);
        assert_eq!(first.1["results"][1]["reasons"][0]["code"], "json_invalid");
    }

    #[test]
    fn only_rejections_are_422() {
        let [first, _] = twice(b"{}", "application/json", 4);
        check(&first, 422, &["rejected"]);
    }

    #[test]
    fn a_busy_ledger_makes_the_whole_request_wait() {
        let prepared = Prepared {
            batches: Vec::new(),
            slots: Vec::new(),
            ids: Vec::new(),
            contract: Contract::NATIVE,
        };
        let refusal = prepared.answer(vec![Ok(Vec::new()), Err(Busy::Keys)]).unwrap_err();
        assert_eq!((refusal.status(), refusal.retry_after_s()), (503, Some(1)));
    }
}
