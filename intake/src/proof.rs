//! Proofs: whether the holder of a source's secret sent a request, by the provider's own scheme.
//!
//! All signatures are over the received bytes, compared in constant time. A proof says nothing of what the body
//! means.

/// A request as its proof sees it.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// In capitals.
    pub method: &'a str,
    /// The whole URL, as the platform gives it.
    pub url: &'a str,
    /// The headers that the proof asked for: names in lower case, several of one name joined by `, `.
    pub headers: &'a [(String, String)],
    /// `Content-Type`
    pub content_type: Option<&'a str>,
    /// The body as it was received.
    pub body: &'a [u8],
}

impl<'a> Given<'a> {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut headers = self.headers.iter();
        headers.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a request has proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proven {
    /// Which of the source's secrets proved it, from 0.
    pub secret: u8,
    /// The id of the message, where the scheme signs one.
    pub event_id: Option<String>,
}

/// Why a request proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofFault {
    /// What the scheme asks for did not come with the request.
    Missing,
    /// It came, but not in the form that the scheme gives it.
    Malformed,
    /// It is not what the secret makes of this request.
    Wrong,
    /// It was signed too long ago.
    Old,
    /// It was signed at a time yet to come.
    Early,
}
