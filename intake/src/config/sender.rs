//! One configured source: its kind, its space, its limits, and what the core must know of it.
//!
//! It checks the table `[vars.sources.NAME]`. Every key but `kind` has a default. What proof a kind
//! asks for is not decided here.

use polso_core::{ClientIdRule, DedupPolicy, Source};
use serde_json::Value;

use super::{
    NAME_SHAPE, is_name,
    kind::{DEDUP_TTL_S, EVENTS_MAX, Kind},
    table::{SecretOf, Table, one_of},
};
use crate::adapter::Adapter;
use crate::body::Limits;
use crate::browser::Browser;
use crate::problem::Problem;
use crate::proof::Proof;
use crate::webhook::Webhook;

/// The largest body that may be configured, in KiB.
const BODY_KIB_MAX: u32 = 4_096;

/// The highest rate that may be configured, in requests per second.
const RATE_PER_S_MAX: u32 = 100_000;

/// The keys that every kind has.
const KNOWN: [&str; 10] = [
    "kind",
    "space",
    "dedup",
    "dedup_ttl",
    "client_id",
    "only_italy",
    "body_max_kib",
    "events_max",
    "rate_per_s",
    "keep_rejected",
];

/// One configured source with what only the intake must know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Which proof its requests carry.
    pub kind: Kind,
    /// The space that its events belong to.
    pub space: String,
    /// How much one request may carry.
    pub limits: Limits,
    /// The most requests per second, where that is limited.
    pub rate_per_s: Option<u32>,
    /// Whether the texts of its rejected events are kept.
    pub keep_rejected: bool,
    /// How a provider's webhooks are proven and read; nothing for our own events.
    pub webhook: Option<Webhook>,
    /// What pages bring along; nothing for any other sender.
    pub browser: Option<Browser>,
    /// What the core must know to judge its events; holds its name.
    pub source: Source,
}

/// Reads one source's table; `None` after a problem.
pub(super) fn read(
    name: &str,
    table: &Value,
    path: &str,
    problems: &mut Vec<Problem>,
    secrets: SecretOf<'_>,
) -> Option<Sender> {
    let Some(keys) = table.as_object() else {
        problems.push(Problem::wrong(path, table, "a table, like `kind = \"native\"`"));
        return None;
    };
    let before = problems.len();
    let mut table = Table { keys, path, problems, secrets };
    let kind = kind(&mut table);
    let settings = kind.unwrap_or(Kind::Native);
    let known =
        [&KNOWN[..], Proof::keys(settings), Adapter::keys(settings), Browser::keys(settings)];
    table.refuse_unknown(&known.concat());
    let space = space(&mut table);
    let dedup = dedup(&mut table, settings);
    let dedup_ttl_s = table.duration_s(
        "dedup_ttl",
        settings.dedup_ttl_s(),
        DEDUP_TTL_S,
        "a time from `1m` to `7d`, like `90s`, `15m` or `1h`",
    );
    let client_id =
        table.choice("client_id", &ClientIdRule::NAMES).unwrap_or(if settings == Kind::Native {
            ClientIdRule::Cliente
        } else {
            ClientIdRule::Free
        });
    let only_italy = table.flag("only_italy", false);
    let body_kib_max = table.number("body_max_kib", settings.body_kib_max(), BODY_KIB_MAX);
    let events_max = table.number("events_max", settings.events_max(), EVENTS_MAX);
    let rate_per_s = table
        .keys
        .contains_key("rate_per_s")
        .then(|| table.number("rate_per_s", 0, RATE_PER_S_MAX))
        .or(settings.rate_per_s());
    let keep_rejected = table.flag("keep_rejected", true);
    let is_webhook = !matches!(settings, Kind::Native | Kind::Browser);
    let webhook = if is_webhook { webhook(&mut table, settings) } else { None };
    let browser = if settings == Kind::Browser { Browser::read(&mut table) } else { None };
    if table.problems.len() > before {
        return None;
    }
    let replay_s = webhook.as_ref().and_then(|webhook| webhook.proof.replay_s());
    if let Some(replay_s) = replay_s.filter(|replay_s| dedup_ttl_s < *replay_s) {
        let message = format!(
            "is shorter than a captured request is good; it should be twice the `tolerance`, `{replay_s}s`, or more"
        );
        table.problem("dedup_ttl", message);
        return None;
    }
    Some(Sender {
        kind: kind?,
        space,
        limits: Limits {
            body_bytes_max: body_kib_max as usize * 1_024,
            events_max: events_max as usize,
        },
        rate_per_s,
        keep_rejected,
        webhook,
        browser,
        source: Source { name: name.to_owned(), dedup, dedup_ttl_s, client_id, only_italy },
    })
}

