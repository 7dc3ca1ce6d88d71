//! Events: judged the same every time, read as an independent JSON parser reads them, and kept as
//! they are when they are valid.

use std::collections::BTreeSet;

use polso_core::{
    Candidate, Event, EventKind, Ledger, Outcome, RawEvent, Reason, ReasonCode as Code, Valid,
    excerpt,
};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::input::Input;
use crate::kinds;
use crate::members::Pairs;
use crate::world::{self, checkpoint, now};

/// Most members of one object that are looked at, and deepest nesting.
const MEMBERS_MAX: usize = 64;
const DEPTH_MAX: usize = 32;

/// Two bytes that choose the kind and the source, then the text of one event.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (_, kind) = input.pick(&EventKind::NAMES);
    let source = world::source(input.byte());
    let json = input.text();
    let raw = RawEvent { json: &json, event_id: Some("a") };
    let judged = kind.validate(&raw, &source, now());
    assert_eq!(judged, kind.validate(&raw, &source, now()));
    compare_members(&json, &judged);
    match judged {
        Ok(valid) => {
            compare_content(&json, &valid);
            keep(valid.candidate);
        }
        Err(reasons) => assert!(!reasons.is_empty(), "rejected without a reason"),
    }
}

/// What another parser makes of the text as a whole must be what validation made of it.
fn compare_members(json: &str, judged: &Result<Valid, Vec<Reason>>) {
    let reasons = judged.as_ref().err().map_or(&[][..], Vec::as_slice);
    let unreadable = [Code::JsonInvalid, Code::JsonDepth, Code::NotAnObject, Code::TextInvalid];
    let whole = |reason: &&Reason| reason.field.is_none() && unreadable.contains(&reason.code);
    let found = reasons.iter().find(whole).map(|reason| reason.code);
    if found == Some(Code::JsonDepth) {
        let opened = json.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count();
        assert!(opened > DEPTH_MAX, "not that deep");
        return;
    }
    let (expected, members) = match serde_json::from_str::<&RawValue>(json) {
        Err(_) => (Some(Code::JsonInvalid), None),
        Ok(raw) if !raw.get().starts_with('{') => (Some(Code::NotAnObject), None),
        Ok(raw) => match serde_json::from_str::<Pairs<'_>>(raw.get()) {
            Err(_) => (Some(Code::TextInvalid), None),
            Ok(members) => (None, Some(members)),
        },
    };
    assert_eq!(found, expected, "{reasons:?}");
    if let Some(members) = members {
        compare_repetitions(&members, reasons);
    }
}

/// Members that come twice are named, and no others.
fn compare_repetitions(members: &Pairs<'_>, reasons: &[Reason]) {
    let named = |code| {
        let of_code = reasons.iter().filter(move |reason| reason.code == code);
        of_code.filter_map(|reason| reason.field.as_deref()).collect::<BTreeSet<_>>()
    };
    let overflow = reasons.iter().any(|r| r.code == Code::FieldsTooMany && r.field.is_none());
    assert_eq!(overflow, members.0.len() > MEMBERS_MAX);
    let found = named(Code::FieldDuplicate);
    let repeated = members.repeated(MEMBERS_MAX);
    for name in &repeated {
        assert!(found.contains(excerpt(name).as_str()), "{name} comes twice: {found:?}");
    }
    let nested = members.repeats_within();
    assert!(found.is_empty() || nested || !repeated.is_empty(), "none comes twice: {found:?}");
}

/// What a valid event says is what another parser reads.
fn compare_content(json: &str, valid: &Valid) {
    // Numbers that are too large for a float, and halves of surrogate pairs, may stand in what is
    // ignored.
    let Ok(read) = serde_json::from_str::<Value>(json) else {
        assert!(!valid.warnings.is_empty(), "valid, and not to be read");
        return;
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let near = |value: &Value, cents: i64| {
        let (read, kept) = (value.as_f64().unwrap(), cents as f64 / 100.0);
        assert!((read - kept).abs() <= kept.abs() * 1e-12, "{read} was read as {kept}");
    };
    match &valid.candidate.event {
        Event::Conversion(event) => {
            assert_eq!(event.client(), text(&read["id_cliente"]));
            assert_eq!(event.channel.name(), text(&read["canale"]));
            assert_eq!(event.outcome.name(), text(&read["stato"]));
            assert_eq!(event.campaign(), text(&read["metadati"]["campagna"]));
            assert_eq!(event.device(), text(&read["metadati"]["dispositivo"]));
            assert_eq!(event.place(), text(&read["metadati"]["localita"]));
            near(&read["valore"], event.value_cents);
        }
        Event::Spend(spend) => {
            assert_eq!(spend.channel.name(), text(&read["canale"]));
            assert_eq!(spend.campaign, text(&read["campagna"]));
            assert!(spend.from < spend.to);
            near(&read["importo"], spend.amount_cents);
        }
        Event::Snapshot(event) => {
            assert_eq!(event.setting.story, text(&read["story_id"]));
            assert_eq!(event.setting.interest, text(&read["segmento"]["interesse"]));
            assert!(read["engagement"].is_object());
        }
        Event::Action(event) => {
            assert_eq!(event.viewer, text(&read["user_id"]));
            assert_eq!(event.setting.story, text(&read["story_id"]));
            assert_eq!(event.setting.age, text(&read["segmento"]["eta"]));
            assert_eq!(event.setting.format, text(&read["formato"]));
        }
    }
}

/// A valid event is new once, is written, and whoever reads that knows it.
fn keep(candidate: Candidate) {
    let mut ledger = Ledger::new(7, 1);
    let batch = || world::batch(vec![candidate.clone()]);
    let outcomes = ledger.ingest(batch(), now()).unwrap();
    assert!(matches!(outcomes[..], [Outcome::Accepted { .. }]), "{outcomes:?}");
    let mut twin = Ledger::new(7, 2);
    for block in world::blocks(&ledger.commit()) {
        twin.replay(&block).expect("a ledger's own block");
    }
    let (kept, mut ledger) = (checkpoint(&mut twin), ledger);
    assert_eq!(kept, checkpoint(&mut ledger));
    let mut restored = Ledger::restore(&kept, 3).expect("a ledger's own checkpoint");
    for ledger in [&mut ledger, &mut twin, &mut restored] {
        assert_eq!(ledger.ingest(batch(), now()), Ok(vec![Outcome::Duplicate]));
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, (_, kind)) in EventKind::NAMES.iter().enumerate() {
        for json in kinds::examples(*kind) {
            seeds.push([&[number as u8, 0], json.as_bytes()].concat());
        }
    }
    let conversion = kinds::examples(EventKind::Conversion)[0];
    let odd = [
        conversion.replace("\"valore\"", "\"valor\\u0065\""),
        conversion.replace("\"campagna\"", "\"utm\":[{\"a\":1e999}],\"campagna\""),
        conversion.replace("Forl", "\\ud83d\\ude00\\u0000"),
        conversion.replace("\"stato\"", "\"stato\":null,\"stato\""),
        conversion.replace("19.99", "0.0001999e5"),
        conversion.replace("Primavera", "\\ud800"),
        conversion.replace(',', " ,\n\t\r "),
        format!("{{\"a\":{}{}}}", "[".repeat(32), "]".repeat(32)),
        "[]".to_owned(),
    ];
    seeds.extend(odd.iter().map(|json| [&[0, 0], json.as_bytes()].concat()));
    seeds.push([&[0, 5], conversion.replace("CLIENTE-ITALIA-789456", "è").as_bytes()].concat());
    seeds
}
