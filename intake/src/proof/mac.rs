//! Message authentication codes (RFC 2104) by the algorithms that senders use.
//!
//! SHA-1 is here for senders that know nothing else: as a MAC it still holds. It is used only where the
//! configuration of a generic source names it.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

/// The hash function of a MAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha256,
    Sha1,
    Sha512,
}

impl Algorithm {
    pub(super) const NAMES: [(&str, Self); 3] =
        [("sha256", Self::Sha256), ("sha1", Self::Sha1), ("sha512", Self::Sha512)];

    /// Whether any of these is the MAC of the parts, one after the other, under a key.
    pub(super) fn proves(self, key: &[u8], parts: &[&[u8]], signatures: &[Vec<u8>]) -> bool {
        let mac = match self {
            Self::Sha256 => mac::<Hmac<Sha256>>(key, parts),
            Self::Sha1 => mac::<Hmac<Sha1>>(key, parts),
            Self::Sha512 => mac::<Hmac<Sha512>>(key, parts),
        };
        mac.is_some_and(|mac| {
            let same = |signature: &Vec<u8>| bool::from(mac.ct_eq(signature));
            signatures.iter().fold(false, |found, signature| found | same(signature))
        })
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Option<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::super::field::Encoding;
    use super::*;

    /// RFC 2202 and RFC 4231, the second case of each.
    #[test]
    fn macs_are_those_of_the_standards() {
        for (algorithm, expected) in [
            (Algorithm::Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (Algorithm::Sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                Algorithm::Sha512,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
                 9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
        ] {
            let signature = Encoding::Hex.decode(expected).unwrap();
            let parts: [&[u8]; 2] = [b"what do ya want ", b"for nothing?"];
            let check = |key: &[u8], signatures: &[Vec<u8>], expected: bool| {
                assert_eq!(algorithm.proves(key, &parts, signatures), expected, "{signatures:?}");
            };
            check(b"Jefe", std::slice::from_ref(&signature), true);
            check(b"Jefe", &[vec![], signature.clone(), vec![0; 32]], true);
            check(b"jefe", std::slice::from_ref(&signature), false);
            check(b"Jefe", &[signature[..signature.len() - 1].to_vec()], false);
            check(b"Jefe", &[[signature, vec![0]].concat()], false);
            check(b"Jefe", &[vec![]], false);
            check(b"Jefe", &[], false);
        }
    }
}
