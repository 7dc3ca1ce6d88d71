//! What Salesforce tells of records, in SOAP and in each form of JSON.

use polso_intake::adapter::Piece;
use serde_json::{Value, json};

use crate::providers::{check, ids, text};
use crate::world::{config, cut, sources, tables, told};

fn pieces<'a>(body: &'a str) -> Vec<Piece<'a>> {
    cut(&sources().sources["salesforce"], "a.xml", body.as_bytes(), None)
}

/// What becomes of each piece of a body.
fn found(body: &str) -> Vec<String> {
    pieces(body).iter().map(|piece| told(&sources().sources["salesforce"], piece)).collect()
}

fn sale(id: &str, time: &str, value: &str, channel: &str, state: &str) -> String {
    format!(
        r#"{{"id_cliente":"{id}","evento":"acquisto_concluso","timestamp":"2026-11-28T{time}Z","valore":{value},"canale":"{channel}","stato":"{state}"}}"#
    )
}

fn lead(id: &str, time: &str, channel: &str, place: &str) -> String {
    format!(
        r#"{{"id_cliente":"{id}","evento":"richiesta_demo","timestamp":"2026-11-28T{time}Z","valore":0,"canale":"{channel}","stato":"completato","metadati":{{"localita":"{place}"}}}}"#
    )
}

/// A message around notifications.
fn message(notifications: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>\
         <notifications xmlns=\"http://soap.sforce.com/2005/09/outbound\">\
         <OrganizationId>00D5g0000012abcEAA</OrganizationId><SessionId>s3cret-session</SessionId>\
         {notifications}</notifications></soapenv:Body></soapenv:Envelope>"
    )
}

/// A notification of a sale with more in its record.
fn notification(id: usize, more: &str) -> String {
    format!(
        "<Notification><Id>04l{id:015}</Id><sObject xsi:type=\"sf:Opportunity\" \
         xmlns:sf=\"urn:sobject.enterprise.soap.sforce.com\"><sf:Id>006{id:015}</sf:Id>\
         <sf:LastModifiedDate>2026-11-28T09:00:00.000Z</sf:LastModifiedDate>\
         <sf:StageName>Closed Won</sf:StageName>{more}</sObject></Notification>"
    )
}

#[test]
fn an_outbound_message_tells_several_records_and_the_bad_ones_are_alone() {
    check(
        "salesforce",
        "salesforce-opportunities.xml",
        &[
            &sale("0065g00000ABCDEAA4", "09:00:00.000", "1250.5", "email", "completato"),
            &sale("0065g00000ABCDFAA4", "00:00:00", "0", "webform", "fallito"),
            "value_precision valore",
            "filtered",
            "mapping_unmet",
        ],
    );
    check(
        "salesforce",
        "salesforce-leads.xml",
        &[&lead("00Q5g00000ABCDEEA4", "09:00:00.000", "social_media", "Forlì")],
    );
    let file = "salesforce-opportunities.xml";
    assert_eq!(ids("salesforce", file, text(file).as_bytes(), None)[0], "04l5g00000HVEdbAAH");
}

#[test]
fn a_hundred_notifications_behind_a_bom() {
    let notifications: String =
        (0..100).map(|id| notification(id, "<sf:Amount>1.10</sf:Amount>")).collect();
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n{}",
        message(&notifications)
    );
    let found = found(&body);
    let expected =
        |id: usize| sale(&format!("006{id:015}"), "09:00:00.000", "1.10", "webform", "completato");
    assert_eq!(found, (0..100).map(expected).collect::<Vec<_>>());
    for (id, piece) in pieces(&body).into_iter().enumerate() {
        assert_eq!(piece.id, Some(format!("04l{id:015}")));
        let text = piece.text.to_string();
        assert_eq!(text.matches("<Notification>").count(), 1);
        assert_eq!(pieces(&text), [piece]);
    }
}

#[test]
fn a_text_is_a_message_around_the_bytes_of_one_notification() {
    let raw = notification(7, "<!-- x --><sf:Name>A &amp; B</sf:Name>\r\n");
    let body = message(&raw);
    let text = pieces(&body)[0].text.to_string();
    assert!(text.contains(&raw), "{text}");
    assert!(!text.contains("OrganizationId") && !text.contains("SessionId"), "{text}");
}

