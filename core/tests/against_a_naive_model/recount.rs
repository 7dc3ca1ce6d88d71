//! The model's own count, and the same figures out of an answer.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use polso_core::Timestamp;
use serde_json::{Value, json};

use crate::{
    acts::{KINDS, Kept, OUTCOMES},
    world::World,
};

const HOUR_MS: i64 = 3_600_000;

/// What a query may ask to be told apart by.
pub(crate) const BYS: [&str; 4] = ["campagna", "giorno", "ora", "giorno_ora"];

/// The name of the group of something at an instant.
fn group_of(by: Option<&str>, campaign: u8, at_ms: i64) -> Option<String> {
    let rome = || {
        let at = jiff::Timestamp::from_millisecond(at_ms).unwrap();
        at.to_zoned(TimeZone::get("Europe/Rome").unwrap())
    };
    Some(match by? {
        "campagna" => format!("c{campaign}"),
        "giorno" => rome().strftime("%Y-%m-%d").to_string(),
        "ora" => rome().strftime("%H").to_string(),
        "giorno_ora" => rome().strftime("%u-%H").to_string(),
        other => panic!("no group: {other}"),
    })
}

/// From midnight to midnight in Rome: so many days, the last of which contains an instant.
pub(crate) fn calendar_days(at_ms: i64, days: i64) -> (i64, i64) {
    let rome = TimeZone::get("Europe/Rome").unwrap();
    let day = jiff::Timestamp::from_millisecond(at_ms).unwrap().to_zoned(rome.clone()).date();
    let midnight = |days: i64| {
        let date = day.checked_add(jiff::Span::new().days(days)).unwrap();
        date.to_zoned(rome.clone()).unwrap().timestamp().as_millisecond()
    };
    (midnight(1 - days), midnight(1))
}

impl World {
    /// The readings that a recount gives, in the form of an answer.
    pub(crate) fn recount(
        &self,
        from_ms: i64,
        to_ms: i64,
        all_time: bool,
        channel: Option<usize>,
        by: Option<&str>,
    ) -> Value {
        let in_window = |kept: &&Kept| {
            (all_time || (from_ms..to_ms).contains(&kept.time_ms))
                && channel.is_none_or(|channel| kept.sent.channel == channel)
                && OUTCOMES[kept.sent.outcome] != "duplicato"
        };
        let kept: Vec<(Option<String>, &Kept)> = self
            .kept
            .iter()
            .filter(in_window)
            .map(|kept| (group_of(by, kept.sent.campaign, kept.time_ms), kept))
            .collect();
        let spent = self.spent(from_ms, to_ms, channel, by);
        let mut groups: BTreeSet<&Option<String>> = kept
            .iter()
            .map(|(group, _)| group)
            .chain(spent.iter().map(|(group, _)| group))
            .collect();
        if by.is_none() {
            groups.insert(&None);
        }
        let of_group = |group: &Option<String>| {
            let events = kept.iter().filter(|(of, _)| of == group).map(|(_, kept)| kept);
            let converted = events.clone().filter(|k| {
                OUTCOMES[k.sent.outcome] == "completato"
                    && KINDS[k.sent.kind] != "cancello_abbandono"
            });
            let cents: i64 = converted.clone().map(|k| k.sent.cents).sum();
            let spent: i64 =
                spent.iter().filter(|(of, _)| of == group).map(|(_, cents)| cents).sum();
            json!([
                group,
                converted.count(),
                events.count(),
                format!("{}.{:02}", cents / 100, cents % 100),
                format!("{}.{:02}", spent / 100, spent % 100),
            ])
        };
        groups.into_iter().map(of_group).collect()
    }

    /// The cents spent between two instants, amount by amount, and hour by hour where the groups
    /// ask for it. Of what lies ahead of now, nothing has been spent yet.
    fn spent(
        &self,
        from_ms: i64,
        to_ms: i64,
        channel: Option<usize>,
        by: Option<&str>,
    ) -> Vec<(Option<String>, i64)> {
        let to_ms = to_ms.min(self.now);
        let mut spent = Vec::new();
        for (start, paid) in &self.paid {
            if channel.is_some_and(|channel| paid.channel != channel) {
                continue;
            }
            let until = |at: i64| {
                let passed = i128::from((at - start).clamp(0, paid.length_ms));
                (i128::from(paid.cents) * passed / i128::from(paid.length_ms)) as i64
            };
            let (first, end) = (from_ms.max(*start), to_ms.min(start + paid.length_ms));
            let step_ms = if by.is_none_or(|by| by == "campagna") { i64::MAX } else { HOUR_MS };
            let mut at = first;
            while at < end {
                let next = (at - at.rem_euclid(step_ms)).saturating_add(step_ms).min(end);
                let cents = until(next) - until(at);
                // Where nothing is, there is no group.
                if cents != 0 {
                    spent.push((group_of(by, paid.campaign, at), cents));
                }
                at = next;
            }
        }
        spent
    }
}

/// The same figures out of an answer.
pub(crate) fn figures(answer: &str) -> (Value, i64, i64, i64) {
    let answer: Value = serde_json::from_str(answer).unwrap();
    let readings = answer["readings"].as_array().unwrap();
    let of = |kpi: &str, group: &Value, field: &str| {
        let of = |r: &&Value| r["kpi"] == kpi && r["group"] == *group;
        readings.iter().find(of).unwrap()[field].clone()
    };
    let groups: Vec<Value> = readings
        .iter()
        .filter(|reading| reading["kpi"] == "conversions")
        .map(|reading| {
            let group = &reading["group"];
            let euro = of("total_value", group, "value").as_f64().unwrap();
            let spent = of("cpa", group, "numerator").as_f64().unwrap();
            json!([
                group,
                of("conversions", group, "value"),
                of("conversion_rate", group, "denominator"),
                format!("{euro:.2}"),
                format!("{spent:.2}"),
            ])
        })
        .collect();
    let at = |name: &str| {
        answer["window"][name].as_str().map_or(0, |at| Timestamp::parse(at).unwrap().ms())
    };
    let bucket_s = answer["window"]["bucket_s"].as_i64().unwrap_or(0);
    (groups.into(), at("from"), at("to"), bucket_s)
}
