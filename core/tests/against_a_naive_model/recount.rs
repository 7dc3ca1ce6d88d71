//! The model's own count, and the same figures out of an answer.

use std::collections::BTreeSet;

use polso_core::Timestamp;
use serde_json::{Value, json};

use crate::{
    acts::{KINDS, Kept, OUTCOMES, Paid},
    world::World,
};

impl World {
    /// The readings that a recount gives, in the form of an answer.
    pub(crate) fn recount(
        &self,
        from_ms: i64,
        to_ms: i64,
        all_time: bool,
        channel: Option<usize>,
        by_campaign: bool,
    ) -> Value {
        let in_window = |kept: &&Kept| {
            (all_time || (from_ms..to_ms).contains(&kept.time_ms))
                && channel.is_none_or(|channel| kept.sent.channel == channel)
                && OUTCOMES[kept.sent.outcome] != "duplicato"
        };
        let kept: Vec<&Kept> = self.kept.iter().filter(in_window).collect();
        // What has been spent of each amount between the two instants, in whole cents.
        let spent_until = |from: i64, paid: &Paid, at: i64| {
            let passed = (at - from).clamp(0, paid.length_ms);
            (i128::from(paid.cents) * i128::from(passed) / i128::from(paid.length_ms)) as i64
        };
        let overlaps = |(from, paid): &&(i64, Paid)| {
            *from < to_ms.min(self.now)
                && from_ms < (from + paid.length_ms).min(self.now)
                && channel.is_none_or(|channel| paid.channel == channel)
        };
        // Of what lies ahead of now, nothing has been spent yet.
        let spent_to_ms = to_ms.min(self.now);
        let paid: Vec<&(i64, Paid)> = self.paid.iter().filter(overlaps).collect();
        let groups: BTreeSet<Option<u8>> = if by_campaign {
            let events = kept.iter().map(|kept| Some(kept.sent.campaign));
            events.chain(paid.iter().map(|(_, paid)| Some(paid.campaign))).collect()
        } else {
            BTreeSet::from([None])
        };
        let of_group = |group: &Option<u8>| {
            let events = kept.iter().filter(|k| group.is_none_or(|group| k.sent.campaign == group));
            let converted = events.clone().filter(|k| {
                OUTCOMES[k.sent.outcome] == "completato"
                    && KINDS[k.sent.kind] != "cancello_abbandono"
            });
            let cents: i64 = converted.clone().map(|k| k.sent.cents).sum();
            let paid = paid.iter().filter(|(_, p)| group.is_none_or(|group| p.campaign == group));
            let spent: i64 = paid
                .map(|(from, p)| {
                    spent_until(*from, p, spent_to_ms) - spent_until(*from, p, from_ms)
                })
                .sum();
            json!([
                group.map(|group| format!("c{group}")),
                converted.count(),
                events.count(),
                format!("{}.{:02}", cents / 100, cents % 100),
                format!("{}.{:02}", spent / 100, spent % 100),
            ])
        };
        groups.iter().map(of_group).collect()
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
