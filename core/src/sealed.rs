//! Sealed bytes: what is kept on disk carries its kind, its version and a checksum, and is read
//! whole or refused.
//!
//! `kind (1) · version (1) · body · CRC-32 of all before (4, little-endian)`

use serde::{Serialize, de::DeserializeOwned};

use crate::corrupt::Corrupt;

/// What sealed bytes hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The first byte.
    pub(crate) tag: u8,
    /// The version that is written, and the only one that is read so far.
    pub(crate) version: u8,
}

/// Seals a value.
pub(crate) fn seal(kind: Kind, value: &impl Serialize) -> Vec<u8> {
    // Writing into a growing vector cannot fail, and our types have no unsized sequences.
    let bytes = postcard::to_extend(value, vec![kind.tag, kind.version]).unwrap_or_default();
    seal_body(bytes)
}

/// Starts bytes whose body the caller writes; [`seal_body`] ends them.
pub(crate) fn start(kind: Kind) -> Vec<u8> {
    vec![kind.tag, kind.version]
}

/// Appends the checksum.
pub(crate) fn seal_body(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// Reads a sealed value.
pub(crate) fn open<T: DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<T, Corrupt> {
    let (value, rest) = postcard::take_from_bytes(open_body(kind, bytes)?)
        .map_err(|_| Corrupt("the body cannot be read"))?;
    if rest.is_empty() { Ok(value) } else { Err(Corrupt("bytes after the body")) }
}

/// The body of sealed bytes.
pub(crate) fn open_body(kind: Kind, bytes: &[u8]) -> Result<&[u8], Corrupt> {
    let (sealed, checksum) = bytes.split_last_chunk().ok_or(Corrupt("too short"))?;
    if crc32fast::hash(sealed) != u32::from_le_bytes(*checksum) {
        return Err(Corrupt("the checksum does not match"));
    }
    match sealed {
        [tag, ..] if *tag != kind.tag => Err(Corrupt("bytes of another kind")),
        [_, version, ..] if *version != kind.version => Err(Corrupt("a version that is not known")),
        [_, _, body @ ..] => Ok(body),
        _ => Err(Corrupt("too short")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind { tag: b'T', version: 3 };

    #[test]
    fn reads_what_it_wrote_and_nothing_that_differs_in_one_bit() {
        let bytes = seal(KIND, &(7_u64, "abc"));
        assert_eq!(open::<(u64, String)>(KIND, &bytes), Ok((7, "abc".to_owned())));
        for bit in 0..bytes.len() * 8 {
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(open::<(u64, String)>(KIND, &bad).is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(open::<(u64, String)>(KIND, &bytes[..length]).is_err());
        }
    }

    #[test]
    fn refuses_other_kinds_and_versions() {
        let bytes = seal(KIND, &1_u8);
        let refused = |kind| open::<u8>(kind, &bytes).unwrap_err().0;
        assert_eq!(refused(Kind { tag: b'U', ..KIND }), "bytes of another kind");
        assert_eq!(refused(Kind { version: 4, ..KIND }), "a version that is not known");
    }
}
