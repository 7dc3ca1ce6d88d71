//! How a refusal is answered: its details, its headers, its body.

use serde::Serialize;

use super::Refusal;

/// One part of a refusal: what it is about, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// A stable code of its own, where programs may want to tell parts apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The path of a configuration key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong there, and what to do.
    pub message: String,
}

impl Refusal {
    /// The single faults, where there are several.
    #[must_use]
    pub fn details(&self) -> Vec<Detail> {
        match self {
            Self::QueryInvalid(details) => details.clone(),
            Self::ConfigInvalid(problems) => problems
                .iter()
                .map(|problem| Detail {
                    code: None,
                    field: Some(problem.key.clone()),
                    message: problem.to_string(),
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// When to try again, in seconds; `None` when trying again alone does not help.
    #[must_use]
    pub const fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::RateLimited { retry_after_s }
            | Self::Unavailable { retry_after_s }
            | Self::SocketsTooMany { retry_after_s } => Some(*retry_after_s),
            _ => None,
        }
    }

    /// The headers that belong to the answer besides its content type: `Allow`, `Retry-After`,
    /// `Upgrade`, and `WWW-Authenticate` as RFC 6750, section 3, words it.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TokenMissing => vec![("www-authenticate", "Bearer".into())],
            // Every 401 names a scheme (RFC 9110, section 11.6.1).
            Self::WriteKeyInvalid => vec![("www-authenticate", "WriteKey".into())],
            Self::Unproven(_) => vec![("www-authenticate", "Signature".into())],
            Self::TokenInvalid(_) | Self::TokenExpired | Self::TokenNotYetValid => {
                vec![("www-authenticate", r#"Bearer error="invalid_token""#.into())]
            }
            Self::ScopeMissing(scope) => vec![(
                "www-authenticate",
                format!(r#"Bearer error="insufficient_scope", scope="{scope}""#),
            )],
            Self::MethodNotAllowed { allow } => vec![("allow", (*allow).into())],
            Self::UpgradeRequired => vec![("upgrade", "websocket".into())],
            Self::RateLimited { retry_after_s }
            | Self::Unavailable { retry_after_s }
            | Self::SocketsTooMany { retry_after_s } => {
                vec![("retry-after", retry_after_s.to_string())]
            }
            _ => Vec::new(),
        }
    }

    /// The answer's body: `{"error":{"code":"…","message":"…","details":[…]}}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let error = Body { code: self.code(), message: self.message(), details: self.details() };
        serde_json::to_string(&Answer { error })
            .unwrap_or_else(|_| format!(r#"{{"error":{{"code":"{}"}}}}"#, self.code()))
    }
}

#[derive(Serialize)]
struct Answer {
    error: Body,
}

#[derive(Serialize)]
struct Body {
    code: &'static str,
    message: String,
    details: Vec<Detail>,
}
