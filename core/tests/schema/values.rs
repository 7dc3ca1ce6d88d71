//! Names and values to change events with: those that a schema names, the limits of every kind of
//! value, and anything.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

/// The words of a schema.
#[derive(Clone)]
pub struct Vocabulary {
    pub names: Vec<String>,
    /// Everything that an `enum` lists.
    choices: Vec<String>,
    /// Lengths at and beside every limit.
    lengths: Vec<usize>,
}

impl Vocabulary {
    pub fn of(document: &Value) -> Self {
        let mut found = Self { names: Vec::new(), choices: Vec::new(), lengths: vec![0, 1] };
        found.gather(document);
        found
    }

    fn gather(&mut self, value: &Value) {
        value.as_array().into_iter().flatten().for_each(|value| self.gather(value));
        let Some(members) = value.as_object() else { return };
        if let Some(properties) = members.get("properties").and_then(Value::as_object) {
            self.names.extend(properties.keys().cloned());
        }
        let choices = members.get("enum").and_then(Value::as_array).into_iter().flatten();
        let choices = choices.chain(members.get("const")).filter_map(Value::as_str);
        self.choices.extend(choices.map(str::to_owned));
        if let Some(max) = members.get("maxLength").and_then(Value::as_u64) {
            self.lengths.extend([max as usize, max as usize + 1]);
        }
        members.values().for_each(|value| self.gather(value));
    }
}

fn quoted(text: String) -> String {
    Value::from(text).to_string()
}

/// Raw names of members.
pub fn names(vocabulary: &Vocabulary) -> BoxedStrategy<String> {
    prop_oneof![
        6 => select(vocabulary.names.clone()).prop_map(quoted),
        1 => select(vocabulary.names.clone()).prop_map(|name| quoted(name.to_uppercase())),
        1 => select(vocabulary.names.clone()).prop_map(|name| quoted(name + " ")),
        1 => any::<String>().prop_map(quoted),
        1 => Just(r#""\ud800""#.to_owned()),
        1 => Just(r#""\u0061ltro""#.to_owned()),
    ]
    .boxed()
}

/// Raw values of any kind.
pub fn raws(vocabulary: &Vocabulary) -> BoxedStrategy<String> {
    prop_oneof![
        2 => select(OTHER_VALUES).prop_map(str::to_owned),
        2 => number(),
        2 => instant().prop_map(quoted),
        1 => client_id().prop_map(quoted),
        4 => text(vocabulary),
        1 => (29_usize..33, text(vocabulary)).prop_map(|(items, text)| list(items, &text)),
        1 => (28_usize..36).prop_map(|depth| "[".repeat(depth) + &"]".repeat(depth)),
        1 => (28_usize..36).prop_map(|depth| "{\"a\":".repeat(depth) + "0" + &"}".repeat(depth)),
    ]
    .boxed()
}

fn list(items: usize, item: &str) -> String {
    format!("[{}]", vec![item; items].join(","))
}

/// What may take the place of a value: most often something like it.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// For what is like nothing, or nothing like it.
    any: Option<String>,
    number: String,
    instant: String,
    client_id: String,
    text: String,
    list: String,
}

impl Replacement {
    pub fn of(&self, current: &str) -> &str {
        let starts = |with: fn(char) -> bool| current.trim_start_matches('"').starts_with(with);
        match &self.any {
            Some(any) => any,
            None if current.starts_with('[') => &self.list,
            None if !current.starts_with('"') => &self.number,
            None if starts(|char| char.is_ascii_digit()) => &self.instant,
            None if starts(|char| char == 'C') => &self.client_id,
            None => &self.text,
        }
    }
}

pub fn replacements(vocabulary: &Vocabulary) -> BoxedStrategy<Replacement> {
    let any = proptest::option::weighted(0.25, raws(vocabulary));
    let like = (number(), instant().prop_map(quoted), client_id().prop_map(quoted));
    (any, like, text(vocabulary), 29_usize..33)
        .prop_map(|(any, (number, instant, client_id), text, items)| {
            let list = list(items, &text);
            Replacement { any, number, instant, client_id, text, list }
        })
        .boxed()
}

fn text(vocabulary: &Vocabulary) -> BoxedStrategy<String> {
    let Vocabulary { choices, lengths, .. } = vocabulary.clone();
    let filler = select(vec!["x", "è", "\u{10348}", "e\u{301}"]);
    prop_oneof![
        3 => select(choices.clone()).prop_map(quoted),
        1 => select(choices).prop_map(|choice| quoted(choice.to_uppercase())),
        3 => (select(lengths), filler).prop_map(|(length, filler)| {
            quoted(filler.chars().cycle().take(length).collect())
        }),
        2 => any::<String>().prop_map(quoted),
    ]
    .boxed()
}

const OTHER_VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "{}",
    "[]",
    "[\"email\"]",
    "\"\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\ud800\\udf48\"",
    "{\"campagna\":null}",
    "{\"campagna\":\"\\u0000\"}",
    "{\"campagna\":\"a\",\"campagna\":\"a\"}",
];

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "-0.0",
    "0.00",
    "1",
    "4.35",
    "19.99",
    "0.07",
    "1.1",
    "0.01",
    "0.010",
    "0.001",
    "1e2",
    "1.5E+1",
    "120e-1",
    "1e-2",
    "1e-3",
    "-0.01",
    "-1",
    "-1e-999",
    "1e9",
    "1e10",
    "1E400",
    "1000000000",
    "1000000000.00",
    "1000000000.01",
    "1000000000.0000000001",
    "999999999.99",
    "1e-999",
    "01",
    "1.",
    "0.5",
    "0.9999999",
    "1.0",
    "1.0000000001",
    "1.00000000000000000001",
    "0.0005",
    "0.00049",
    "0.000499999999999999999999",
    "3600",
    "3600.0001",
    "3600.00000000000000001",
    ".5",
    "+1",
    "NaN",
];

