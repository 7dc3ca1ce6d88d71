//! The examples of the documents: a configuration, what is sent to it, and what becomes of that.

use std::path::Path;

use polso_intake::Config;
use serde_json::{Value, json};

use crate::world::{config, cut, secret, told};

/// A fenced block: the words behind its fence, and what is in it.
type Block<'a> = (&'a str, String);

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        match (line.strip_prefix("```"), is_open) {
            (Some(words), false) => {
                blocks.push((words, String::new()));
                is_open = true;
            }
            (Some(_), true) => is_open = false,
            (None, true) => blocks.last_mut().unwrap().1.extend([line, "\n"]),
            (None, false) => {}
        }
    }
    blocks
}

fn sources(toml: &str) -> Value {
    let table: Value = toml::from_str(toml).unwrap_or_else(|error| panic!("{error}\n{toml}"));
    table["vars"]["sources"].clone()
}

/// Runs the examples of a document, and counts them.
fn examples(text: &str) -> usize {
    let mut current: Option<Config> = None;
    let (mut wrong, mut found, mut count) = (Value::Null, Vec::new(), 0);
    for (words, block) in blocks(text) {
        match words {
            "toml" if block.contains("[vars.sources.") => current = Some(config(&sources(&block))),
            "toml wrong" => wrong = sources(&block),
            "text problems" => {
                let problems = Config::parse(&json!({ "sources": wrong }), secret).unwrap_err();
                let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
                assert_eq!(problems, block.lines().collect::<Vec<_>>());
                count += 1;
            }
            "json sent" | "text sent" | "xml sent" => {
                let sender = current.as_ref().unwrap().sources.values().next().unwrap();
                let file = if words == "text sent" { "a.form" } else { "a.json" };
                let pieces = cut(sender, file, block.trim().as_bytes(), None);
                found = pieces.iter().map(|piece| told(sender, piece)).collect();
            }
            "json becomes" => {
                let found =
                    found.iter().map(|told| serde_json::from_str(told).unwrap_or(json!(told)));
                let expected: Value = serde_json::from_str(&block).unwrap();
                let expected = if expected.is_array() { expected } else { json!([expected]) };
                assert_eq!(found.collect::<Value>(), expected);
                count += 1;
            }
            _ => {}
        }
    }
    count
}

#[track_caller]
fn check(document: &str, expected: usize) {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let text = std::fs::read_to_string(docs.join(document)).unwrap();
    assert_eq!(examples(&text), expected, "{document}");
}

#[test]
fn the_examples_of_the_mapping_are_true() {
    check("mapping.md", 9);
}

#[test]
fn the_examples_of_the_guides_are_true() {
    check("connect-stripe.md", 2);
    check("connect-shopify.md", 2);
    check("connect-hubspot.md", 2);
    check("connect-zoho.md", 4);
    check("connect-any-other.md", 1);
    check("connect-meta.md", 5);
    check("connect-salesforce.md", 3);
}
