//! The viewer: counters that follow a hub, in the browser. After any number of disconnections its
//! numbers equal the hub's.

use crate::{
    answer::{Answer, answer},
    corrupt::Corrupt,
    counters::Counters,
    live::{Frame, Request},
    query::{Query, QueryError},
    time::Timestamp,
};

/// Counters that follow a hub.
#[derive(Debug)]
pub struct Viewer {
    space: String,
    lineage: Option<u64>,
    seq: u64,
    counters: Counters,
    /// Asked to go on, and not yet answered: what comes before the answer is in the answer too.
    waiting: bool,
}

/// What a frame was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The server answers; its clock.
    Hello(Timestamp),
    /// Everything came anew.
    Snapshot,
    /// Something was added; the server's clock.
    Delta(Timestamp),
    /// The server is there; its clock and the latest event time.
    Beat(Timestamp, Option<Timestamp>),
    /// Not for us: it came before the answer that we wait for.
    Skipped,
    /// Frames are missing: ask to go on.
    Gap,
}

impl Default for Viewer {
    fn default() -> Self {
        Self {
            space: String::new(),
            lineage: None,
            seq: 0,
            counters: Counters::new(0),
            waiting: true,
        }
    }
}

impl Viewer {
    /// The request to send when the link opens and after a gap.
    pub fn resume(&mut self) -> Vec<u8> {
        self.waiting = true;
        Request::Resume { lineage: self.lineage, seq: self.seq }.encode()
    }

    /// Applies one frame.
    ///
    /// # Errors
    /// [`Corrupt`] for bytes that are no frame; the numbers then start anew with the next answer.
    pub fn apply(&mut self, frame: &[u8]) -> Result<Applied, Corrupt> {
        let applied = Frame::decode(frame).and_then(|frame| self.apply_frame(frame));
        if applied.is_err() {
            self.lineage = None;
        }
        applied
    }

    fn apply_frame(&mut self, frame: Frame) -> Result<Applied, Corrupt> {
        match frame {
            Frame::Hello { space, lineage, now } => {
                // Of other numbers: what we have is of no use, and a snapshot follows.
                self.lineage = self.lineage.filter(|known| *known == lineage);
                self.space = space;
                self.waiting = false;
                Ok(Applied::Hello(now))
            }
            // The server is there and has not answered: it may never have been asked.
            Frame::Beat { .. } if self.waiting => Ok(Applied::Gap),
            _ if self.waiting => Ok(Applied::Skipped),
            Frame::Snapshot { lineage, seq, counters: state } => {
                let mut counters = Counters::new(0);
                counters.merge_state(&state, Timestamp::from_ms(i64::MIN))?;
                self.counters = counters;
                (self.lineage, self.seq) = (Some(lineage), seq);
                Ok(Applied::Snapshot)
            }
            Frame::Delta { delta, .. } if delta.from != self.seq => Ok(Applied::Gap),
            Frame::Delta { now, delta } => {
                self.counters.advance(now);
                self.counters.merge(&delta, now, None)?;
                self.seq = delta.to;
                Ok(Applied::Delta(now))
            }
            Frame::Beat { seq, .. } if seq != self.seq => Ok(Applied::Gap),
            Frame::Beat { now, watermark, .. } => Ok(Applied::Beat(now, watermark)),
        }
    }

    /// The position up to which it has everything.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Evaluates a query at the server's time `now`.
    ///
    /// # Errors
    /// When no tier holds the whole window any more.
    pub fn answer(&self, query: &Query, now: Timestamp) -> Result<Answer, QueryError> {
        answer(&self.counters, &self.space, query, now)
    }

    /// What `GET /api/v1/integrity` answers, but for `bounds`.
    #[must_use]
    pub fn integrity(&self) -> serde_json::Value {
        self.counters.integrity().to_json(&self.space)
    }

    /// Every value of a dimension that was counted in any domain, sorted.
    #[must_use]
    pub fn values(&self, dimension: &str) -> Vec<&str> {
        self.counters.values(dimension)
    }
}
