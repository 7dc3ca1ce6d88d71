//! Headers that list several signatures: Standard Webhooks, Svix and Stripe.

use polso_intake::proof::ProofFault::{self, Malformed, Wrong};

use super::schemes::{ID, Request, Scheme};
use super::sign::{key_pair, shared, stripe};
use super::{BODY, NOW, check};

/// A request with another list of signatures; `~` stands for the signature that it had.
fn listed(request: &Request, list: &str) -> Request {
    let mut request = request.clone();
    let (_, value) = request.headers.last_mut().unwrap();
    *value = list.replace('~', value);
    request
}

const BAD: &str = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

#[test]
fn any_signature_of_standard_webhooks_proves() {
    let scheme = Scheme::named("standard_webhooks");
    let request = shared("webhook", ID, 2, NOW, BODY);
    for (list, expected) in [
        ("~", Ok(1)),
        ("v1,AAAA ~", Ok(1)),
        ("~ v1,AAAA", Ok(1)),
        ("v2,AAAA v1a,AAAA v1,? ,v1 v1 ~", Ok(1)),
        ("  ~  ", Ok(1)),
        (BAD, Err(Wrong)),
        ("v1,", Err(Wrong)),
        ("v1", Err(Malformed)),
        ("v2,AAAA", Err(Malformed)),
        ("x~", Err(Malformed)),
        ("~x", Err(Malformed)),
        ("~,~", Err(Malformed)),
        ("~, ~", Err(Malformed)),
    ] {
        check(scheme, &listed(&request, list), list, expected);
    }
}

#[test]
fn sixteen_signatures_are_looked_at() {
    let webhook = shared("webhook", ID, 1, NOW, BODY);
    let mac = stripe(1, NOW, BODY);
    for (before, expected) in [(14, Ok(0)), (15, Ok(0)), (16, Err(Wrong))] {
        let list = format!("{}~", format!("{BAD} ").repeat(before));
        check(Scheme::named("standard_webhooks"), &listed(&webhook, &list), &list, expected);
        let (time, right) = mac.headers[0].1.split_once(',').unwrap();
        let list = format!("{time},{}{right}", "v1=00,".repeat(before));
        check(Scheme::named("stripe"), &listed(&mac, &list), &list, expected);
    }
}

#[test]
fn four_signatures_by_key_pairs_are_looked_at() {
    let scheme = Scheme::named("standard_webhooks by a key pair");
    let request = key_pair(ID, 1, NOW, BODY);
    let other = key_pair(ID, 3, NOW, BODY).headers[2].1.clone();
    for (before, expected) in [(2, Ok(0)), (3, Ok(0)), (4, Err(Wrong))] {
        let list = format!("{}~", format!("{other} ").repeat(before));
        check(scheme, &listed(&request, &list), &list, expected);
    }
}

#[test]
fn a_signature_is_of_the_version_that_it_says() {
    let pair = Scheme::named("standard_webhooks by a key pair");
    let request = key_pair(ID, 1, NOW, BODY);
    let renamed = |to: &str| request.headers[2].1.replace("v1a,", to);
    check(pair, &listed(&request, &renamed("v1,")), "as a MAC", Err(Wrong));
    check(pair, &shared("webhook", ID, 1, NOW, BODY), "by a shared secret", Err(Wrong));
    let scheme = Scheme::named("standard_webhooks");
    check(scheme, &request, "by a key pair", Err(Wrong));
    // Who knows the public key alone has no secret with it.
    let public = pair.proof(&[1]);
    let found = shared("webhook", ID, 1, NOW, BODY).check(&public, NOW);
    assert_eq!(found, Err(Wrong));
}

#[test]
fn the_signed_id_is_told_and_cannot_take_bytes_of_other_parts() {
    let scheme = Scheme::named("standard_webhooks");
    let check = |id: &str, expected: Result<&str, ProofFault>| {
        let request = shared("webhook", id, 1, NOW, BODY);
        let found = request.check(&scheme.proof(&[1]), NOW).map(|proven| proven.event_id.unwrap());
        assert_eq!(found, expected.map(str::to_owned), "{id}");
    };
    for length in [1, 255, 256] {
        check(&"a".repeat(length), Ok(&"a".repeat(length)));
    }
    check(&"a".repeat(257), Err(Malformed));
    // `a.1764000000.1764000000.{…}` is signed for the id `a` with a body that begins with a time, too.
    check("a.1764000000", Err(Malformed));
}

#[test]
fn the_two_names_of_the_headers_are_not_mixed() {
    let scheme = Scheme::named("standard_webhooks");
    let names = ["id", "timestamp", "signature"];
    for taken in 0..8_u8 {
        let mut request = shared("svix", ID, 1, NOW, BODY);
        for (at, name) in names.iter().enumerate().filter(|(at, _)| taken >> at & 1 == 1) {
            request.headers[at].0 = format!("webhook-{name}");
        }
        let expected = if [0, 7].contains(&taken) { Ok(0) } else { Err(ProofFault::Missing) };
        check(scheme, &request, &format!("{:?}", request.headers), expected);
    }
    let mut both = shared("svix", ID, 1, NOW, BODY);
    both.headers.extend(shared("webhook", "other", 2, NOW, BODY).headers);
    check(scheme, &both, "both", Ok(1));
}

#[test]
fn stripe_signs_one_time_with_its_first_version() {
    let scheme = Scheme::named("stripe");
    let request = stripe(2, NOW, BODY);
    let value = request.headers[0].1.clone();
    let (time, right) = value.split_once(',').unwrap();
    for (list, expected) in [
        (format!("{right},{time}"), Ok(1)),
        (format!("{time},v0=00,{right},x,y=z"), Ok(1)),
        (format!("{time},v1=bad_signature,{right}"), Ok(1)),
        (format!("{time},{}", right.to_uppercase().replace('V', "v")), Ok(1)),
        (format!("{time},{}", right.replace("v1", "v0")), Err(Malformed)),
        (format!("{time},{time},{right}"), Err(Malformed)),
        (format!("{time},t=0,{right}"), Err(Malformed)),
        (format!("{time},{right}, {time},{right}"), Err(Malformed)),
        (format!("{time},v1={right}"), Err(Malformed)),
        (format!("{time};{right}"), Err(Malformed)),
        (format!("{time},v1="), Err(Wrong)),
        (format!("t=0{},{right}", &time[2..]), Err(Wrong)),
        (time.to_owned(), Err(Malformed)),
        (right.to_owned(), Err(Malformed)),
    ] {
        check(scheme, &listed(&request, &list), &list, expected);
    }
}
