//! The mapping as a whole: what it makes of bodies, and what is said of a wrong one.

use serde_json::{Value, json};

use super::read::FIELD;
use super::target::{TARGETS, required, shapes};
use super::*;
use crate::config::table::Table;

const RULES: Rules =
    Rules { built_in: None, id: &[], hidden: &["/secret", "/a/token"], cut: Cut::Configured };

/// The mapping of a `map` that has every field it needs, those that it does not name at a place where nothing is; or
/// what is wrong with it.
fn mapping(map: &Value) -> Result<Mapping, Vec<String>> {
    let filled = |map: &Value| {
        let mut map = map.clone();
        let Some((_, kind)) = TARGETS.iter().find(|(name, _)| map["target"] == *name) else {
            return map;
        };
        if shapes(*kind).iter().any(|shape| map.get(shape.name()).is_some()) {
            for name in required(&kind.json_schema()) {
                if map.get(&name).is_none() {
                    map[&name] = json!("/nowhere");
                }
            }
        }
        map
    };
    match map {
        Value::Array(maps) => as_it_is(&maps.iter().map(filled).collect()),
        Value::Object(_) => as_it_is(&filled(map)),
        map => as_it_is(map),
    }
}

/// The mapping of a `map`, or what is wrong with it.
fn as_it_is(map: &Value) -> Result<Mapping, Vec<String>> {
    let keys = json!({ "map": map });
    let mut problems = Vec::new();
    let keys = keys.as_object().unwrap();
    let table =
        &mut Table { keys, path: "sources.shop", problems: &mut problems, secrets: &|_| None };
    let read = read(table, &RULES);
    assert_eq!(read.is_some(), problems.is_empty());
    read.ok_or_else(|| problems.iter().map(ToString::to_string).collect())
}

/// What is made of the only item of a body: JSON, `filtered`, or the codes and fields of the reasons.
#[track_caller]
fn check(map: &Value, body: &str, expected: &str) {
    let pieces = mapping(map).unwrap().cut(body, None);
    let [piece] = &pieces[..] else { panic!("{pieces:?}") };
    assert_eq!(told(&piece.made), expected, "{body}");
}

fn told(made: &Made) -> String {
    let reason = |reason: &Reason| {
        format!("{} {}", reason.code.code(), reason.field.as_deref().unwrap_or_default())
            .trim()
            .to_owned()
    };
    match made {
        Made::Event { json, .. } => json.clone(),
        Made::Filtered => "filtered".to_owned(),
        Made::Rejected(reasons) => reasons.iter().map(reason).collect::<Vec<_>>().join(", "),
    }
}

