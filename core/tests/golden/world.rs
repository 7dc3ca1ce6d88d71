//! The whole system in one value: ledgers with their disks, a hub made of them, a viewer.

use polso_core::{
    Batch, Candidate, EventKind, Hub, Outcome, RawEvent, Reason, ReasonCode, Refused, Source,
    Timestamp, Viewer, live,
};
use serde_json::{Value, json};

use crate::machine::Machine;

pub(crate) struct World {
    machines: Vec<Machine>,
    pub(crate) viewer: Viewer,
}

impl World {
    pub(crate) fn new(shards: u16) -> Self {
        let machines = (1..=u64::from(shards)).map(Machine::new).collect();
        Self { machines, viewer: Viewer::default() }
    }

    /// Everything is made anew from what the ledgers kept.
    pub(crate) fn restart(&mut self) {
        self.machines.iter_mut().for_each(|machine| assert!(!machine.restart(9)));
        self.viewer = Viewer::default();
    }

    fn hub(&mut self, now: Timestamp) -> Hub {
        let snapshots: Vec<_> = self.machines.iter_mut().map(Machine::snapshot).collect();
        Hub::new("main", &snapshots, 5, now).unwrap()
    }

    /// Brings the viewer up to the ledgers' position, by way of a hub.
    pub(crate) fn look(&mut self, now: Timestamp) -> Hub {
        let mut hub = self.hub(now);
        let request = live::Request::decode(&self.viewer.resume()).unwrap();
        for frame in hub.resume(&request, now) {
            self.viewer.apply(&frame).unwrap();
        }
        hub
    }

    /// Sends one request; the verdicts as the cases write them.
    pub(crate) fn send(
        &mut self,
        kind: EventKind,
        source: &Source,
        events: &[RawEvent<'_>],
        now: Timestamp,
    ) -> Vec<Value> {
        let shards = self.machines.len() as u16;
        let mut batches: Vec<Vec<(usize, Candidate)>> = vec![Vec::new(); usize::from(shards)];
        let mut verdicts = vec![Value::Null; events.len()];
        let mut warnings: Vec<Vec<String>> = vec![Vec::new(); events.len()];
        let mut refused = Refused::default();
        for (index, event) in events.iter().enumerate() {
            match kind.validate(event, source, now) {
                Ok(valid) if valid.filtered => {
                    refused.filtered += 1;
                    verdicts[index] = json!({ "verdict": "filtered" });
                }
                Ok(valid) => {
                    let shard = usize::from(valid.candidate.shard(shards));
                    warnings[index] = valid.warnings;
                    batches[shard].push((index, valid.candidate));
                }
                Err(reasons) => {
                    refused.rejected += 1;
                    for code in distinct(&reasons) {
                        *refused.reasons.entry(code).or_default() += 1;
                    }
                    verdicts[index] = rejected(&reasons);
                }
            }
        }
        for (machine, events) in self.machines.iter_mut().zip(batches) {
            let batch = Batch {
                source: source.name.clone(),
                dedup_ttl_s: source.dedup_ttl_s,
                candidates: events.iter().map(|(_, candidate)| candidate.clone()).collect(),
                refused: std::mem::take(&mut refused),
                ..Batch::default()
            };
            let outcomes = machine.ingest(batch, now).unwrap();
            drop(machine.commit());
            for ((index, _), outcome) in events.iter().zip(outcomes) {
                verdicts[*index] = verdict(outcome, &warnings[*index]);
            }
        }
        verdicts
    }
}

pub(crate) fn distinct(reasons: &[Reason]) -> Vec<ReasonCode> {
    let mut codes: Vec<ReasonCode> = reasons.iter().map(|reason| reason.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

pub(crate) fn rejected(reasons: &[Reason]) -> Value {
    let short = |reason: &Reason| match &reason.field {
        Some(field) => json!([reason.code.code(), field]),
        None => json!([reason.code.code()]),
    };
    let reasons: Vec<Value> = reasons.iter().map(short).collect();
    json!({ "verdict": "rejected", "reasons": reasons })
}

pub(crate) fn verdict(outcome: Outcome, warnings: &[String]) -> Value {
    let mut verdict = match outcome {
        Outcome::Accepted { late: false } => json!({ "verdict": "accepted" }),
        Outcome::Accepted { late: true } => json!({ "verdict": "accepted", "late": true }),
        Outcome::Duplicate => json!({ "verdict": "duplicate" }),
        Outcome::Conflict => json!({ "verdict": "conflict" }),
    };
    if !warnings.is_empty() && matches!(outcome, Outcome::Accepted { .. }) {
        verdict["warnings"] = json!(warnings);
    }
    verdict
}
