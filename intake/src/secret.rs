//! Secrets of sources: one, or two at once while one replaces the other.
//!
//! A secret is never shown: its `Debug` says nothing of it. Bound: [`SECRETS_MAX`] for a source.

use std::fmt;

use subtle::ConstantTimeEq;

/// The most secrets of one source: the one in use and the one that replaces it.
pub const SECRETS_MAX: usize = 2;

/// The value of one secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret of this value.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// Its value, for a proof to be checked with.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it is `given`, in a time that tells nothing but its length.
    #[must_use]
    pub fn is(&self, given: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(given).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The secrets of one source, any of which proves a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets<T = Secret>(Vec<T>);

impl<T> Secrets<T> {
    /// These secrets, in the order of the configuration; beyond [`SECRETS_MAX`] none is used.
    #[must_use]
    pub fn new(mut secrets: Vec<T>) -> Self {
        secrets.truncate(SECRETS_MAX);
        Self(secrets)
    }

    /// Every secret in the form that a scheme needs.
    ///
    /// # Errors
    /// Those of the first that has no such form.
    pub(crate) fn try_map<U, E>(&self, form: impl Fn(&T) -> Result<U, E>) -> Result<Secrets<U>, E> {
        self.0.iter().map(form).collect::<Result<_, _>>().map(Secrets)
    }

    /// The position of the first secret that proves. All are tried, so that the time taken does not
    /// tell which.
    #[must_use]
    pub fn proven_by(&self, proves: impl Fn(&T) -> bool) -> Option<u8> {
        let mut found = None;
        for (position, secret) in (0..).zip(&self.0) {
            if proves(secret) && found.is_none() {
                found = Some(position);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_two_proves_and_the_first_counts() {
        let secrets = Secrets::new(["a", "b", "c"].map(|s| Secret::new(s.into())).into());
        let check = |given: &str| secrets.proven_by(|secret| secret.is(given.as_bytes()));
        assert_eq!([check("a"), check("b"), check("c"), check("")], [Some(0), Some(1), None, None]);
        assert_eq!(secrets.proven_by(|_| true), Some(0));
    }

    #[test]
    fn is_not_shown() {
        let secrets = Secrets::new(vec![Secret::new("hunter2".into())]);
        assert_eq!(format!("{secrets:?}"), "Secrets([***])");
    }
}
