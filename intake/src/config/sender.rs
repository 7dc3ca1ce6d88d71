//! One configured source: its kind, its space, its limits, and what the core must know of it.
//!
//! It checks the table `[vars.sources.NAME]`. Every key but `kind` has a default. What proof a kind
//! asks for is not decided here.

use polso_core::{ClientIdRule, DedupPolicy, Source};
use serde_json::{Map, Value};

use super::{NAME_SHAPE, duration, is_name};
use crate::body::Limits;
use crate::problem::{Problem, listed};

/// How long dedup keys may be remembered, in seconds: one minute to seven days.
const DEDUP_TTL_S: std::ops::RangeInclusive<u32> = 60..=604_800;
/// The largest body: by default, and at most, in KiB.
const BODY_KIB: (u32, u32) = (1_024, 4_096);
/// The most events in one body: by default, and at most.
const EVENTS: (u32, u32) = (1_000, 1_000);

const KNOWN: [&str; 9] = [
    "kind",
    "space",
    "dedup",
    "dedup_ttl",
    "client_id",
    "only_italy",
    "body_max_kib",
    "events_max",
    "keep_rejected",
];

/// Which proof a source's requests carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Polso's own JSON, with a JWT.
    Native,
}

impl Kind {
    /// Every kind with its name in the configuration.
    pub const NAMES: [(&str, Self); 1] = [("native", Self::Native)];
}

/// One configured source with what only the intake must know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Which proof its requests carry.
    pub kind: Kind,
    /// The space that its events belong to.
    pub space: String,
    /// How much one request may carry.
    pub limits: Limits,
    /// Whether the texts of its rejected events are kept.
    pub keep_rejected: bool,
    /// What the core must know to judge its events; holds its name.
    pub source: Source,
}

/// Reads one source's table; `None` after a problem.
pub(super) fn read(
    name: &str,
    table: &Value,
    path: &str,
    problems: &mut Vec<Problem>,
) -> Option<Sender> {
    let Some(keys) = table.as_object() else {
        problems.push(Problem::wrong(path, table, "a table, like `kind = \"native\"`"));
        return None;
    };
    let before = problems.len();
    let mut table = Table { keys, path, problems };
    for key in keys.keys().filter(|key| !KNOWN.contains(&key.as_str())) {
        table.problems.push(Problem::unknown(table.key(key), key, &KNOWN));
    }
    let kind = table.kind();
    let space = table.space();
    let dedup = table.dedup();
    let dedup_ttl_s = table.dedup_ttl_s();
    let client_id = table.choice("client_id", &ClientIdRule::NAMES).unwrap_or_default();
    let only_italy = table.flag("only_italy", false);
    let body_kib_max = table.number("body_max_kib", BODY_KIB);
    let events_max = table.number("events_max", EVENTS);
    let keep_rejected = table.flag("keep_rejected", true);
    if problems.len() > before {
        return None;
    }
    Some(Sender {
        kind: kind?,
        space,
        limits: Limits {
            body_bytes_max: body_kib_max as usize * 1_024,
            events_max: events_max as usize,
        },
        keep_rejected,
        source: Source { name: name.to_owned(), dedup, dedup_ttl_s, client_id, only_italy },
    })
}