#[test]
fn fields_come_from_pointers_and_constants() {
    let map = json!({
        "target": "conversion", "id_cliente": "/customer/id", "stato": { "const": "completato" },
        "valore": { "const": 12.5 },
        "metadati": { "campagna": ["/utm/campaign", "/campaign"], "localita": "/city" },
    });
    check(
        &map,
        r#"{"customer":{"id":9007199254740993},"campaign":"Estate \u00e8","city":null}"#,
        r#"{"id_cliente":"9007199254740993","valore":12.5,"stato":"completato","metadati":{"campagna":"Estate \u00e8"}}"#,
    );
    check(&map, "{}", r#"{"valore":12.5,"stato":"completato"}"#);
}

#[test]
fn values_are_looked_up() {
    let with = |field: Value| json!({ "target": "conversion", "canale": field });
    let lookup = json!({ "pointer": "/utm", "lookup": { "newsletter": "email", "7": "sms", "true": "webform" } });
    check(&with(lookup.clone()), r#"{"utm":"newsletter"}"#, r#"{"canale":"email"}"#);
    check(&with(lookup.clone()), r#"{"utm":"news\u006cetter"}"#, r#"{"canale":"email"}"#);
    check(&with(lookup.clone()), r#"{"utm":7}"#, r#"{"canale":"sms"}"#);
    check(&with(lookup.clone()), r#"{"utm":true}"#, r#"{"canale":"webform"}"#);
    check(&with(lookup.clone()), "{}", "{}");
    for unknown in [r#""x""#, "7.0", "[]", "{}", "false"] {
        check(
            &with(lookup.clone()),
            &format!("{{\"utm\":{unknown}}}"),
            "mapping_unknown_value canale",
        );
    }
    let mut lookup = lookup;
    lookup["default"] = json!("webform");
    for body in [r#"{"utm":"x"}"#, "{}", r#"{"utm":null}"#, r#"{"utm":[]}"#] {
        check(&with(lookup.clone()), body, r#"{"canale":"webform"}"#);
    }
}

#[test]
fn some_values_say_that_there_is_none() {
    let map = json!({ "target": "story", "engagement": {
        "view_count": { "pointer": ["/views", "/reach"], "absent": [-1, ""] },
    } });
    check(&map, r#"{"views":-1,"reach":7}"#, r#"{"engagement":{"view_count":7}}"#);
    check(&map, r#"{"views":"","reach":"-1"}"#, r#"{"engagement":{}}"#);
    check(&map, r#"{"views":0}"#, r#"{"engagement":{"view_count":0}}"#);
}

#[test]
fn the_first_map_whose_conditions_hold_makes_the_event() {
    let map = json!([
        { "target": "conversion", "when": { "/type": "paid", "/live": true },
          "unless": { "/test": [true, 1] }, "stato": { "const": "completato" } },
        { "target": "conversion", "when": { "/type": ["paid", "failed"] }, "stato": { "const": "fallito" } },
    ]);
    let (completed, failed) = (r#"{"stato":"completato"}"#, r#"{"stato":"fallito"}"#);
    check(&map, r#"{"type":"paid","live":true}"#, completed);
    check(&map, r#"{"type":"paid","live":"true","test":false}"#, completed);
    check(&map, r#"{"type":"paid","live":true,"test":true}"#, failed);
    check(&map, r#"{"type":"paid","live":true,"test":1}"#, failed);
    check(&map, r#"{"type":"failed"}"#, failed);
    check(&map, r#"{"type":"other"}"#, "filtered");
    check(&map, r#"{"type":{}}"#, "filtered");
    check(&map, "[]", "filtered");
    check(&map, r#"{"type":"paid","type":"failed"}"#, "field_duplicate type");
}

#[test]
fn what_is_required_is_told_with_all_other_reasons() {
    let map = json!({
        "target": "conversion", "require": { "/currency": ["eur", "EUR"] },
        "canale": { "pointer": "/utm", "lookup": { "a": "email" } },
    });
    check(&map, r#"{"currency":"EUR","utm":"a"}"#, r#"{"canale":"email"}"#);
    check(&map, r#"{"currency":"usd","utm":"b"}"#, "mapping_unmet, mapping_unknown_value canale");
    check(&map, r#"{"utm":"a"}"#, "mapping_unmet");
    let Ok(mapping) = mapping(&map) else { panic!() };
    let made = &mapping.cut(r#"{"currency":"usd","utm":"b"}"#, None)[0].made;
    let Made::Rejected(reasons) = made else { panic!() };
    assert_eq!(
        reasons[0].message,
        "there is `usd` at `/currency`; the mapping requires `eur`, `EUR`"
    );
    let expected =
        "the mapping has no word for `b` at `/utm`; add it to `lookup`, or give a `default`";
    assert_eq!(reasons[1].message, expected);
}

#[test]
fn without_a_field_the_body_is_the_event() {
    check(&json!({ "target": "spend" }), " {\"importo\" : 1.10} ", "{\"importo\" : 1.10}");
    let each = json!({ "target": "spend", "each": "" });
    check(&each, "[ {\"importo\":1.10} ]", "{\"importo\":1.10}");
}

#[test]
fn each_element_of_a_list_is_an_event_of_its_own() {
    let map = json!({
        "target": "conversion", "each": "/orders", "when": { "/paid": true }, "id_cliente": "/id",
        "timestamp": { "pointer": "root:/created", "format": "unix_s" },
    });
    let body = r#"{ "created":0, "orders" : [{"id":1,"paid":true} , {"id":2},3], "x":[] }"#;
    let mapping = mapping(&map).unwrap();
    let pieces = mapping.cut(body, Some("msg"));
    let made: Vec<_> = pieces.iter().map(|piece| told(&piece.made)).collect();
    let first = r#"{"id_cliente":"1","timestamp":"1970-01-01T00:00:00.000Z"}"#;
    assert_eq!(made, [first, "filtered", "filtered"]);
    let ids: Vec<_> = pieces.iter().map(|piece| piece.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["msg/0", "msg/1", "msg/2"]);
    let text = pieces[0].text.to_string();
    assert_eq!(text, r#"{ "created":0, "orders" : [{"id":1,"paid":true}], "x":[] }"#);
    assert_eq!(mapping.cut(&text, Some("msg/0")), [pieces[0].clone()]);
    assert_eq!(mapping.cut(r#"{"orders":[]}"#, None), []);
    for none in ["{}", "[]", "1", r#"{"orders":{}}"#, r#"{"orders":null}"#] {
        check(&map, none, "mapping_unmet");
    }
}

#[test]
fn ids_are_the_senders_or_those_of_the_message_or_digests() {
    let id = |map: Value, body: &str, message_id: Option<&str>| {
        mapping(&map).unwrap().cut(body, message_id)[0].id.clone().unwrap()
    };
    let named = |event_id: Value| json!({ "target": "spend", "event_id": event_id });
    assert_eq!(
        id(named(json!("/id")), r#"{"id":90071992547409931}"#, Some("msg")),
        "90071992547409931"
    );
    assert_eq!(id(named(json!("/id")), "{}", Some("msg")), "msg");
    assert_eq!(id(named(json!("/id")), "{}", None), digest(["{}"]));
    let two = id(named(json!(["/id", "/at"])), r#"{"id":1,"at":2}"#, None);
    assert_eq!(two, id(named(json!(["/id", "/at"])), r#"{"at":2,"x":0,"id":1}"#, Some("msg")));
    assert_eq!(id(json!({ "target": "spend" }), "{}", Some("msg")), "msg");
}

#[test]
fn what_cannot_be_read_is_rejected_and_kept() {
    let map = json!({ "target": "conversion", "id_cliente": "/id", "valore": "/a/b" });
    check(&map, "{", "json_invalid");
    check(&map, &("[".repeat(33) + &"]".repeat(33)), "json_depth");
    check(&map, r#"{"id":{}}"#, "field_type id_cliente");
    check(&map, r#"{"id":1,"a":{"b":1,"b":2}}"#, "field_duplicate valore");
    check(&map, r#"{"id":1,"a":{"\ud800":1,"b":2}}"#, "text_invalid valore");
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(4_096));
    check(&map, &long, "text_length id_cliente");
    let pieces = mapping(&map).unwrap().cut("{", Some("msg"));
    assert_eq!(
        (pieces[0].text.to_string(), pieces[0].id.as_deref()),
        ("{".to_owned(), Some("msg"))
    );
}

/// The problems of a `map`, without the path of the source.
#[track_caller]
fn check_problems(map: &Value, expected: &[&str]) {
    let problems = mapping(map).err().unwrap_or_default();
    let expected: Vec<_> = expected.iter().map(|text| format!("`sources.shop.{text}")).collect();
    assert_eq!(problems, expected, "{map}");
}

#[test]
fn problems_name_the_key_the_value_and_what_it_should_be() {
    let pointer =
        "a JSON pointer, like \"/customer/id\", or one from the whole body, like \"root:/created\"";
    let expects = |text: &str| format!("{text}; it should be {pointer}");
    check_problems(&json!(1), &["map` is `1`; it should be a table, or a list of 1 to 32 tables"]);
    check_problems(&json!([1]), &["map[0]` is `1`; it should be a table"]);
    check_problems(
        &json!({ "valore": "/x" }),
        &["map.target` is missing; it should be one of `conversion`, `story`, `spend`"],
    );
    check_problems(
        &json!([{ "target": "spend" }, { "target": "conversion", "valore": "x", "when": { "/a": [], "b": 1 },
            "metadati": { "campagna": ["/a", 1], "citta": "/x" }, "stati": { "const": 1 } }]),
        &[
            "map[1].stati` is not a known key; did you mean `stato`?",
            "map[1].when./a` is a list; it should be a string, a number or a boolean, or a list of 1 to 64 of them",
            &expects("map[1].when.b` is no place in a body"),
            &expects("map[1].valore` is `x`"),
            "map[1].metadati.citta` is not a known key; known are `campagna`, `dispositivo`, `localita`",
            &expects("map[1].metadati.campagna[1]` is `1`"),
        ],
    );
    check_problems(
        &json!({ "target": "conversion", "valore": { "pointer": "/x", "scale": "euro", "format": "unix_s" },
            "canale": { "pointer": "/x", "lookup": { "a": {} }, "default": null },
            "timestamp": { "format": "iso" }, "stato": { "const": "x", "pointer": "/x" }, "evento": 1 }),
        &[
            &format!("map.evento` is `1`; it should be {FIELD}"),
            "map.timestamp.format` is `iso`; it should be one of `rfc3339`, `unix_s`, `unix_ms`, `meta`",
            &format!("map.timestamp.pointer` is missing; it should be {pointer}"),
            "map.valore.scale` is `euro`; it should be one of `cents`, `percent`, `thousandths`",
            "map.valore.format` is not a known key; known are `pointer`, `lookup`, `default`, `absent`, `const`, `scale`",
            "map.canale.lookup.a` is a table; it should be one of `email`, `sms`, `social_media`, `webform`",
            "map.canale.default` is `null`; it should be one of `email`, `sms`, `social_media`, `webform`",
            "map.stato.pointer` is not a known key; known are `const`",
            "map.stato.const` is `x`; it should be one of `completato`, `duplicato`, `fallito`",
        ],
    );
}

#[test]
fn a_mapping_names_every_field_that_must_be_there() {
    let missing = |map: Value| as_it_is(&map).err().unwrap_or_default();
    let expected = ["importo", "a"]
        .map(|name| format!("`sources.shop.map.{name}` is missing; it should be {FIELD}"));
    assert_eq!(missing(json!({ "target": "spend", "canale": "/c", "da": "/d" })), expected);
    assert_eq!(missing(json!({ "target": "spend", "when": { "/x": 1 } })), Vec::<String>::new());
}

#[test]
fn what_the_configuration_gives_a_field_fits_it() {
    let problem = |field: &str, value: Value, expected: &str| {
        let map = |value: &Value| json!({ "target": "story", field: { "const": value } });
        let problems = mapping(&map(&value)).err().unwrap_or_default();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].ends_with(&format!("it should be {expected}")), "{problems:?}");
    };
    problem("event_type", json!("View"), "one of `Interaction`, `Share`, `StoryView`");
    problem("user_id", json!(1), "a string");
    problem("durata_s", json!("1"), "a number");
    problem("hashtag", json!(["a", 1]), "a list of strings");
    problem("timestamp", json!("today"), "an instant, like \"2026-02-02T10:00:00Z\"");
    let good = json!({ "target": "story", "event_type": { "const": "Share" }, "user_id": { "const": "1" },
        "durata_s": { "const": 1.5 }, "hashtag": { "const": ["roma"] }, "timestamp": { "const": "2026-02-02T10:00:00Z" } });
    assert!(mapping(&good).is_ok());
}

#[test]
fn credentials_are_in_no_text() {
    let mapping = mapping(&json!({ "target": "spend" })).unwrap();
    let body = r#"{ "a":{"token":{"x":1}, "b" : 1.0}, "secret":"hunter2","c":2}"#;
    let pieces = mapping.cut(body, None);
    let text = pieces[0].text.to_string();
    assert_eq!(text, r#"{ "a":{"token":null, "b" : 1.0}, "secret":null,"c":2}"#);
    assert_eq!(mapping.cut(&text, None)[0].text.to_string(), text);
    assert_eq!(mapping.cut(&text, None)[0].id, pieces[0].id);
}

#[test]
fn a_body_has_at_most_one_piece_more_than_a_source_takes() {
    let mapping = mapping(&json!({ "target": "spend", "each": "" })).unwrap();
    let pieces =
        |count: usize| mapping.cut(&format!("[{}]", vec!["{}"; count].join(",")), None).len();
    assert_eq!([1_000, 1_001, 1_002, 5_000].map(pieces), [1_000, 1_001, 1_001, 1_001]);
}

#[test]
fn all_maps_cut_a_body_in_one_way() {
    let maps = |first: Value, second: Value| {
        let map = |each: Value| match each {
            Value::Null => json!({ "target": "spend" }),
            each => json!({ "target": "spend", "each": each }),
        };
        json!([map(first), map(second)])
    };
    check_problems(&maps(json!("/a"), json!("/a")), &[]);
    check_problems(
        &maps(json!("/a"), json!("/b")),
        &["map[1].each` is `/b`; it should be `/a`, as in the first map"],
    );
    check_problems(
        &maps(json!("/a"), Value::Null),
        &["map[1].each` is missing; it should be `/a`, as in the first map"],
    );
    check_problems(
        &maps(Value::Null, json!("/b")),
        &["map[1].each` is `/b`; it should be left out, as in the first map"],
    );
}

#[test]
fn what_is_in_a_mapping_is_bounded() {
    let maps = |count: usize| Value::Array(vec![json!({ "target": "spend" }); count]);
    let words =
        |count: usize| (0..count).map(|n| (format!("/w{n}"), json!("email"))).collect::<Value>();
    let lookup =
        |count| json!({ "target": "spend", "canale": { "pointer": "/x", "lookup": words(count) } });
    let when = |count| json!({ "target": "spend", "when": words(count) });
    let pointers = |count| json!({ "target": "spend", "canale": vec!["/x"; count] });
    let any_of = |count| json!({ "target": "spend", "when": { "/x": vec!["x"; count] } });
    for (count, good) in [(1, true), (31, true), (32, true), (33, false), (0, false)] {
        assert_eq!(mapping(&maps(count)).is_ok(), good, "{count} maps");
    }
    for (count, good) in [(1, true), (63, true), (64, true), (65, false), (0, false)] {
        assert_eq!(mapping(&lookup(count)).is_ok(), good, "{count} words");
        assert_eq!(mapping(&any_of(count)).is_ok(), good, "{count} words");
    }
    for (count, good) in [(1, true), (15, true), (16, true), (17, false), (0, false)] {
        assert_eq!(mapping(&when(count)).is_ok(), good, "{count} conditions");
    }
    for (count, good) in [(1, true), (7, true), (8, true), (9, false), (0, false)] {
        assert_eq!(mapping(&pointers(count)).is_ok(), good, "{count} pointers");
    }
}
