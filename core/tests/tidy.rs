//! The workspace keeps to its own rules: what the core depends on, what pure code may touch, how
//! files begin and how long they get, and that every code that a user may meet is documented.
//!
//! Most of purity is clippy's (`Cargo.toml`, `clippy.toml`); here is that nobody switches it off.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use polso_core::ReasonCode;

/// What the core may depend on where it is shipped, in Wasm: hashing, tables, and reading and writing of bytes and JSON.
/// Procedural macros and what they need run at compile time only.
const DEPENDENCIES: &[&str] = &[
    "arrayvec",
    "blake3",
    "cfg-if",
    "cobs",
    "constant_time_eq",
    "crc32fast",
    "foldhash",
    "hashbrown",
    "itoa",
    "memchr",
    "postcard",
    "serde",
    "serde_core",
    "serde_json",
    "thiserror",
    "zmij",
    // Compile time.
    "proc-macro2",
    "quote",
    "serde_derive",
    "syn",
    "thiserror-impl",
    "unicode-ident",
];

/// What no code of `core` and `intake` names: clocks, randomness, I/O, processes, the platform.
const IMPURE: &[&str] = &[
    "Instant",
    "SystemTime",
    "getrandom",
    "rand::",
    "thread_rng",
    "RandomState",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "js_sys",
    "wasm_bindgen",
    "web_sys",
    "worker::",
    "print!(",
    "println!(",
    "eprintln!(",
    "dbg!(",
];

/// Lints that shipped code never switches off.
const KEPT_LINTS: &[&str] = &[
    "unwrap_used",
    "expect_used",
    "panic",
    "indexing_slicing",
    "todo",
    "unimplemented",
    "unreachable",
    "await_holding_refcell_ref",
    "disallowed_methods",
    "disallowed_types",
    "unsafe_code",
];

const LINES_MAX: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn text_of(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder whose name ends so, by its path from the root, with its text.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                // `scripts/build` is no build's output.
                let built = ["node_modules", "target", "dist", "build"];
                if folder.ends_with("scripts") || !built.iter().any(|name| path.ends_with(name)) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push((name.clone(), text_of(name)));
            }
        }
    }
    assert!(!found.is_empty(), "no {endings:?} in {folder}");
    found.sort();
    found
}

/// Code without its tests, which stand last, and without comments.
fn shipped(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(number, line)| (number + 1, line))
}

/// The code of the pure crates that runs in the Worker or in a browser.
fn pure_files() -> Vec<(String, String)> {
    let mut files: Vec<_> =
        ["core/src", "intake/src"].iter().flat_map(|folder| files(folder, &[".rs"])).collect();
    // Programs for this machine only.
    files.retain(|(name, _)| !name.contains("/bin/"));
    files
}

#[test]
fn the_core_depends_on_nothing_outside_the_allow_list() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "polso-core", "--edges", "normal"])
        .args(["--prefix", "none", "--target", "wasm32-unknown-unknown"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let found: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    let allowed: BTreeSet<&str> = DEPENDENCIES.iter().copied().chain(["polso-core"]).collect();
    let foreign: Vec<_> = found.difference(&allowed).collect();
    assert!(foreign.is_empty(), "not on the allow-list: {foreign:?}");
    let unused: Vec<_> = allowed.difference(&found).collect();
    assert!(unused.is_empty(), "on the allow-list and not in the tree: {unused:?}");
}

#[test]
fn pure_code_names_no_clock_randomness_or_io() {
    for (file, text) in pure_files() {
        for (line, code) in shipped(&text) {
            let named = IMPURE.iter().find(|name| {
                code.match_indices(**name).any(|(at, _)| {
                    let before = code.get(..at).and_then(|before| before.chars().next_back());
                    !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
                })
            });
            assert_eq!(named, None, "{file}:{line}: {code}");
        }
    }
}

#[test]
fn the_engine_knows_no_domain_but_by_the_register() {
    for (file, text) in files("core/src", &[".rs"]) {
        let own = ["conversion/", "story/", "domain.rs", "lib.rs"];
        if own.iter().any(|own| file.starts_with(&format!("core/src/{own}"))) {
            continue;
        }
        for (line, code) in shipped(&text) {
            let named = ["conversion::", "story::"].iter().find(|name| code.contains(**name));
            assert_eq!(named, None, "{file}:{line}: {code}");
        }
    }
}

#[test]
fn the_lints_are_on_and_nobody_switches_them_off() {
    let workspace = text_of("Cargo.toml");
    for lint in KEPT_LINTS.iter().filter(|lint| **lint != "unsafe_code") {
        assert!(workspace.contains(&format!("\n{lint} = \"deny\"")), "{lint} is not denied");
    }
    assert!(workspace.contains("\nunsafe_code = \"forbid\""));
    for member in ["core", "intake", "worker", "sdk"] {
        let manifest = text_of(format!("{member}/Cargo.toml"));
        assert!(manifest.contains("[lints]\nworkspace = true"), "{member} has lints of its own");
        for (file, text) in files(&format!("{member}/src"), &[".rs"]) {
            for (line, code) in shipped(&text) {
                let off = ["allow(", "expect("]
                    .iter()
                    .any(|word| code.trim_start().starts_with('#') && code.contains(word));
                let lint = KEPT_LINTS.iter().find(|lint| off && code.contains(**lint));
                assert_eq!(lint, None, "{file}:{line} switches a lint off: {code}");
            }
        }
    }
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    for folder in ["core", "fuzz", "intake", "worker/src", "sdk/src"] {
        for (file, text) in files(folder, &[".rs"]) {
            assert!(text.starts_with("//! "), "{file} begins with no `//!`");
        }
    }
    for folder in ["scripts", "sdk/ts", "sdk/test", "www/src", "tests"] {
        for (file, text) in files(folder, &[".ts", ".mjs"]) {
            let text = text
                .strip_prefix("#!")
                .map_or(text.as_str(), |rest| rest.split_once('\n').map_or("", |(_, rest)| rest));
            assert!(text.starts_with("/**"), "{file} begins with no `/**`");
        }
    }
}

#[test]
fn files_stay_short() {
    for folder in [
        "core/src",
        "fuzz/src",
        "intake/src",
        "worker/src",
        "sdk/src",
        "sdk/ts",
        "www/src",
        "scripts",
    ] {
        for (file, text) in files(folder, &[".rs", ".ts", ".mjs"]) {
            let lines = text.lines().count();
            assert!(lines <= LINES_MAX, "{file} has {lines} lines: it has two subjects");
        }
    }
}

/// The codes of `Refusal::CODES`, read as text: the core does not know the intake.
fn refusal_codes() -> Vec<String> {
    let text = text_of("intake/src/refusal.rs");
    let table = text.split_once("pub const CODES").unwrap().1.split_once("];").unwrap().0;
    let codes: Vec<String> = table
        .lines()
        .filter_map(|line| Some(line.trim().strip_prefix("(\"")?.split('"').next()?.to_owned()))
        .collect();
    assert!(codes.len() > 20, "{codes:?}");
    codes
}

#[test]
fn every_code_has_a_row_in_the_documentation() {
    let text = text_of("docs/api.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    let reasons = ReasonCode::ALL.iter().map(|code| code.code().to_owned());
    let missing: Vec<String> = reasons
        .chain(refusal_codes())
        .filter(|code| !rows.iter().any(|row| row.contains(&format!("`{code}`"))))
        .collect();
    assert_eq!(missing, [""; 0], "codes without a row in docs/api.md");
}
