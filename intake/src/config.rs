//! The deployment's configuration: the vars [`VARS`], and that the secret `JWT_KEYS`
//! exists.
//!
//! Every problem is found at once, and each names its key, what was found and what it should be.
//! Bounds: 1 to [`SHARDS_MAX`] shards, 1 to [`SOURCES_MAX`] sources. The secrets that sources name are
//! read; whether `JWT_KEYS` holds good keys is [`crate::jwks`]'s to say.

mod duration;
mod kind;
mod sender;
mod shards;
pub(crate) mod table;

use std::collections::BTreeMap;

use polso_core::Shards;
use serde_json::{Map, Value};

pub use self::{kind::Kind, sender::Sender, table::SecretOf};
use crate::jwks;
use crate::problem::Problem;

/// The most ledgers per space.
pub const SHARDS_MAX: u8 = 64;

/// The most sources.
pub const SOURCES_MAX: usize = 64;

/// What a name of a source or a space looks like: `^[a-z0-9][a-z0-9_-]{0,31}$`.
const NAME_SHAPE: &str = "1 to 32 of a-z, 0-9, `_` and `-`, beginning with a letter or digit";

/// The vars that are read here; there may be bindings of other names.
pub const VARS: [&str; 3] = ["SHARDS", "SHARDS_BEFORE", "sources"];

/// The deployment's configuration, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Ledgers per space, 1 to [`SHARDS_MAX`], now and before.
    pub shards: Shards,
    /// The configured senders by the names of their sources.
    pub sources: BTreeMap<String, Sender>,
}

impl Config {
    /// Reads and checks the deployment's vars; `secret` is the value of a secret that is set.
    ///
    /// # Errors
    /// Every problem, in the order of the keys.
    pub fn parse(
        vars: &Value,
        secret: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<Problem>> {
        let empty = Map::new();
        let mut problems = Vec::new();
        let vars = vars.as_object().unwrap_or_else(|| {
            problems.push(Problem::wrong("vars", vars, "a table"));
            &empty
        });
        for name in vars.keys().filter(|name| !VARS.contains(&name.as_str())) {
            problems.push(unknown(name));
        }
        let shards = shards::read(vars.get("SHARDS"), vars.get("SHARDS_BEFORE"), &mut problems);
        let sources = read_sources(vars.get("sources"), &mut problems, &secret);
        if secret(jwks::SECRET).is_none() {
            let message = "is not set; put a JWKS there with `wrangler secret put JWT_KEYS`, \
                           locally in `.dev.vars`";
            problems.push(Problem::new(jwks::SECRET, message));
        }
        if problems.is_empty() { Ok(Self { shards, sources }) } else { Err(problems) }
    }
}

/// Whether `text` may name a source or a space.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 32
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|byte| plain(byte) || byte == b'_' || byte == b'-')
}

fn unknown(name: &str) -> Problem {
    if name == jwks::SECRET {
        let message = "is a secret; take it out of the vars and use `wrangler secret put JWT_KEYS`";
        return Problem::new(name, message);
    }
    Problem::unknown(name, name, &VARS)
}

fn read_sources(
    value: Option<&Value>,
    problems: &mut Vec<Problem>,
    secrets: SecretOf<'_>,
) -> BTreeMap<String, Sender> {
    let expected = "a table with one table per source, like `[vars.sources.crm]`";
    let sources = match value {
        Some(Value::Object(sources)) if !sources.is_empty() => sources,
        found => {
            problems.push(match found {
                Some(Value::Object(_)) | None => Problem::missing("sources", expected),
                Some(found) => Problem::wrong("sources", found, expected),
            });
            return BTreeMap::new();
        }
    };
    if sources.len() > SOURCES_MAX {
        let message = format!("holds {} sources; at most {SOURCES_MAX} may be", sources.len());
        problems.push(Problem::new("sources", message));
    }
    let mut senders = BTreeMap::new();
    for (name, table) in sources {
        let path = format!("sources.{name}");
        if !is_name(name) {
            problems.push(Problem::new(&path, format!("is not a name; use {NAME_SHAPE}")));
        }
        if let Some(sender) = sender::read(name, table, &path, problems, secrets) {
            senders.insert(name.clone(), sender);
        }
    }
    senders
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The vars beside a good source, and the problems.
    #[track_caller]
    fn check(vars: &Value, expected: &[&str]) {
        let problems =
            Config::parse(vars, |_| Some("{}".into())).map(drop).err().unwrap_or_default();
        let found: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{vars}");
    }

    fn sources(count: usize) -> Value {
        let one = |index| (format!("s{index}"), json!({ "kind": "native" }));
        json!({ "sources": (0..count).map(one).collect::<Map<_, _>>() })
    }

    #[test]
    fn there_is_a_source() {
        let expected = "it should be a table with one table per source, like `[vars.sources.crm]`";
        check(&json!({}), &[&format!("`sources` is missing; {expected}")]);
        check(&json!({ "sources": {} }), &[&format!("`sources` is missing; {expected}")]);
        check(&json!({ "sources": "crm" }), &[&format!("`sources` is `crm`; {expected}")]);
    }

    #[test]
    fn there_are_at_most_64_sources() {
        check(&sources(63), &[]);
        check(&sources(64), &[]);
        check(&sources(65), &["`sources` holds 65 sources; at most 64 may be"]);
    }

    #[test]
    fn names_are_plain() {
        for name in ["a", "0", "crm-2_b", &"a".repeat(32)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "-a", "_a", "A", "a.b", "a b", "é", "a/b", &"a".repeat(33)] {
            assert!(!is_name(name), "{name}");
        }
        check(
            &json!({ "sources": { "CRM 1": { "kind": "native" } } }),
            &["`sources.CRM 1` is not a name; use 1 to 32 of a-z, 0-9, `_` and `-`, beginning \
               with a letter or digit"],
        );
    }

    #[test]
    fn unknown_vars_are_problems() {
        let crm = json!({ "crm": { "kind": "native" } });
        check(
            &json!({ "shards": 2, "COLOUR": 1, "sources": crm }),
            &[
                "`COLOUR` is not a known key; known are `SHARDS`, `SHARDS_BEFORE`, `sources`",
                "`shards` is not a known key; did you mean `SHARDS`?",
            ],
        );
        check(
            &json!({ "JWT_KEYS": "{}", "sources": crm }),
            &["`JWT_KEYS` is a secret; take it out of the vars and use \
               `wrangler secret put JWT_KEYS`"],
        );
        check(
            &json!([]),
            &[
                "`vars` is a list; it should be a table",
                "`sources` is missing; it should be a table with one table per source, like \
             `[vars.sources.crm]`",
            ],
        );
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let vars =
            json!({ "SHARDS": 0, "sources": { "a": { "kind": "x" }, "b": { "space": "" } } });
        let keys: Vec<_> =
            Config::parse(&vars, |_| None).unwrap_err().into_iter().map(|p| p.key).collect();
        let expected =
            ["SHARDS", "sources.a.kind", "sources.b.kind", "sources.b.space", "JWT_KEYS"];
        assert_eq!(keys, expected);
    }
}
