//! The answers that sockets of the JSON flavour watch: each distinct query is evaluated once for all
//! of them, when the numbers changed or a bucket of time ended.
//!
//! At most [`ENTRIES_MAX`] distinct queries; at most [`EVALUATIONS_MAX`] are evaluated at one time,
//! those first that waited longest, so that many of them are shown more seldom and hold nothing
//! up. An answer longer than [`ANSWER_BYTES_MAX`] is replaced by an error.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::{
    answer::{freshness, write_freshness},
    json::Object,
    query::{Query, QueryError},
    tier::PANE_MS,
    time::Timestamp,
};

use super::{Hub, subscription::Subscription};

/// Most distinct queries of one space.
pub(super) const ENTRIES_MAX: usize = 64;
/// Most evaluations at one time.
pub(super) const EVALUATIONS_MAX: usize = 16;
/// Longest answer.
const ANSWER_BYTES_MAX: usize = 256 * 1_024;

/// What an evaluation holds for: lineage, position, and the pane that it was made in.
type Stamp = (u64, u64, i64);

/// The answers that are watched.
#[derive(Debug, Default)]
pub(super) struct Board {
    entries: BTreeMap<u32, Entry>,
    last_id: u32,
    /// Counts evaluations and versions: what is later is larger.
    clock: u64,
    integrity: Option<(Stamp, u64, Rc<str>)>,
}

#[derive(Debug)]
struct Entry {
    query: Query,
    evaluated: Option<(Stamp, u64)>,
    version: u64,
    /// The member `answer` or `error`, as it is sent.
    text: Rc<str>,
}

impl Board {
    /// Lets go of every entry that is not among these.
    pub(super) fn keep(&mut self, watched: &BTreeSet<u32>) {
        self.entries.retain(|id, _| watched.contains(id));
    }

    /// Gives each query of a subscription its entry; false when there is no room for all.
    pub(super) fn join(&mut self, subscription: &mut Subscription) -> bool {
        for watched in &mut subscription.watched {
            let (Ok(query), None) = (&watched.query, watched.entry) else { continue };
            let known = self.entries.iter().find(|(_, entry)| entry.query == *query);
            watched.entry = known.map(|(id, _)| *id).or_else(|| self.add(query));
            if watched.entry.is_none() {
                return false;
            }
        }
        true
    }

    fn add(&mut self, query: &Query) -> Option<u32> {
        if self.entries.len() >= ENTRIES_MAX {
            return None;
        }
        // Four thousand million queries later the first of them are long gone.
        self.last_id = self.last_id.wrapping_add(1);
        let (query, text) = (query.clone(), Rc::from(""));
        self.entries.insert(self.last_id, Entry { query, evaluated: None, version: 0, text });
        Some(self.last_id)
    }

    /// Evaluates what no longer holds; whether something is left for the next time.
    pub(super) fn refresh(&mut self, hub: &Hub, now: Timestamp) -> bool {
        let stamp = stamp(hub, now);
        let holds = |entry: &Entry| entry.evaluated.is_some_and(|(made, _)| made == stamp);
        let mut stale: Vec<&mut Entry> =
            self.entries.values_mut().filter(|entry| !holds(entry)).collect();
        stale.sort_by_key(|entry| entry.evaluated.map(|(_, at)| at));
        let left = stale.len() > EVALUATIONS_MAX;
        for entry in stale.into_iter().take(EVALUATIONS_MAX) {
            self.clock += 1;
            entry.evaluated = Some((stamp, self.clock));
            let text = evaluate(hub, &entry.query, now);
            if *text != *entry.text {
                (entry.text, entry.version) = (text.into(), self.clock);
            }
        }
        left
    }

    /// The message that tells a socket what it has not been told yet; none when there is nothing,
    /// unless a beat is due. A beat brings the integrity figures along when they have changed.
    pub(super) fn message(
        &mut self,
        hub: &Hub,
        subscription: &mut Subscription,
        beat: bool,
        now: Timestamp,
    ) -> Option<Rc<str>> {
        let mut answers = String::new();
        for (position, watched) in subscription.watched.iter_mut().enumerate() {
            let fault;
            let (version, text) = match (&watched.query, watched.entry) {
                (Err(error), _) => {
                    fault = error_to_json(error);
                    (0, fault.as_str())
                }
                (Ok(_), id) => match id.and_then(|id| self.entries.get(&id)) {
                    Some(entry) if entry.evaluated.is_some() => (entry.version, &*entry.text),
                    _ => continue,
                },
            };
            if watched.sent == Some(version) {
                continue;
            }
            watched.sent = Some(version);
            answers.push(if answers.is_empty() { '[' } else { ',' });
            answers.push_str(&format!("{{\"query\":{position},{text}}}"));
        }
        let first = subscription.integrity_sent.is_none();
        if answers.is_empty() && !beat && !first {
            return None;
        }
        let mut out = String::with_capacity(answers.len() + 256);
        let mut message = Object::begin(&mut out);
        message.member("id").push_str(&subscription.id.to_string());
        message.text("space", Some(&hub.space));
        message.text("now", Some(&now.to_string()));
        write_freshness(&mut message, &freshness(&hub.counters));
        if beat || first {
            let (version, integrity) = self.integrity(hub, now);
            if subscription.integrity_sent.replace(version) != Some(version) {
                message.member("integrity").push_str(&integrity);
            }
        }
        if !answers.is_empty() {
            answers.push(']');
            message.member("answers").push_str(&answers);
        }
        message.end();
        Some(out.into())
    }

    /// The integrity figures and their version.
    fn integrity(&mut self, hub: &Hub, now: Timestamp) -> (u64, Rc<str>) {
        let stamp = stamp(hub, now);
        if let Some((made, version, text)) = &self.integrity
            && *made == stamp
        {
            return (*version, text.clone());
        }
        let text: Rc<str> = hub.integrity().to_string().into();
        self.clock += 1;
        let version = match &self.integrity {
            Some((_, version, known)) if *known == text => *version,
            _ => self.clock,
        };
        self.integrity = Some((stamp, version, text.clone()));
        (version, text)
    }
}

/// By what was sent, and not by what was counted: so that nothing is evaluated more often than frames
/// are sent.
fn stamp(hub: &Hub, now: Timestamp) -> Stamp {
    let (lineage, seq) = hub.position();
    (lineage, seq, now.floor(PANE_MS).ms())
}

fn evaluate(hub: &Hub, query: &Query, now: Timestamp) -> String {
    let text = match hub.answer(query, now) {
        Ok(answer) => format!("\"answer\":{}", answer.numbers_to_json()),
        Err(error) => return error_to_json(&error),
    };
    if text.len() <= ANSWER_BYTES_MAX {
        return text;
    }
    let message = format!("the answer is longer than {ANSWER_BYTES_MAX} bytes; ask for less");
    error_to_json(&QueryError { code: "answer_too_long", message })
}

fn error_to_json(error: &QueryError) -> String {
    let mut out = String::from("\"error\":");
    let mut object = Object::begin(&mut out);
    object.text("code", Some(error.code));
    object.text("message", Some(&error.message));
    object.end();
    out
}