#[test]
fn no_session_is_kept_of_what_cannot_be_read() {
    let whole = message(&notification(7, ""));
    for end in 0..whole.len() {
        for piece in pieces(&whole[..end]) {
            assert!(!piece.text.to_string().contains("s3cret"), "{end}");
        }
        for piece in pieces(&whole[end..]) {
            assert!(!piece.text.to_string().contains("s3cret"), "{end}");
        }
    }
}

#[test]
fn fields_are_read_as_xml_says() {
    let name = |field: &str| {
        let mut tables = tables();
        tables["salesforce"]["map"] = json!({
            "target": "conversion", "id_cliente": { "pointer": "/fields/Name", "default": "none" },
            "evento": { "const": "richiesta_demo" }, "timestamp": "/time", "valore": { "const": 0 },
            "canale": { "const": "sms" }, "stato": { "const": "completato" },
        });
        let (config, body) = (config(&tables), message(&notification(7, field)));
        let sender = &config.sources["salesforce"];
        let told = told(sender, &cut(sender, "", body.as_bytes(), None)[0]);
        let event: Value =
            serde_json::from_str(&told).unwrap_or_else(|_| json!({ "id_cliente": told }));
        event["id_cliente"].as_str().unwrap().to_owned()
    };
    for (field, expected) in [
        ("<sf:Name>A &amp; B &lt;&gt;&quot;&apos;</sf:Name>", "A & B <>\"'"),
        ("<sf:Name>&#232;&#xE8;</sf:Name>", "èè"),
        ("<sf:Name><![CDATA[<b>&amp;]]></sf:Name>", "<b>&amp;"),
        ("<sf:Name>A<!-- x -->B<?p x?></sf:Name>", "AB"),
        ("<Name a='b'>A</Name>", "A"),
        ("<sf:Name xsi:nil=\"true\"/>", "none"),
        ("<sf:Name xsi:nil=\"true\">A</sf:Name>", "none"),
        ("<sf:Name xsi:nil=\"false\">A</sf:Name>", "A"),
        ("<sf:Name><x>A</x></sf:Name>", "none"),
        ("<sf:Name>A</sf:Name><sf:Name>A</sf:Name>", "field_duplicate id_cliente"),
        ("<sf:Name/>", "client_id_format id_cliente"),
    ] {
        assert_eq!(name(field), expected, "{field}");
    }
}

#[test]
fn a_time_is_the_best_that_is_told() {
    let times = |names: &[&str]| {
        let field = |name: &&str| match *name {
            "CloseDate" => "<sf:CloseDate>2026-11-27</sf:CloseDate>".to_owned(),
            name => format!("<sf:{name}>2026-11-28T08:00:00.000Z</sf:{name}>"),
        };
        let fields: String = names.iter().map(field).collect();
        let modified = "<sf:LastModifiedDate>2026-11-28T09:00:00.000Z</sf:LastModifiedDate>";
        let told = found(&message(&notification(7, &fields).replace(modified, "")));
        let event: Value = serde_json::from_str(&told[0]).unwrap_or_default();
        event["timestamp"].as_str().unwrap_or(&told[0]).to_owned()
    };
    let instant = "2026-11-28T08:00:00.000Z";
    for (names, expected) in [
        (&["CreatedDate", "CloseDate", "LastModifiedDate"][..], instant),
        (&["CreatedDate", "CloseDate", "SystemModstamp"], instant),
        (&["CreatedDate", "CloseDate"], "2026-11-27T00:00:00Z"),
        (&["CreatedDate"], instant),
        (&[], "field_missing timestamp"),
    ] {
        assert_eq!(times(names), expected, "{names:?}");
    }
}

