//! The parts of a request that a proof is written in, with their bounds.
//!
//! A header that is missing or empty proves nothing. One that is too long, that is not printable ASCII, or that
//! came more than once, is not looked at any further.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Given, ProofFault};

/// The longest header that is looked at, in bytes: room for 16 signatures.
const HEADER_BYTES_MAX: usize = 4_096;

/// The most signatures in one header that are looked at.
pub(super) const SIGNATURES_MAX: usize = 16;

/// How bytes are written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Two digits a byte, in either case.
    Hex,
    /// RFC 4648, section 4, with its padding.
    Base64,
}

impl Encoding {
    pub(super) const NAMES: [(&str, Self); 2] = [("hex", Self::Hex), ("base64", Self::Base64)];

    /// `None` for anything else.
    pub(super) fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Hex => {
                let (pairs, rest) = text.as_bytes().as_chunks();
                rest.is_empty().then(|| pairs.iter().map(|pair| byte(*pair)).collect())?
            }
        }
    }
}

/// The byte that two hexadecimal digits make.
fn byte(pair: [u8; 2]) -> Option<u8> {
    let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? << 4 | low?).ok()
}

impl<'a> Given<'a> {
    /// A header that must be there, once.
    pub(super) fn required(&self, name: &str) -> Result<&'a str, ProofFault> {
        let value = self.header(name).map(str::trim_ascii).unwrap_or_default();
        if value.is_empty() {
            Err(ProofFault::Missing)
        } else if is_field(value) {
            Ok(value)
        } else {
            Err(ProofFault::Malformed)
        }
    }
}

/// Whether a header may have this value. Where it came twice, the platform has joined the values by `, `.
pub(super) fn is_field(value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    value.len() <= HEADER_BYTES_MAX && value.bytes().all(plain) && !value.contains(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(encoding: Encoding, text: &str, expected: Option<&[u8]>) {
        assert_eq!(encoding.decode(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn bytes_are_written_in_full() {
        check(Encoding::Hex, "00fFa5", Some(&[0, 255, 165]));
        check(Encoding::Hex, "", Some(&[]));
        check(Encoding::Base64, "AP+l", Some(&[0, 255, 165]));
        check(Encoding::Base64, "AP8=", Some(&[0, 255]));
        for bad in ["0", "000", "0g", "+1", " 0", "00 ", "0x", "é"] {
            check(Encoding::Hex, bad, None);
        }
        for bad in ["AP8", "AP9=", "AP_l", "AP+l=", " AP+l", "AP+l\n", "A", "é"] {
            check(Encoding::Base64, bad, None);
        }
    }

    #[test]
    fn headers_are_short_and_plain() {
        let check = |value: &str, expected| {
            let headers = [("x".to_owned(), value.to_owned())];
            let given =
                Given { method: "", url: "", headers: &headers, content_type: None, body: &[] };
            assert_eq!(given.required("x").map(str::len), expected, "{}", value.len());
        };
        check("", Err(ProofFault::Missing));
        check(" \t", Err(ProofFault::Missing));
        check(" a,b ", Ok(3));
        for bad in ["a\tb", "a\nb", "a\u{7f}", "é", "a, a"] {
            check(bad, Err(ProofFault::Malformed));
        }
        check(&"a".repeat(HEADER_BYTES_MAX - 1), Ok(HEADER_BYTES_MAX - 1));
        check(&"a".repeat(HEADER_BYTES_MAX), Ok(HEADER_BYTES_MAX));
        check(&"a".repeat(HEADER_BYTES_MAX + 1), Err(ProofFault::Malformed));
        check(&"a".repeat(1 << 20), Err(ProofFault::Malformed));
    }
}
