//! When what a ledger has judged is to be written down: the more requests share a commit, the less each costs, but nobody
//! is to wait for company that does not come.
//!
//! Every so often a commit waits [`HOLD_MS`] after the one before, and finds how many come within. Those after it wait for as
//! many, and no longer than it did; nor for more than [`ENOUGH_REQUESTS`] or [`ENOUGH_EVENTS`]. So a sender that sends one
//! request after the other hardly ever waits, a crowd shares its commits, and the first request after a silence is written at
//! once. Only what came within such a planned wait counts: a wait that was whole because too few came says too little of the
//! others.

use crate::time::Timestamp;

/// The longest that a request waits for others, from the commit before, in milliseconds.
const HOLD_MS: i64 = 10;
/// So many requests or events need no more company.
const ENOUGH_REQUESTS: usize = 20;
const ENOUGH_EVENTS: usize = 1_000;
/// After so many commits one looks how many come.
const LOOK_EVERY: u32 = 16;

/// The commits of one ledger, as far as they tell how long to wait.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cadence {
    committed_at: Timestamp,
    /// How many requests came within the last planned wait.
    company: usize,
    /// Commits since then.
    since: u32,
}

impl Cadence {
    /// The time for a commit that so many requests with so many events wait for.
    #[must_use]
    pub fn due(&self, requests: usize, events: usize) -> Timestamp {
        let is_expected = requests >= self.company && self.since < LOOK_EVERY;
        if is_expected || requests >= ENOUGH_REQUESTS || events >= ENOUGH_EVENTS {
            self.committed_at
        } else {
            self.committed_at.plus_ms(HOLD_MS)
        }
    }

    /// Learns of a commit of so many requests.
    pub fn committed(&mut self, requests: usize, now: Timestamp) {
        if self.since < LOOK_EVERY {
            self.since += 1;
        } else {
            (self.company, self.since) = (requests, 0);
        }
        self.committed_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_ms(1_770_000_000_000);

    /// A crowd of which each sends its next request when the last one is answered, all within `spread_ms`: the time and the
    /// commits until so many requests were answered.
    fn crowd(senders: usize, spread_ms: i64, answered: usize) -> (i64, usize) {
        let mut cadence = Cadence::default();
        cadence.committed(1, START);
        let (mut now, mut commits, mut done) = (START, 0, 0);
        while done < answered {
            // One after the other they come, until enough wait or the time has come.
            let mut waiting = 0;
            let arrival = |n: usize| now.plus_ms(spread_ms * n as i64 / senders as i64);
            let mut at = now;
            while waiting < senders
                && (waiting == 0 || arrival(waiting) <= cadence.due(waiting, waiting))
            {
                at = arrival(waiting);
                waiting += 1;
            }
            now = at.max(cadence.due(waiting, waiting));
            cadence.committed(waiting, now);
            (commits, done) = (commits + 1, done + waiting);
        }
        (now.ms() - START.ms(), commits)
    }

    #[test]
    fn the_first_after_a_silence_does_not_wait() {
        let mut cadence = Cadence::default();
        assert!(cadence.due(1, 1) <= START);
        cadence.committed(7, START);
        let later = START.plus_ms(HOLD_MS);
        assert!(cadence.due(1, 1) <= later);
    }

    #[test]
    fn a_sender_that_sends_one_after_the_other_hardly_waits() {
        let (ms, commits) = crowd(1, 0, 1_700);
        assert_eq!(commits, 1_700);
        assert!(ms <= 100 * HOLD_MS, "{ms} ms");
    }

    #[test]
    fn a_small_crowd_waits_until_all_are_there() {
        let (ms, commits) = crowd(8, 1, 8 * 1_700);
        assert!(commits <= 1_702, "{commits} commits");
        assert!(ms <= 1_700 + 101 * HOLD_MS, "{ms} ms");
    }

    #[test]
    fn nobody_waits_longer_than_the_hold_or_for_more_than_enough() {
        for company in [1, 3, 19, 20, 1_000] {
            let mut cadence = Cadence { company, ..Cadence::default() };
            for since in 0..=LOOK_EVERY {
                let from = cadence.committed_at;
                for requests in 1..=25 {
                    let due = cadence.due(requests, requests);
                    assert!(due <= from.plus_ms(HOLD_MS));
                    let is_short = requests < company || since == LOOK_EVERY;
                    let waits = requests < ENOUGH_REQUESTS && is_short;
                    assert_eq!(due > from, waits, "{requests} of {company} after {since}");
                }
                assert_eq!(cadence.due(1, ENOUGH_EVENTS), from);
                cadence.committed(company, from.plus_ms(HOLD_MS - 1));
            }
        }
    }

    #[test]
    fn it_expects_what_came_within_the_last_planned_wait() {
        let mut cadence = Cadence::default();
        for company in [8, 1, 20, 10] {
            for requests in (0..LOOK_EVERY as usize).chain([company]) {
                cadence.committed(requests, cadence.committed_at.plus_ms(HOLD_MS));
            }
            assert_eq!((cadence.company, cadence.since), (company, 0));
        }
    }

    #[test]
    fn requests_that_come_on_their_own_time_share_as_a_hold_lets_them() {
        // 400 a second: in ten milliseconds come four.
        let mut cadence = Cadence::default();
        let (mut waiting, mut commits) = (0, 0);
        for n in 0..4_000 {
            let now = START.plus_ms(n * 5 / 2);
            if waiting > 0 && cadence.due(waiting, waiting) <= now {
                cadence.committed(waiting, cadence.due(waiting, waiting).max(now));
                (waiting, commits) = (0, commits + 1);
            }
            waiting += 1;
        }
        assert!((900..1_400).contains(&commits), "{commits} commits");
    }
}
