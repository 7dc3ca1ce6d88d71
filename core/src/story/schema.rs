//! The facts of stories: dimensions, measures, KPIs.
//!
//! A snapshot and an action never share a measure that one of them cannot know: early exits are
//! divided by the viewers that were seen one by one, clicks by the views of those who tell both.

use crate::{
    decimal::Decimal,
    fact::{Dimension, Folds, MEASURES_MAX, Measure, MeasureUnit, Opening, Schema, Sums},
    kpi::{Kpi, Over, Target, TargetFor, Unit},
    time::MINUTE_MS,
};

const STORY: usize = 1;
const FORMAT: usize = 6;
/// The format whose completion has a target.
const SHORT_VIDEO: &str = "video_breve";

/// Views, of actions one for each viewer.
const VIEWS: usize = 0;
const CLICKS: usize = 1;
/// Clicks where the views are known too.
const CLICKS_OF_VIEWS: usize = 2;
/// Views where the clicks are known too.
const VIEWS_OF_CLICKS: usize = 3;
/// Views that were watched, in millionths: to the end by actions, the mean by snapshots.
const WATCHED: usize = 4;
/// Views whose completion is known.
const RATED_VIEWS: usize = 5;
/// Viewers that were seen one by one.
const VIEWERS: usize = 6;
/// Of those, who left early.
const EARLY_EXITS: usize = 7;
const REACTIONS: usize = 8;
const COMMENTS: usize = 9;
const SHARES: usize = 10;
/// Shares from Italy or with its name.
const LOCAL_SHARES: usize = 11;

/// One view, in millionths.
const ONE: i64 = 1_000_000;
/// From this completion on a view counts as watched.
const WATCHED_MIN: u32 = 750_000;
/// Below this completion a view counts as left early.
const STAYED_MIN: u32 = 300_000;

pub(crate) const SCHEMA: Schema = Schema {
    name: "stories",
    dimensions: &[
        Dimension { name: "source", folds: Folds::Never },
        Dimension { name: "story", folds: Folds::Last },
        Dimension { name: "luogo", folds: Folds::Never },
        Dimension { name: "eta", folds: Folds::First },
        Dimension { name: "genere", folds: Folds::First },
        Dimension { name: "interesse", folds: Folds::First },
        Dimension { name: "formato", folds: Folds::First },
        Dimension { name: "classe", folds: Folds::Never },
    ],
    measures: &[
        Measure { name: "views", unit: MeasureUnit::Count },
        Measure { name: "clicks", unit: MeasureUnit::Count },
        Measure { name: "clicks_of_views", unit: MeasureUnit::Count },
        Measure { name: "views_of_clicks", unit: MeasureUnit::Count },
        Measure { name: "watched", unit: MeasureUnit::Millionths },
        Measure { name: "rated_views", unit: MeasureUnit::Count },
        Measure { name: "viewers", unit: MeasureUnit::Count },
        Measure { name: "early_exits", unit: MeasureUnit::Count },
        Measure { name: "reactions", unit: MeasureUnit::Count },
        Measure { name: "comments", unit: MeasureUnit::Count },
        Measure { name: "shares", unit: MeasureUnit::Count },
        Measure { name: "local_shares", unit: MeasureUnit::Count },
    ],
    kpis: &[
        Kpi::count("views", VIEWS),
        Kpi::count("clicks", CLICKS),
        Kpi { target: Some(CTR), ..ratio("ctr", CLICKS_OF_VIEWS, VIEWS_OF_CLICKS) },
        Kpi {
            target: Some(CTR),
            over: Over::Opening,
            ..ratio("ctr_15m", CLICKS_OF_VIEWS, VIEWS_OF_CLICKS)
        },
        Kpi {
            target: Some(Target::AtLeast(Decimal { units: 55, places: 2 })),
            target_for: TargetFor::Value(FORMAT, SHORT_VIDEO),
            ..ratio("completion", WATCHED, RATED_VIEWS)
        },
        Kpi {
            target: Some(Target::Below(Decimal { units: 30, places: 2 })),
            ..ratio("early_exit", EARLY_EXITS, VIEWERS)
        },
        Kpi {
            target: Some(Target::Above(Decimal::whole(2))),
            target_for: TargetFor::Each(STORY),
            ..Kpi::count("local_shares", LOCAL_SHARES)
        },
        Kpi::count("reactions", REACTIONS),
        Kpi::count("comments", COMMENTS),
        Kpi::count("shares", SHARES),
    ],
    opening: Some(Opening {
        dimension: STORY,
        length_ms: 15 * MINUTE_MS,
        measures: [CLICKS_OF_VIEWS, VIEWS_OF_CLICKS],
    }),
};

/// Clicks that a story should bring.
const CTR: Target = Target::AtLeast(Decimal { units: 15, places: 2 });

const fn ratio(name: &'static str, numerator: usize, denominator: usize) -> Kpi {
    Kpi { denominator: Some(denominator), unit: Unit::Ratio, ..Kpi::count(name, numerator) }
}

/// One viewer, by the largest completion in millionths.
pub(super) fn viewer(completion: u32, swiped_away: bool) -> Sums {
    let mut sums = [0; MEASURES_MAX];
    sums[VIEWS] = 1;
    sums[VIEWS_OF_CLICKS] = 1;
    sums[RATED_VIEWS] = 1;
    sums[VIEWERS] = 1;
    sums[WATCHED] = if completion >= WATCHED_MIN { ONE } else { 0 };
    sums[EARLY_EXITS] = i64::from(completion < STAYED_MIN || swiped_away);
    sums
}

/// The views of a snapshot, with their mean completion in millionths.
pub(super) fn views(views: i64, completion: Option<i64>, clicks_are_known: bool) -> Sums {
    let mut sums = [0; MEASURES_MAX];
    sums[VIEWS] = views;
    if clicks_are_known {
        sums[VIEWS_OF_CLICKS] = views;
    }
    if let Some(completion) = completion {
        sums[RATED_VIEWS] = views;
        // At most 10^9 views of at most 10^6 millionths.
        sums[WATCHED] = views.saturating_mul(completion);
    }
    sums
}

pub(super) fn clicks(count: i64, views_are_known: bool) -> Sums {
    let mut sums = [0; MEASURES_MAX];
    sums[CLICKS] = count;
    if views_are_known {
        sums[CLICKS_OF_VIEWS] = count;
    }
    sums
}

pub(super) fn reactions(count: i64) -> Sums {
    let mut sums = [0; MEASURES_MAX];
    sums[REACTIONS] = count;
    sums
}

pub(super) fn comments(count: i64) -> Sums {
    let mut sums = [0; MEASURES_MAX];
    sums[COMMENTS] = count;
    sums
}

pub(super) fn shares(count: i64, local: bool) -> Sums {
    let mut sums = [0; MEASURES_MAX];
    sums[SHARES] = count;
    sums[LOCAL_SHARES] = if local { count } else { 0 };
    sums
}
