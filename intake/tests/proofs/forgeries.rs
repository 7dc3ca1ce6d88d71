//! The same forgeries for every scheme: whatever its sender did not sign proves nothing.

use polso_core::Timestamp;
use polso_intake::proof::ProofFault;
use proptest::prelude::*;

use super::schemes::{Request, SCHEMES, Scheme};
use super::{BODY, NOW, check, signed};

#[test]
fn either_of_two_secrets_proves_and_is_named() {
    for scheme in &SCHEMES {
        for (signer, known, expected) in [
            (1, &[1][..], Ok(0)),
            (1, &[1, 2], Ok(0)),
            (1, &[2, 1], Ok(1)),
            (2, &[1, 2], Ok(1)),
            (2, &[1], Err(ProofFault::Wrong)),
            (3, &[1, 2], Err(ProofFault::Wrong)),
        ] {
            let request = (scheme.sign)(signer, NOW, BODY);
            let found = request.check(&scheme.proof(known), NOW).map(|proven| proven.secret);
            assert_eq!(found, expected, "{}: {signer} of {known:?}", scheme.name);
        }
    }
}

#[test]
fn the_shell_is_told_every_header_that_is_needed() {
    for scheme in &SCHEMES {
        let proof = scheme.proof(&[1]);
        let asked = proof.headers();
        let mut request = signed(scheme);
        assert!(asked.iter().all(|name| *name == name.to_ascii_lowercase()));
        request.headers.retain(|(name, _)| asked.contains(&name.as_str()));
        check(scheme, &request, "only what was asked for", Ok(0));
    }
}

#[test]
fn no_proof_shows_its_secrets() {
    for scheme in &SCHEMES {
        let shown = format!("{:?}", scheme.proof(&[1, 2]));
        for number in [1, 2] {
            assert!(!shown.contains(&(scheme.secret)(number)), "{shown}");
        }
        assert!(!shown.contains(&format!("{:?}", [1_u8; 32])), "{shown}");
    }
}

#[test]
fn an_altered_body_is_not_the_signed_one() {
    for scheme in SCHEMES.iter().filter(|scheme| scheme.signs_body) {
        let request = signed(scheme);
        let altered = |body: Vec<u8>| Request { body, ..request.clone() };
        for at in 0..BODY.len() {
            let mut body = BODY.to_vec();
            body[at] ^= 1;
            check(scheme, &altered(body), "a bit of the body", Err(ProofFault::Wrong));
        }
        for (what, body) in [
            ("an empty body", vec![]),
            ("a shorter body", BODY[..BODY.len() - 1].to_vec()),
            ("a longer body", [BODY, b"\n"].concat()),
            ("a body with a mark of its order", [b"\xef\xbb\xbf", BODY].concat()),
            (
                "a body with its escapes resolved",
                String::from_utf8(BODY.into()).unwrap().replace("\\u00e9", "é").into(),
            ),
        ] {
            check(scheme, &altered(body), what, Err(ProofFault::Wrong));
        }
    }
}

#[test]
fn signed_bytes_need_not_be_text() {
    for scheme in &SCHEMES {
        for body in [&b"\xff\xfe\0"[..], &[0xc3; 3]] {
            // Two schemes find their proof within the text of the body.
            let reads = ["zoho", "salesforce by SOAP"].contains(&scheme.name);
            let expected = if reads { Err(ProofFault::Malformed) } else { Ok(0) };
            check(scheme, &(scheme.sign)(1, NOW, body), "no text", expected);
        }
    }
}

#[test]
fn every_header_must_be_there_once_and_plain() {
    for scheme in &SCHEMES {
        let request = signed(scheme);
        for at in 0..request.headers.len() {
            let with = |value: String| {
                let mut request = request.clone();
                request.headers[at].1 = value;
                request
            };
            let (name, value) = request.headers[at].clone();
            let mut without = request.clone();
            without.headers.remove(at);
            check(scheme, &without, &format!("no {name}"), Err(ProofFault::Missing));
            for value in ["", " ", "\t"] {
                check(scheme, &with(value.into()), "an empty header", Err(ProofFault::Missing));
            }
            for (what, value) in [
                ("doubled", format!("{value}, {value}")),
                ("first of two", format!("{value}, x")),
                ("second of two", format!("x, {value}")),
                ("not ASCII", format!("{value}é")),
                ("in Cyrillic", value.replace(['a', 'e', 'c', '1'], "а")),
                ("a line more", format!("{value}\nx: y")),
                ("cut by a null", format!("{value}\0")),
                ("4,097 bytes", format!("{value}{}", " a".repeat(2_048))),
                ("a megabyte", "a".repeat(1 << 20)),
                ("a megabyte that begins right", format!("{value}{}", "=".repeat(1 << 20))),
            ] {
                if value != request.headers[at].1 {
                    check(
                        scheme,
                        &with(value),
                        &format!("{name} {what}"),
                        Err(ProofFault::Malformed),
                    );
                }
            }
        }
    }
}

