//! What the repetitions of an event have in common: the id that its sender gave it, or a digest.
//!
//! Bound: an id is at most [`ID_BYTES_MAX`] long; the digest of a longer one stands for it.

use std::borrow::Cow;
use std::fmt::Write;

use polso_core::Reason;
use sha2::{Digest, Sha256};

/// Longest id, in bytes.
const ID_BYTES_MAX: usize = 128;

/// 128 bits of SHA-256 over what the parts make together, in hexadecimal digits.
pub(crate) fn digest<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> String {
    let mut digest = Sha256::new();
    parts.into_iter().for_each(|part| digest.update(part.as_ref()));
    let mut out = String::with_capacity(32);
    for byte in digest.finalize().iter().take(16) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The id that several values make together: one by itself as it is, more as the digest of all, each with its length.
/// Nothing when none is there, or when one cannot be read.
pub(crate) fn joined<'a>(
    values: impl Iterator<Item = Result<Option<Cow<'a, str>>, Reason>>,
) -> Option<String> {
    let values = values.collect::<Result<Vec<_>, _>>().ok()?;
    if let [Some(id)] = &values[..] {
        let fits = (1..=ID_BYTES_MAX).contains(&id.len());
        return if fits { Some(id.clone().into_owned()) } else { Some(digest([id.as_ref()])) };
    }
    values.iter().any(Option::is_some).then(|| {
        let part = |value: &Option<Cow<'_, str>>| match value {
            Some(value) => format!("{}:{value}", value.len()),
            None => "-".to_owned(),
        };
        digest(values.iter().map(part).collect::<Vec<_>>().iter().map(String::as_str))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn id(values: &[Option<&str>]) -> Option<String> {
        joined(values.iter().map(|value| Ok(value.map(Cow::Borrowed))))
    }

    #[test]
    fn one_value_is_the_id_unless_it_is_long() {
        let long = |length| "x".repeat(length);
        assert_eq!(id(&[Some("evt_1")]).as_deref(), Some("evt_1"));
        assert_eq!(id(&[Some(&long(128))]), Some(long(128)));
        assert_eq!(id(&[Some(&long(129))]), Some(digest([long(129).as_str()])));
        assert_eq!(id(&[None]), None);
        assert_eq!(id(&[]), None);
    }

    #[test]
    fn several_values_do_not_run_into_each_other() {
        assert_ne!(id(&[Some("a"), Some("bc")]), id(&[Some("ab"), Some("c")]));
        assert_ne!(id(&[Some("a"), None]), id(&[None, Some("a")]));
        assert_ne!(id(&[Some("a"), None]), id(&[Some("a"), Some("")]));
        assert_eq!(id(&[None, None]), None);
        assert_eq!(id(&[Some("a"), Some("b")]).map(|id| id.len()), Some(32));
    }

    #[test]
    fn a_digest_is_that_of_all_parts_in_a_row() {
        assert_eq!(digest(["abc"]), "ba7816bf8f01cfea414140de5dae2223");
        assert_eq!(digest(["a", "", "bc"]), digest(["abc"]));
    }
}
