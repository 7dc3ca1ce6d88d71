//! HubSpot: the address that it signs, and the versions that are not looked at.

use polso_intake::proof::ProofFault;

use super::schemes::{PUBLIC_URL, Request, Scheme};
use super::sign::hubspot;
use super::{BODY, NOW, check, signed};

#[test]
fn hubspot_signs_the_public_address_raw_or_decoded() {
    let scheme = Scheme::named("hubspot");
    let path = "/webhooks/src?a=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B&b=%20%2B%25";
    let decoded = "/webhooks/src?a=:/?@!$'()*,;&b=%20%2B%25";
    let every = "/webhooks/src?a=:/?@!$'()*,;&b= +%";
    let right = |expected: bool| if expected { Ok(0) } else { Err(ProofFault::Wrong) };
    for (url, signed, expected) in [
        (path, format!("{PUBLIC_URL}{path}"), true),
        (path, format!("{PUBLIC_URL}{decoded}"), true),
        (decoded, format!("{PUBLIC_URL}{decoded}"), true),
        (decoded, format!("{PUBLIC_URL}{path}"), false),
        (path, format!("{PUBLIC_URL}{every}"), false),
        (path, format!("https://polso.example{path}"), false),
        (path, format!("{PUBLIC_URL}/webhooks/src"), false),
        ("/webhooks/src#a", format!("{PUBLIC_URL}/webhooks/src"), true),
        ("/webhooks/other", format!("{PUBLIC_URL}/webhooks/src"), false),
    ] {
        let request = hubspot("POST", &signed, 1, NOW, BODY);
        let request = Request { url: format!("http://10.0.0.1:8787{url}"), ..request };
        check(scheme, &request, &format!("{url} signed as {signed}"), right(expected));
    }
    let signed = format!("{PUBLIC_URL}/webhooks/src");
    for (method, expected) in [("POST", true), ("GET", false), ("post", false), ("", false)] {
        let request = hubspot(method, &signed, 1, NOW, BODY);
        let request = Request { method: "POST".into(), ..request };
        check(scheme, &request, method, right(expected));
    }
    for (length, expected) in [(4_095, Ok(0)), (4_096, Ok(0)), (4_097, Err(ProofFault::Malformed))]
    {
        let path = format!("{:/<length$}", "/webhooks/src?");
        let request = hubspot("POST", &format!("{PUBLIC_URL}{path}"), 1, NOW, BODY);
        let request = Request { url: format!("https://polso.example{path}"), ..request };
        check(scheme, &request, &format!("an address of {length} bytes"), expected);
    }
}

#[test]
fn hubspot_versions_without_a_time_prove_nothing() {
    let scheme = Scheme::named("hubspot");
    for version in ["v1", "v2", "v3"] {
        let mut request = signed(scheme);
        request.headers[0].0 = "x-hubspot-signature".into();
        request.headers.push(("x-hubspot-signature-version".into(), version.into()));
        check(scheme, &request, version, Err(ProofFault::Missing));
    }
}