#[test]
fn an_altered_header_proves_nothing() {
    for scheme in &SCHEMES {
        let request = signed(scheme);
        let proof = scheme.proof(&[1, 2]);
        for (at, (name, value)) in request.headers.iter().enumerate() {
            for position in 0..value.len() {
                for other in ["0", "1"] {
                    let mut request = request.clone();
                    request.headers[at].1.replace_range(position..=position, other);
                    if request.headers[at].1 != *value {
                        let found = request.check(&proof, NOW);
                        assert!(found.is_err(), "{}: {name}: {:?}", scheme.name, request.headers);
                    }
                }
            }
            let mut shorter = request.clone();
            shorter.headers[at].1.pop();
            assert!(shorter.check(&proof, NOW).is_err(), "{}: {name}", scheme.name);
        }
    }
}

#[test]
fn times_hold_to_the_bound_on_both_sides() {
    for scheme in &SCHEMES {
        let proof = scheme.proof(&[1]);
        let request = signed(scheme);
        let check = |later_ms: i64, expected: Result<(), ProofFault>| {
            let found = request.check(&proof, NOW.plus_ms(later_ms)).map(drop);
            let expected = if scheme.signs_time { expected } else { Ok(()) };
            assert_eq!(found, expected, "{}: {later_ms} ms later", scheme.name);
        };
        for later_ms in [0, 299_999, 300_000, -299_999, -300_000] {
            check(later_ms, Ok(()));
        }
        for later_ms in [300_001, 86_400_000, i64::MAX] {
            check(later_ms, Err(ProofFault::Old));
        }
        for later_ms in [-300_001, -86_400_000, i64::MIN] {
            check(later_ms, Err(ProofFault::Early));
        }
    }
}

/// So that a captured request stays the same request, whatever is put beside what was signed.
#[test]
fn headers_that_are_not_signed_change_nothing() {
    for scheme in &SCHEMES {
        let proof = scheme.proof(&[1, 2]);
        let request = signed(scheme);
        let mut replayed = request.clone();
        for (name, value) in [
            ("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            ("x-shopify-webhook-id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"),
            ("x-shopify-topic", "orders/paid"),
            ("x-hub-signature", "sha1=7d38cdd689735b008b3c702edd92eea23791c5f6"),
            ("x-hubspot-signature", "00"),
            ("x-hubspot-signature-version", "v2"),
            ("x-slack-retry-num", "3"),
            ("idempotency-key", "1"),
        ] {
            replayed.headers.push((name.into(), value.into()));
        }
        replayed.headers.extend((0..10_000).map(|n| (format!("x-{n}"), "y".repeat(100))));
        replayed.headers.reverse();
        assert_eq!(replayed.check(&proof, NOW), request.check(&proof, NOW), "{}", scheme.name);
    }
}

#[test]
fn no_other_scheme_takes_what_one_signed() {
    // Meta signs as GitHub does.
    let same = |scheme: &Scheme| {
        scheme.table.replace(r#","verify_token":"VERIFY_TOKEN""#, "").replace("meta", "github")
    };
    for scheme in &SCHEMES {
        for other in SCHEMES.iter().filter(|other| same(other) != same(scheme)) {
            let found = signed(scheme).check(&other.proof(&[1, 2]), NOW);
            assert!(found.is_err(), "{} takes {}", other.name, scheme.name);
        }
    }
}

proptest! {
    #[test]
    fn any_headers_and_bytes_end_without_a_panic(
        which in 0..SCHEMES.len(),
        values in proptest::collection::vec("\\PC{0,40}|[ -~]{0,200}|(v1a?,|t=|v1=|sha256=)[A-Za-z0-9+/=,]{0,100}", 6),
        body in proptest::collection::vec(any::<u8>(), 0..200),
        now_ms in any::<i64>(),
    ) {
        let proof = SCHEMES[which].proof(&[1, 2]);
        let headers: Vec<_> = proof.headers().into_iter().zip(values).collect();
        let request = Request::new(&body, &headers);
        let found = request.check(&proof, Timestamp::from_ms(now_ms));
        prop_assert!(found.is_err());
    }
}
