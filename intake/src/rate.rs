//! How fast a source may send: a token bucket for each, filled at its rate and holding one second of it.
//!
//! It is asked after the proof, so that nobody without the secret can use a sender up, and before any ledger is. Each
//! isolate of the platform counts by itself: with several, a source gets through a multiple of its rate.

use std::collections::BTreeMap;

use polso_core::Timestamp;

use crate::config::Sender;
use crate::refusal::Refusal;

const SECOND_MS: i64 = 1_000;

/// What each source has left; at most as many as there are sources with a rate.
#[derive(Debug, Default)]
pub struct Rates(BTreeMap<String, Bucket>);

/// Counted in thousandths of a request, so that a millisecond adds a whole number at any rate.
#[derive(Debug)]
struct Bucket {
    left: i64,
    at: Timestamp,
}

impl Rates {
    /// Takes one request of a source.
    ///
    /// # Errors
    /// `rate_limited` when it has none left.
    pub fn take(&mut self, sender: &Sender, now: Timestamp) -> Result<(), Refusal> {
        let Some(rate_per_s) = sender.rate_per_s.map(i64::from) else {
            return Ok(());
        };
        let full = rate_per_s * SECOND_MS;
        let name = &sender.source.name;
        let bucket = match self.0.get_mut(name) {
            Some(bucket) => bucket,
            None => self.0.entry(name.clone()).or_insert(Bucket { left: full, at: now }),
        };
        let passed_ms = now.ms().saturating_sub(bucket.at.ms()).clamp(0, SECOND_MS);
        bucket.left = (bucket.left + passed_ms * rate_per_s).min(full);
        // A clock that goes back fills nothing, and is not waited for.
        bucket.at = now;
        if bucket.left < SECOND_MS {
            return Err(Refusal::RateLimited { retry_after_s: 1 });
        }
        bucket.left -= SECOND_MS;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;

    fn sender(rate_per_s: Option<u32>) -> Sender {
        let mut crm = json!({ "kind": "native" });
        if let Some(rate) = rate_per_s {
            crm["rate_per_s"] = json!(rate);
        }
        let vars = json!({ "sources": { "crm": crm } });
        Config::parse(&vars, |_| Some("{}".into())).unwrap().sources["crm"].clone()
    }

    /// How many of 1,000 requests at each of these instants are taken.
    #[track_caller]
    fn check(rate_per_s: Option<u32>, instants_ms: &[i64], expected: &[usize]) {
        let (mut rates, sender) = (Rates::default(), sender(rate_per_s));
        let mut taken = |ms| {
            let now = Timestamp::from_ms(ms);
            (0..1_000).filter(|_| rates.take(&sender, now).is_ok()).count()
        };
        assert_eq!(instants_ms.iter().map(|ms| taken(*ms)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn one_second_may_come_at_once_and_then_the_rate() {
        check(Some(10), &[0, 0, 99, 100, 200, 1_200, 9_000], &[10, 0, 0, 1, 1, 10, 10]);
        check(Some(1), &[0, 999, 1_000], &[1, 0, 1]);
        check(Some(100_000), &[0, 1], &[1_000, 1_000]);
    }

    #[test]
    fn is_not_limited_unless_said() {
        check(None, &[0, 0], &[1_000, 1_000]);
    }

    #[test]
    fn a_clock_that_goes_back_stops_nobody_for_long() {
        check(Some(10), &[10_000, 0, 100, 1_000], &[10, 0, 1, 9]);
    }

    #[test]
    fn says_when_to_come_again() {
        let (mut rates, sender) = (Rates::default(), sender(Some(1)));
        assert_eq!(rates.take(&sender, Timestamp::from_ms(0)), Ok(()));
        let refusal = rates.take(&sender, Timestamp::from_ms(0)).unwrap_err();
        assert_eq!((refusal.status(), refusal.retry_after_s()), (429, Some(1)));
    }
}