#[test]
fn a_dtd_entities_and_depth_are_refused() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let good = message(&notification(7, ""));
    let nested = |depth: usize| {
        let (open, close) = ("<x>".repeat(depth - 6), "</x>".repeat(depth - 6));
        message(&notification(7, &format!("<sf:Name>{open}{close}</sf:Name>")))
    };
    for bad in [
        format!("{bomb}{good}"),
        format!("<!DOCTYPE x SYSTEM \"file:///etc/passwd\">{good}"),
        message(&notification(7, "<sf:Name>&b;</sf:Name>")),
        message(&notification(7, "<sf:Name>&#0;&#x110000;</sf:Name>")),
        message(&notification(7, "<sf:Name>")),
        message(&notification(7, "</sf:Name>")),
        good.replace("</soapenv:Envelope>", ""),
        good.replace("<notifications ", "<Notifications "),
        message(""),
        nested(33),
        nested(100_000),
        "<".to_owned(),
        "<a/>".to_owned(),
    ] {
        assert_eq!(found(&bad), ["json_invalid"], "{}", bad.get(..200).unwrap_or(&bad));
        assert_eq!(pieces(&bad)[0].text.to_string(), "");
    }
    for depth in [31, 32] {
        assert_eq!(found(&nested(depth)).len(), 1);
        assert!(found(&nested(depth))[0].contains("acquisto_concluso"), "{depth}");
    }
}

#[test]
fn change_events_tell_records_in_each_form() {
    check(
        "salesforce",
        "salesforce-cometd.json",
        &[
            &sale("0065g00000ABCDJAA4", "09:00:00.123", "15000.0", "webform", "completato"),
            &sale("0065g00000ABCDKAA4", "09:00:00.123", "15000.0", "webform", "completato"),
            "filtered",
            "filtered",
            "filtered",
        ],
    );
    check(
        "salesforce",
        "salesforce-pubsub.json",
        &[&lead("00Q5g00000ABCDFEA4", "09:00:00.126", "email", "Bari")],
    );
    check(
        "salesforce",
        "salesforce-eventbridge.json",
        &[&sale("0065g00000ABCDMAA4", "09:00:00.127", "0", "webform", "fallito")],
    );
}

