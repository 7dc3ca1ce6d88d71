//! A rejected event once more: judged by today's rules and its source's configuration of today, or,
//! once a replay of it was begun, as it was judged then.
//!
//! What is rejected again, or filtered, goes nowhere and is not counted: nothing new was received.

use polso_core::{Batch, FoundReject, Pin, RejectId, SentAs, Timestamp};

use super::{Prepared, Slot};
use crate::{body::Item, browser, config::Config, contract::Contract, refusal::Refusal};

impl Prepared {
    /// Judges a rejected event of `space` again. It has one batch, or none when it is rejected again
    /// or filtered.
    ///
    /// # Errors
    /// `rejected_unknown` when it is too old, `rejected_truncated`, `rejected_source_gone`.
    pub fn replay(
        config: &Config,
        space: &str,
        id: &RejectId,
        found: FoundReject,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let FoundReject { kept, pin } = found;
        if kept.is_over(now) {
            return Err(Refusal::RejectedUnknown);
        }
        if let Some(pin) = pin {
            let slot = Slot::Candidate { batch: 0, warnings: Vec::new() };
            let batch = Batch { generation: config.shards.generation(), ..pin.batch };
            return Ok(Self {
                batches: vec![(pin.shard, batch)],
                slots: vec![slot],
                ids: Vec::new(),
                contract: Contract::NATIVE,
            });
        }
        if kept.reject.truncated {
            return Err(Refusal::RejectedTruncated);
        }
        let sender = config.sources.get(&kept.source).filter(|sender| sender.space == space);
        let sender = sender.ok_or(Refusal::RejectedSourceGone)?;
        let text = &kept.reject.text;
        let mut prepared = match &kept.reject.sent_as {
            SentAs::Event(kind) => {
                Self::of_items(*kind, sender, &[Item::Json(text)], &config.shards, now)
            }
            SentAs::Webhook { id } => {
                let pieces = match (&sender.webhook, &sender.browser) {
                    (Some(webhook), _) => webhook.adapter.cut(None, text.as_bytes(), id.as_deref()),
                    (_, Some(_)) => vec![browser::piece(text)],
                    _ => return Err(Refusal::RejectedSourceGone),
                };
                Self::of_pieces(sender, &pieces, Contract::NATIVE, None, &config.shards, now)
            }
        };
        prepared.batches.retain(|(_, batch)| !batch.candidates.is_empty());
        for (_, batch) in &mut prepared.batches {
            batch.replay = Some(id.key());
        }
        Ok(prepared)
    }

    /// Where a replay goes; none when it goes nowhere.
    #[must_use]
    pub fn pin(&self) -> Option<Pin> {
        let (shard, batch) = self.batches.first()?;
        Some(Pin { shard: *shard, batch: batch.clone() })
    }

    /// Sends a replay where the first one went.
    #[must_use]
    pub fn pinned(self, pin: Pin) -> Self {
        let generation = self.batches.first().map_or(0, |(_, batch)| batch.generation);
        Self { batches: vec![(pin.shard, Batch { generation, ..pin.batch })], ..self }
    }
}

