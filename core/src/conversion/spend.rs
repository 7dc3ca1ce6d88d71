//! Ad spend: what was paid for conversions, evenly over an interval. It has no KPI of its own; it is
//! the numerator of `cpa`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Channel, schema::SPEND, validate::TEXT_CHARS_MAX};
use crate::{
    fact::{Fact, MEASURES_MAX, When},
    fields::Fields,
    json_schema::{document, euro, instant, object, text},
    key::{Digest, Identity},
    reason::{Reason, ReasonCode as Code},
    time::{DAY_MS, Timestamp},
};

/// Longest interval, and furthest end ahead of the receiver: what the coarsest tier holds.
const INTERVAL_MS_MAX: i64 = 400 * DAY_MS;

const FIELDS: &[&str] = &["canale", "campagna", "importo", "da", "a"];

/// An amount spent evenly from one instant to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spend {
    /// `canale`
    pub channel: Channel,
    /// `campagna`; empty when absent.
    pub campaign: String,
    /// `importo`, in cents of a euro.
    pub amount_cents: i64,
    /// `da`, the start.
    pub from: Timestamp,
    /// `a`, the end; later than the start.
    pub to: Timestamp,
}

impl Identity for Spend {
    fn deed(&self, _: &mut Digest) -> Option<Timestamp> {
        None
    }

    fn content(&self, digest: &mut Digest) {
        digest.part(b"spend");
        digest.choice(self.channel as u8);
        digest.part(self.campaign.as_bytes());
        digest.number(self.amount_cents);
        digest.number(self.from.ms());
        digest.number(self.to.ms());
    }
}

impl Spend {
    /// Counted under its source, channel and campaign; it has no other dimension.
    pub(crate) fn fact<'a>(&'a self, source: &'a str) -> Fact<'a> {
        let mut sums = [0; MEASURES_MAX];
        sums[SPEND] = self.amount_cents;
        Fact {
            when: When::Over(self.from, self.to),
            dimensions: [source, self.channel.name(), "", "", &self.campaign, "", "", ""],
            sums,
        }
    }
}

/// Validates one amount of spend as it was received at `now`.
///
/// # Errors
/// Every reason why it is none.
pub(crate) fn validate(json: &str, now: Timestamp) -> Result<Spend, Vec<Reason>> {
    let mut values = [None; FIELDS.len()];
    let mut fields = Fields::read(json, FIELDS, &mut values)?;
    let channel = fields
        .required("canale")
        .and_then(|raw| fields.choice("canale", raw, Channel::named, Channel::NAMES));
    let campaign = fields.optional("campagna").map_or(Some(String::new()), |raw| {
        fields.bounded_text("campagna", raw, TEXT_CHARS_MAX).map(|text| text.into_owned())
    });
    let amount_cents = fields.required("importo").and_then(|raw| fields.cents("importo", raw));
    let from = fields.required("da").and_then(|raw| fields.timestamp("da", raw));
    let to = fields.required("a").and_then(|raw| fields.timestamp("a", raw));
    if let (Some(from), Some(to)) = (from, to) {
        check_interval(&mut fields, from, to, now);
    }
    fields.refuse_rest();
    match (channel, campaign, amount_cents, from, to, fields.into_reasons()) {
        (Some(channel), Some(campaign), Some(amount_cents), Some(from), Some(to), reasons)
            if reasons.is_empty() =>
        {
            Ok(Spend { channel, campaign, amount_cents, from, to })
        }
        (.., reasons) => Err(reasons),
    }
}

fn check_interval(fields: &mut Fields<'_, '_>, from: Timestamp, to: Timestamp, now: Timestamp) {
    if to <= from {
        let message = format!("`{to}` is not after `da`, which is `{from}`");
        fields.refuse(Reason::field(Code::IntervalEmpty, "a", message));
    } else if to.ms() - from.ms() > INTERVAL_MS_MAX {
        let message = format!("from `{from}` to `{to}` is more than 400 days");
        fields.refuse(Reason::field(Code::IntervalLength, "a", message));
    }
    if to > now.plus_ms(INTERVAL_MS_MAX) {
        let message = format!("`{to}` is more than 400 days ahead");
        fields.refuse(Reason::field(Code::TimestampFuture, "a", message));
    }
}

/// The schema of what `POST /api/v1/spese` accepts as one amount.
#[must_use]
pub(crate) fn json_schema() -> Value {
    let spend = json!({
        "canale": { "enum": Channel::NAMES },
        "campagna": text(TEXT_CHARS_MAX),
        "importo": euro(),
        "da": instant("the start (inclusive), RFC 3339 with an offset"),
        "a": instant("the end (exclusive), RFC 3339 with an offset"),
    });
    document(
        "Spesa",
        "An amount, spread evenly from `da` to `a`.",
        "an amount with a third decimal, an interval that is empty, longer than 400 days or ends \
         more than 400 days ahead of the receiver.",
        object(&["canale", "importo", "da", "a"], &spend),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: &[(Code, &str)]) {
        let now = Timestamp::parse("2026-05-20T12:00:00Z").unwrap();
        let reasons = validate(json, now).err().unwrap_or_default();
        let found: Vec<_> =
            reasons.iter().map(|r| (r.code, r.field.as_deref().unwrap_or(""))).collect();
        assert_eq!(found, expected, "{json}");
    }

    fn spend(from: &str, to: &str) -> String {
        format!(r#"{{"canale":"email","importo":120.50,"da":"{from}","a":"{to}"}}"#)
    }

    #[test]
    fn accepts_an_interval_up_to_400_days_long_and_ahead() {
        check(&spend("2026-05-20T00:00:00+02:00", "2026-05-21T00:00:00+02:00"), &[]);
        check(&spend("2026-05-20T00:00:00Z", "2026-05-20T00:00:00.001Z"), &[]);
        check(&spend("2026-05-20T12:00:00Z", "2027-06-24T12:00:00Z"), &[]);
        check(
            &spend("2026-05-20T12:00:00Z", "2027-06-24T12:00:00.001Z"),
            &[(Code::IntervalLength, "a"), (Code::TimestampFuture, "a")],
        );
        check(
            &spend("2026-05-20T00:00:00Z", "2026-05-20T00:00:00Z"),
            &[(Code::IntervalEmpty, "a")],
        );
        check(
            &spend("1999-12-31T00:00:00Z", "2000-01-02T00:00:00Z"),
            &[(Code::TimestampPast, "da")],
        );
    }

    #[test]
    fn names_every_reason_at_once() {
        check(
            r#"{"canale":"tv","campagna":7,"importo":-1.001,"da":"x","nota":""}"#,
            &[
                (Code::ChoiceUnknown, "canale"),
                (Code::FieldType, "campagna"),
                (Code::ValueNegative, "importo"),
                (Code::ValuePrecision, "importo"),
                (Code::TimestampFormat, "da"),
                (Code::FieldMissing, "a"),
                (Code::FieldUnknown, "nota"),
            ],
        );
    }
}
