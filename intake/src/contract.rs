//! The status contract: what each sender is answered for each outcome of its request.
//!
//! A sender goes by the status alone: 2xx and it forgets the events, anything else and it sends the whole request again,
//! for hours or days, and may switch the webhook off. So whatever is safe here is 2xx: taken, repeated, filtered, or
//! kept as rejected. What sending again can help is 429 or 503, and what no sending can help is a 4xx.

use crate::answer::Answer;
use crate::config::Kind;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// At least one of its events was taken, repeated or filtered.
    Taken,
    /// It told nothing that is counted here.
    Nothing,
    /// Every event was rejected, and kept where rejected events are.
    Rejected,
    /// Nothing shows that it comes from the sender.
    Unproven,
    /// It is larger than the source's limit.
    TooLarge,
    /// The source is faster than it may be.
    TooFast,
    /// It cannot be taken now.
    Busy,
}

impl Outcome {
    /// Every outcome, in the order of the table's columns.
    pub const ALL: [Self; 7] = [
        Self::Taken,
        Self::Nothing,
        Self::Rejected,
        Self::Unproven,
        Self::TooLarge,
        Self::TooFast,
        Self::Busy,
    ];
}

/// One row for each kind, one column for each outcome.
const TABLE: [(Kind, [u16; 7]); 12] = [
    // Written for Polso: a status can say more.
    (Kind::Native, [202, 202, 422, 401, 413, 429, 503]),
    (Kind::Browser, [202, 202, 422, 401, 413, 429, 503]),
    // Try again for 75 hours after anything but 2xx, and switch the endpoint off in the end.
    (Kind::StandardWebhooks, [200, 200, 200, 401, 413, 429, 503]),
    // Tries again for three days.
    (Kind::Stripe, [200, 200, 200, 401, 413, 429, 503]),
    // Never tries again by itself: whoever looks at its deliveries sees the status.
    (Kind::Github, [200, 200, 200, 401, 413, 429, 503]),
    // After eight failures in four hours the subscription is gone.
    (Kind::Shopify, [200, 200, 200, 401, 413, 429, 503]),
    // Tries three times, and stops an app of which few requests succeed.
    (Kind::Slack, [200, 200, 200, 401, 413, 429, 503]),
    // Tries again for 36 hours, with up to 1,000 updates in one request.
    (Kind::Meta, [200, 200, 200, 401, 413, 429, 503]),
    // Sends the whole batch of 100 ten times in 24 hours.
    (Kind::Hubspot, [200, 200, 200, 401, 413, 429, 503]),
    // Tries about five times.
    (Kind::Zoho, [200, 200, 200, 401, 413, 429, 503]),
    // Tries again for 24 hours unless the body says that it was received.
    (Kind::Salesforce, [200, 200, 200, 401, 413, 429, 503]),
    // Nobody knows.
    (Kind::Generic, [200, 200, 200, 401, 413, 429, 503]),
];

/// The status that a sender of this kind is answered.
#[must_use]
pub fn status(kind: Kind, outcome: Outcome) -> u16 {
    let row = TABLE.iter().find(|(known, _)| *known == kind);
    let column = Outcome::ALL.iter().position(|known| *known == outcome);
    row.zip(column).and_then(|((_, row), column)| row.get(column)).copied().unwrap_or(500)
}

/// What one request is answered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contract {
    kind: Kind,
    is_xml: bool,
}

impl Contract {
    /// The contract of Polso's own routes.
    pub const NATIVE: Self = Self { kind: Kind::Native, is_xml: false };

    /// The contract with the sender of this body.
    #[must_use]
    pub fn of(kind: Kind, body: &[u8]) -> Self {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        Self { kind, is_xml: body.trim_ascii_start().starts_with(b"<") }
    }

    /// The answer to a request whose events were judged; `verdicts` is the JSON that tells them.
    ///
    /// Salesforce takes a message for received only when the body says so (SOAP API, "Outbound
    /// Messaging"), and looks at nothing else.
    #[must_use]
    pub fn answer(self, outcome: Outcome, verdicts: String) -> Answer {
        match status(self.kind, outcome) {
            200 if self.kind == Kind::Salesforce && self.is_xml => {
                Answer::xml(ACKNOWLEDGEMENT.to_owned())
            }
            status => Answer::json(status, verdicts),
        }
    }
}

const ACKNOWLEDGEMENT: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>"#,
    r#"<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>"#,
    "</soapenv:Body></soapenv:Envelope>",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_status_for_every_outcome() {
        for (name, kind) in Kind::NAMES {
            for outcome in Outcome::ALL {
                let expected: &[u16] = match outcome {
                    Outcome::Taken | Outcome::Nothing => &[200, 202],
                    Outcome::Rejected => &[200, 422],
                    Outcome::Unproven => &[401],
                    Outcome::TooLarge => &[413],
                    Outcome::TooFast => &[429],
                    Outcome::Busy => &[503],
                };
                let found = status(kind, outcome);
                assert!(expected.contains(&found), "{name}, {outcome:?}: {found}");
            }
        }
    }

    #[test]
    fn no_provider_is_told_4xx_for_what_is_kept() {
        for (name, kind) in Kind::NAMES {
            let ours = matches!(kind, Kind::Native | Kind::Browser);
            assert_eq!(status(kind, Outcome::Rejected) == 200, !ours, "{name}");
        }
    }

    #[test]
    fn salesforce_is_told_in_its_own_words() {
        let told = |kind, body: &str| {
            Contract::of(kind, body.as_bytes()).answer(Outcome::Rejected, "{}".into())
        };
        for xml in ["<a/>", "\u{feff}<a/>", "\n <a/>"] {
            let answer = told(Kind::Salesforce, xml);
            assert!(answer.body.contains("<Ack>true</Ack>"), "{xml}");
            assert_eq!(answer.content_type, "text/xml;charset=utf-8");
            assert_eq!(told(Kind::Generic, xml).body, "{}");
        }
        assert_eq!(told(Kind::Salesforce, "{}").body, "{}");
    }

    /// The table in the documentation is this one.
    #[test]
    fn is_documented() {
        let guide = include_str!("../../docs/webhooks.md");
        for (name, kind) in Kind::NAMES {
            let statuses =
                Outcome::ALL.map(|outcome| status(kind, outcome).to_string()).join(" | ");
            let row = format!("| `{name}` | {statuses} |");
            assert!(guide.contains(&row), "docs/webhooks.md lacks the row `{row}`");
        }
    }
}
