//! The format of the cases, as `tests/cases/README.md` describes it: files read, placeholders
//! replaced, events written out. Knows nothing of what an event means.

use std::collections::BTreeMap;
use std::path::PathBuf;

use polso_core::{Source, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(rename = "about")]
    pub(crate) _about: String,
    /// The kind of its requests where they name none.
    #[serde(default = "conversion")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) base: Members,
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) source: Source,
    #[serde(default)]
    pub(crate) exact_clock: bool,
    pub(crate) requests: Vec<Request>,
    #[serde(default)]
    pub(crate) queries: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    #[serde(default)]
    kind: Option<String>,
    #[serde(default, rename = "as")]
    pub(crate) _as: Option<String>,
    #[serde(default)]
    pub(crate) wait: Option<String>,
    #[serde(default = "once")]
    pub(crate) times: usize,
    #[serde(default)]
    pub(crate) events: Vec<Members>,
    #[serde(default)]
    pub(crate) raw: Vec<String>,
    #[serde(default)]
    pub(crate) event_ids: Vec<Option<String>>,
    #[serde(default)]
    pub(crate) keys: Vec<Option<String>>,
    pub(crate) results: Vec<Value>,
}

impl Request {
    pub(crate) fn kind<'a>(&'a self, file: &'a File) -> &'a str {
        self.kind.as_deref().unwrap_or(&file.kind)
    }
}

fn conversion() -> String {
    "conversione".to_owned()
}

pub(crate) const fn once() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    pub(crate) ask: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) window: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) readings: Vec<Expected>,
    #[serde(default)]
    pub(crate) refused: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) kpi: String,
    pub(crate) value: Option<String>,
    pub(crate) numerator: String,
    #[serde(default)]
    pub(crate) denominator: Option<String>,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) group: Option<String>,
}

/// The members of an object in their order, as they were written.
#[derive(Clone, Default)]
pub(crate) struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

impl Members {
    /// The text of this event laid over `base`.
    pub(crate) fn over(&self, base: &Self) -> String {
        let mut members = base.0.clone();
        for (name, value) in &self.0 {
            match members.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = value.clone(),
                None => members.push((name.clone(), value.clone())),
            }
        }
        let text: Vec<String> = members
            .iter()
            .filter(|(_, value)| value.get() != r#""{{absent}}""#)
            .map(|(name, value)| format!("{}:{}", json!(name), value.get()))
            .collect();
        format!("{{{}}}", text.join(","))
    }
}

pub(crate) fn duration_ms(text: &str) -> i64 {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit_ms = match text.strip_prefix(digits).unwrap() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        unit => panic!("no unit: `{unit}` of `{text}`"),
    };
    digits.parse::<i64>().unwrap() * unit_ms
}

/// `now`, `now-10m`, `now|5m-1h+1ms`: an instant, floored to a multiple and moved.
pub(crate) fn instant(text: &str, now_ms: i64) -> Option<String> {
    let mut rest = text.strip_prefix("now")?;
    let mut at = Timestamp::from_ms(now_ms);
    let end = |text: &str| text.find(['+', '-']).unwrap_or(text.len());
    if let Some(floor) = rest.strip_prefix('|') {
        let (step, moves) = floor.split_at(end(floor));
        at = at.floor(duration_ms(step));
        rest = moves;
    }
    while let Some(sign) = rest.chars().next() {
        let (length, more) = rest[1..].split_at(end(&rest[1..]));
        let ms = duration_ms(length);
        at = at.plus_ms(if sign == '-' { -ms } else { ms });
        rest = more;
    }
    Some(at.to_string())
}

/// `ora:now-1h`: the name of the group in Rome that an instant belongs to.
pub(crate) fn group(text: &str, now_ms: i64) -> Option<String> {
    let (by, at) = text.split_once(':')?;
    let format = match by {
        "giorno" => "%Y-%m-%d",
        "ora" => "%H",
        "giorno_ora" => "%u-%H",
        _ => return None,
    };
    let at: jiff::Timestamp = instant(at, now_ms)?.parse().unwrap();
    Some(at.in_tz("Europe/Rome").unwrap().strftime(format).to_string())
}

/// `x*64`: the text so often, `#` in it being the number of the repetition.
pub(crate) fn repeated(text: &str) -> Option<String> {
    let (unit, count) = text.rsplit_once('*')?;
    let count: usize = count.parse().ok()?;
    Some((1..=count).map(|number| unit.replace('#', &number.to_string())).collect())
}

/// Replaces every placeholder that does not belong to a single event.
pub(crate) fn laid_out(text: &str, now_ms: i64) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let end = start + 2 + rest[start + 2..].find("}}").unwrap();
        let inner = &rest[start + 2..end];
        found += &rest[..start];
        match instant(inner, now_ms).or_else(|| group(inner, now_ms)).or_else(|| repeated(inner)) {
            Some(text) => found += &text,
            None => found += &rest[start..end + 2],
        }
        rest = &rest[end + 2..];
    }
    found + rest
}

/// Every file with its text.
pub(crate) fn files() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/cases");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "json"))
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

pub(crate) fn read(name: &str, text: &str, now_ms: i64) -> File {
    serde_json::from_str(&laid_out(text, now_ms)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The events of a request, in their order: text, signed id, expected key, expected verdict.
pub(crate) type Sent = (String, Option<String>, Option<String>, Value);

pub(crate) fn events(request: &Request, file: &File) -> Vec<Sent> {
    let texts: Vec<String> = if request.raw.is_empty() {
        let base = if request.kind(file) == file.kind { &file.base } else { &Members::default() };
        request.events.iter().map(|event| event.over(base)).collect()
    } else {
        request.raw.clone()
    };
    assert_eq!(texts.len(), request.results.len(), "as many results as events");
    let given = |list: &[Option<String>], index: usize| list.get(index).cloned().flatten();
    let round = |number: usize| {
        let number = format!("{number:06}");
        let texts: Vec<String> = texts.iter().map(|text| text.replace("{{n}}", &number)).collect();
        texts.into_iter().enumerate().map(|(index, text)| {
            let (id, key) = (given(&request.event_ids, index), given(&request.keys, index));
            (text, id, key, request.results[index].clone())
        })
    };
    (1..=request.times).flat_map(round).collect::<Vec<_>>()
}