/// A change event of one record.
fn change(header: &Value, fields: &Value) -> Value {
    let mut event = json!({ "ChangeEventHeader": {
        "entityName": "Opportunity", "changeType": "UPDATE", "transactionKey": "t", "sequenceNumber": 1,
        "commitTimestamp": 1795856400000_u64, "recordIds": ["006"],
    }, "StageName": "Closed Won", "Amount": 1.5 });
    for (name, value) in header.as_object().unwrap() {
        event["ChangeEventHeader"][name] = value.clone();
    }
    for (name, value) in fields.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

#[test]
fn a_change_event_is_found_wherever_a_relay_puts_it() {
    let event = change(&json!({}), &json!({}));
    let expected = sale("006", "09:00:00.000", "1.5", "webform", "completato");
    for body in [
        event.clone(),
        json!([event]),
        json!({ "payload": event }),
        json!({ "data": event }),
        json!({ "data": { "payload": event } }),
        json!({ "detail": event }),
        json!({ "detail": { "payload": event } }),
    ] {
        assert_eq!(found(&body.to_string()), [expected.as_str()], "{body}");
    }
}

#[test]
fn only_what_has_come_about_counts() {
    for (header, fields, expected) in [
        (json!({ "changeType": "DELETE" }), json!({}), "filtered"),
        (json!({ "changeType": "UNDELETE" }), json!({}), "filtered"),
        (json!({ "changeType": "GAP_OVERFLOW" }), json!({}), "filtered"),
        (json!({ "recordIds": [] }), json!({}), "filtered"),
        (json!({ "recordIds": null }), json!({}), "filtered"),
        (json!({ "recordIds": "006" }), json!({}), "filtered"),
        (json!({ "recordIds": ["006*"] }), json!({}), "filtered"),
        (json!({ "recordIds": [{}] }), json!({}), "filtered"),
        (json!({ "entityName": "Lead" }), json!({}), "filtered"),
        (json!({}), json!({ "StageName": "Prospecting" }), "filtered"),
        (json!({}), json!({ "CurrencyIsoCode": "USD" }), "mapping_unmet"),
        (json!({ "commitTimestamp": null }), json!({}), "field_missing timestamp"),
        (json!({}), json!({ "Amount": -1 }), "value_negative valore"),
    ] {
        assert_eq!(found(&change(&header, &fields).to_string()), [expected], "{header} {fields}");
    }
}

#[test]
fn each_record_of_a_transaction_has_an_id_of_its_own() {
    let id = |header: Value| {
        let body = change(&header, &json!({})).to_string();
        pieces(&body).into_iter().map(|piece| piece.id.unwrap()).collect::<Vec<_>>()
    };
    let first = id(json!({ "recordIds": ["006a", "006b"] }));
    assert_ne!(first[0], first[1]);
    // However the relay puts it, and whatever else it says.
    assert_eq!(
        id(json!({ "recordIds": ["006b"], "commitNumber": 9007199254740993_u64 })),
        [first[1].clone()]
    );
    assert_ne!(id(json!({ "recordIds": ["006b"], "sequenceNumber": 2 })), [first[1].clone()]);
    assert_ne!(id(json!({ "recordIds": ["006b"], "transactionKey": "u" })), [first[1].clone()]);
    let without = |amount: f64| {
        let body =
            change(&json!({ "transactionKey": null }), &json!({ "Amount": amount })).to_string();
        pieces(&body)[0].id.clone()
    };
    assert_ne!(without(1.0), without(2.0));
}

#[test]
fn a_text_of_a_change_event_has_one_record_and_every_digit() {
    let body = text("salesforce-cometd.json");
    let found = pieces(&body);
    let text = found[1].text.to_string();
    assert!(text.contains(r#""recordIds": ["0065g00000ABCDKAA4"]"#), "{text}");
    assert!(text.contains("90071992547409931234"), "{text}");
}

#[test]
fn platform_events_are_for_a_map_of_your_own() {
    let mut tables = tables();
    tables["salesforce"]["map"] = json!({
        "target": "conversion", "when": { "/type": "Order_Paid__e" }, "id_cliente": "/fields/Order_Number__c",
        "evento": { "const": "acquisto_concluso" }, "timestamp": "/time", "valore": { "const": 1 },
        "canale": { "const": "sms" }, "stato": { "const": "completato" },
    });
    let config = config(&tables);
    let sender = &config.sources["salesforce"];
    let check = |body: &str, id: Option<&str>| {
        let pieces = cut(sender, "", body.as_bytes(), None);
        let piece = pieces.last().unwrap();
        let expected = r#"{"id_cliente":"7","evento":"acquisto_concluso","timestamp":"2026-11-28T09:00:00.126Z","valore":1,"canale":"sms","stato":"completato"}"#;
        assert_eq!(told(sender, piece), expected);
        assert_eq!(piece.id.as_deref().filter(|_| id.is_some()), id);
    };
    check(&text("salesforce-cometd.json"), Some("e981b488-81f3-4fcc-bd6f-f7033c9d7ac3"));
    let payload = json!({ "CreatedDate": 1795856400126_u64, "Order_Number__c": 7 });
    check(
        &json!({ "detail-type": "Order_Paid__e", "detail": { "payload": payload } }).to_string(),
        None,
    );
    check(&json!({ "channel": "/event/Order_Paid__e", "payload": payload }).to_string(), None);
}

#[test]
fn other_json_is_filtered_and_no_json_is_not_kept() {
    for other in ["{}", "1", "[1,[2],{}]", "null", r#"{"data":[1]}"#] {
        assert!(found(other).iter().all(|told| told == "filtered"), "{other}");
    }
    assert_eq!(found("[]"), Vec::<String>::new());
    for bad in ["", "{", &"[".repeat(100_000), &format!("{}{}", "[".repeat(33), "]".repeat(33))] {
        assert_eq!(found(bad), ["json_invalid"]);
        assert_eq!(pieces(bad)[0].text.to_string(), "");
    }
    assert_eq!(found(r#"{"data":1,"data":2}"#), ["field_duplicate data"]);
    assert_eq!(pieces(&json!(vec![1; 5_000]).to_string()).len(), 1_001);
    let large = |name: usize| {
        let fields = json!({ "Name": "x".repeat(name) });
        found(&change(&json!({ "recordIds": vec!["006"; 1_001] }), &fields).to_string())
    };
    assert_eq!(
        (large(50_000).len(), large(67_000)),
        (1_001, vec!["list_length recordIds".to_owned()])
    );
    let many = change(&json!({ "recordIds": vec!["006"; 5_000] }), &json!({})).to_string();
    assert_eq!(pieces(&many).len(), 1_001);
}
