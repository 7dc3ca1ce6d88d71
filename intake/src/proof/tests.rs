//! What the documentation of providers shows, and what tables of every kind have in common.

use serde_json::{Value, json};

use super::*;

/// What a table says of a kind, where every secret named `…SECRET` is this one, and every other the other.
pub(super) fn read(
    kind: Kind,
    table: &Value,
    secret: &str,
    other: &str,
) -> Result<Proof, Vec<String>> {
    let secrets =
        |name: &str| Some(if name.ends_with("SECRET") { secret } else { other }.to_owned());
    Proof::parse(kind, table.as_object().unwrap(), &secrets)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// The example that a provider documents, at its time in seconds.
#[track_caller]
fn check(kind: Kind, secret: &str, headers: &[(&str, &str)], body: &str, now_s: i64) {
    let proof = read(kind, &json!({ "secret": "THE_SECRET" }), secret, "").unwrap();
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let asked = proof.headers();
    assert!(headers.iter().all(|(name, _): &(String, _)| asked.contains(&name.as_str())));
    let check = |body: &str| {
        let body = body.as_bytes();
        let given = Given { method: "POST", url: "", headers: &headers, content_type: None, body };
        proof.check(&given, Timestamp::from_ms(now_s * 1_000)).map(|proven| proven.secret)
    };
    assert_eq!(check(body), Ok(0));
    assert_eq!(check(&format!("{body} ")), Err(ProofFault::Wrong));
    assert!(!format!("{proof:?}").contains(secret));
}

#[test]
fn documented_examples_prove_their_sender() {
    check(
        Kind::StandardWebhooks,
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        &[
            ("webhook-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
            ("webhook-timestamp", "1649367553"),
            ("webhook-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
        ],
        r#"{"email":"test@example.com","username":"test_user"}"#,
        1_649_367_553,
    );
    check(
        Kind::StandardWebhooks,
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
        &[
            ("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("svix-timestamp", "1614265330"),
            (
                "svix-signature",
                "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
            ),
        ],
        r#"{"test": 2432232314}"#,
        1_614_265_330,
    );
    check(
        Kind::Github,
        "It's a Secret to Everybody",
        &[(
            "x-hub-signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        )],
        "Hello, World!",
        0,
    );
    check(
        Kind::Slack,
        "8f742231b10e8888abcd99yyyzzz85a5",
        &[
            ("x-slack-request-timestamp", "1531420618"),
            (
                "x-slack-signature",
                "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            ),
        ],
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
        1_531_420_618,
    );
}

#[test]
fn the_other_kinds_are_proven_otherwise() {
    for kind in [Kind::Native, Kind::Browser] {
        assert_eq!(read(kind, &json!({}), "", ""), Err(vec![]));
        assert!(Proof::keys(kind).is_empty());
    }
}

/// The problems of a table beside its `secret`, without the path of their source.
#[track_caller]
pub(super) fn check_table(kind: Kind, mut table: Value, secret: &str, expected: &[&str]) {
    let keys = table.as_object_mut().unwrap();
    keys.entry("secret").or_insert(json!("THE_SECRET"));
    assert!(keys.keys().all(|key| Proof::keys(kind).contains(&key.as_str())), "{table}");
    let problems = read(kind, &table, secret, "00D5g0000012abcEAA").err().unwrap_or_default();
    let expected: Vec<_> = expected.iter().map(|rest| format!("`source.{rest}")).collect();
    assert_eq!(problems, expected, "{table}");
    assert!(secret.len() < 8 || !problems.concat().contains(secret), "{problems:?}");
}

#[test]
fn every_kind_names_a_secret() {
    for (_, kind) in Kind::NAMES {
        let Err(problems) = read(kind, &json!({ "scheme": "hmac" }), "", "") else {
            panic!("{kind:?}")
        };
        let missing = "`source.secret` is missing";
        let found = problems.iter().any(|problem| problem.starts_with(missing));
        assert_eq!(found, Proof::keys(kind).contains(&"secret"), "{kind:?}");
    }
}

#[test]
fn tolerances_are_1_s_to_1_h() {
    for kind in [Kind::StandardWebhooks, Kind::Stripe, Kind::Slack, Kind::Hubspot] {
        let check = |tolerance: &str, expected: &[&str]| {
            let mut table = json!({ "tolerance": tolerance });
            if kind == Kind::Hubspot {
                table["public_url"] = json!("https://polso.example.com");
            }
            check_table(kind, table, "c2VjcmV0IG9mIHR3ZW50eS1mb3VyIGJ5dGVz", expected);
        };
        for good in ["1s", "2s", "5m", "3599s", "3600s", "1h"] {
            check(good, &[]);
        }
        for bad in ["0s", "3601s", "2h", "5", ""] {
            let expected =
                format!("tolerance` is `{bad}`; it should be a time from `1s` to `1h`, like `5m`");
            check(bad, &[&expected]);
        }
    }
}
