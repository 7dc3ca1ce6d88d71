//! Queries: read the same every time and over the wire, and answered alike by a hub and its viewer.

use polso_core::live::{self, Request};
use polso_core::{Query, Viewer};

use crate::frames::json;
use crate::world::{self, now};

/// The query of a URL.
pub fn run(data: &[u8]) {
    let parameters: Vec<_> = form_urlencoded::parse(data).collect();
    let parse = || Query::parse(parameters.iter().map(|(name, value)| (&**name, &**value)));
    let query = match parse() {
        Ok(query) => query,
        Err(error) => {
            assert_eq!(parse(), Err(error.clone()));
            assert!(!error.message.is_empty());
            assert!(error.message.chars().count() < 1_000, "{}", error.message);
            return;
        }
    };
    assert_eq!(live::decode::<Query>(&live::encode(&query)).as_ref(), Ok(&query));
    if let Ok(span) = query.span(now()) {
        assert!(span.from <= span.to, "{span:?}");
    }
    let mut hub = world::hub(&mut world::ledger().0);
    let mut viewer = Viewer::default();
    let request = Request::decode(&viewer.resume()).unwrap();
    for frame in hub.resume(&request, now()) {
        viewer.apply(&frame).unwrap();
    }
    for at in [now(), now().plus_ms(3_600_000), now().plus_ms(-3_600_000)] {
        assert_eq!(json(&viewer.answer(&query, at)), json(&hub.answer(&query, at)));
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    [
        "",
        "window=24h&kind=tumbling&at=2026-05-20T12:00:00%2B01:00&kpi=conversions&kpi=cpa",
        "where=canale:email&where=canale:sms&where=campagna:a:b&by=localita",
        "window=all&by=source",
        "window=400d&kind=sliding",
        "window=30s&by=stato&where=evento:",
        "window=5&kind=hopping&at=yesterday&at=&by=colore&kpi=x&where=x",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
