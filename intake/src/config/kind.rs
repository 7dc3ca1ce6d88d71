//! The kinds of sources: who sends, and by what scheme it is proven.

use std::ops::RangeInclusive;

use polso_core::DedupPolicy;

/// Which sender a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Polso's own JSON, with a JWT, on the routes below `/api/v1/`.
    Native,
    /// Any sender that signs by Standard Webhooks, or as Svix does.
    StandardWebhooks,
    /// Stripe.
    Stripe,
    /// GitHub.
    Github,
    /// Shopify.
    Shopify,
    /// Slack's Events API.
    Slack,
    /// Instagram and Facebook.
    Meta,
    /// HubSpot.
    Hubspot,
    /// Zoho CRM notifications.
    Zoho,
    /// Salesforce: Outbound Messages, and Change Data Capture through a relay.
    Salesforce,
    /// Any other sender, by what the configuration says of its proof.
    Generic,
    /// Pages in a browser, by a key that everybody can read.
    Browser,
}

const HOUR_S: u32 = 3_600;
const DAY_S: u32 = 24 * HOUR_S;

impl Kind {
    /// Every kind with its name in the configuration.
    pub const NAMES: [(&str, Self); 12] = [
        ("native", Self::Native),
        ("standard_webhooks", Self::StandardWebhooks),
        ("stripe", Self::Stripe),
        ("github", Self::Github),
        ("shopify", Self::Shopify),
        ("slack", Self::Slack),
        ("meta", Self::Meta),
        ("hubspot", Self::Hubspot),
        ("zoho", Self::Zoho),
        ("salesforce", Self::Salesforce),
        ("generic", Self::Generic),
        ("browser", Self::Browser),
    ];

    /// How long repetitions are recognised unless the configuration says: as long as the sender tries
    /// again, or a captured request may be sent again by someone else, and a day at least where nobody
    /// knows.
    #[must_use]
    pub const fn dedup_ttl_s(self) -> u32 {
        match self {
            Self::Native => HOUR_S,
            // Retries for 75 hours.
            Self::StandardWebhooks => 4 * DAY_S,
            // Retries for three days.
            Self::Stripe => 4 * DAY_S,
            // Signatures without a time: a captured request stays good for ever.
            Self::Github | Self::Shopify | Self::Meta => 7 * DAY_S,
            Self::Slack | Self::Hubspot | Self::Zoho | Self::Salesforce => 2 * DAY_S,
            // Pages send for 70 hours: what a laptop that was closed on Friday evening holds, on Monday morning.
            Self::Browser => 3 * DAY_S,
            Self::Generic => 7 * DAY_S,
        }
    }

    /// How repetitions are recognised unless the configuration says.
    #[must_use]
    pub const fn dedup(self) -> DedupPolicy {
        match self {
            Self::Native => DedupPolicy::ClientTimeHash,
            Self::Github | Self::Meta | Self::Generic => DedupPolicy::Digest,
            Self::StandardWebhooks
            | Self::Stripe
            | Self::Shopify
            | Self::Slack
            | Self::Hubspot
            | Self::Zoho
            | Self::Salesforce
            | Self::Browser => DedupPolicy::EventId,
        }
    }

    /// The largest body unless the configuration says, in KiB.
    #[must_use]
    pub const fn body_kib_max(self) -> u32 {
        match self {
            // 1,000 updates, about 3 MB.
            Self::Meta => 4_096,
            Self::Browser => 64,
            _ => 1_024,
        }
    }

    /// The most events in one body unless the configuration says.
    #[must_use]
    pub const fn events_max(self) -> u32 {
        match self {
            Self::Browser => 100,
            _ => EVENTS_MAX,
        }
    }

    /// The most requests per second unless the configuration says; nothing where they are not limited. Everybody can
    /// write a page's requests.
    #[must_use]
    pub const fn rate_per_s(self) -> Option<u32> {
        match self {
            Self::Browser => Some(50),
            _ => None,
        }
    }
}

/// The most events in one body.
pub(super) const EVENTS_MAX: u32 = 1_000;

/// How long dedup keys may be remembered, in seconds: one minute to seven days.
pub(super) const DEDUP_TTL_S: RangeInclusive<u32> = 60..=604_800;
