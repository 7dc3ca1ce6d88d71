//! From the raw JSON of one story event to the event, or to every reason why not.
//!
//! An event with `engagement` is a snapshot, any other an action. Bounds: 64 members, nesting of
//! 32, ids of 128 characters, other strings of 64, 30 hashtags. Nothing unknown is ignored: a
//! misspelt total would be missing in silence.

use super::{
    Action, Deed, EventType, Interaction, Setting, Snapshot,
    place::{names_italy, place},
    snapshot::Engagement,
};
use crate::{
    fields::Fields,
    json::Raw,
    reason::{Reason, ReasonCode as Code},
    time::Timestamp,
};

/// Longest string that is no id, in characters.
pub(super) const TEXT_CHARS_MAX: usize = 64;
/// Most hashtags of a share.
pub(super) const HASHTAGS_MAX: usize = 30;

/// Of both forms.
const FIELDS: &[&str] = &[
    "story_id",
    "user_location",
    "formato",
    "durata_s",
    "segmento",
    "timestamp",
    "engagement",
    "user_id",
    "event_type",
    "interaction_type",
    "completion_rate",
    "tempo_visione_s",
    "hashtag",
];
const SEGMENT_FIELDS: &[&str] = &["eta", "genere", "interesse"];
const ENGAGEMENT_FIELDS: &[&str] =
    &["completion_rate", "view_count", "clicks", "comments", "shares", "reactions"];
const REACTION_FIELDS: &[&str] = &["like", "love", "laugh"];

/// Either form of a story event.
pub(crate) enum StoryEvent {
    Snapshot(Snapshot),
    Action(Action),
}

/// Validates one story event as it was received at `now`.
///
/// # Errors
/// Every reason why it is none.
pub(crate) fn validate(json: &str, now: Timestamp) -> Result<StoryEvent, Vec<Reason>> {
    let mut values = [None; FIELDS.len()];
    let mut fields = Fields::read(json, FIELDS, &mut values)?;
    let setting = Setting::read(&mut fields);
    let time = fields.required("timestamp").and_then(|raw| fields.happened("timestamp", raw, now));
    let event = match fields.optional("engagement") {
        Some(raw) => snapshot(&mut fields, raw, setting, time),
        None => action(&mut fields, setting, time),
    };
    fields.refuse_rest();
    match (event, fields.into_reasons()) {
        (Some(event), reasons) if reasons.is_empty() => Ok(event),
        (_, reasons) => Err(reasons),
    }
}

impl Setting {
    fn read(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let story = fields.required("story_id").and_then(|raw| fields.id("story_id", raw));
        let location = text(fields, "user_location", "user_location");
        let format = text(fields, "formato", "formato");
        let duration_ms =
            fields.optional("durata_s").map_or(Some(0), |raw| fields.duration_ms("durata_s", raw));
        let segment = match fields.optional("segmento") {
            Some(raw) => segment(fields, raw),
            None => Some(<[String; 3]>::default()),
        };
        let (location, [age, gender, interest]) = (location?, segment?);
        let place = if location.trim().is_empty() { "" } else { place(&location) }.to_owned();
        let (story, format, duration_ms) = (story?, format?, duration_ms? as u32);
        Some(Self { story, place, age, gender, interest, format, duration_ms })
    }
}

/// Reads a string that need not be there; nothing only after a fault.
fn text(fields: &mut Fields<'_, '_>, name: &str, path: &'static str) -> Option<String> {
    let Some(raw) = fields.optional(name) else {
        return Some(String::new());
    };
    fields.bounded_text(path, raw, TEXT_CHARS_MAX).map(|text| text.into_owned())
}

fn segment(event: &mut Fields<'_, '_>, raw: Raw<'_>) -> Option<[String; 3]> {
    let mut values = [None; SEGMENT_FIELDS.len()];
    let mut fields = event.nested("segmento", raw, SEGMENT_FIELDS, &mut values)?;
    let age = text(&mut fields, "eta", "segmento.eta");
    let gender = text(&mut fields, "genere", "segmento.genere");
    let interest = text(&mut fields, "interesse", "segmento.interesse");
    fields.refuse_rest();
    event.take_over(fields);
    Some([age?, gender?, interest?])
}

fn snapshot(
    fields: &mut Fields<'_, '_>,
    raw: Raw<'_>,
    setting: Option<Setting>,
    time: Option<Timestamp>,
) -> Option<StoryEvent> {
    let only = [EventType::View.name()];
    let named = |name: &str| EventType::named(name).filter(|kind| *kind == EventType::View);
    let kind = fields
        .required("event_type")
        .and_then(|raw| fields.choice("event_type", raw, named, &only));
    let engagement = engagement(fields, raw);
    let (_, engagement, setting, time) = (kind?, engagement?, setting?, time?);
    Some(StoryEvent::Snapshot(Snapshot { setting, time, engagement }))
}