struct Table<'a> {
    keys: &'a Map<String, Value>,
    path: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Table<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    fn wrong(&mut self, name: &str, found: &Value, expected: &str) {
        self.problems.push(Problem::wrong(self.key(name), found, expected));
    }

    fn kind(&mut self) -> Option<Kind> {
        if !self.keys.contains_key("kind") {
            let expected = one_of(&Kind::NAMES);
            self.problems.push(Problem::missing(self.key("kind"), &expected));
        }
        self.choice("kind", &Kind::NAMES)
    }

    fn space(&mut self) -> String {
        match self.keys.get("space") {
            None => "main".to_owned(),
            Some(Value::String(space)) if is_name(space) => space.clone(),
            Some(found) => {
                self.wrong("space", found, NAME_SHAPE);
                String::new()
            }
        }
    }

    /// A native event carries no id that its sender signed, so `event_id` would let anybody who
    /// may send replace what others sent.
    fn dedup(&mut self) -> DedupPolicy {
        let policy = self.choice("dedup", &DedupPolicy::NAMES).unwrap_or_default();
        if policy == DedupPolicy::EventId {
            let message = "is `event_id`, but a native event carries no signed id; \
                           it should be `client_time_hash` or `client_5min`";
            self.problems.push(Problem::new(self.key("dedup"), message));
        }
        policy
    }

    /// `default` when it is not there.
    fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.keys.get(name) {
            None => default,
            Some(Value::Bool(flag)) => *flag,
            Some(found) => {
                self.wrong(name, found, "`true` or `false`");
                default
            }
        }
    }

    fn dedup_ttl_s(&mut self) -> u32 {
        let Some(found) = self.keys.get("dedup_ttl") else {
            return Source::dedup_ttl_s_default();
        };
        let seconds = found.as_str().and_then(duration::seconds);
        seconds.filter(|seconds| DEDUP_TTL_S.contains(seconds)).unwrap_or_else(|| {
            self.wrong("dedup_ttl", found, "a time from `1m` to `7d`, like `90s`, `15m` or `1h`");
            0
        })
    }

    fn choice<T: Copy>(&mut self, name: &str, names: &[(&str, T)]) -> Option<T> {
        let found = self.keys.get(name)?;
        let choice = names.iter().find(|(known, _)| found.as_str() == Some(known));
        if choice.is_none() {
            self.wrong(name, found, &one_of(names));
        }
        choice.map(|(_, value)| *value)
    }

    fn number(&mut self, name: &str, (default, max): (u32, u32)) -> u32 {
        let Some(found) = self.keys.get(name) else {
            return default;
        };
        let number = found.as_u64().and_then(|number| u32::try_from(number).ok());
        number.filter(|number| (1..=max).contains(number)).unwrap_or_else(|| {
            self.wrong(name, found, &format!("a whole number from 1 to {max}"));
            0
        })
    }
}

