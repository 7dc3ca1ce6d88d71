//! What Meta tells of stories, in each of its envelopes.

use polso_intake::adapter::Piece;
use serde_json::{Value, json};

use crate::providers::{check, ids, text};
use crate::world::{config, cut, sources, tables, told};

const TIME: &str = "2026-11-28T09:00:00.000Z";

fn pieces<'a>(source: &str, body: &'a str) -> Vec<Piece<'a>> {
    cut(&sources().sources[source], "a.json", body.as_bytes(), None)
}

/// What becomes of each piece of a body.
#[track_caller]
fn check_body(body: &Value, expected: &[&str]) {
    let (sender, body) = (&sources().sources["meta"], body.to_string());
    let found: Vec<_> = pieces("meta", &body).iter().map(|piece| told(sender, piece)).collect();
    assert_eq!(found, expected, "{body}");
}

fn notification(entry: Value) -> Value {
    json!({ "object": "instagram", "entry": [entry] })
}

/// A notification of one message.
fn message(message: Value) -> Value {
    notification(json!({ "id": "1", "time": 1795856401500_u64, "messaging": [
        { "sender": { "id": "2" }, "recipient": { "id": "1" }, "timestamp": 1795856400000_u64, "message": message }
    ] }))
}

fn change(field: &str, value: Value) -> Value {
    notification(
        json!({ "id": "1", "time": 1795856400, "changes": [{ "field": field, "value": value }] }),
    )
}

fn snapshot(story: &str, engagement: &str) -> String {
    format!(
        r#"{{"event_type":"StoryView","story_id":"{story}","timestamp":"{TIME}","engagement":{engagement}}}"#
    )
}

