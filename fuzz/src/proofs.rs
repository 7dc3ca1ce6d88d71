//! Proofs: a request that nobody signed proves nothing, whatever is in it; one that was signed proves its sender
//! until a byte of it is another, or its time is over.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use polso_intake::proof::{Proof, ProofFault};
use serde_json::Value;

use crate::input::{Input, chunk};
use crate::schemes::{Request, SCHEMES, Scheme};
use crate::world::now;

const CONTENT_TYPES: [Option<&str>; 4] =
    [None, Some("application/json"), Some("text/xml"), Some("application/x-www-form-urlencoded")];

/// How much earlier than it is received a request is signed, in milliseconds, and what is wrong with that.
const AGES_MS: [(i64, Option<ProofFault>); 5] = [
    (0, None),
    (300_000, None),
    (-300_000, None),
    (301_000, Some(ProofFault::Old)),
    (-301_000, Some(ProofFault::Early)),
];

/// More than one byte apart, so that no alteration makes one of the other.
const SECRETS: [u8; 2] = [11, 22];

/// A byte that chooses the scheme; a byte, even: nobody signs, and in chunks come the address and the headers, odd:
/// it is signed, and then altered.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let at = usize::from(input.byte()) % SCHEMES.len();
    let (scheme, proof) = (&SCHEMES[at], &proofs()[at]);
    if input.is_even() {
        unsigned(scheme, proof, &mut input)
    } else {
        signed(scheme, proof, &mut input)
    }
}

/// The proofs of all schemes, each with two secrets.
fn proofs() -> &'static [Proof] {
    static PROOFS: OnceLock<Vec<Proof>> = OnceLock::new();
    PROOFS.get_or_init(|| SCHEMES.iter().map(|scheme| scheme.proof(&SECRETS)).collect())
}

fn unsigned(scheme: &Scheme, proof: &Proof, input: &mut Input<'_>) {
    let content_type = input.pick(&CONTENT_TYPES).map(str::to_owned);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let url = text(input.chunk());
    let named = |name: &&str| ((*name).to_owned(), text(input.chunk()));
    let headers = proof.headers().iter().map(named).collect();
    let body = input.rest().to_vec();
    let request = Request { method: "POST".into(), url, headers, content_type, body };
    let found = request.check(proof, now());
    assert_eq!(found, request.check(proof, now()));
    assert!(found.is_err() || is_told(scheme, &request), "{} proves {request:?}", scheme.name);
}

/// Whether a secret that is sent as it is was sent.
fn is_told(scheme: &Scheme, request: &Request) -> bool {
    let token = serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
    let pair = |value: &str| STANDARD.decode(value.rsplit(' ').next().unwrap_or_default());
    let mut places: Vec<String> = vec![request.url.clone()];
    places.extend(token["token"].as_str().map(str::to_owned));
    for (_, value) in &request.headers {
        places.push(value.clone());
        places.extend(pair(value).ok().and_then(|bytes| String::from_utf8(bytes).ok()));
    }
    let secrets = SECRETS.map(scheme.secret);
    let told = places.iter().any(|place| secrets.iter().any(|secret| place.contains(secret)));
    told && !scheme.signs_body
}

/// A byte for the age, a byte for the part that is altered, two for the place, one for what is put there; the
/// rest is the text.
fn signed(scheme: &Scheme, proof: &Proof, input: &mut Input<'_>) {
    let (age_ms, fault) = input.pick(&AGES_MS);
    let part = usize::from(input.byte());
    let place = usize::from(input.byte()) << 8 | usize::from(input.byte());
    let other = input.byte();
    let mut request = (scheme.sign)(SECRETS[1], now().plus_ms(-age_ms), input.rest());
    let found = request.check(proof, now());
    match fault.filter(|_| scheme.signs_time) {
        Some(fault) => assert_eq!(found, Err(fault), "{}", scheme.name),
        None if scheme.signs_body => {
            assert_eq!(found.map(|proven| proven.secret), Ok(1), "{}", scheme.name);
        }
        // The proof may be within the text of the body, which need be no text any more.
        None => assert!(found != Err(ProofFault::Wrong), "{}", scheme.name),
    }
    if let Some((_, value)) = request.headers.get_mut(part) {
        let before = value.clone();
        let place = place % value.len();
        let other = char::from(b'!' + other % 94);
        value.replace_range(place..=place, other.encode_utf8(&mut [0; 4]));
        // Digits are written in either case.
        if value.eq_ignore_ascii_case(&before) {
            return;
        }
    } else if scheme.signs_body && !request.body.is_empty() {
        let place = place % request.body.len();
        request.body[place] ^= other.max(1);
    } else {
        return;
    }
    assert!(request.check(proof, now()).is_err(), "{} proves {request:?}", scheme.name);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (at, scheme) in (0..).zip(&SCHEMES) {
        let request = (scheme.sign)(3, now(), br#"{"id":"evt_1"}"#);
        let is_xml = request.content_type.is_some_and(|media| media.contains("xml"));
        let mut seed = vec![at, 0, if is_xml { 2 } else { 1 }];
        seed.extend(chunk(request.url.as_bytes()));
        for name in proofs()[usize::from(at)].headers() {
            let value = request.headers.iter().find(|(known, _)| known == name);
            seed.extend(chunk(value.map_or("", |(_, value)| value).as_bytes()));
        }
        seed.extend(request.body);
        seeds.push(seed);
        for (age, part) in [(0, 0), (1, 1), (2, 9), (3, 0), (4, 2)] {
            seeds.push([&[at, 1, age, part, 0, 7, 30], &br#"{"id":"evt_1"}"#[..]].concat());
        }
    }
    seeds
}
