//! The configurations that `docs/proofs.md` shows: each is taken, and none of its keys is unknown.

use std::collections::BTreeSet;

use polso_intake::Config;
use polso_intake::proof::Proof;
use serde_json::{Value, json};

use super::schemes::{ORGANISATION, kind_of};

const DOCUMENT: &str = include_str!("../../../docs/proofs.md");

fn secret(name: &str) -> Option<String> {
    let value = match name {
        "PARTNER_SECRET" => "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "FORMS_LOGIN" => "user:password",
        "SALESFORCE_ORGANISATION" => ORGANISATION,
        _ => "a-secret-for-tests",
    };
    Some(value.to_owned())
}

#[test]
fn every_kind_has_an_example_that_is_taken() {
    let blocks = DOCUMENT.split("```").filter_map(|block| block.strip_prefix("toml\n"));
    let mut shown = BTreeSet::new();
    for block in blocks {
        let table: Value = toml::from_str(block).unwrap();
        let sources = &table["vars"]["sources"];
        let problems = Config::parse(&json!({ "sources": sources }), secret).err();
        for problem in problems.unwrap_or_default() {
            // What becomes of the JSON is no part of the proof.
            assert!(problem.key.ends_with(".map"), "{problem}");
        }
        for table in sources.as_object().unwrap().values() {
            let proof = Proof::parse(kind_of(table), table.as_object().unwrap(), &secret);
            assert!(proof.is_ok(), "{table} {proof:?}");
            shown.insert([&table["kind"], &table["scheme"]].map(ToString::to_string).concat());
        }
    }
    // Each kind but `native` and `browser`, and the three schemes of `generic`.
    assert_eq!(shown.len(), 12, "{shown:?}");
}
