//! An answer as the shell is to send it.

/// The content type of JSON.
const JSON: &str = "application/json";

/// An answer to a request that was not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

impl Answer {
    /// An answer in JSON.
    #[must_use]
    pub const fn json(status: u16, body: String) -> Self {
        Self { status, content_type: JSON, body }
    }

    /// An answer in plain text, as a handshake wants it.
    #[must_use]
    pub const fn text(body: String) -> Self {
        Self { status: 200, content_type: "text/plain;charset=utf-8", body }
    }

    /// An answer in XML.
    #[must_use]
    pub const fn xml(body: String) -> Self {
        Self { status: 200, content_type: "text/xml;charset=utf-8", body }
    }
}
