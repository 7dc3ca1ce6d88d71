//! Notifications of Zoho CRM: one says what happened to several records at once, each of which is a piece of its own.
//!
//! A piece has the form of a notification about one record: what all have in common, the record's id and its changed
//! values. Nothing else is taken over: the token proves requests, and `query_params` repeats what the notify URL may
//! hold. Bound: [`SCALAR_BYTES_MAX`](super::SCALAR_BYTES_MAX) for what all have in common. Source: "Notification APIs" in Zoho CRM's
//! documentation.

use std::collections::BTreeMap;

use polso_core::{Reason, ReasonCode as Code};

use super::{Made, PIECES_MAX, Piece, Text, scalar};
use crate::mapping::{Mapping, Node, digest};

/// What all records of a notification have in common.
const COMMON: [&str; 4] = ["server_time", "module", "operation", "channel_id"];

/// Cuts a notification into its records.
pub(super) fn cut(mapping: &Mapping, body: &str, message_id: Option<&str>) -> Vec<Piece<'static>> {
    let Some(records) = records(body) else {
        // What cannot be read is not kept either: the token may be in it.
        let message = "the body is no notification of Zoho CRM: an object with a list `ids`, nested at most 32 deep";
        let made = Made::Rejected(vec![Reason::event(Code::JsonInvalid, message)]);
        let id = message_id.map_or_else(|| digest([body]), str::to_owned);
        return vec![Piece { text: Text::from(""), id: Some(id), made }];
    };
    let pieces = |record: String| {
        let pieces = mapping.cut(&record, message_id).into_iter();
        pieces.map(Piece::into_owned).collect::<Vec<_>>()
    };
    records.into_iter().flat_map(pieces).collect()
}

/// A notification about each record; `None` when the body is none.
fn records(body: &str) -> Option<Vec<String>> {
    let root = Node::parse(body).ok()?;
    let mut common = String::new();
    for name in COMMON {
        if let Some(value) = root.member(name).ok()?.and_then(scalar) {
            common.extend(["\"", name, "\":", value, ","]);
        }
    }
    let ids = root.member("ids").ok()??.elements()?;
    let mut values = BTreeMap::new();
    for changed in root.member("affected_values").ok()?.and_then(Node::elements).unwrap_or_default()
    {
        if let Some(id) = changed.member("record_id").ok()? {
            values.insert(id.text().ok()?, changed.raw());
        }
    }
    let mut records = Vec::new();
    for id in ids.into_iter().take(PIECES_MAX) {
        let text = id.text().ok()?;
        // An id that comes twice has its values once.
        let values = text.is_some().then(|| values.remove(&text)).flatten().unwrap_or_default();
        let id = scalar(id).unwrap_or("null");
        records.push(format!("{{{common}\"ids\":[{id}],\"affected_values\":[{values}]}}"));
    }
    Some(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Option<&[&str]>) {
        let records = records(body);
        let found =
            records.as_ref().map(|list| list.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(found, expected.map(<[&str]>::to_vec), "{body}");
    }

    #[test]
    fn a_record_has_what_all_have_in_common_and_its_own_values() {
        check(
            r#"{"server_time":1718115953625,"affected_values":[{"record_id":"5725767000003000020","values":{"Stage":"Closed Won"}},{"record_id":"5725767000003000010","values":{}}],"query_params":{"authorization":"s3cret"},"module":"Deals","ids":["5725767000003000010","5725767000003000020",5725767000003000030],"operation":"update","channel_id":"1000000068001","token":"s3cret"}"#,
            Some(&[
                r#"{"server_time":1718115953625,"module":"Deals","operation":"update","channel_id":"1000000068001","ids":["5725767000003000010"],"affected_values":[{"record_id":"5725767000003000010","values":{}}]}"#,
                r#"{"server_time":1718115953625,"module":"Deals","operation":"update","channel_id":"1000000068001","ids":["5725767000003000020"],"affected_values":[{"record_id":"5725767000003000020","values":{"Stage":"Closed Won"}}]}"#,
                r#"{"server_time":1718115953625,"module":"Deals","operation":"update","channel_id":"1000000068001","ids":[5725767000003000030],"affected_values":[]}"#,
            ]),
        );
    }

    #[test]
    fn what_is_short_is_taken_over() {
        let body =
            |length: usize| format!("{{\"module\":\"{}\",\"ids\":[1]}}", "x".repeat(length - 2));
        let whole = format!("{},\"affected_values\":[]}}", body(256).strip_suffix('}').unwrap());
        check(&body(256), Some(&[&whole]));
        check(&body(257), Some(&[r#"{"ids":[1],"affected_values":[]}"#]));
        check(r#"{"module":{},"ids":[[1]]}"#, Some(&[r#"{"ids":[null],"affected_values":[]}"#]));
    }

    #[test]
    fn values_are_told_once() {
        let value = r#"{"record_id":1,"values":{}}"#;
        check(
            &format!("{{\"ids\":[\"1\",1],\"affected_values\":[{value}]}}"),
            Some(&[
                &format!("{{\"ids\":[\"1\"],\"affected_values\":[{value}]}}"),
                r#"{"ids":[1],"affected_values":[]}"#,
            ]),
        );
    }

    #[test]
    fn anything_else_is_no_notification() {
        check(r#"{"ids":[]}"#, Some(&[]));
        for none in [
            "",
            "[]",
            "{}",
            r#"{"ids":"1"}"#,
            r#"{"ids":[1],"ids":[2]}"#,
            r#"{"token":1,"\ud800":1}"#,
        ] {
            check(none, None);
        }
        check(&format!("{{\"ids\":{}{}}}", "[".repeat(32), "]".repeat(32)), None);
    }
}
