//! What a believed token lets its bearer do, and whether that fits what is configured.
//!
//! It compares claims with the configuration. Whether the token may be believed was decided before
//! ([`crate::token`]).

use std::fmt;

use polso_core::Timestamp;

use crate::config::{Config, Kind, Sender};
use crate::refusal::Refusal;

/// One thing that a token may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Send events.
    Ingest,
    /// Read figures.
    View,
    /// Read and replay rejected events.
    Admin,
}

impl Scope {
    /// Every scope with its name in the claim `scope`.
    pub const NAMES: [(&str, Self); 3] =
        [("ingest", Self::Ingest), ("view", Self::View), ("admin", Self::Admin)];

    const fn bit(self) -> u8 {
        match self {
            Self::Ingest => 1,
            Self::View => 2,
            Self::Admin => 4,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ingest => "ingest",
            Self::View => "view",
            Self::Admin => "admin",
        })
    }
}

/// A set of scopes. None implies another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Reads the claim `scope`: names with spaces between them (RFC 8693, section 4.2). Names that
    /// mean nothing here are passed over, since issuers add their own.
    #[must_use]
    pub fn of_claim(claim: &str) -> Self {
        let bits = claim.split(' ').filter_map(|name| {
            Scope::NAMES.iter().find(|(known, _)| *known == name).map(|(_, scope)| scope.bit())
        });
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Whether the set holds `scope`.
    #[must_use]
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }
}

/// What a believed token grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What its bearer may do.
    pub scopes: Scopes,
    /// The space that it is for.
    pub space: String,
    /// The source that it speaks for, as claimed; [`Grant::sender`] checks it.
    pub source: Option<String>,
    /// From when on the token is refused.
    pub expires: Timestamp,
}

impl Grant {
    /// Checks that the token has a scope.
    ///
    /// # Errors
    /// `scope_missing` when it has not.
    pub fn require(&self, scope: Scope) -> Result<(), Refusal> {
        if self.scopes.has(scope) { Ok(()) } else { Err(Refusal::ScopeMissing(scope)) }
    }

    /// The sender that the token may send events as.
    ///
    /// # Errors
    /// `scope_missing` without `ingest`; `source_missing` when it names none; `source_forbidden`
    /// when that source is not configured, not of kind `native`, or of another space.
    pub fn sender<'c>(&self, config: &'c Config) -> Result<&'c Sender, Refusal> {
        self.require(Scope::Ingest)?;
        let name = self.source.as_deref().ok_or(Refusal::SourceMissing)?;
        config
            .sources
            .get(name)
            .filter(|sender| sender.kind == Kind::Native && sender.space == self.space)
            .ok_or(Refusal::SourceForbidden)
    }

    /// The space that the token may be used in, for what `scope` allows.
    ///
    /// # Errors
    /// `scope_missing` without the scope; `space_forbidden` when no source is configured there.
    pub fn space_for(&self, scope: Scope, config: &Config) -> Result<&str, Refusal> {
        self.require(scope)?;
        let known = config.sources.values().any(|sender| sender.space == self.space);
        if known { Ok(&self.space) } else { Err(Refusal::SpaceForbidden) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The sender and the space for viewing, or the codes of their refusals.
    #[track_caller]
    fn check(
        scope: &str,
        space: &str,
        source: Option<&str>,
        expected: (Result<&str, &str>, Result<&str, &str>),
    ) {
        let vars = json!({ "sources": {
            "crm": { "kind": "native" },
            "shop": { "kind": "native", "space": "roma" },
        } });
        let config = Config::parse(&vars, |_| Some("{}".into())).unwrap();
        let grant = Grant {
            scopes: Scopes::of_claim(scope),
            space: space.into(),
            source: source.map(Into::into),
            expires: Timestamp::from_ms(0),
        };
        let sender = grant.sender(&config).map(|sender| sender.source.name.as_str());
        let viewed = grant.space_for(Scope::View, &config);
        let found = (sender.map_err(|r| r.code()), viewed.map_err(|r| r.code()));
        assert_eq!(found, expected, "{scope} {space} {source:?}");
    }

    #[test]
    fn sends_only_as_a_source_of_its_space() {
        let no_view = Err("scope_missing");
        check("ingest", "main", Some("crm"), (Ok("crm"), no_view));
        check("ingest", "roma", Some("shop"), (Ok("shop"), no_view));
        check("ingest", "main", Some("shop"), (Err("source_forbidden"), no_view));
        check("ingest", "main", Some("erp"), (Err("source_forbidden"), no_view));
        check("ingest", "main", None, (Err("source_missing"), no_view));
    }

    #[test]
    fn each_scope_stands_alone() {
        let no_ingest = Err("scope_missing");
        check("view", "main", Some("crm"), (no_ingest, Ok("main")));
        check("ingest view", "main", Some("crm"), (Ok("crm"), Ok("main")));
        check("  view  ingest ", "main", Some("crm"), (Ok("crm"), Ok("main")));
        for scope in ["", "admin", "VIEW", "views", "view,ingest", "openid profile"] {
            check(scope, "main", Some("crm"), (no_ingest, Err("scope_missing")));
        }
    }

    #[test]
    fn views_only_configured_spaces() {
        check("view", "roma", None, (Err("scope_missing"), Ok("roma")));
        check("view", "milano", None, (Err("scope_missing"), Err("space_forbidden")));
    }
}
