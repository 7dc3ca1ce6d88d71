//! What was sent of late, for viewers that lag behind or come back: deltas of the last minute, at
//! most [`RING_BYTES_MAX`] of them. The oldest go first.

use std::{collections::VecDeque, rc::Rc};

use crate::time::{MINUTE_MS, Timestamp};

/// Most bytes of deltas that are kept.
const RING_BYTES_MAX: usize = 8 * 1_024 * 1_024;

/// A frame as it is sent, encoded once for all sockets.
pub type Bytes = Rc<[u8]>;

#[derive(Debug)]
struct Sent {
    from: u64,
    at: Timestamp,
    frame: Bytes,
}

/// Encoded deltas, each beginning where the one before ends.
#[derive(Debug, Default)]
pub(super) struct Ring {
    sent: VecDeque<Sent>,
    bytes: usize,
}

impl Ring {
    /// Keeps the delta that begins at `from`, and lets go of what is too old or too much.
    pub(super) fn keep(&mut self, from: u64, frame: Bytes, now: Timestamp) {
        self.bytes += frame.len();
        self.sent.push_back(Sent { from, at: now, frame });
        while let Some(oldest) = self.sent.front()
            && (self.bytes > RING_BYTES_MAX || oldest.at.plus_ms(MINUTE_MS) < now)
        {
            self.bytes -= oldest.frame.len();
            self.sent.pop_front();
        }
    }

    /// Every delta since `seq`; none when the one that begins there is no longer kept.
    pub(super) fn since(&self, seq: u64) -> Option<impl Iterator<Item = &Bytes>> {
        // Deltas lie in the order of their positions, so that the newest, which most ask for, is
        // found at once.
        let behind = self.sent.iter().rev().position(|sent| sent.from == seq)?;
        Some(self.sent.iter().skip(self.sent.len() - 1 - behind).map(|sent| &sent.frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(frames: &[(u64, usize, i64)]) -> Ring {
        let mut ring = Ring::default();
        for (from, bytes, at_ms) in frames {
            ring.keep(*from, vec![0; *bytes].into(), Timestamp::from_ms(*at_ms));
        }
        ring
    }

    #[track_caller]
    fn check(ring: &Ring, seq: u64, expected: Option<usize>) {
        assert_eq!(ring.since(seq).map(Iterator::count), expected, "since {seq}");
    }

    #[test]
    fn goes_on_from_each_delta_that_it_keeps() {
        let ring = ring(&[(3, 10, 0), (5, 10, 1), (6, 10, 2)]);
        check(&ring, 3, Some(3));
        check(&ring, 5, Some(2));
        check(&ring, 6, Some(1));
        for elsewhere in [0, 4, 7] {
            check(&ring, elsewhere, None);
        }
    }

    #[test]
    fn forgets_after_a_minute_and_above_its_bytes() {
        check(&ring(&[(1, 10, 0), (2, 10, MINUTE_MS)]), 1, Some(2));
        check(&ring(&[(1, 10, 0), (2, 10, MINUTE_MS + 1)]), 1, None);
        check(&ring(&[(1, 10, 0), (2, RING_BYTES_MAX - 10, 1)]), 1, Some(2));
        check(&ring(&[(1, 10, 0), (2, RING_BYTES_MAX - 9, 1)]), 1, None);
        check(&ring(&[(1, RING_BYTES_MAX + 1, 0)]), 1, None);
    }
}
