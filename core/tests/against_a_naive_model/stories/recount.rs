//! What a model that keeps every story event makes of them, and the same figures out of an answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{DEEDS, FORMATS, Form, PLACES, Place, STORIES, Told};

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
