//! Salesforce: the address, the organisation of a message, and XML that is made to be hard to read.

use polso_intake::proof::ProofFault::{self, Malformed, Missing, Wrong};

use super::schemes::{ORGANISATION, Request, Scheme};
use super::{NOW, check, signed};

/// A message with this in the place of the organisation's element.
fn message(organisation: &str) -> Request {
    let request = (Scheme::named("salesforce by SOAP").sign)(1, NOW, b"04l");
    let element = format!("<OrganizationId>{ORGANISATION}</OrganizationId>");
    let body = String::from_utf8(request.body.clone()).unwrap().replace(&element, organisation);
    Request { body: body.into(), ..request }
}

/// What a message proves with this in the place of the organisation's element.
#[track_caller]
fn check_element(organisation: &str, expected: Result<u8, ProofFault>) {
    check(Scheme::named("salesforce by SOAP"), &message(organisation), organisation, expected);
}

#[track_caller]
fn check_body(body: impl Into<Vec<u8>>, expected: Result<u8, ProofFault>) {
    let request = Request { body: body.into(), ..message("") };
    check(Scheme::named("salesforce by SOAP"), &request, "a body", expected);
}

#[test]
fn fifteen_characters_tell_the_organisation() {
    let id = |text: &str| format!("<OrganizationId>{text}</OrganizationId>");
    check_element(&id("00D5g0000012abcEAA"), Ok(0));
    check_element(&id("00D5g0000012abcZZZ"), Ok(0));
    check_element(&id("00D5g0000012abc"), Ok(0));
    check_element(&id("00D5g0000012abC"), Err(Wrong));
    check_element(&id("00D5g0000012abd"), Err(Wrong));
    for bad in [
        "",
        "00D5g0000012ab",
        "00D5g0000012abcE",
        "00D5g0000012abcEA",
        "00D5g0000012abcEAA0",
        "00D5g0000012ab\u{a0}",
    ] {
        check_element(&id(bad), Err(Malformed));
    }
    check_element(&id(&"0".repeat(1 << 20)), Err(Malformed));
}

#[test]
fn the_organisation_is_an_element_of_the_notifications() {
    let id = format!("<OrganizationId>{ORGANISATION}</OrganizationId>");
    check_element("", Err(Missing));
    check_element("<OrganizationId/>", Err(Missing));
    check_element(&format!("<!--{id}-->"), Err(Missing));
    check_element(&format!("<?pi {id}?>"), Err(Missing));
    check_element(&format!("<![CDATA[{id}]]>"), Err(Malformed));
    check_element(&format!("<x>{id}</x>"), Err(Missing));
    check_element(&format!("<Notification>{id}</Notification>"), Err(Missing));
    check_element(&format!("<x y='{id}'/>"), Err(Missing));
    check_element(&format!("<organizationid>{ORGANISATION}</organizationid>"), Err(Missing));
    check_element(
        &format!("<OrganizationId><x>{ORGANISATION}</x></OrganizationId>"),
        Err(Malformed),
    );
    check_element(&format!("<OrganizationId>{ORGANISATION}"), Err(Malformed));
    check_element(
        &format!(
            "<ActionId>04k</ActionId><sf:OrganizationId a='b'>{ORGANISATION}</sf:OrganizationId>"
        ),
        Ok(0),
    );
    check_body(id.clone(), Err(Missing));
    check_body(
        format!("<Envelope><Header><notifications>{id}</notifications></Header></Envelope>"),
        Err(Missing),
    );
    check_body(format!("<Envelope><Body/><Body><x/><notifications>{id}"), Ok(0));
    check_body("", Err(Missing));
    check_body("<", Err(Malformed));
    check_body("</Envelope>", Err(Malformed));
    check_body("no XML", Err(Missing));
}

#[test]
fn a_mark_of_the_byte_order_may_come_first() {
    let request = signed(Scheme::named("salesforce by SOAP"));
    check_body([b"\xef\xbb\xbf", &request.body[..]].concat(), Ok(0));
    check_body([b"\n ", &request.body[..]].concat(), Ok(0));
    check_body([b"\xff\xfe", &request.body[..]].concat(), Err(Malformed));
}

