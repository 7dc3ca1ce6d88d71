//! Checks a configuration before it is deployed.
//!
//! Reads `{"vars": {…}, "secrets": {"JWT_KEYS": "…", …}}` from standard input: the vars and the secrets
//! as the Worker gets them. Prints one line per problem to standard error and ends with 1, or says
//! `ok: …` and ends with 0. No problem shows a secret.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::ExitCode;

use polso_intake::{Config, Problem};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    vars: Value,
    #[serde(default)]
    secrets: BTreeMap<String, String>,
}

fn main() -> ExitCode {
    let mut text = String::new();
    match read(&mut text)
        .and_then(|input| Config::parse(&input.vars, |name| input.secrets.get(name).cloned()))
    {
        Ok(config) => {
            let count = |number: usize, noun: &str| match number {
                1 => format!("1 {noun}"),
                _ => format!("{number} {noun}s"),
            };
            let sources = count(config.sources.len(), "source");
            println!("ok: {sources}, {}", count(usize::from(config.shards.count()), "shard"));
            ExitCode::SUCCESS
        }
        Err(problems) => {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            ExitCode::FAILURE
        }
    }
}

fn read(text: &mut String) -> Result<Input, Vec<Problem>> {
    let input = std::io::stdin().read_to_string(text).map_err(|error| error.to_string());
    input.and_then(|_| serde_json::from_str(text).map_err(|error| error.to_string())).map_err(
        |error| {
            let shape = r#"should be `{"vars": {…}, "secrets": {"JWT_KEYS": "…"}}`"#;
            vec![Problem::new("standard input", format!("{shape} ({error})"))]
        },
    )
}
