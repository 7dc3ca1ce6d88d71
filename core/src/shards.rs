//! How many ledgers a space has, and has had: where an event goes, and who must be asked first.
//!
//! Bound: [`GENERATIONS_MAX`] numbers of shards.

use crate::{
    domain::Candidate,
    heritage::Enquiry,
    ledger::Batch,
    time::{DAY_MS, Timestamp},
};

/// The most numbers of shards that a space may have had before the one that it has.
pub const GENERATIONS_MAX: usize = 8;

/// For how long after a change the ledgers of before are asked: longer than anything is remembered for later events'
/// sake.
pub const ASKED_MS: i64 = 40 * DAY_MS;

/// The ledgers of a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shards {
    count: u16,
    before: Vec<Before>,
}

/// A number of ledgers that a space had, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// How many.
    pub count: u16,
    /// When it was changed, or later.
    pub until: Timestamp,
}

impl Shards {
    /// So many ledgers now, and those before, the oldest first.
    #[must_use]
    pub fn new(count: u16, mut before: Vec<Before>) -> Self {
        before.truncate(GENERATIONS_MAX);
        Self { count: count.max(1), before }
    }

    /// So many ledgers, and never any other number.
    #[must_use]
    pub const fn always(count: u16) -> Self {
        Self { count, before: Vec::new() }
    }

    /// How many take events.
    #[must_use]
    pub const fn count(&self) -> u16 {
        self.count
    }

    /// How many there are that may have counted any: all of them make up the numbers of the space.
    #[must_use]
    pub fn most(&self) -> u16 {
        self.before.iter().map(|before| before.count).fold(self.count, u16::max)
    }

    /// How often the number has changed.
    #[must_use]
    pub fn generation(&self) -> u8 {
        self.before.len() as u8
    }

    /// The ledger that an event goes to.
    #[must_use]
    pub fn home(&self, candidate: &Candidate) -> u16 {
        candidate.shard(self.count)
    }

    /// What other ledgers are to be asked about the events of a batch that goes to `home`.
    #[must_use]
    pub fn enquiries(&self, home: u16, batch: &Batch, now: Timestamp) -> Vec<(u16, Enquiry)> {
        let mut enquiries: Vec<(u16, Enquiry)> = Vec::new();
        let asked = self.before.iter().filter(|before| now < before.until.plus_ms(ASKED_MS));
        // A replay goes where its first try went, which need not be where the event belongs today.
        for count in asked.map(|before| before.count).chain([self.count]) {
            for candidate in &batch.candidates {
                let earlier = candidate.shard(count);
                if earlier == home {
                    continue;
                }
                let known = enquiries.iter().position(|(shard, _)| *shard == earlier);
                let at = known.unwrap_or_else(|| {
                    let (generation, source) = (self.generation(), batch.source.clone());
                    let enquiry = Enquiry { generation, source, ..Enquiry::default() };
                    enquiries.push((earlier, enquiry));
                    enquiries.len() - 1
                });
                if let Some((_, enquiry)) = enquiries.get_mut(at) {
                    enquiry.ask(candidate);
                }
            }
        }
        enquiries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventKind, RawEvent, Source};

    const NOW: Timestamp = Timestamp::from_ms(1_770_000_000_000);

    fn candidates(count: u32) -> Vec<Candidate> {
        let one = |n: u32| {
            let json = format!(
                r#"{{"id_cliente":"CLIENTE-ITALIA-{n:06}","evento":"richiesta_demo","timestamp":"{NOW}","valore":0,"canale":"sms","stato":"completato"}}"#
            );
            let raw = RawEvent { json: &json, event_id: None };
            EventKind::Conversion.validate(&raw, &Source::named("crm"), NOW).unwrap().candidate
        };
        (0..count).map(one).collect()
    }

    /// Who is asked about how many of 100 events, over all batches, some days after the last change.
    #[track_caller]
    fn check(counts: &[u16], days: i64, expected_asked: bool) {
        let (count, before) = counts.split_last().unwrap();
        let before = before.iter().map(|count| Before { count: *count, until: NOW }).collect();
        let shards = Shards::new(*count, before);
        let now = NOW.plus_ms(days * DAY_MS);
        for candidate in candidates(100) {
            let (home, key) = (shards.home(&candidate), candidate.key);
            let others: Vec<u16> = counts
                .iter()
                .map(|count| candidate.shard(*count))
                .filter(|earlier| *earlier != home)
                .collect();
            let batch = Batch { candidates: vec![candidate], ..Batch::default() };
            let enquiries = shards.enquiries(home, &batch, now);
            for (shard, enquiry) in &enquiries {
                assert!(others.contains(shard) && expected_asked);
                assert_eq!(enquiry.keys, [(key, 0)].into());
                assert_eq!(usize::from(enquiry.generation), counts.len() - 1);
            }
            assert!(
                !expected_asked || others.iter().all(|o| enquiries.iter().any(|(s, _)| s == o))
            );
        }
    }

    #[test]
    fn every_other_home_of_before_is_asked_once() {
        check(&[4], 0, true);
        check(&[1, 4], 0, true);
        check(&[4, 1], 0, true);
        check(&[1, 4, 1, 4], 0, true);
        check(&[2, 3, 5, 7], 0, true);
    }

    #[test]
    fn nobody_is_asked_when_nothing_of_before_is_remembered() {
        check(&[1, 4], 39, true);
        check(&[1, 4], 40, false);
    }

    #[test]
    fn all_that_ever_counted_make_up_the_numbers() {
        let before = [4, 2].map(|count| Before { count, until: NOW }).into();
        let shards = Shards::new(3, before);
        assert_eq!((shards.count(), shards.most(), shards.generation()), (3, 4, 2));
        assert_eq!(Shards::always(5).most(), 5);
    }
}
