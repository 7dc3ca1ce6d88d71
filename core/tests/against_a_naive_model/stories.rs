//! Story events as their senders meant them, and what a model that keeps them all makes of them.

use std::collections::{BTreeMap, BTreeSet};

use polso_core::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

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
const PANE_MS: i64 = 30_000;

/// What queries may tell stories apart by.
pub(crate) const BYS: [&str; 4] = ["story", "luogo", "formato", "classe"];

/// The KPIs that any of these may tell apart.
pub(crate) const KPIS: [&str; 9] = [
    "views",
    "clicks",
    "ctr",
    "completion",
    "early_exit",
    "local_shares",
    "reactions",
    "comments",
    "shares",
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

/// What something adds, by name.
type Sums = BTreeMap<&'static str, i64>;

/// Something that counts: when, where, and what it adds.
type Count = (i64, Place, Sums);

fn add(to: &mut Sums, sums: &Sums) {
    sums.iter().for_each(|(name, sum)| *to.entry(name).or_default() += sum);
}

/// The earliest view, the largest completion, and whether the story was swiped away.
type Viewer = (Option<(i64, Place)>, u32, bool);

/// Every story event that was accepted, in the order of acceptance.
#[derive(Default)]
pub(crate) struct Stories(Vec<(i64, Told)>);

impl Stories {
    /// Whether totals of its segment are known that are newer.
    pub(crate) fn supersedes(&self, told: &Told, now: i64) -> bool {
        let Form::Totals(totals) = &told.form else { return false };
        let rank = (told.time_ms(now), *totals, FORMATS[told.format]);
        self.0.iter().any(|(time_ms, known)| match &known.form {
            Form::Totals(totals) => {
                (known.story, known.place) == (told.story, told.place)
                    && (*time_ms, *totals, FORMATS[known.format]) >= rank
            }
            Form::Action { .. } => false,
        })
    }

    pub(crate) fn keep(&mut self, told: Told, now: i64) {
        self.0.push((told.time_ms(now), told));
    }

    /// Everything that counts, from all events at once.
    fn counts(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        let mut viewers = BTreeMap::<(usize, u8), Viewer>::new();
        for (time_ms, told) in &self.0 {
            let Form::Action { viewer, deed, completion, tagged } = told.form else { continue };
            let (name, class) = DEEDS[deed];
            let at = told.at(class);
            let known = viewers.entry((told.story, viewer)).or_default();
            match name {
                "StoryView" => {
                    known.0 = Some(known.0.map_or((*time_ms, at), |view| view.min((*time_ms, at))));
                    known.1 = known.1.max(completion);
                }
                "swipe_away" => known.2 = true,
                "Share" => {
                    let local = tagged || !["estero", ""].contains(&at.place);
                    let sums = [("shares", 1), ("local_shares", i64::from(local))];
                    counts.push((*time_ms, at, sums.into()));
                }
                "comment" => counts.push((*time_ms, at, [("comments", 1)].into())),
                "swipe_up" | "link_click" => {
                    counts.push((*time_ms, at, [("clicks", 1), ("clicks_of_views", 1)].into()));
                }
                _ => counts.push((*time_ms, at, [("reactions", 1)].into())),
            }
        }
        for (view, completion, swiped_away) in viewers.into_values() {
            let Some((time_ms, at)) = view else { continue };
            let left = i64::from(completion < 300_000 || swiped_away);
            let watched = if completion >= 750_000 { 1_000_000 } else { 0 };
            let sums = [
                ("views", 1),
                ("views_of_clicks", 1),
                ("rated", 1),
                ("viewers", 1),
                ("watched", watched),
                ("left", left),
            ];
            counts.push((time_ms, at, sums.into()));
        }
        counts.extend(self.moves());
        counts
    }

    /// How the totals moved, one segment after the other.
    fn moves(&self) -> Vec<Count> {
        let mut moves = Vec::new();
        for segment in 0..STORIES.len() * PLACES.len() {
            let of_segment = self.0.iter().filter_map(|(time_ms, told)| match &told.form {
                Form::Totals(totals) if told.story * PLACES.len() + told.place == segment => {
                    Some((*time_ms, told, totals))
                }
                _ => None,
            });
            let mut last: Option<(i64, &Told, &[Option<i64>; 6])> = None;
            for (time_ms, told, totals) in of_segment {
                let rank = |(time_ms, told, totals): (i64, &Told, &[Option<i64>; 6])| {
                    (time_ms, *totals, FORMATS[told.format])
                };
                if last.is_some_and(|last| rank(last) >= rank((time_ms, told, totals))) {
                    continue;
                }
                let mut moved: BTreeMap<Place, Sums> = BTreeMap::new();
                let before = last.map(|(_, told, totals)| (-1, told, totals));
                for (sign, told, totals) in before.into_iter().chain([(1, told, totals)]) {
                    for (class, mut sums) in parts(totals, told) {
                        sums.values_mut().for_each(|sum| *sum *= sign);
                        add(moved.entry(told.at(class)).or_default(), &sums);
                    }
                }
                moved.retain(|_, sums| sums.values().any(|sum| *sum != 0));
                moves.extend(moved.into_iter().map(|(at, sums)| (time_ms, at, sums)));
                last = Some((time_ms, told, totals));
            }
        }
        moves
    }

    /// Numerators and denominators of every KPI by group, of what lies in a window.
    pub(crate) fn recount(
        &self,
        (from_ms, to_ms): (i64, i64),
        story: Option<&str>,
        by: Option<&str>,
    ) -> Value {
        let counts = self.counts();
        let mut groups: BTreeMap<String, Sums> = BTreeMap::new();
        let wanted = |at: &Place| story.is_none_or(|story| at.story == story);
        let group = |at: &Place| by.map_or(String::new(), |by| at.value(by).to_owned());
        let mut seen = BTreeSet::new();
        for (time_ms, at, sums) in &counts {
            if !(from_ms..to_ms).contains(time_ms) || !wanted(at) {
                continue;
            }
            add(groups.entry(group(at)).or_default(), sums);
            seen.insert(at.story);
        }
        if by.is_none_or(|by| by == "story") {
            for (at, sums) in openings(&counts) {
                if seen.contains(at.story) {
                    add(groups.entry(group(&at)).or_default(), &sums);
                }
            }
        }
        // Nothing is left of a viewer that moved to another group but its empty row.
        groups.retain(|_, totals| totals.values().any(|sum| *sum != 0));
        let figures = |totals: &Sums| {
            let of = |name: &str| totals.get(name).copied().unwrap_or(0);
            let mut figures = json!({
                "ctr": [of("clicks_of_views"), of("views_of_clicks")],
                "completion": [of("watched"), of("rated")],
                "early_exit": [of("left"), of("viewers")],
            });
            for kpi in ["views", "clicks", "local_shares", "reactions", "comments", "shares"] {
                figures[kpi] = json!([of(kpi), Value::Null]);
            }
            if by.is_none_or(|by| by == "story") {
                figures["ctr_15m"] = json!([of("opening_clicks"), of("opening_views")]);
            }
            figures
        };
        groups.iter().map(|(group, totals)| (group.clone(), figures(totals))).collect()
    }
}

/// What totals are made of, by class.
fn parts(totals: &[Option<i64>; 6], told: &Told) -> [(&'static str, Sums); 5] {
    let [views, completion, clicks, likes, comments, shares] = *totals;
    let of = |total: Option<i64>| total.unwrap_or(0);
    let mut of_views = Sums::from([("views", of(views))]);
    if clicks.is_some() {
        of_views.insert("views_of_clicks", of(views));
    }
    if let Some(thousandths) = completion {
        of_views.insert("rated", of(views));
        of_views.insert("watched", of(views) * thousandths * 1_000);
    }
    let mut of_clicks = Sums::from([("clicks", of(clicks))]);
    if views.is_some() {
        of_clicks.insert("clicks_of_views", of(clicks));
    }
    let local = if ["estero", ""].contains(&PLACES[told.place].1) { 0 } else { of(shares) };
    [
        ("visualizzazione", of_views),
        ("interazione_azione", of_clicks),
        ("reazione_positiva", [("reactions", of(likes))].into()),
        ("conversazione", [("comments", of(comments))].into()),
        ("diffusione_virale", [("shares", of(shares)), ("local_shares", local)].into()),
    ]
}

/// The first quarter of an hour of each story.
fn openings(counts: &[Count]) -> Vec<(Place, Sums)> {
    let mut openings = Vec::new();
    for story in STORIES {
        let of_story = || counts.iter().filter(|(_, at, _)| at.story == story);
        let pane = |time_ms: &i64| time_ms.div_euclid(PANE_MS);
        let Some(first) = of_story().map(|(time_ms, ..)| pane(time_ms)).min() else { continue };
        let begun = of_story().filter(|(time_ms, ..)| pane(time_ms) < first + 30);
        openings.extend(begun.map(|(_, at, sums)| {
            let of = |name: &str| sums.get(name).copied().unwrap_or(0);
            let (clicks, views) = (of("clicks_of_views"), of("views_of_clicks"));
            (*at, Sums::from([("opening_clicks", clicks), ("opening_views", views)]))
        }));
    }
    openings
}

/// The same figures out of an answer, but for groups without any.
pub(crate) fn figures(answer: &Value) -> Value {
    let whole = |number: &Value| number.as_f64().map(|number| number.round() as i64);
    let mut groups: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for reading in answer["readings"].as_array().unwrap() {
        let kpi = reading["kpi"].as_str().unwrap();
        let numerator = match kpi {
            // In millionths.
            "completion" => {
                reading["numerator"].as_f64().map(|watched| (watched * 1e6).round() as i64)
            }
            _ => whole(&reading["numerator"]),
        };
        let group = reading["group"].as_str().unwrap_or("").to_owned();
        let figure = json!([numerator, whole(&reading["denominator"])]);
        groups.entry(group).or_default().insert(kpi.to_owned(), figure);
    }
    let is_nothing = |figure: &Value| figure[0] == 0 && (figure[1].is_null() || figure[1] == 0);
    groups.retain(|_, figures| !figures.values().all(is_nothing));
    json!(groups)
}