#[test]
fn no_entity_and_no_dtd_is_read() {
    let whole = String::from_utf8(signed(Scheme::named("salesforce by SOAP")).body).unwrap();
    let after = |dtd: &str| whole.replacen("?>", &format!("?>{dtd}"), 1);
    check_body(after("<!DOCTYPE Envelope>"), Err(Malformed));
    check_body(after("<!DOCTYPE x [<!ENTITY o SYSTEM \"file:///etc/passwd\">]>"), Err(Malformed));
    let laughs: String =
        (1..30).map(|n| format!("<!ENTITY l{n} \"&l{};&l{};\">", n - 1, n - 1)).collect();
    let laughs = after(&format!("<!DOCTYPE x [<!ENTITY l0 \"ha\">{laughs}]>"));
    check_body(laughs.replace(ORGANISATION, "&l29;"), Err(Malformed));
    check_element("<OrganizationId>&o;</OrganizationId>", Err(Malformed));
    check_element("<OrganizationId>00D5g0000012ab&#99;</OrganizationId>", Err(Malformed));
    check_element("<x>&lt;</x>", Err(Malformed));
}

#[test]
fn deep_and_wide_messages_end() {
    for piece in ["<x>", "<x/>", "<!---->", "<x y='z'>", "<a:b xmlns:a='c'>", "\n"] {
        check_body(format!("<Envelope>{}", piece.repeat(1 << 18)), Err(Missing));
    }
    check_body(format!("<Envelope {}>", "a='b' ".repeat(1 << 17)), Err(Missing));
    check_body("<".repeat(1 << 20), Err(Malformed));
    check_body("&".repeat(1 << 20), Err(Malformed));
    check_body("<Envelope>".repeat(1 << 17), Err(Missing));
}

#[test]
fn what_may_be_read_as_xml_names_its_organisation() {
    let scheme = Scheme::named("salesforce by JSON");
    let request = signed(scheme);
    for (content_type, body, expected) in [
        (Some("application/json"), "{}", Ok(0)),
        (None, "{}", Ok(0)),
        (None, "", Ok(0)),
        (Some("text/xml"), "{}", Err(Missing)),
        (Some("application/SOAP+XML; charset=utf-8"), "[]", Err(Missing)),
        (Some("application/json"), "<Envelope/>", Err(Missing)),
        (Some("application/json"), " \n<Envelope/>", Err(Missing)),
        (None, "\u{feff}\n<Envelope/>", Err(Missing)),
    ] {
        let content_type = content_type.map(str::to_owned);
        let request = Request { content_type, body: body.into(), ..request.clone() };
        check(scheme, &request, body, expected);
    }
}

#[test]
fn the_address_ends_with_the_secret() {
    let scheme = Scheme::named("salesforce by JSON");
    for (path, expected) in [
        ("/webhooks/src/a-secret-for-tests-2", Ok(1)),
        ("/webhooks/src/a-secret-for-tests-2?x=/y#z", Ok(1)),
        ("/webhooks/src/a-secret-for-tests-2#z", Ok(1)),
        ("/webhooks/src", Err(Missing)),
        ("/webhooks/src/", Err(Missing)),
        ("/webhooks/src?/a-secret-for-tests-2", Err(Missing)),
        ("/webhooks/src/a-secret-for-tests-2/", Err(Wrong)),
        ("/webhooks/src/a-secret-for-tests-2/x", Err(Wrong)),
        ("/webhooks/src//a-secret-for-tests-2", Err(Wrong)),
        ("/webhooks/src/A-secret-for-tests-2", Err(Wrong)),
        ("/webhooks/src/a-secret-for-tests-%32", Err(Wrong)),
        ("/webhooks/src/a-secret-for-tests-", Err(Wrong)),
        ("/", Err(Missing)),
        ("", Err(Missing)),
    ] {
        let request = Request { url: format!("https://polso.example{path}"), ..signed(scheme) };
        check(scheme, &request, path, expected);
    }
    let url = format!("https://polso.example/webhooks/src/{}", "a".repeat(1 << 20));
    check(scheme, &Request { url, ..signed(scheme) }, "a megabyte", Err(Wrong));
}