fn webhook(table: &mut Table<'_>, kind: Kind) -> Option<Webhook> {
    let proof = Proof::read(kind, table);
    let adapter = Adapter::read(kind, table);
    Some(Webhook { proof: proof?, adapter: adapter? })
}

fn kind(table: &mut Table<'_>) -> Option<Kind> {
    table.required("kind", &one_of(&Kind::NAMES))?;
    table.choice("kind", &Kind::NAMES)
}

fn space(table: &mut Table<'_>) -> String {
    match table.keys.get("space") {
        None => "main".to_owned(),
        Some(Value::String(space)) if is_name(space) => space.clone(),
        Some(found) => {
            table.wrong("space", found, NAME_SHAPE);
            String::new()
        }
    }
}

/// A native event carries no id that its sender signed, so that policies by id would let anybody
/// who may send replace what others sent.
fn dedup(table: &mut Table<'_>, kind: Kind) -> DedupPolicy {
    let policy = table.choice("dedup", &DedupPolicy::NAMES).unwrap_or(kind.dedup());
    if kind == Kind::Native && matches!(policy, DedupPolicy::EventId | DedupPolicy::Digest) {
        let name = DedupPolicy::NAMES.iter().find(|(_, known)| *known == policy);
        let name = name.map_or("", |(name, _)| *name);
        let message = format!(
            "is `{name}`, but a native event carries no signed id; it should be `client_time_hash` or \
             `client_5min`"
        );
        table.problem("dedup", message);
    }
    policy
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(table: &Value) -> Result<Sender, Vec<String>> {
        let mut problems = Vec::new();
        let sender = read("crm", table, "sources.crm", &mut problems, &|_| None);
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
            rate_per_s: None,
            keep_rejected: true,
            webhook: None,
            browser: None,
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
            "keep_rejected": false, "rate_per_s": 50,
        });
        let expected = Sender {
            kind: Kind::Native,
            space: "roma".into(),
            limits: Limits { body_bytes_max: 4 << 20, events_max: 1 },
            rate_per_s: Some(50),
            keep_rejected: false,
            webhook: None,
            browser: None,
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
    fn the_kind_is_a_known_one() {
        let known = one_of(&Kind::NAMES);
        let missing = format!("`sources.crm.kind` is missing; it should be {known}");
        assert_eq!(parse(&json!({})), Err(vec![missing]));
        check("kind", json!("metà"), Some(&format!("is `metà`; it should be {known}")));
        check("kind", json!(["native"]), Some(&format!("is a list; it should be {known}")));
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
        check("dedup", json!("digest"), Some(&fits.replace("event_id", "digest")));
        let known = "is `id`; it should be one of `client_time_hash`, `client_5min`, `event_id`, \
                     `digest`";
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
    fn keys_are_remembered_as_long_as_a_request_is_good() {
        let check = |tolerance: &str, dedup_ttl: &str, expected: Option<u32>| {
            let table = json!({
                "kind": "stripe", "secret": "A", "tolerance": tolerance, "dedup_ttl": dedup_ttl,
            });
            let mut problems = Vec::new();
            let secret = |_: &str| Some("whsec_".to_owned());
            let sender = read("crm", &table, "sources.crm", &mut problems, &secret);
            assert_eq!(sender.is_none(), expected.is_some());
            let expected = expected.map(|replay_s| {
                format!(
                    "`sources.crm.dedup_ttl` is shorter than a captured request is good; it should be \
                     twice the `tolerance`, `{replay_s}s`, or more"
                )
            });
            let found: Vec<_> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(found, Vec::from_iter(expected), "{tolerance} {dedup_ttl}");
        };
        for (tolerance, dedup_ttl, expected) in [
            ("5m", "10m", None),
            ("5m", "601s", None),
            ("5m", "599s", Some(600)),
            ("1h", "2h", None),
            ("1h", "1h", Some(7_200)),
            ("30s", "1m", None),
        ] {
            check(tolerance, dedup_ttl, expected);
        }
    }

    #[test]
    fn numbers_have_bounds() {
        for (key, max) in [("body_max_kib", 4_096), ("events_max", 1_000), ("rate_per_s", 100_000)]
        {
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
