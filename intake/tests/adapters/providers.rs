//! What is made of each payload. Every event is judged by the core as it is.

use polso_intake::adapter::Piece;

use crate::world::{config, cut, payload, sources, tables, told};

/// What becomes of each piece of a payload, sent by a source without a signed id.
#[track_caller]
pub fn check(source: &str, file: &str, expected: &[&str]) {
    let (config, body) = (sources(), payload(file));
    let sender = &config.sources[source];
    let found: Vec<_> =
        cut(sender, file, &body, None).iter().map(|piece| told(sender, piece)).collect();
    assert_eq!(found, expected, "{file}");
}

/// The ids of the pieces of a body.
pub fn ids(source: &str, file: &str, body: &[u8], message_id: Option<&str>) -> Vec<String> {
    let config = sources();
    let pieces = cut(&config.sources[source], file, body, message_id);
    pieces.into_iter().map(|piece| piece.id.unwrap()).collect()
}

pub fn text(file: &str) -> String {
    String::from_utf8(payload(file)).unwrap()
}

#[test]
fn stripe_tells_payments_that_succeed_or_fail() {
    check(
        "stripe",
        "stripe-succeeded.json",
        &[
            r#"{"id_cliente":"cus_TQp4ZbV1hN7rYk","evento":"acquisto_concluso","timestamp":"2026-11-28T09:00:00.000Z","valore":129.90,"canale":"email","stato":"completato","metadati":{"campagna":"Autunno_2026"}}"#,
        ],
    );
    check(
        "stripe",
        "stripe-failed.json",
        &[
            r#"{"id_cliente":"pi_3SYv9bL2xQmT9aBc0aJ2mQwE","evento":"acquisto_concluso","timestamp":"2026-11-28T10:00:00.000Z","valore":49.00,"canale":"webform","stato":"fallito"}"#,
        ],
    );
    check("stripe", "stripe-refund.json", &["filtered"]);
    check("stripe", "stripe-dollars.json", &["mapping_unmet"]);
    let file = "stripe-succeeded.json";
    assert_eq!(ids("stripe", file, &payload(file), None), ["evt_3SYu1kL2xQmT9aBc1vR8dWqZ"]);
}

#[test]
fn shopify_tells_paid_orders() {
    check(
        "shopify",
        "shopify-paid.json",
        &[
            r#"{"id_cliente":"7115519230017","evento":"acquisto_concluso","timestamp":"2026-11-28T10:15:01+01:00","valore":79.80,"canale":"webform","stato":"completato","metadati":{"localita":"Roma"}}"#,
        ],
    );
    check("shopify", "shopify-pending.json", &["filtered"]);
    check("shopify", "shopify-test.json", &["filtered"]);
    let file = "shopify-paid.json";
    assert_eq!(ids("shopify", file, &payload(file), None), ["9007199254740993"]);
}

#[test]
fn hubspot_tells_deals_and_the_bad_one_is_alone() {
    let deal = |id: &str, time: &str, state: &str| {
        format!(
            r#"{{"id_cliente":"{id}","evento":"acquisto_concluso","timestamp":"2026-11-28T09:00:{time}Z","valore":0,"canale":"webform","stato":"{state}"}}"#
        )
    };
    check(
        "hubspot",
        "hubspot-batch.json",
        &[
            &deal("9007199254740993", "00.123", "completato"),
            "timestamp_past timestamp",
            &deal("332507367157", "02.001", "fallito"),
            "filtered",
            &deal("332507367158", "04.520", "completato"),
            "filtered",
        ],
    );
}

#[test]
fn hubspot_sends_again_with_another_attempt_and_nothing_else() {
    let file = "hubspot-batch.json";
    let first = ids("hubspot", file, &payload(file), None);
    let again = text(file).replace("\"attemptNumber\":0", "\"attemptNumber\":3");
    assert_eq!(ids("hubspot", file, again.as_bytes(), None), first);
    let mut distinct = first.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 6);
    // An id by itself is documented as not unique.
    let other = text(file).replace("\"occurredAt\":1795856400123", "\"occurredAt\":1795856400124");
    let other = ids("hubspot", file, other.as_bytes(), None);
    assert_ne!(other[0], first[0]);
    assert_eq!(other[1..], first[1..]);
}

#[test]
fn zoho_tells_several_records_at_once() {
    check(
        "zoho",
        "zoho-deals.json",
        &[
            r#"{"id_cliente":"5725767000003000010","evento":"acquisto_concluso","timestamp":"2026-11-28T09:00:00.625Z","valore":1250.5,"canale":"webform","stato":"completato"}"#,
            r#"{"id_cliente":"5725767000003000020","evento":"acquisto_concluso","timestamp":"2026-11-28T09:00:00.625Z","valore":0,"canale":"webform","stato":"fallito"}"#,
            "field_type valore",
            "filtered",
            "filtered",
        ],
    );
    let file = "zoho-deals.json";
    let first = ids("zoho", file, &payload(file), None);
    let again = text(file).replace("zoho-token-for-tests", "the-other-token");
    assert_eq!(ids("zoho", file, again.as_bytes(), None), first);
}