#[cfg(test)]
mod tests {
    use polso_core::{
        EventKind, KEPT_MS, KeptReject, Ledger, Outcome, RULES_VERSION, Reason, ReasonCode, Reject,
        TEXT_BYTES_MAX,
    };
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_770_000_000_000);
    const EVENT: &str = r#"{"id_cliente":"a","evento":"richiesta_demo","timestamp":"2026-02-02T02:39:00Z","valore":1.5,"canale":"sms","stato":"completato"}"#;

    fn config(shards: u8, crm: Value) -> Config {
        Config::parse(&json!({ "SHARDS": shards, "sources": { "crm": crm } }), |_| {
            Some("{}".into())
        })
        .unwrap()
    }

    fn free(shards: u8) -> Config {
        config(shards, json!({ "kind": "native", "client_id": "free" }))
    }

    fn found(text: &str) -> FoundReject {
        let reasons = [Reason::event(ReasonCode::ClientIdFormat, "before")];
        let reject = Reject::new(EventKind::Conversion, text, &reasons, usize::MAX);
        let kept = KeptReject { source: "crm".into(), received: NOW, rules: RULES_VERSION, reject };
        FoundReject { kept, pin: None }
    }

    fn id() -> RejectId {
        "0-1f-17.3".parse().unwrap()
    }

    fn replay(config: &Config, found: FoundReject) -> Result<Prepared, Refusal> {
        Prepared::replay(config, "main", &id(), found, NOW)
    }

    #[track_caller]
    fn check_refused(config: &Config, space: &str, found: FoundReject, ms: i64, expected: &str) {
        let refused = Prepared::replay(config, space, &id(), found, NOW.plus_ms(ms)).unwrap_err();
        assert_eq!(refused.code(), expected);
    }

    #[test]
    fn todays_configuration_decides() {
        let still = replay(&config(4, json!({ "kind": "native" })), found(EVENT)).unwrap();
        assert_eq!((still.batches.len(), still.pin()), (0, None));
        let answer = still.answer(Vec::new()).unwrap();
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains("client_id_format") && !answer.body.contains("before"));

        let mut now = replay(&free(4), found(EVENT)).unwrap();
        let (_, batch) = now.batches.pop().unwrap();
        assert_eq!((batch.candidates.len(), batch.replay), (1, Some(id().key())));
        assert!(batch.rejects.is_empty());
    }

    #[test]
    fn what_is_no_json_is_rejected_again() {
        for text in ["{\"a\":", "", "nul", "{} {}"] {
            let answer = replay(&free(1), found(text)).unwrap().answer(Vec::new()).unwrap();
            assert!(answer.status == 422 && answer.body.contains("json_invalid"), "{text}");
        }
    }

    #[test]
    fn says_why_it_cannot_be_replayed() {
        let shop = Config::parse(&json!({ "sources": { "shop": { "kind": "native" } } }), |_| {
            Some("{}".into())
        });
        check_refused(&shop.unwrap(), "main", found(EVENT), 0, "rejected_source_gone");
        check_refused(&free(1), "roma", found(EVENT), 0, "rejected_source_gone");
        let long = format!("{EVENT}{}", " ".repeat(TEXT_BYTES_MAX));
        check_refused(&free(1), "main", found(&long), 0, "rejected_truncated");
        check_refused(&free(1), "main", found(EVENT), KEPT_MS + 1, "rejected_unknown");
        assert!(Prepared::replay(&free(1), "main", &id(), found(EVENT), NOW).is_ok());
    }

    #[test]
    fn a_second_replay_goes_where_the_first_went_whatever_the_configuration_is_by_then() {
        let mut ledgers: Vec<Ledger> = (0..64).map(|n| Ledger::new(n, 1)).collect();
        let mut send = |prepared: &Prepared| {
            let (shard, batch) = prepared.batches[0].clone();
            ledgers[usize::from(shard)].ingest(batch, NOW).unwrap()
        };
        let first = replay(&free(64), found(EVENT)).unwrap();
        let pin = first.pin().unwrap();
        assert_ne!(pin.shard, 0, "the second one would go elsewhere");
        assert_eq!(send(&first), [Outcome::Accepted { late: false }]);
        for other in [
            free(1),
            config(1, json!({ "kind": "native" })),
            config(64, json!({ "kind": "native", "client_id": "free", "dedup": "client_5min" })),
        ] {
            let begun = FoundReject { pin: Some(pin.clone()), ..found(EVENT) };
            let again = replay(&other, begun).unwrap();
            let outcomes = send(&again);
            assert_eq!(outcomes, [Outcome::Duplicate]);
            let answer = again.answer(vec![Ok(outcomes)]).unwrap();
            assert_eq!(answer.status, 202);
            // Or it learns of the first one only when it has been judged.
            if let Ok(late) = replay(&other, found(EVENT))
                && late.pin().is_some()
            {
                assert_eq!(send(&late.pinned(pin.clone())), [Outcome::Duplicate]);
            }
        }
    }
}
