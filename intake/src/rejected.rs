//! The list of rejected events: which are asked for, and one page for the pages of all ledgers.
//!
//! Every ledger gives its newest ones before a place of its own; the cursor holds all these places,
//! so that a walk meets each event once, whatever comes meanwhile.
//!
//! Bounds: 1 to [`LIMIT_MAX`] events, about [`PAGE_BYTES`] of them.

mod answer;

use polso_core::{PageSearch, Position, excerpt};

use crate::{
    config::is_name,
    problem::listed,
    refusal::Refusal,
    route::{Parameter, invalid_query},
};

/// Most events of one answer, and how many unless it is said.
const LIMIT_MAX: usize = 100;
const LIMIT_DEFAULT: usize = 50;
/// A page ends after this many bytes of events.
const PAGE_BYTES: usize = 4 << 20;

const KNOWN: [&str; 3] = ["limit", "source", "cursor"];

/// Which rejected events are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    limit: usize,
    source: Option<String>,
    /// For each ledger the place before which it goes on; its start when it has no more.
    places: Vec<Position>,
}

impl Listing {
    /// Reads the parameters of a query to a space of `shards` ledgers.
    ///
    /// # Errors
    /// `query_invalid` with the code of the first fault.
    pub(crate) fn parse(parameters: &[Parameter<'_>], shards: u16) -> Result<Self, Refusal> {
        let mut listing = Self {
            limit: LIMIT_DEFAULT,
            source: None,
            places: vec![Position::END; usize::from(shards)],
        };
        for (at, (name, value)) in parameters.iter().enumerate() {
            if parameters.iter().take(at).any(|(earlier, _)| earlier == name) {
                let message = format!("`{}` comes twice", excerpt(name));
                return Err(invalid_query("parameter_repeated", message));
            }
            match name.as_ref() {
                "limit" => listing.limit = limit(value)?,
                "source" => listing.source = Some(source(value)?),
                "cursor" => listing.places = places(value, shards)?,
                other => {
                    let (other, known) = (excerpt(other), listed(&KNOWN));
                    let message = format!("`{other}` is no parameter; there are {known}");
                    return Err(invalid_query("parameter_unknown", message));
                }
            }
        }
        Ok(listing)
    }

    /// What each ledger is asked that may have more, by its number.
    pub fn searches(&self) -> impl Iterator<Item = (u16, PageSearch)> {
        let places = (0..).zip(&self.places).filter(|(_, before)| **before != Position::START);
        places.map(|(shard, before)| {
            let (source, limit) = (self.source.clone(), self.limit);
            let bytes = PAGE_BYTES / self.places.len().max(1);
            (shard, PageSearch { before: *before, source, limit, bytes })
        })
    }
}

fn limit(text: &str) -> Result<usize, Refusal> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = text.parse().ok().filter(|limit| is_plain && (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| {
        let text = excerpt(text);
        let message = format!("`{text}` should be a whole number from 1 to {LIMIT_MAX}");
        invalid_query("limit_invalid", message)
    })
}

fn source(text: &str) -> Result<String, Refusal> {
    if is_name(text) {
        return Ok(text.to_owned());
    }
    let message = format!("`{}` is no name of a source", excerpt(text));
    Err(invalid_query("source_invalid", message))
}

/// Positions with `-` between them, one for each ledger.
fn places(text: &str, shards: u16) -> Result<Vec<Position>, Refusal> {
    let places: Result<Vec<Position>, ()> =
        text.splitn(usize::from(shards) + 1, '-').map(str::parse).collect();
    places.ok().filter(|places| places.len() == usize::from(shards)).ok_or_else(|| {
        let message = "the cursor is not one of a page of this list; begin without one";
        invalid_query("cursor_invalid", message.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str, shards: u16) -> Result<Listing, String> {
        let parameters: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        Listing::parse(&parameters, shards).map_err(|refusal| {
            assert_eq!((refusal.status(), refusal.code()), (400, "query_invalid"));
            refusal.details()[0].code.clone().unwrap()
        })
    }

    #[track_caller]
    fn check(query: &str, expected: Result<(usize, Option<&str>), &str>) {
        let found = parse(query, 2);
        let found = found.as_ref().map(|found| (found.limit, found.source.as_deref()));
        assert_eq!(found.map_err(String::as_str), expected, "{query}");
    }

    #[test]
    fn every_parameter_is_optional_and_checked() {
        check("", Ok((50, None)));
        check("limit=1&source=crm", Ok((1, Some("crm"))));
        check("limit=100&cursor=1.2-3.4", Ok((100, None)));
        for bad in ["0", "101", "-1", "+1", "1.0", "", "99999999999999999999"] {
            check(&format!("limit={bad}"), Err("limit_invalid"));
        }
        for bad in ["", "CRM", "%23replay"] {
            check(&format!("source={bad}"), Err("source_invalid"));
        }
        check("limit=1&limit=1", Err("parameter_repeated"));
        check("page=1", Err("parameter_unknown"));
        for bad in ["", "1.2", "1.2-", "1.2-3.4-5.6", "1.2-3", "a.b-c.d", "1.2-+3.4", "1.2--3.4"] {
            check(&format!("cursor={}", bad.replace('+', "%2B")), Err("cursor_invalid"));
        }
    }

    #[test]
    fn ledgers_are_asked_from_their_own_places_unless_they_have_no_more() {
        let listing = parse("limit=7&source=crm&cursor=5.1-0.0-9.0", 3).unwrap();
        let found: Vec<_> = listing.searches().collect();
        let search = |seq, index| PageSearch {
            before: Position { seq, index },
            source: Some("crm".into()),
            limit: 7,
            bytes: PAGE_BYTES / 3,
        };
        assert_eq!(found, [(0, search(5, 1)), (2, search(9, 0))]);
        let whole = parse("", 64).unwrap();
        assert!(whole.searches().all(|(_, search)| search.before == Position::END));
        assert_eq!(whole.searches().count(), 64);
    }
}
