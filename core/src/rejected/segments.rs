//! In which table rejected events are kept, and which tables go: always whole ones, because
//! dropping a table writes no row.
//!
//! Bounds: [`BYTES_MAX`] in all, the oldest go first; [`KEPT_MS`] of age, and at most a day more
//! until the whole table goes.

use crate::time::{DAY_MS, Timestamp};

use super::Position;

/// How long a rejected event is shown and can be replayed, in milliseconds.
pub const KEPT_MS: i64 = 30 * DAY_MS;
/// Most bytes that one ledger keeps.
const BYTES_MAX: u64 = 64 << 20;
/// A table that would outgrow this is followed by another.
const SEGMENT_BYTES_MAX: u64 = 4 << 20;
/// So is one that is this old.
const SEGMENT_MS_MAX: i64 = DAY_MS;

/// One table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its number: one more than that of the table before.
    pub number: u32,
    /// No event before this block is in it.
    pub first_seq: u64,
    /// When it was begun.
    pub begun: Timestamp,
    /// The bytes of its rows.
    pub bytes: u64,
    /// How many events it holds.
    pub events: u64,
}

impl Segment {
    /// When it goes.
    #[must_use]
    pub const fn over_at(&self) -> Timestamp {
        self.begun.plus_ms(SEGMENT_MS_MAX + KEPT_MS)
    }
}

/// What must be done to the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentStep {
    /// Make a table.
    Begin(Segment),
    /// Drop a table.
    Drop(u32),
}

/// The tables of one ledger, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segments(Vec<Segment>);

impl Segments {
    /// The tables that are there, oldest first.
    #[must_use]
    pub const fn new(segments: Vec<Segment>) -> Self {
        Self(segments)
    }

    /// Makes room for rows of a commit; they go into the table that is the newest after these
    /// steps, and are counted here already.
    pub fn add(&mut self, seq: u64, now: Timestamp, bytes: u64, events: u64) -> Vec<SegmentStep> {
        let mut steps = Vec::new();
        let goes_on = |last: &&mut Segment| {
            last.bytes + bytes <= SEGMENT_BYTES_MAX && now < last.begun.plus_ms(SEGMENT_MS_MAX)
        };
        match self.0.last_mut().filter(goes_on) {
            Some(last) => {
                last.bytes += bytes;
                last.events += events;
            }
            None => {
                let number = self.0.last().map_or(1, |last| last.number + 1);
                let next = Segment { number, first_seq: seq, begun: now, bytes, events };
                steps.push(SegmentStep::Begin(next));
                self.0.push(next);
            }
        }
        while self.0.len() > 1 && self.bytes() > BYTES_MAX {
            steps.push(SegmentStep::Drop(self.0.remove(0).number));
        }
        steps
    }

    /// Lets go what is too old at `now`.
    pub fn expire(&mut self, now: Timestamp) -> Vec<SegmentStep> {
        let old = self.0.iter().take_while(|segment| segment.over_at() <= now).count();
        self.0.drain(..old).map(|segment| SegmentStep::Drop(segment.number)).collect()
    }

    /// The oldest table.
    #[must_use]
    pub fn oldest(&self) -> Option<&Segment> {
        self.0.first()
    }

    /// The newest table: where rows are added.
    #[must_use]
    pub fn newest(&self) -> Option<&Segment> {
        self.0.last()
    }

    /// The table that holds the event at a place, if any does.
    #[must_use]
    pub fn holding(&self, at: Position) -> Option<&Segment> {
        self.0.iter().rev().find(|segment| segment.first_seq <= at.seq)
    }

    /// The tables that may hold events before a place, newest first.
    pub fn before(&self, at: Position) -> impl Iterator<Item = &Segment> {
        self.0.iter().rev().filter(move |segment| segment.first_seq <= at.seq)
    }

    /// The bytes of all rows.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.iter().map(|segment| segment.bytes).sum()
    }

    /// How many events are kept.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.0.iter().map(|segment| segment.events).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    fn numbers(segments: &Segments) -> Vec<u32> {
        segments.0.iter().map(|segment| segment.number).collect()
    }

    #[test]
    fn a_table_is_followed_by_another_when_it_is_full_or_a_day_old() {
        let mut segments = Segments::default();
        let begun = |steps: Vec<SegmentStep>| matches!(steps[..], [SegmentStep::Begin(_)]);
        assert!(begun(segments.add(1, at(0), 1, 1)));
        assert!(!begun(segments.add(2, at(0), SEGMENT_BYTES_MAX - 1, 1)));
        assert!(begun(segments.add(3, at(0), 1, 1)));
        assert!(!begun(segments.add(4, at(DAY_MS - 1), 1, 1)));
        assert!(begun(segments.add(5, at(DAY_MS), 1, 1)));
        // A clock that goes back begins nothing.
        assert!(!begun(segments.add(6, at(0), 1, 1)));
        assert_eq!((segments.events(), segments.bytes()), (6, SEGMENT_BYTES_MAX + 4));
        assert_eq!(segments.newest().unwrap().number, 3);
    }

    #[test]
    fn the_oldest_go_at_the_bound_and_a_single_commit_always_fits() {
        let mut segments = Segments::default();
        for seq in 1..=16 {
            assert_eq!(segments.add(seq, at(0), 4 * MIB, 1).len(), 1, "{seq}");
        }
        assert_eq!(segments.bytes(), BYTES_MAX);
        assert_eq!(segments.add(17, at(0), 1, 1)[1..], [SegmentStep::Drop(1)]);
        assert_eq!(numbers(&segments), (2..=17).collect::<Vec<_>>());
        segments.add(18, at(0), BYTES_MAX + 1, 1);
        assert_eq!(numbers(&segments), [18]);
    }

    #[test]
    fn a_table_goes_when_its_last_event_has_been_shown_for_thirty_days() {
        let mut segments = Segments::default();
        segments.add(1, at(0), 1, 1);
        segments.add(2, at(DAY_MS), 1, 1);
        assert_eq!(segments.expire(at(31 * DAY_MS - 1)), []);
        assert_eq!(segments.expire(at(31 * DAY_MS)), [SegmentStep::Drop(1)]);
        assert_eq!(segments.oldest().unwrap().over_at(), at(32 * DAY_MS));
        assert_eq!(segments.expire(at(100 * DAY_MS)), [SegmentStep::Drop(2)]);
        assert_eq!(segments, Segments::default());
    }

    #[test]
    fn finds_the_table_of_a_place() {
        let mut segments = Segments::default();
        for seq in [5, 8] {
            segments.add(seq, at(0), 4 * MIB, 1);
        }
        let of = |seq| segments.holding(Position { seq, index: 0 }).map(|found| found.number);
        assert_eq!([4, 5, 7, 8, 9].map(of), [None, Some(1), Some(1), Some(2), Some(2)]);
        let before = |seq| segments.before(Position { seq, index: 0 }).count();
        assert_eq!([4, 5, 7, 8].map(before), [0, 1, 1, 2]);
    }
}