fn engagement(event: &mut Fields<'_, '_>, raw: Raw<'_>) -> Option<Engagement> {
    let mut values = [None; ENGAGEMENT_FIELDS.len()];
    let mut fields = event.nested("engagement", raw, ENGAGEMENT_FIELDS, &mut values)?;
    let completion = fields
        .optional("completion_rate")
        .and_then(|raw| fields.rate("engagement.completion_rate", raw));
    let views = total(&mut fields, "view_count", "engagement.view_count");
    let clicks = total(&mut fields, "clicks", "engagement.clicks");
    let comments = total(&mut fields, "comments", "engagement.comments");
    let shares = total(&mut fields, "shares", "engagement.shares");
    let reactions = fields
        .optional("reactions")
        .and_then(|raw| {
            let mut values = [None; REACTION_FIELDS.len()];
            let (name, names) = ("engagement.reactions", REACTION_FIELDS);
            let mut reactions = fields.nested(name, raw, names, &mut values)?;
            let totals = [
                total(&mut reactions, "like", "engagement.reactions.like"),
                total(&mut reactions, "love", "engagement.reactions.love"),
                total(&mut reactions, "laugh", "engagement.reactions.laugh"),
            ];
            reactions.refuse_rest();
            fields.take_over(reactions);
            Some(totals)
        })
        .unwrap_or_default();
    fields.refuse_rest();
    event.take_over(fields);
    Some(Engagement { views, completion, clicks, reactions, comments, shares })
}

fn total(fields: &mut Fields<'_, '_>, name: &str, path: &'static str) -> Option<i64> {
    let raw = fields.optional(name)?;
    fields.count(path, raw)
}

fn action(
    fields: &mut Fields<'_, '_>,
    setting: Option<Setting>,
    time: Option<Timestamp>,
) -> Option<StoryEvent> {
    let viewer = fields.required("user_id").and_then(|raw| fields.id("user_id", raw));
    let kind = fields
        .required("event_type")
        .and_then(|raw| fields.choice("event_type", raw, EventType::named, EventType::NAMES));
    let Some(kind) = kind else {
        // Whether these belong to the event cannot be told.
        for name in ["completion_rate", "tempo_visione_s", "interaction_type", "hashtag"] {
            fields.optional(name);
        }
        return None;
    };
    let deed = match kind {
        EventType::View => {
            let duration_ms = setting.as_ref().map(|setting| setting.duration_ms);
            completion(fields, duration_ms).map(|completion| Deed::View { completion })
        }
        EventType::Interaction => fields
            .required("interaction_type")
            .and_then(|raw| {
                let (named, names) = (Interaction::named, Interaction::NAMES);
                fields.choice("interaction_type", raw, named, names)
            })
            .map(Deed::Interaction),
        EventType::Share => {
            let hashtags = fields.optional("hashtag").map_or(Some(Vec::new()), |raw| {
                fields.texts("hashtag", raw, HASHTAGS_MAX, TEXT_CHARS_MAX)
            });
            hashtags.map(|hashtags| {
                let names_italy = hashtags.iter().any(|hashtag| names_italy(hashtag));
                Deed::Share { hashtags, names_italy }
            })
        }
    };
    let (viewer, deed, setting, time) = (viewer?, deed?, setting?, time?);
    Some(StoryEvent::Action(Action { setting, viewer, time, deed }))
}