#[test]
fn slack_and_github_tell_what_is_mapped() {
    check(
        "slack",
        "slack-join.json",
        &[
            r#"{"id_cliente":"U0B9QSKKHU1","evento":"iscrizione_evento","timestamp":"2026-11-28T09:00:00.007Z","valore":0,"canale":"social_media","stato":"completato","metadati":{"campagna":"C0B9UVACR4K"}}"#,
        ],
    );
    check(
        "github",
        "github-sponsorship.json",
        &[
            r#"{"id_cliente":"583231","evento":"acquisto_concluso","timestamp":"2026-11-28T09:00:00+00:00","valore":5.00,"canale":"social_media","stato":"completato"}"#,
        ],
    );
    let (slack, github) = ("slack-join.json", "github-sponsorship.json");
    assert_eq!(ids("slack", slack, &payload(slack), None), ["Ev0BA4V2PXC4"]);
    assert_eq!(ids("github", github, &payload(github), None)[0].len(), 32);
}

#[test]
fn a_message_may_bring_several_events_under_its_one_id() {
    let file = "standard-webhooks-registrations.json";
    check(
        "registrations",
        file,
        &[
            r#"{"id_cliente":"1f81eb52-5198-4599-803e-771906343485","evento":"iscrizione_evento","timestamp":"2026-11-28T10:26:10.344522+01:00","valore":0,"canale":"webform","stato":"completato","metadati":{"campagna":"Fiera_Milano_2026","dispositivo":"iPhone"}}"#,
            "client_id_format id_cliente",
            r#"{"id_cliente":"8c3e0f62-12d4-4b55-8d69-1ad0a53a0c02","evento":"iscrizione_evento","timestamp":"2026-11-28T10:26:10.344522+01:00","valore":0,"canale":"webform","stato":"completato","metadati":{"campagna":"Fiera_Milano_2026"}}"#,
        ],
    );
    let ids = ids("registrations", file, &payload(file), Some("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"));
    let expected = [0, 1, 2].map(|at| format!("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk/{at}"));
    assert_eq!(ids, expected);
}

#[test]
fn generic_sources_tell_any_kind_of_event() {
    check(
        "workflow",
        "zoho-workflow.form",
        &[
            r#"{"id_cliente":"5725767000003000010","evento":"acquisto_concluso","timestamp":"2026-11-28T09:00:00.000Z","valore":1250.50,"canale":"email","stato":"completato","metadati":{"localita":"Forlì"}}"#,
        ],
    );
    check(
        "ads",
        "ads-spend.json",
        &[
            r#"{"canale":"social_media","campagna":"Autunno_2026","importo":450.10,"da":"2026-11-27T00:00:00.000Z","a":"2026-11-28T00:00:00.000Z"}"#,
            "mapping_unknown_value canale",
            r#"{"canale":"email","campagna":"Newsletter","importo":0.07,"da":"2026-11-27T00:00:00.000Z","a":"2026-11-28T00:00:00.000Z"}"#,
        ],
    );
    check(
        "stories",
        "story-insights.json",
        &[
            r#"{"event_type":"StoryView","story_id":"18023345012345678","user_location":"Italia","timestamp":"2026-11-28T09:00:00.000Z","engagement":{"completion_rate":62.5e-2,"view_count":940,"clicks":147,"shares":12}}"#,
        ],
    );
}

#[test]
fn a_rejected_piece_is_an_event_once_the_mapping_knows_its_word() {
    let (config_before, body) = (sources(), payload("ads-spend.json"));
    let pieces = cut(&config_before.sources["ads"], "ads-spend.json", &body, None);
    let Piece { text, id, .. } = &pieces[1];
    let mut tables = tables();
    tables["ads"]["map"]["canale"]["lookup"]["tiktok"] = "social_media".into();
    let after = config(&tables);
    let sender = &after.sources["ads"];
    let text = text.to_string();
    let replayed = cut(sender, "", text.as_bytes(), id.as_deref());
    let expected = r#"{"canale":"social_media","campagna":"Marchio","importo":10.00,"da":"2026-11-27T00:00:00.000Z","a":"2026-11-28T00:00:00.000Z"}"#;
    assert_eq!(replayed.iter().map(|piece| told(sender, piece)).collect::<Vec<_>>(), [expected]);
    // The provider may send it again meanwhile.
    assert_eq!(replayed[0].id, cut(sender, "", &body, None)[1].id);
}

#[test]
fn nothing_is_kept_of_a_notification_that_cannot_be_read() {
    let body = payload("zoho-deals.json");
    let mut broken = body.clone();
    broken[2] = 0xFF;
    for body in [&broken[..], &body[..body.len() - 20], b"{\"token\":\"zoho-token-for-tests\"}"] {
        let pieces = cut(&sources().sources["zoho"], "", body, None);
        assert_eq!(told(&sources().sources["zoho"], &pieces[0]), "json_invalid");
        assert_eq!((pieces.len(), pieces[0].text.to_string()), (1, String::new()));
    }
}

#[test]
fn no_text_holds_a_credential() {
    for (source, file, credentials) in [
        ("stripe", "stripe-succeeded.json", &["_secret_"][..]),
        (
            "shopify",
            "shopify-paid.json",
            &["b1946ac92492d2347c6235b4d2611184", "2b9ba639fb81a1fb61a02be4c95459b5", "hWN2Q4"],
        ),
        ("slack", "slack-join.json", &["yO0sZ7JNeB5EXnVwNB3hvSCC"]),
        ("zoho", "zoho-deals.json", &["zoho-token-for-tests", "oauthtoken"]),
        ("salesforce", "salesforce-opportunities.xml", &["AQ8AQFakeSession", "00D5g0000012abc"]),
    ] {
        let (config, body) = (sources(), payload(file));
        assert!(credentials.iter().all(|secret| text(file).contains(secret)), "{file}");
        for piece in cut(&config.sources[source], file, &body, None) {
            let text = piece.text.to_string();
            assert!(credentials.iter().all(|secret| !text.contains(secret)), "{text}");
        }
    }
}
