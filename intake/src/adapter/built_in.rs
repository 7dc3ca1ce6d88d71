//! What Polso knows of each provider's JSON without being told: where the ids are, what is no business of anybody who
//! reads rejected events, and for some of them which events mean what.
//!
//! The maps are written in the language of docs/mapping.md, so that a configuration can begin with a copy of them.
//! Sources: the providers' documents on their webhooks, as of November 2026.

use crate::config::Kind;
use crate::mapping::{Cut, Rules};

/// By the configuration alone.
const GENERIC: Rules = Rules { built_in: None, id: &[], hidden: &[], cut: Cut::Configured };

/// The client's secret lets whoever holds it go on with a payment.
const STRIPE: Rules = Rules {
    built_in: Some(include_str!("stripe.json")),
    id: &["/id"],
    hidden: &["/data/object/client_secret"],
    cut: Cut::Whole,
};

/// A webhook's own id is in a header that is not signed, so that an order's id is named by the maps. Whoever holds the
/// tokens can see the order.
const SHOPIFY: Rules = Rules {
    built_in: Some(include_str!("shopify.json")),
    id: &[],
    hidden: &["/token", "/cart_token", "/checkout_token", "/order_status_url"],
    cut: Cut::Whole,
};

/// `token` is how requests were proven before they were signed.
const SLACK: Rules =
    Rules { built_in: None, id: &["/event_id"], hidden: &["/token"], cut: Cut::Whole };

/// `eventId` is documented as not unique. `attemptNumber` differs between retries.
const HUBSPOT: Rules = Rules {
    built_in: Some(include_str!("hubspot.json")),
    id: &[
        "/portalId",
        "/subscriptionType",
        "/objectId",
        "/eventId",
        "/occurredAt",
        "/propertyName",
    ],
    hidden: &[],
    cut: Cut::List,
};

/// For each record by itself; credentials are left out with everything else that is not known.
const ZOHO: Rules = Rules {
    built_in: Some(include_str!("zoho.json")),
    id: &["/channel_id", "/module", "/operation", "/ids/0", "/server_time"],
    hidden: &[],
    cut: Cut::Whole,
};

/// For each change and message by itself, in the adapter's shape; it finds the ids too.
const META: Rules =
    Rules { built_in: Some(include_str!("meta.json")), id: &[], hidden: &[], cut: Cut::Whole };

/// For each record by itself, in the adapter's shape; it finds the ids too, and leaves the session out.
const SALESFORCE: Rules = Rules {
    built_in: Some(include_str!("salesforce.json")),
    id: &[],
    hidden: &[],
    cut: Cut::Whole,
};

/// What is known of the JSON of this kind of source; `None` when no mapping reads it.
pub(super) const fn rules(kind: Kind) -> Option<&'static Rules> {
    match kind {
        Kind::Native | Kind::Browser => None,
        Kind::StandardWebhooks | Kind::Github | Kind::Generic => Some(&GENERIC),
        Kind::Stripe => Some(&STRIPE),
        Kind::Shopify => Some(&SHOPIFY),
        Kind::Slack => Some(&SLACK),
        Kind::Meta => Some(&META),
        Kind::Hubspot => Some(&HUBSPOT),
        Kind::Zoho => Some(&ZOHO),
        Kind::Salesforce => Some(&SALESFORCE),
    }
}
