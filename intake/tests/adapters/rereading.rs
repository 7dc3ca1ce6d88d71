//! The text of a piece is a body that the same adapter reads to that piece alone, whatever came.

use polso_intake::Sender;
use polso_intake::adapter::{Made, Piece};
use proptest::prelude::*;

use crate::world::{cut, payload, sources};

/// Every payload with its source.
const PAYLOADS: [(&str, &str); 24] = [
    ("stripe", "stripe-succeeded.json"),
    ("stripe", "stripe-failed.json"),
    ("stripe", "stripe-refund.json"),
    ("stripe", "stripe-dollars.json"),
    ("shopify", "shopify-paid.json"),
    ("shopify", "shopify-pending.json"),
    ("shopify", "shopify-test.json"),
    ("hubspot", "hubspot-batch.json"),
    ("zoho", "zoho-deals.json"),
    ("slack", "slack-join.json"),
    ("github", "github-sponsorship.json"),
    ("registrations", "standard-webhooks-registrations.json"),
    ("workflow", "zoho-workflow.form"),
    ("ads", "ads-spend.json"),
    ("stories", "story-insights.json"),
    ("meta", "meta-insights.json"),
    ("meta_insights", "meta-insights.json"),
    ("meta", "meta-comments.json"),
    ("meta", "meta-messages.json"),
    ("salesforce", "salesforce-opportunities.xml"),
    ("salesforce", "salesforce-leads.xml"),
    ("salesforce", "salesforce-cometd.json"),
    ("salesforce", "salesforce-pubsub.json"),
    ("salesforce", "salesforce-eventbridge.json"),
];

fn check(sender: &Sender, pieces: Vec<Piece<'_>>) {
    let adapter = &sender.webhook.as_ref().unwrap().adapter;
    for piece in pieces {
        let text = piece.text.to_string();
        let again = adapter.cut(None, text.as_bytes(), piece.id.as_deref());
        assert_eq!(again, [piece], "{text}");
    }
}

#[test]
fn every_payload_is_read_again_piece_by_piece() {
    let config = sources();
    for (source, file) in PAYLOADS {
        let (sender, body) = (&config.sources[source], payload(file));
        for id in [None, Some("msg")] {
            check(sender, cut(sender, file, &body, id));
        }
    }
}

/// Whether the text of a piece is not what came, because that was no text.
fn is_lossy(piece: &Piece<'_>) -> bool {
    matches!(&piece.made, Made::Rejected(reasons) if reasons.iter().any(|r| r.message.contains("UTF-8")))
}

proptest! {
    #[test]
    fn damaged_payloads_are_read_again_too(
        at in any::<prop::sample::Index>(),
        payload_at in any::<prop::sample::Index>(),
        cut_off in any::<bool>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..4),
        id in proptest::option::of("[a-z/0-9]{1,8}"),
    ) {
        let config = sources();
        let (source, file) = payload_at.get(&PAYLOADS);
        let sender = &config.sources[*source];
        let mut body = payload(file);
        let at = at.index(body.len());
        if cut_off {
            body.truncate(at);
        } else {
            body.splice(at..at + 1, bytes);
        }
        let pieces = cut(sender, file, &body, id.as_deref());
        check(sender, pieces.into_iter().filter(|piece| !is_lossy(piece)).collect());
    }

    #[test]
    fn any_text_is_cut_without_a_panic(text in "\\PC{0,64}", id in proptest::option::of("[a-z]{1,4}")) {
        let config = sources();
        for sender in config.sources.values() {
            for file in ["a.json", "a.form"] {
                check(sender, cut(sender, file, text.as_bytes(), id.as_deref()));
            }
        }
    }
}
