//! `polso-check-config` as a command: what it prints and how it ends.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

#[track_caller]
fn check(input: &str, code: i32, stdout: &str, stderr: &str) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_polso-check-config"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout);
    assert_eq!(output.status.code(), Some(code));
}

#[test]
fn says_ok_with_the_counts() {
    let input = r#"{"vars":{"sources":{"crm":{"kind":"native"}}},"secrets":{"JWT_KEYS":"{}"}}"#;
    check(input, 0, "ok: 1 source, 1 shard\n", "");
    let input = r#"{"vars":{"SHARDS":"4","sources":{"a":{"kind":"native"},"b":{"kind":"native"}}},
        "secrets":{"OTHER":"a","JWT_KEYS":"{}"}}"#;
    check(input, 0, "ok: 2 sources, 4 shards\n", "");
}

#[test]
fn prints_one_line_per_problem() {
    let input = r#"{"vars":{"SHARDS":65,"sources":{"crm":{"kind":"native","dedup_ttl":"9d"}}}}"#;
    let stderr = "`SHARDS` is `65`; it should be a whole number from 1 to 64
`sources.crm.dedup_ttl` is `9d`; it should be a time from `1m` to `7d`, like `90s`, `15m` or `1h`
`JWT_KEYS` is not set; put a JWKS there with `wrangler secret put JWT_KEYS`, locally in `.dev.vars`
";
    check(input, 1, "", stderr);
}

#[test]
fn says_what_it_reads() {
    let expected = "`standard input` should be `{\"vars\": {…}, \"secrets\": {\"JWT_KEYS\": \"…\"}}` \
                    (EOF while parsing a value at line 1 column 0)\n";
    check("", 1, "", expected);
}