fn number() -> BoxedStrategy<String> {
    let limits = select(NUMBERS).prop_map(str::to_owned);
    let others = (any::<bool>(), 0_u64..2_000_000_000, 0_u32..1_000, 0_usize..4).prop_map(
        |(negative, whole, fraction, places)| {
            let sign = if negative && whole % 4 == 0 { "-" } else { "" };
            let fraction = format!("{fraction:03}");
            match places {
                0 => format!("{sign}{whole}"),
                places => format!("{sign}{whole}.{}", &fraction[..places]),
            }
        },
    );
    prop_oneof![limits, others].boxed()
}

/// One of the good values, and now and then one of the bad.
fn mostly<T: Clone + std::fmt::Debug + 'static>(good: Vec<T>, bad: Vec<T>) -> BoxedStrategy<T> {
    prop_oneof![12 => select(good), 1 => select(bad)].boxed()
}

/// Something like an instant: mostly right, and often at a limit.
fn instant() -> BoxedStrategy<String> {
    let sixties = || mostly((0..60).chain([0, 59]).collect(), vec![60, 61, 99]);
    let date = (
        mostly(vec![2000, 2001, 2023, 2024, 2025, 2026], vec![0, 999, 1998, 1999, 9999, 10_000]),
        mostly((1..=12).collect(), vec![0, 13]),
        mostly((1..=28).collect(), vec![0, 29, 30, 31, 32]),
    );
    let clock = (mostly((0..24).collect(), vec![24]), sixties(), sixties());
    let between = mostly(vec!["T", "t"], vec![" ", "_", ""]);
    let fraction = mostly(vec!["", ".0", ".123", ".1234567890123456789"], vec![".", ",5"]);
    let offset = mostly(
        vec!["Z", "z", "+00:00", "-00:00", "+02:00", "-08:00", "+23:59", "-23:59"],
        vec!["+24:00", "+02:60", "+0200", "+02", "", "+1:00", "Z ", "[Europe/Rome]"],
    );
    let near = select(vec![
        "1999-12-31T23:59:59.999Z",
        "2000-01-01T00:00:00Z",
        "1999-12-31T23:30:00-01:00",
        "2000-01-01T00:00:00+01:00",
        "1998-12-31T23:59:60Z",
        "2016-12-31T23:59:60Z",
        "2016-12-31T15:59:60.5-08:00",
        "2016-12-31T23:58:60Z",
        "2024-02-29T12:00:00Z",
        "2023-02-29T12:00:00Z",
        "2026-05-20T12:05:00Z",
        "2026-05-20T12:05:00.001Z",
        "2027-06-24T12:00:00Z",
    ]);
    let any_of_them = (date, between, clock, fraction, offset).prop_map(
        |((year, month, day), between, (hour, minute, second), fraction, offset)| {
            format!(
                "{year:04}-{month:02}-{day:02}{between}{hour:02}:{minute:02}:{second:02}{fraction}{offset}"
            )
        },
    );
    prop_oneof![2 => any_of_them, 1 => near.prop_map(str::to_owned)].boxed()
}

fn client_id() -> BoxedStrategy<String> {
    (
        mostly(vec!["CLIENTE-"], vec!["Cliente-", "CLIENTE", "xCLIENTE-"]),
        prop_oneof![4 => "[A-Z]{3,11}", 1 => "[a-zÀ]{4}"],
        mostly(vec!["-"], vec!["_", "--"]),
        prop_oneof![4 => "[0-9]{6}", 1 => "[0-9]{5,7}|[٠-٩]{6}"],
        mostly(vec![""], vec!["\n", " ", "-1"]),
    )
        .prop_map(|(prefix, letters, dash, digits, end)| {
            format!("{prefix}{letters}{dash}{digits}{end}")
        })
        .boxed()
}
