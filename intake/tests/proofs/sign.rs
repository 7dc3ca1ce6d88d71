//! The senders' side of each scheme: the documented text, signed and written into headers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use polso_core::Timestamp;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::schemes::{ORGANISATION, Request, text};

fn mac<M: Mac + KeyInit>(key: &[u8], signed: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).unwrap();
    mac.update(signed);
    mac.finalize().into_bytes().to_vec()
}

fn sha256(secret: u8, signed: &[u8]) -> Vec<u8> {
    mac::<Hmac<Sha256>>(text(secret).as_bytes(), signed)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `before.body` and the like.
fn stamped(before: &str, body: &[u8]) -> Vec<u8> {
    [before.as_bytes(), body].concat()
}

fn seconds(at: Timestamp) -> String {
    (at.ms() / 1_000).to_string()
}

pub fn whsec(number: u8) -> String {
    format!("whsec_{}", STANDARD.encode([number; 32]))
}

fn pair(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

pub fn whpk(number: u8) -> String {
    format!("whpk_{}", STANDARD.encode(pair(number).verifying_key().as_bytes()))
}

fn webhook(brand: &str, id: &str, at: Timestamp, body: &[u8], list: String) -> Request {
    let names = ["id", "timestamp", "signature"].map(|name| format!("{brand}-{name}"));
    let values = [id.to_owned(), seconds(at), list];
    Request { headers: names.into_iter().zip(values).collect(), ..Request::new(body, &[]) }
}

/// Signs with a shared secret.
pub fn shared(brand: &str, id: &str, secret: u8, at: Timestamp, body: &[u8]) -> Request {
    let signed = stamped(&format!("{id}.{}.", seconds(at)), body);
    let mac = mac::<Hmac<Sha256>>(&[secret; 32], &signed);
    webhook(brand, id, at, body, format!("v1,{}", STANDARD.encode(mac)))
}

pub fn key_pair(id: &str, secret: u8, at: Timestamp, body: &[u8]) -> Request {
    let signed = stamped(&format!("{id}.{}.", seconds(at)), body);
    let signature = pair(secret).sign(&signed);
    webhook("webhook", id, at, body, format!("v1a,{}", STANDARD.encode(signature.to_bytes())))
}

pub fn stripe(secret: u8, at: Timestamp, body: &[u8]) -> Request {
    let time = seconds(at);
    let mac = hex(&sha256(secret, &stamped(&format!("{time}."), body)));
    Request::new(body, &[("stripe-signature", format!("t={time},v1={mac}"))])
}

pub fn github(secret: u8, _: Timestamp, body: &[u8]) -> Request {
    let mac = hex(&sha256(secret, body));
    Request::new(body, &[("x-hub-signature-256", format!("sha256={mac}"))])
}

pub fn shopify(secret: u8, _: Timestamp, body: &[u8]) -> Request {
    let mac = STANDARD.encode(sha256(secret, body));
    Request::new(body, &[("x-shopify-hmac-sha256", mac)])
}

pub fn slack(secret: u8, at: Timestamp, body: &[u8]) -> Request {
    let time = seconds(at);
    let mac = hex(&sha256(secret, &stamped(&format!("v0:{time}:"), body)));
    let signature = ("x-slack-signature", format!("v0={mac}"));
    Request::new(body, &[signature, ("x-slack-request-timestamp", time)])
}

pub fn hubspot(method: &str, uri: &str, secret: u8, at: Timestamp, body: &[u8]) -> Request {
    let time = at.ms().to_string();
    let signed = [method.as_bytes(), uri.as_bytes(), body, time.as_bytes()].concat();
    let signature = ("x-hubspot-signature-v3", STANDARD.encode(sha256(secret, &signed)));
    let request = Request::new(body, &[signature, ("x-hubspot-request-timestamp", time)]);
    Request { method: method.into(), ..request }
}

pub fn zoho(secret: u8, _: Timestamp, body: &[u8]) -> Request {
    let before = format!(r#"{{"module":"Leads","token":"{}","text":"#, text(secret));
    Request::new(&[before.as_bytes(), body, b"}"].concat(), &[])
}

pub fn salesforce_json(secret: u8, _: Timestamp, body: &[u8]) -> Request {
    let request = Request::new(body, &[]);
    Request { url: format!("{}/{}", request.url, text(secret)), ..request }
}

pub fn salesforce_soap(secret: u8, at: Timestamp, body: &[u8]) -> Request {
    let before = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>{ORGANISATION}</OrganizationId><Notification><Id>"#
    );
    let after = "</Id></Notification></notifications></soapenv:Body></soapenv:Envelope>";
    let request =
        salesforce_json(secret, at, &[before.as_bytes(), body, after.as_bytes()].concat());
    Request { content_type: Some("text/xml; charset=UTF-8".into()), ..request }
}

pub fn generic_sha256(secret: u8, _: Timestamp, body: &[u8]) -> Request {
    Request::new(body, &[("x-signature", hex(&sha256(secret, body)))])
}

pub fn generic_sha512(secret: u8, at: Timestamp, body: &[u8]) -> Request {
    let time = at.ms().to_string();
    let signed = stamped(&format!("{time}."), body);
    let mac = STANDARD.encode(mac::<Hmac<Sha512>>(text(secret).as_bytes(), &signed));
    Request::new(body, &[("x-signature", format!("sig {mac}")), ("x-time", time)])
}

pub fn generic_sha1(secret: u8, at: Timestamp, body: &[u8]) -> Request {
    let time = seconds(at);
    let signed = stamped(&format!("{time}."), body);
    let mac = hex(&mac::<Hmac<Sha1>>(text(secret).as_bytes(), &signed));
    Request::new(body, &[("x-signature", format!("sha1={mac}")), ("x-time", time)])
}

pub fn basic(secret: u8, _: Timestamp, body: &[u8]) -> Request {
    let pair = STANDARD.encode(format!("user:pass:{secret}"));
    Request::new(body, &[("authorization", format!("Basic {pair}"))])
}
