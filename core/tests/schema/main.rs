//! The published JSON Schemas against validation: for every kind of event both accept the same, but
//! for the differences that `exceptions.rs` lists.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod exceptions;
mod kinds;
mod mutations;
mod values;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use boon::{Compiler, SchemaIndex, Schemas};
use polso_core::{EventKind, RawEvent, Source, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use exceptions::{Exception, Judged, excuses, listed};
use mutations::{Node, mutated};
use values::Vocabulary;

const CASES: u32 = 2_000;

/// One kind with its schema, as any validator that asserts formats understands it.
struct Kind {
    kind: EventKind,
    document: Value,
    schemas: Schemas,
    schema: SchemaIndex,
}

impl Kind {
    /// Compiles the schema, which also judges it by the schema of schemas.
    fn new(kind: EventKind) -> Self {
        let document = kind.json_schema();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        compiler.add_resource("kind.json", document.clone()).unwrap();
        let schema = compiler.compile("kind.json", &mut schemas).unwrap();
        Self { kind, document, schemas, schema }
    }

    /// Whether the schema accepts a text; `None` when it cannot even be read.
    fn schema_accepts(&self, json: &str) -> Option<bool> {
        let instance = serde_json::from_str(json).ok()?;
        Some(self.schemas.validate(&instance, self.schema).is_ok())
    }

    fn validate(&self, json: &str) -> Judged {
        let source = Source::named("crm");
        let now = Timestamp::parse(kinds::NOW).unwrap();
        self.kind.validate(&RawEvent { json, event_id: None }, &source, now)
    }

    /// Whether an event is valid, and why its schema may think otherwise; an `Err` when both differ
    /// without excuse.
    fn compare(&self, json: &str) -> Result<(bool, BTreeSet<Exception>), String> {
        let (schema, validated) = (self.schema_accepts(json), self.validate(json));
        if schema.unwrap_or(false) == validated.is_ok() {
            return Ok((validated.is_ok(), BTreeSet::new()));
        }
        let read: Option<Value> = serde_json::from_str(json).ok();
        let as_read = read.map(|read| self.validate(&read.to_string()));
        match excuses(json, schema, &validated, as_read.as_ref()) {
            Some(excuses) => Ok((validated.is_ok(), excuses)),
            None => Err(format!("schema: {schema:?}, validation: {validated:?}\n{json}")),
        }
    }
}

#[test]
fn schema_and_validation_accept_the_same() {
    for (name, kind) in EventKind::NAMES {
        let kind = Kind::new(kind);
        let (accepted, excused) = (Cell::new(0), RefCell::new(BTreeMap::<Exception, u32>::new()));
        let config =
            ProptestConfig { cases: CASES, failure_persistence: None, ..Default::default() };
        let mut runner = TestRunner::new(config);
        let cases = mutated(kinds::examples(kind.kind), &kind.document);
        let found = runner.run(&cases, |event| {
            let (valid, excuses) = kind.compare(&event.to_string()).map_err(TestCaseError::fail)?;
            accepted.set(accepted.get() + u32::from(valid));
            for excuse in excuses {
                *excused.borrow_mut().entry(excuse).or_default() += 1;
            }
            Ok(())
        });
        let (accepted, excused) = (accepted.get(), excused.into_inner());
        println!("{name}: {accepted} of {CASES} valid; excused {excused:?}");
        if let Err(error) = found {
            panic!("{name}: {error}");
        }
        assert!((CASES / 10..CASES * 9 / 10).contains(&accepted), "{name}: {accepted} are valid");
    }
}

#[test]
fn the_examples_are_valid_and_use_every_member() {
    for (name, kind) in EventKind::NAMES {
        let kind = Kind::new(kind);
        let mut used = BTreeSet::new();
        for example in kinds::examples(kind.kind) {
            assert_eq!(kind.compare(example), Ok((true, BTreeSet::new())), "{name}");
            used.extend(Node::parse(example).names());
        }
        let known = Vocabulary::of(&kind.document).names;
        let unused: Vec<_> = known.iter().filter(|member| !used.contains(*member)).collect();
        assert!(unused.is_empty(), "no example of {name} has {unused:?}");
    }
}

#[test]
fn each_listed_exception_is_one() {
    let mut seen = BTreeSet::new();
    for (kind, name, raw, expected) in listed() {
        let event = Node::parse(kinds::examples(kind)[0]).with(name, &raw).to_string();
        let (_, excuses) =
            Kind::new(kind).compare(&event).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(excuses, BTreeSet::from([expected]), "{event}");
        seen.insert(expected);
    }
    assert_eq!(seen, BTreeSet::from(Exception::ALL));
}

#[test]
fn each_document_says_what_it_cannot_express() {
    for (name, kind) in EventKind::NAMES {
        let document = kind.json_schema();
        let said = document["description"].as_str().unwrap_or_default();
        for words in Exception::ALL.iter().filter_map(|exception| exception.words(kind)) {
            assert!(said.contains(words), "{name} does not say `{words}`: {said}");
        }
    }
}
