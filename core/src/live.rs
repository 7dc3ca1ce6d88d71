//! The live protocol `polso.v1`: binary frames, a version byte and then postcard.
//!
//! A frame that cannot be read is refused whole. Additions are numbered by position without gaps:
//! a viewer that has seen everything up to `from` may apply a delta, and no other.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    corrupt::Corrupt,
    counters::{CountersState, Delta},
    time::Timestamp,
};

/// The name of the protocol: the WebSocket's subprotocol.
pub const PROTOCOL: &str = "polso.v1";
/// The name of its flavour for pages that may not run Wasm: JSON texts with readings.
pub const PROTOCOL_JSON: &str = "polso.v1.json";
/// How often the server says that it is there, in milliseconds.
pub const BEAT_EVERY_MS: i64 = 5_000;

const VERSION: u8 = 3;

/// From the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// Answers a [`Request::Resume`]; what was missed follows.
    Hello {
        /// The space whose numbers follow.
        space: String,
        /// Tells these numbers from others that were in their place.
        lineage: u64,
        /// The server's clock.
        now: Timestamp,
    },
    /// Everything counted up to a position.
    Snapshot {
        /// The lineage that the numbers belong to.
        lineage: u64,
        /// The position.
        seq: u64,
        /// The counters.
        counters: CountersState,
    },
    /// What was added since.
    Delta {
        /// The server's clock when it was sent.
        now: Timestamp,
        /// The additions.
        delta: Delta,
    },
    /// The server is there.
    Beat {
        /// Its position.
        seq: u64,
        /// Its clock.
        now: Timestamp,
        /// The latest event time accepted.
        watermark: Option<Timestamp>,
    },
}

/// From the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Go on from here.
    Resume {
        /// The lineage of what the viewer has; none when it has nothing.
        lineage: Option<u64>,
        /// The position up to which it has everything.
        seq: u64,
    },
}

impl Frame {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// [`Corrupt`] for another version and for bytes that are no frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        decode(bytes)
    }
}

impl Request {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`Corrupt`] for another version and for bytes that are no request.
    pub fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        decode(bytes)
    }
}

/// Any value of ours between two parts of the server, behind the same version byte.
pub fn encode(value: &impl Serialize) -> Vec<u8> {
    // Writing into a growing vector cannot fail, and our types have no unsized sequences.
    postcard::to_extend(value, vec![VERSION]).unwrap_or_default()
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// [`Corrupt`] for another version and for bytes that are no such value.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Corrupt> {
    match bytes {
        [VERSION, body @ ..] => match postcard::take_from_bytes(body) {
            Ok((value, [])) => Ok(value),
            Ok(_) => Err(Corrupt("bytes after the frame")),
            Err(_) => Err(Corrupt("the frame cannot be read")),
        },
        [] => Err(Corrupt("an empty frame")),
        _ => Err(Corrupt("a frame of another version")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_and_refuses_the_rest() {
        let request = Request::Resume { lineage: Some(7), seq: 9 };
        assert_eq!(Request::decode(&request.encode()), Ok(request));
        let mut bytes = request.encode();
        bytes.push(0);
        assert!(Request::decode(&bytes).is_err());
        assert!(Request::decode(&[]).is_err());
        assert!(Request::decode(&[1, 0, 0, 0]).is_err());
        assert!(Frame::decode(&[VERSION, 9]).is_err());
    }
}
