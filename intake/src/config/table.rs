//! One table of the configuration while it is read: every key has a reader that says what it should be.
//!
//! A problem does not stop the reading; the value given back in its place is of no use, and is used for nothing.

use serde_json::{Map, Value};

use super::duration;
use crate::problem::{Problem, listed};
use crate::secret::{SECRETS_MAX, Secret, Secrets};

/// Looks a secret up by its name.
pub type SecretOf<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A table, its place, and the problems found so far.
pub(crate) struct Table<'a> {
    /// What it holds.
    pub(crate) keys: &'a Map<String, Value>,
    /// Its path, like `sources.crm`.
    pub(crate) path: &'a str,
    /// What is wrong with the configuration.
    pub(crate) problems: &'a mut Vec<Problem>,
    /// The secrets that are set.
    pub(crate) secrets: SecretOf<'a>,
}

impl Table<'_> {
    /// The path of a key.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    /// Every key that is not known is a problem.
    pub(crate) fn refuse_unknown(&mut self, known: &[&str]) {
        for key in self.keys.keys().filter(|key| !known.contains(&key.as_str())) {
            self.problems.push(Problem::unknown(self.key(key), key, known));
        }
    }

    /// A problem: what was found under `name`, and what it should be.
    pub(crate) fn wrong(&mut self, name: &str, found: &Value, expected: &str) {
        self.problems.push(Problem::wrong(self.key(name), found, expected));
    }

    /// A problem in free words.
    pub(crate) fn problem(&mut self, name: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(self.key(name), message));
    }

    /// A key that must be there; `None` after a problem.
    pub(crate) fn required(&mut self, name: &str, expected: &str) -> Option<&Value> {
        let found = self.keys.get(name);
        if found.is_none() {
            self.problems.push(Problem::missing(self.key(name), expected));
        }
        found
    }

    /// `default` when it is not there.
    pub(crate) fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.keys.get(name) {
            None => default,
            Some(Value::Bool(flag)) => *flag,
            Some(found) => {
                self.wrong(name, found, "`true` or `false`");
                default
            }
        }
    }

    /// One of a closed set; `None` when it is not there, or after a problem.
    pub(crate) fn choice<T: Copy>(&mut self, name: &str, names: &[(&str, T)]) -> Option<T> {
        let found = self.keys.get(name)?;
        let choice = names.iter().find(|(known, _)| found.as_str() == Some(known));
        if choice.is_none() {
            self.wrong(name, found, &one_of(names));
        }
        choice.map(|(_, value)| *value)
    }

    /// A whole number from 1 to `max`; `default` when it is not there.
    pub(crate) fn number(&mut self, name: &str, default: u32, max: u32) -> u32 {
        let Some(found) = self.keys.get(name) else {
            return default;
        };
        let number = found.as_u64().and_then(|number| u32::try_from(number).ok());
        number.filter(|number| (1..=max).contains(number)).unwrap_or_else(|| {
            self.wrong(name, found, &format!("a whole number from 1 to {max}"));
            0
        })
    }

    /// A time in seconds; `default` when it is not there.
    pub(crate) fn duration_s(
        &mut self,
        name: &str,
        default: u32,
        range: std::ops::RangeInclusive<u32>,
        expected: &str,
    ) -> u32 {
        let Some(found) = self.keys.get(name) else {
            return default;
        };
        let seconds = found.as_str().and_then(duration::seconds);
        seconds.filter(|seconds| range.contains(seconds)).unwrap_or_else(|| {
            self.wrong(name, found, expected);
            0
        })
    }

    /// The secrets that a key names, at least one; `None` after a problem.
    pub(crate) fn secrets(&mut self, name: &str) -> Option<Secrets> {
        const EXPECTED: &str = "the name of a secret, like \"SHOP_SECRET\", or a list of two while one replaces the other";
        let found = self.required(name, EXPECTED)?.clone();
        let names: Option<Vec<&str>> = match &found {
            Value::String(one) => Some(vec![one]),
            Value::Array(list) => list.iter().map(Value::as_str).collect(),
            _ => None,
        };
        // What is no name may be the secret itself: it is not shown.
        let Some(names) = names.filter(|names| {
            (1..=SECRETS_MAX).contains(&names.len())
                && names.iter().all(|name| is_secret_name(name))
        }) else {
            self.problem(name, format!("is none; it should be {EXPECTED}"));
            return None;
        };
        let values: Vec<_> = names.iter().map(|secret| self.secret_named(name, secret)).collect();
        values.into_iter().collect::<Option<Vec<_>>>().map(Secrets::new)
    }

    /// The secrets that a key names, in the form that a scheme needs; `None` after a problem. What `form` says of a
    /// secret that has no such form is shown, and must not hold it.
    pub(crate) fn secrets_of_form<T>(
        &mut self,
        name: &str,
        form: impl Fn(&Secret) -> Result<T, &'static str>,
    ) -> Option<Secrets<T>> {
        let secrets = self.secrets(name)?.try_map(form);
        secrets.map_err(|message| self.problem(name, message)).ok()
    }

    /// The one secret that a key names; `None` after a problem.
    pub(crate) fn secret(&mut self, name: &str) -> Option<Secret> {
        const EXPECTED: &str = "the name of a secret, like \"VERIFY_TOKEN\"";
        let found = self.required(name, EXPECTED)?.as_str().map(str::to_owned);
        match found.filter(|found| is_secret_name(found)) {
            Some(secret) => self.secret_named(name, &secret),
            None => {
                self.problem(name, format!("is none; it should be {EXPECTED}"));
                None
            }
        }
    }

    fn secret_named(&mut self, name: &str, secret: &str) -> Option<Secret> {
        let value = (self.secrets)(secret).filter(|value| !value.is_empty());
        if value.is_none() {
            let message = format!(
                "names the secret `{secret}`, which is not set; use `wrangler secret put {secret}`, \
                 locally `.dev.vars`"
            );
            self.problem(name, message);
        }
        value.map(Secret::new)
    }
}

/// `^[A-Z][A-Z0-9_]{0,63}$`: so that a secret that was put in place of its name is told apart.
fn is_secret_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() <= 64
        && text.bytes().next().is_some_and(|first| first.is_ascii_uppercase())
        && text.bytes().all(plain)
}

/// `` `a` `` or `` one of `a`, `b` ``.
pub(crate) fn one_of<T>(names: &[(&str, T)]) -> String {
    let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
    if names.len() == 1 { listed(&names) } else { format!("one of {}", listed(&names)) }
}