/// `` `a` `` or `` one of `a`, `b` ``.
fn one_of<T>(names: &[(&str, T)]) -> String {
    let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
    if names.len() == 1 { listed(&names) } else { format!("one of {}", listed(&names)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(table: &Value) -> Result<Sender, Vec<String>> {
        let mut problems = Vec::new();
        let sender = read("crm", table, "sources.crm", &mut problems);
        sender.ok_or_else(|| problems.iter().map(ToString::to_string).collect())
    }

    /// A table beside `kind = "native"`, and its only problem.
    #[track_caller]
    fn check(key: &str, value: Value, expected: Option<&str>) {
        let problems = parse(&json!({ "kind": "native", key: value })).err().unwrap_or_default();
        let expected: Vec<_> =
            expected.iter().map(|rest| format!("`sources.crm.{key}` {rest}")).collect();
        assert_eq!(problems, expected, "{key} = {value}");
    }

    #[test]
    fn has_defaults_for_all_but_the_kind() {
        let expected = Sender {
            kind: Kind::Native,
            space: "main".into(),
            limits: Limits { body_bytes_max: 1 << 20, events_max: 1_000 },
            keep_rejected: true,
            source: Source {
                name: "crm".into(),
                dedup: DedupPolicy::ClientTimeHash,
                dedup_ttl_s: 3_600,
                client_id: ClientIdRule::Cliente,
                only_italy: false,
            },
        };
        assert_eq!(parse(&json!({ "kind": "native" })), Ok(expected));
    }

    #[test]
    fn reads_every_key() {
        let table = json!({
            "kind": "native", "space": "roma", "dedup": "client_5min", "dedup_ttl": "3d",
            "client_id": "free", "only_italy": true, "body_max_kib": 4096, "events_max": 1,
            "keep_rejected": false,
        });
        let expected = Sender {
            kind: Kind::Native,
            space: "roma".into(),
            limits: Limits { body_bytes_max: 4 << 20, events_max: 1 },
            keep_rejected: false,
            source: Source {
                name: "crm".into(),
                dedup: DedupPolicy::Client5Min,
                dedup_ttl_s: 259_200,
                client_id: ClientIdRule::Free,
                only_italy: true,
            },
        };
        assert_eq!(parse(&table), Ok(expected));
    }

    #[test]
    fn the_kind_is_native() {
        let missing = "`sources.crm.kind` is missing; it should be `native`";
        assert_eq!(parse(&json!({})), Err(vec![missing.into()]));
        check("kind", json!("meta"), Some("is `meta`; it should be `native`"));
        check("kind", json!(["native"]), Some("is a list; it should be `native`"));
    }

    #[test]
    fn switches_are_on_or_off() {
        for key in ["only_italy", "keep_rejected"] {
            check(key, json!(true), None);
            check(key, json!(false), None);
            for (bad, found) in [(json!("true"), "true"), (json!(1), "1"), (json!(null), "null")] {
                let expected = format!("is `{found}`; it should be `true` or `false`");
                check(key, bad, Some(&expected));
            }
        }
    }

    #[test]
    fn dedup_is_a_policy_that_fits_the_kind() {
        check("dedup", json!("client_time_hash"), None);
        check("dedup", json!("client_5min"), None);
        let fits = "is `event_id`, but a native event carries no signed id; it should be \
                    `client_time_hash` or `client_5min`";
        check("dedup", json!("event_id"), Some(fits));
        let known = "is `id`; it should be one of `client_time_hash`, `client_5min`, `event_id`";
        check("dedup", json!("id"), Some(known));
    }

    #[test]
    fn keys_are_remembered_for_a_minute_to_a_week() {
        let expected = |found: &str| {
            format!(
                "is `{found}`; it should be a time from `1m` to `7d`, like `90s`, `15m` or `1h`"
            )
        };
        for good in ["60s", "1m", "61s", "7d", "167h", "168h"] {
            check("dedup_ttl", json!(good), None);
        }
        for bad in ["59s", "0m", "604801s", "169h", "8d", "1 h", "3600"] {
            check("dedup_ttl", json!(bad), Some(&expected(bad)));
        }
        check("dedup_ttl", json!(3_600), Some(&expected("3600")));
    }

    #[test]
    fn numbers_have_bounds() {
        for (key, max) in [("body_max_kib", 4_096), ("events_max", 1_000)] {
            for good in [1, max - 1, max] {
                check(key, json!(good), None);
            }
            for bad in [json!(0), json!(max + 1), json!(-1), json!(1.5), json!("1")] {
                let found = bad.as_str().map_or_else(|| bad.to_string(), str::to_owned);
                let expected = format!("is `{found}`; it should be a whole number from 1 to {max}");
                check(key, bad, Some(&expected));
            }
        }
    }

    #[test]
    fn spaces_and_client_ids_are_known_words() {
        check("space", json!("a-b_9"), None);
        let shape = format!("is `Main`; it should be {NAME_SHAPE}");
        check("space", json!("Main"), Some(&shape));
        check("client_id", json!("cliente"), None);
        check("client_id", json!("any"), Some("is `any`; it should be one of `cliente`, `free`"));
    }

    #[test]
    fn unknown_keys_are_problems_and_their_values_stay_unseen() {
        let hint = "is not a known key; did you mean `dedup_ttl`?";
        check("dedupe_ttl", json!("1h"), Some(hint));
        let problems = parse(&json!({ "kind": "native", "secret": "hunter2" })).unwrap_err();
        assert!(!problems.concat().contains("hunter2"), "{problems:?}");
        assert_eq!(
            parse(&json!(3)),
            Err(vec![
                "`sources.crm` is `3`; it should be a table, like `kind = \"native\"`".into()
            ])
        );
    }
}
