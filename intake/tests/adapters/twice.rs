//! A batch with bad items among good ones, sent twice: the good ones count once, and the bad ones never.

use polso_core::{Ledger, Shards, Timestamp};
use polso_intake::contract::Contract;
use polso_intake::ingest::Prepared;
use serde_json::Value;

use crate::world::{NOW, cut, payload, sources};

/// What a batch came to: accepted, duplicates, conflicts, rejected, filtered.
type Counts = [u64; 5];

/// Sends a body of a source to a ledger.
fn send(ledger: &mut Ledger, source: &str, file: &str, body: &[u8]) -> (u16, Counts) {
    let (sender, now) = (&sources().sources[source], Timestamp::parse(NOW).unwrap());
    let pieces = cut(sender, file, body, None);
    // An answer in SOAP has no counts.
    let contract = Contract::of(sender.kind, if body.starts_with(b"<") { b"{}" } else { body });
    let prepared = Prepared::of_pieces(sender, &pieces, contract, Some(0), &Shards::always(1), now);
    let batches = prepared.batches.iter();
    let outcomes = batches.map(|(_, batch)| ledger.ingest(batch.clone(), now)).collect();
    let _ = ledger.commit();
    let answer = prepared.answer(outcomes).unwrap();
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let names = ["accepted", "duplicates", "conflicts", "rejected", "filtered"];
    (answer.status, names.map(|name| body[name].as_u64().unwrap()))
}

#[track_caller]
fn check(source: &str, file: &str, first: Counts) {
    let mut ledger = Ledger::new(7, 1);
    let body = payload(file);
    let [accepted, _, _, rejected, filtered] = first;
    assert_eq!(send(&mut ledger, source, file, &body), (200, first), "{file}");
    let again = [0, accepted, 0, rejected, filtered];
    assert_eq!(send(&mut ledger, source, file, &body), (200, again), "{file}, again");
}

#[test]
fn good_items_count_once_and_bad_ones_are_alone() {
    check("hubspot", "hubspot-batch.json", [3, 0, 0, 1, 2]);
    check("zoho", "zoho-deals.json", [2, 0, 0, 1, 2]);
    check("registrations", "standard-webhooks-registrations.json", [2, 0, 0, 1, 0]);
    check("ads", "ads-spend.json", [2, 0, 0, 1, 0]);
    check("stripe", "stripe-succeeded.json", [1, 0, 0, 0, 0]);
    check("stripe", "stripe-dollars.json", [0, 0, 0, 1, 0]);
    check("shopify", "shopify-paid.json", [1, 0, 0, 0, 0]);
    check("workflow", "zoho-workflow.form", [1, 0, 0, 0, 0]);
    check("meta", "meta-insights.json", [3, 0, 0, 1, 1]);
    check("meta", "meta-comments.json", [2, 0, 0, 0, 4]);
    check("meta", "meta-messages.json", [5, 0, 0, 1, 6]);
    check("salesforce", "salesforce-opportunities.xml", [2, 0, 0, 2, 1]);
    check("salesforce", "salesforce-leads.xml", [1, 0, 0, 0, 0]);
    check("salesforce", "salesforce-cometd.json", [2, 0, 0, 0, 3]);
    check("salesforce", "salesforce-pubsub.json", [1, 0, 0, 0, 0]);
    check("salesforce", "salesforce-eventbridge.json", [1, 0, 0, 0, 0]);
}

#[test]
fn an_order_counts_once_whatever_becomes_of_it() {
    let mut ledger = Ledger::new(7, 1);
    let paid = String::from_utf8(payload("shopify-paid.json")).unwrap();
    let mut send = |body: &str| send(&mut ledger, "shopify", "a.json", body.as_bytes()).1;
    assert_eq!(
        send(&paid.replace("\"financial_status\": \"paid\"", "\"financial_status\": \"pending\"")),
        [0, 0, 0, 0, 1]
    );
    assert_eq!(send(&paid), [1, 0, 0, 0, 0]);
    let touched = paid.replace("\"tags\": \"\"", "\"tags\": \"vip\"");
    assert_eq!(send(&touched), [0, 1, 0, 0, 0]);
    let edited = paid.replace("\"total_price\": \"79.80\"", "\"total_price\": \"49.80\"");
    assert_eq!(send(&edited), [0, 0, 1, 0, 0]);
}
