//! Story events as their senders meant them; what a model that keeps them all makes of them is in
//! `recount`.

mod recount;

use polso_core::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) use recount::{BYS, KPIS, Stories, figures};

pub(crate) const STORIES: [&str; 3] = ["s0", "s1", "s2"];
/// What senders write, and what it is counted under.
const PLACES: [(&str, &str); 4] =
    [("Rome", "Roma"), ("milano", "Milano"), ("Paris", "estero"), ("", "")];
const FORMATS: [&str; 3] = ["video_breve", "foto", ""];
const DEEDS: [(&str, &str); 9] = [
    ("StoryView", "visualizzazione"),
    ("Share", "diffusione_virale"),
    ("swipe_up", "interazione_azione"),
    ("link_click", "interazione_azione"),
    ("like", "reazione_positiva"),
    ("love", "reazione_positiva"),
    ("laugh", "reazione_positiva"),
    ("comment", "conversazione"),
    ("swipe_away", "uscita"),
];

/// One story event, its time told by its age.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    story: usize,
    place: usize,
    format: usize,
    age_ms: i64,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Action {
        viewer: u8,
        deed: usize,
        completion: u32,
        tagged: bool,
    },
    /// Views, completion in thousandths, clicks, likes, comments, shares.
    Totals([Option<i64>; 6]),
}

pub(crate) fn told() -> impl Strategy<Value = Told> {
    let age_ms = prop_oneof![
        6 => -200_000..2_000_000_i64,
        1 => 0..20_i64,
        2 => 0..8_000_000_i64,
        1 => 0..60_000_000_000_i64,
    ];
    let deed = prop_oneof![4 => Just(0), 6 => 0..DEEDS.len()];
    let action = (0..5_u8, deed, 0..=100_u32, any::<bool>()).prop_map(
        |(viewer, deed, hundredths, tagged)| Form::Action {
            viewer,
            deed,
            completion: hundredths * 10_000,
            tagged,
        },
    );
    let total = || prop::option::weighted(0.8, 0..50_i64);
    let totals = (total(), prop::option::of(0..=1_000_i64), total(), total(), total(), total())
        .prop_map(|(a, b, c, d, e, f)| Form::Totals([a, b, c, d, e, f]));
    (0..3_usize, 0..4_usize, 0..3_usize, age_ms, prop_oneof![4 => action, 1 => totals]).prop_map(
        |(story, place, format, age_ms, form)| Told { story, place, format, age_ms, form },
    )
}

impl Told {
    pub(crate) fn time_ms(&self, now: i64) -> i64 {
        now - self.age_ms
    }

    pub(crate) fn text(&self, now: i64) -> String {
        let mut event = json!({
            "story_id": STORIES[self.story],
            "user_location": PLACES[self.place].0,
            "formato": FORMATS[self.format],
            "timestamp": Timestamp::from_ms(self.time_ms(now)).to_string(),
        });
        match &self.form {
            Form::Action { viewer, deed, completion, tagged } => {
                event["user_id"] = json!(format!("u{viewer}"));
                match DEEDS[*deed].0 {
                    "StoryView" => {
                        event["event_type"] = json!("StoryView");
                        event["completion_rate"] = json!(f64::from(*completion) / 1e6);
                    }
                    "Share" => {
                        event["event_type"] = json!("Share");
                        event["hashtag"] = json!(if *tagged { vec!["#Toscana"] } else { vec![] });
                    }
                    interaction => {
                        event["event_type"] = json!("Interaction");
                        event["interaction_type"] = json!(interaction);
                    }
                }
            }
            Form::Totals([views, completion, clicks, likes, comments, shares]) => {
                event["event_type"] = json!("StoryView");
                let rate = completion.map(|thousandths| json!(thousandths as f64 / 1e3));
                let totals = [
                    ("view_count", views),
                    ("clicks", clicks),
                    ("comments", comments),
                    ("shares", shares),
                ];
                let totals =
                    totals.into_iter().map(|(name, total)| (name, total.map(|n| json!(n))));
                let engagement: serde_json::Map<String, Value> = totals
                    .chain([("completion_rate", rate)])
                    .chain([("reactions", likes.map(|likes| json!({ "love": likes })))])
                    .filter_map(|(name, total)| Some((name.to_owned(), total?)))
                    .collect();
                let engagement = Value::Object(engagement);
                event["engagement"] = engagement;
            }
        }
        event.to_string()
    }

    /// What it is recognised by.
    pub(crate) fn key(&self, now: i64) -> String {
        match &self.form {
            Form::Action { viewer, deed, .. } => {
                json!([self.story, viewer, deed, self.time_ms(now)]).to_string()
            }
            Form::Totals(_) => self.text(now),
        }
    }

    fn at(&self, class: &'static str) -> Place {
        Place {
            story: STORIES[self.story],
            place: PLACES[self.place].1,
            format: FORMATS[self.format],
            class,
        }
    }
}

/// The values of the dimensions that differ here, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    story: &'static str,
    place: &'static str,
    format: &'static str,
    class: &'static str,
}

impl Place {
    fn value(&self, dimension: &str) -> &'static str {
        match dimension {
            "story" => self.story,
            "luogo" => self.place,
            "formato" => self.format,
            "classe" => self.class,
            other => panic!("no dimension: {other}"),
        }
    }
}