/// How much of a story was seen, in millionths: as told, or the time watched out of its duration.
fn completion(fields: &mut Fields<'_, '_>, duration_ms: Option<u32>) -> Option<u32> {
    let told = fields.optional("completion_rate").map(|raw| fields.rate("completion_rate", raw));
    let watched =
        fields.optional("tempo_visione_s").map(|raw| fields.duration_ms("tempo_visione_s", raw));
    let (name, message) = match (told, watched, duration_ms.map(i64::from)) {
        (Some(told), ..) => return told.map(|rate| rate as u32),
        (None, Some(None), _) | (None, Some(_), None) => return None,
        (None, Some(Some(watched_ms)), Some(duration_ms @ 1..)) => {
            return Some((watched_ms.min(duration_ms) * 1_000_000 / duration_ms) as u32);
        }
        (None, Some(_), Some(_)) => {
            ("durata_s", "`durata_s` above zero is required with `tempo_visione_s`")
        }
        (None, None, _) => (
            "completion_rate",
            "`completion_rate`, or `tempo_visione_s` with `durata_s`, is required",
        ),
    };
    fields.refuse(Reason::field(Code::FieldMissing, name, message));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2024-04-05T18:33:00Z";
    const SNAPSHOT: &str = r#"{"event_type":"StoryView","story_id":"story_789456","user_location":"Italia","timestamp":"2024-04-05T18:32:15Z","engagement":{"completion_rate":0.62,"view_count":940,"clicks":147,"reactions":{"like":89,"love":23,"laugh":18},"shares":12}}"#;
    const ACTION: &str = r#"{"event_type":"Interaction","interaction_type":"swipe_up","story_id":"story_789456","user_id":"u-1832","user_location":"Roma","timestamp":"2024-04-05T18:32:16.250Z","segmento":{"eta":"25-34","genere":"F","interesse":"moda"},"formato":"video_breve","durata_s":5}"#;

    fn judged(json: &str) -> Result<StoryEvent, Vec<Reason>> {
        validate(json, Timestamp::parse(NOW).unwrap())
    }

    #[track_caller]
    fn check(json: &str, expected: &[(Code, &str)]) {
        let reasons = judged(json).err().unwrap_or_default();
        let found: Vec<_> =
            reasons.iter().map(|r| (r.code, r.field.as_deref().unwrap_or(""))).collect();
        assert_eq!(found, expected, "{json}");
    }

    /// An action with these members beside those that every action has.
    fn action(members: &str) -> String {
        format!(r#"{{"story_id":"s","user_id":"u","timestamp":"2024-04-05T18:32:16Z",{members}}}"#)
    }

    fn view(members: &str) -> String {
        action(&format!(r#""event_type":"StoryView",{members}"#))
    }

    fn snapshot(engagement: &str) -> String {
        format!(
            r#"{{"story_id":"s","event_type":"StoryView","timestamp":"2024-04-05T18:32:16Z","engagement":{engagement}}}"#
        )
    }

    #[test]
    fn reads_the_documented_examples() {
        let Ok(StoryEvent::Snapshot(event)) = judged(SNAPSHOT) else { panic!("no snapshot") };
        let Engagement { views, completion, clicks, reactions, comments, shares } =
            event.engagement;
        assert_eq!((views, completion, clicks), (Some(940), Some(620_000), Some(147)));
        assert_eq!(reactions, [Some(89), Some(23), Some(18)]);
        assert_eq!((comments, shares), (None, Some(12)));
        assert_eq!((event.setting.place.as_str(), event.setting.is_italian()), ("Italia", true));

        let Ok(StoryEvent::Action(event)) = judged(ACTION) else { panic!("no action") };
        assert_eq!(event.deed, Deed::Interaction(Interaction::SwipeUp));
        assert_eq!((event.viewer.as_str(), event.setting.duration_ms), ("u-1832", 5_000));
        assert_eq!(
            (event.setting.age.as_str(), event.setting.interest.as_str()),
            ("25-34", "moda")
        );
    }

    #[test]
    fn completion_is_told_or_reckoned() {
        let check = |members: &str, expected: u32| {
            let Ok(StoryEvent::Action(event)) = judged(&view(members)) else { panic!("{members}") };
            assert_eq!(event.deed, Deed::View { completion: expected }, "{members}");
        };
        check(r#""completion_rate":0.75"#, 750_000);
        check(r#""tempo_visione_s":3,"durata_s":4"#, 750_000);
        check(r#""tempo_visione_s":9,"durata_s":4"#, 1_000_000);
        check(r#""tempo_visione_s":1,"durata_s":3"#, 333_333);
        check(r#""tempo_visione_s":9,"durata_s":4,"completion_rate":0.5"#, 500_000);
    }

    #[test]
    fn a_view_says_how_much_was_seen() {
        check(&view(r#""formato":"foto""#), &[(Code::FieldMissing, "completion_rate")]);
        check(&view(r#""tempo_visione_s":3"#), &[(Code::FieldMissing, "durata_s")]);
        check(&view(r#""tempo_visione_s":3,"durata_s":0"#), &[(Code::FieldMissing, "durata_s")]);
        check(&view(r#""completion_rate":1"#), &[]);
        check(&view(r#""completion_rate":1.000001"#), &[(Code::RateRange, "completion_rate")]);
        check(&view(r#""completion_rate":-0.1"#), &[(Code::RateRange, "completion_rate")]);
        check(&view(r#""completion_rate":"1""#), &[(Code::FieldType, "completion_rate")]);
        check(&view(r#""completion_rate":0,"durata_s":3600"#), &[]);
        check(
            &view(r#""completion_rate":0,"durata_s":3600.001"#),
            &[(Code::DurationRange, "durata_s")],
        );
    }

    #[test]
    fn what_belongs_to_another_form_is_unknown() {
        let swipe = r#""event_type":"Interaction","interaction_type":"swipe_up""#;
        check(&action(swipe), &[]);
        check(
            &action(&format!(r#"{swipe},"completion_rate":1"#)),
            &[(Code::FieldUnknown, "completion_rate")],
        );
        check(
            &action(r#""event_type":"Share","interaction_type":"like""#),
            &[(Code::FieldUnknown, "interaction_type")],
        );
        check(
            &action(r#""event_type":"Interaction""#),
            &[(Code::FieldMissing, "interaction_type")],
        );
        check(
            &action(r#""event_type":"Storyview","interaction_type":"like""#),
            &[(Code::ChoiceUnknown, "event_type")],
        );
        check(
            &SNAPSHOT.replace("\"StoryView\"", "\"StoryView\",\"user_id\":\"u\""),
            &[(Code::FieldUnknown, "user_id")],
        );
        check(&SNAPSHOT.replace("StoryView", "Share"), &[(Code::ChoiceUnknown, "event_type")]);
    }

    #[test]
    fn ids_and_texts_have_a_length() {
        let of = |id: &str| view(r#""completion_rate":1"#).replace("\"s\"", &format!("{id:?}"));
        check(&of(&"è".repeat(128)), &[]);
        check(&of(&"è".repeat(129)), &[(Code::IdFormat, "story_id")]);
        check(&of(""), &[(Code::IdFormat, "story_id")]);
        let of =
            |text: &str| view(&format!(r#""completion_rate":1,"segmento":{{"eta":"{text}"}}"#));
        check(&of(&"è".repeat(64)), &[]);
        check(&of(&"è".repeat(65)), &[(Code::TextLength, "segmento.eta")]);
        check(
            &view(r#""completion_rate":1,"segmento":{"sesso":"F"}"#),
            &[(Code::FieldUnknown, "segmento.sesso")],
        );
        check(&view(r#""completion_rate":1,"segmento":[]"#), &[(Code::FieldType, "segmento")]);
    }

    #[test]
    fn hashtags_are_a_list_of_short_strings() {
        let of = |hashtags: &str| action(&format!(r#""event_type":"Share","hashtag":{hashtags}"#));
        let list = |count: usize| format!("[{}]", vec!["\"#roma\""; count].join(","));
        check(&of("[]"), &[]);
        check(&of(&list(30)), &[]);
        check(&of(&list(31)), &[(Code::ListLength, "hashtag")]);
        check(&of("\"#roma\""), &[(Code::FieldType, "hashtag")]);
        check(
            &of(r#"["a",1,null]"#),
            &[(Code::FieldType, "hashtag"), (Code::FieldType, "hashtag")],
        );
        check(&of(&format!("[\"{}\"]", "è".repeat(65))), &[(Code::TextLength, "hashtag")]);
    }

    #[test]
    fn totals_are_whole_numbers() {
        check(&snapshot("{}"), &[]);
        check(&snapshot(r#"{"view_count":1000000000}"#), &[]);
        check(&snapshot(r#"{"clicks":1000000001}"#), &[(Code::CountRange, "engagement.clicks")]);
        check(&snapshot(r#"{"shares":1.5}"#), &[(Code::CountRange, "engagement.shares")]);
        check(&snapshot(r#"{"comments":-1}"#), &[(Code::CountRange, "engagement.comments")]);
        check(
            &snapshot(r#"{"reactions":{"like":"1","wow":2},"reach":3}"#),
            &[
                (Code::FieldType, "engagement.reactions.like"),
                (Code::FieldUnknown, "engagement.reactions.wow"),
                (Code::FieldUnknown, "engagement.reach"),
            ],
        );
        check(&snapshot("null"), &[(Code::FieldType, "engagement")]);
    }

    #[test]
    fn names_every_reason_at_once() {
        check(
            r#"{"event_type":7,"timestamp":"2024-04-05T18:38:00.001Z","durata_s":-1,"nota":""}"#,
            &[
                (Code::FieldMissing, "story_id"),
                (Code::DurationRange, "durata_s"),
                (Code::TimestampFuture, "timestamp"),
                (Code::FieldMissing, "user_id"),
                (Code::FieldType, "event_type"),
                (Code::FieldUnknown, "nota"),
            ],
        );
    }
}
