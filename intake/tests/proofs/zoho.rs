//! Zoho: the token within the body, and bodies that are made to be hard to read.

use polso_intake::proof::ProofFault::{self, Malformed, Missing, Wrong};

use super::schemes::{Request, Scheme};

#[track_caller]
fn check(body: impl AsRef<[u8]>, expected: Result<u8, ProofFault>) {
    let body = body.as_ref();
    let shown = String::from_utf8_lossy(&body[..body.len().min(99)]);
    super::check(Scheme::named("zoho"), &Request::new(body, &[]), &shown, expected);
}

#[test]
fn the_token_is_a_member_of_the_notification() {
    let token = r#""token":"a-secret-for-tests-2""#;
    check(format!("{{{token}}}"), Ok(1));
    check(
        format!(r#" {{"ids":["4876876000000333001"],"server_time":1729834578000,{token}}} "#),
        Ok(1),
    );
    check(r#"{"token":"\u0061-secret-for-tests-1"}"#, Ok(0));
    // How deep a body may be is for its adapter to say.
    check(format!(r#"{{{token},"deep":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000)), Ok(1));
    check("{}", Err(Missing));
    check(r#"{"token":""}"#, Err(Missing));
    check(r#"{"token":null}"#, Err(Missing));
    check(format!(r#"{{"data":{{{token}}}}}"#), Err(Missing));
    check(r#"{"Token":"a-secret-for-tests-2"}"#, Err(Missing));
    check(r#"{"token":"a-secret-for-tests-2 "}"#, Err(Wrong));
    check(r#"{"token":"A-secret-for-tests-2"}"#, Err(Wrong));
    check(format!(r#"{{"token":"{}"}}"#, "a".repeat(1 << 20)), Err(Wrong));
}

#[test]
fn other_bodies_prove_nothing() {
    let token = r#""token":"a-secret-for-tests-2""#;
    for body in [
        String::new(),
        "token=a-secret-for-tests-2".into(),
        r#""a-secret-for-tests-2""#.into(),
        format!("[{{{token}}}]"),
        r#"["a-secret-for-tests-2"]"#.into(),
        format!("{{{token},{token}}}"),
        format!(r#"{{{token},"token":null}}"#),
        r#"{"token":["a-secret-for-tests-2"]}"#.into(),
        r#"{"token":7}"#.into(),
        format!("{{{token}}}{{}}"),
        format!("\u{feff}{{{token}}}"),
        format!(r#"{{{token},"deep":{}"#, "[".repeat(100_000)),
    ] {
        check(body, Err(Malformed));
    }
    check(b"{\"token\":\"a-secret-for-tests-2\",\"x\":\"\xff\"}", Err(Malformed));
}