fn action(kind: &str, story: &str, viewer: &str, time: &str) -> String {
    let kind = match kind {
        "Share" => r#""event_type":"Share""#.to_owned(),
        kind => format!(r#""event_type":"Interaction","interaction_type":"{kind}""#),
    };
    let time = format!("2026-11-28T09:00:{time}Z");
    format!(r#"{{{kind},"story_id":"{story}","user_id":"{viewer}","timestamp":"{time}"}}"#)
}

#[test]
fn insights_are_totals_and_what_is_suppressed_is_missing() {
    let first = snapshot("18023345989012587", r#"{"view_count":940}"#);
    let second = snapshot("90071992547409931234", r#"{"view_count":28,"shares":9}"#);
    let none = snapshot("18023345989012590", "{}");
    let bad = "field_type engagement.view_count";
    check("meta", "meta-insights.json", &[&first, &second, bad, &none, "filtered"]);
    let first = snapshot("18023345989012587", r#"{"view_count":940,"comments":12}"#);
    check("meta_insights", "meta-insights.json", &[&first, &second, bad, &none, "filtered"]);
}

#[test]
fn replies_are_counted_in_one_of_the_two_places() {
    let found = pieces("meta_insights", &text("meta-messages.json"))
        .iter()
        .map(|piece| told(&sources().sources["meta_insights"], piece))
        .filter(|told| told != "filtered")
        .collect::<Vec<_>>();
    assert_eq!(found, [action("Share", "17841405309211844", "5550001112225", "00.300")]);
}

#[test]
fn comments_on_stories_of_others_count_in_either_envelope() {
    check(
        "meta",
        "meta-comments.json",
        &[
            &action("comment", "18023345989012587", "232323232", "00.000"),
            "filtered",
            "filtered",
            &action("comment", "18023345989012588", "9007199254740993", "01.000"),
            "filtered",
            "filtered",
        ],
    );
}

#[test]
fn messages_tell_replies_reactions_and_mentions() {
    check(
        "meta",
        "meta-messages.json",
        &[
            &action("comment", "18023345989012587", "5550001112223", "00.123"),
            &action("love", "90071992547409931234", "5550001112224", "00.200"),
            &action("Share", "17841405309211844", "5550001112225", "00.300"),
            "filtered",
            "filtered",
            "filtered",
            "filtered",
            "filtered",
            "filtered",
            "field_missing user_id",
            &action("comment", "18023345989012587", "5550001112228", "01.100"),
            &action("laugh", "18023345989012587", "5550001112229", "02.000"),
        ],
    );
}

#[test]
fn an_emoji_by_itself_is_a_reaction() {
    let reply = |text: &str| {
        message(json!({ "mid": "m", "text": text, "reply_to": { "story": { "id": "3" } } }))
    };
    for (text, kind) in [
        ("\u{2764}", "love"),
        ("\u{2764}\u{fe0f}", "love"),
        ("😍", "love"),
        ("😂", "laugh"),
        ("👍", "like"),
        ("👏", "like"),
        ("🔥", "like"),
        ("🎉", "like"),
        ("💯", "like"),
        ("😮", "comment"),
        ("😢", "comment"),
        ("😂😂", "comment"),
        ("bella 😂", "comment"),
        ("", "comment"),
    ] {
        check_body(&reply(text), &[&action(kind, "3", "2", "00.000")]);
    }
    check_body(
        &message(json!({ "mid": "m", "attachments": [], "reply_to": { "story": { "id": 3 } } })),
        &[&action("comment", "3", "2", "00.000")],
    );
}

#[test]
fn what_the_account_itself_does_is_not_counted() {
    for flag in ["is_echo", "is_deleted", "is_self"] {
        let with = |value: bool| {
            message(json!({ "mid": "m", flag: value, "reply_to": { "story": { "id": "3" } } }))
        };
        check_body(&with(true), &["filtered"]);
        check_body(&with(false), &[&action("comment", "3", "2", "00.000")]);
    }
    let comment = |author: Value| {
        let media = json!({ "id": "3", "media_product_type": "STORY" });
        change("comments", json!({ "id": "4", "from": { "id": author }, "media": media }))
    };
    check_body(&comment(json!("1")), &["filtered"]);
    check_body(&comment(json!(1)), &["filtered"]);
    check_body(&comment(json!("2")), &[&action("comment", "3", "2", "00.000")]);
    check_body(&comment(json!(null)), &[&action("comment", "3", "4", "00.000")]);
}

#[test]
fn what_nobody_knows_is_filtered() {
    for body in [
        notification(json!({ "id": "1", "time": 1 })),
        notification(json!({ "id": "1", "changes": null, "messaging": [{}] })),
        notification(
            json!({ "id": "1", "changes": [1, {}, { "field": "comments" }, { "value": 1 }] }),
        ),
        notification(json!({ "id": "1", "field": { "a": 1 }, "value": {} })),
        notification(json!(1)),
        change("live_comments", json!({ "id": "4" })),
        change(&"x".repeat(300), json!({ "id": "4" })),
        json!({ "object": "page", "entry": [{ "id": "1", "changes": [{ "field": "story_insights", "value": {} }] }] }),
    ] {
        let body = body.to_string();
        let sender = &sources().sources["meta"];
        let found = pieces("meta", &body);
        assert!(
            !found.is_empty() && found.iter().all(|piece| told(sender, piece) == "filtered"),
            "{body}"
        );
    }
    check_body(&json!({ "object": "instagram", "entry": [] }), &[]);
    check_body(&json!([]), &[]);
}

#[test]
fn what_cannot_be_read_is_rejected_alone() {
    let good = change("story_insights", json!({ "media_id": "3", "views": 5 }));
    let event = snapshot("3", r#"{"view_count":5}"#);
    check_body(
        &json!([good, 1, {}, { "entry": {} }, [good], good]),
        &[&event, "json_invalid", "json_invalid", "json_invalid", "json_invalid", &event],
    );
    let entry = json!({ "id": "1", "messaging": { "sender": 1 } });
    let mut both = good.clone();
    both["entry"].as_array_mut().unwrap().push(entry);
    check_body(&both, &[&event, "field_type messaging"]);
    let sender = &sources().sources["meta"];
    let deep =
        |depth: usize| format!("{{\"entry\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    for (body, expected) in [
        ("", "json_invalid"),
        ("{\"entry\":[{}]", "json_invalid"),
        (r#"{"entry":[],"entry":[]}"#, "field_duplicate entry"),
        (r#"{"entry":[{"id":1,"id":2,"changes":[{}]}]}"#, "field_duplicate id"),
        (
            r#"{"entry":[{"changes":[{"field":"comments","value":{"id":1,"id":2}}]}]}"#,
            "field_duplicate id",
        ),
        (r#"{"entry":[{"changes":[{"field":"a","value":{"\ud800":1}}]}]}"#, "filtered"),
        (&deep(32), "filtered"),
        (&deep(33), "json_depth"),
        (&deep(100_000), "json_depth"),
    ] {
        let found: Vec<_> = pieces("meta", body).iter().map(|piece| told(sender, piece)).collect();
        assert_eq!(found, [expected], "{}", body.get(..64).unwrap_or(body));
    }
}

#[test]
fn ids_are_metas_own_and_never_hold_the_time_of_sending() {
    let found = ids("meta", "meta-comments.json", text("meta-comments.json").as_bytes(), None);
    assert_eq!(
        [&found[0], &found[1], &found[3]],
        ["17865799348089039", "17865799348089040", "17865799348089042"]
    );
    let found = ids("meta", "meta-messages.json", text("meta-messages.json").as_bytes(), None);
    assert_eq!([&found[1], &found[2], &found[10], &found[11]], ["m_2", "m_3", "m_7", "m_8"]);
    for file in ["meta-insights.json", "meta-comments.json", "meta-messages.json"] {
        let first = ids("meta", file, text(file).as_bytes(), None);
        let later = text(file).replace("\"time\":17958564", "\"time\":17958999");
        assert_ne!(later, text(file));
        let mut again = ids("meta", file, later.as_bytes(), None);
        if file == "meta-comments.json" {
            // Of an entry that tells nothing, all is told.
            (again[4], again[5]) = (first[4].clone(), first[5].clone());
        }
        assert_eq!(again, first, "{file}");
        let mut distinct = first.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), first.len(), "{file}");
    }
}

#[test]
fn the_same_content_of_two_accounts_is_two() {
    let body = |account: &str| {
        let mut body = change("story_insights", json!({ "media_id": "3", "views": 5 }));
        body["entry"][0]["id"] = json!(account);
        body.to_string()
    };
    let id = |body: &str| pieces("meta", body)[0].id.clone();
    assert_ne!(id(&body("1")), id(&body("2")));
    assert_eq!(id(&body("1")), id(&body("1")));
}

#[test]
fn a_text_has_its_own_bytes_as_they_came() {
    let (body, messages) = (text("meta-comments.json"), text("meta-messages.json"));
    let found = pieces("meta", &body);
    assert_eq!(
        found[0].text.to_string(),
        r#"{"object":"instagram","entry":[{"id":"17841405309211844","time":1795856400,"changes":[{"field":"comments","value":{"from":{"id":"232323232","username":"anna.rossi"},"media":{"id":"18023345989012587","media_product_type":"STORY"},"id":"17865799348089039","parent_id":"1231231234","text":"Ha la stessa identit\u00e0!"}}]}]}"#
    );
    assert!(found[1].text.to_string().contains(r"https:\/\/example.it\/"));
    assert_eq!(
        found[3].text.to_string(),
        r#"{"object":"instagram","entry":[{"id":"17841405309211844","time":1795856401,"field":"comments","value":{"id":"17865799348089042","from":{"id":"9007199254740993","username":"carla"},"text":"Quando?","media":{"id":"18023345989012588","media_product_type":"STORY"}}}]}"#
    );
    let standby = pieces("meta", &messages)[10].text.to_string();
    assert!(standby.contains(r#""standby":[{"sender""#) && standby.contains(r"\ud83d\ude22"));
}

#[test]
fn a_thousand_updates_are_one_request() {
    let body = |count: usize| {
        let value = |n: usize| json!({ "field": "story_insights", "value": { "media_id": n.to_string(), "views": 5 } });
        let changes: Vec<_> = (0..count).map(value).collect();
        notification(json!({ "id": "1", "time": 1795856400, "changes": changes })).to_string()
    };
    for (count, expected) in [(1_000, 1_000), (1_001, 1_001), (1_002, 1_001)] {
        assert_eq!(pieces("meta", &body(count)).len(), expected);
    }
    let entries = json!({ "entry": vec![json!({ "changes": [{}, {}] }); 600] });
    assert_eq!(pieces("meta", &entries.to_string()).len(), 1_001);
    assert_eq!(pieces("meta", &json!([entries, entries, 1]).to_string()).len(), 1_001);
}

#[test]
fn a_map_of_your_own_takes_the_place_of_the_built_in_one() {
    let mut tables = tables();
    tables["meta"]["map"] = json!({
        "target": "conversion", "when": { "/type": "message" },
        "id_cliente": "/value/sender/id", "evento": { "const": "richiesta_demo" },
        "timestamp": { "pointer": "/time_ms", "format": "unix_ms" }, "valore": { "const": 0 },
        "canale": { "const": "social_media" }, "stato": { "const": "completato" },
    });
    let (config, body) = (config(&tables), text("meta-messages.json"));
    let sender = &config.sources["meta"];
    let found = cut(sender, "a.json", body.as_bytes(), None);
    let found: Vec<_> =
        found.iter().map(|piece| told(sender, piece)).filter(|told| told != "filtered").collect();
    let expected = r#"{"id_cliente":"5550001112227","evento":"richiesta_demo","timestamp":"2026-11-28T09:00:00.900Z","valore":0,"canale":"social_media","stato":"completato"}"#;
    assert_eq!(found, [expected]);
}
