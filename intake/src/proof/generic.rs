//! How a generic source is proven: the scheme that its configuration names, with no key of another.

use serde_json::Value;

use super::{Credential, Proof, Signature};
use crate::config::{Kind, table::Table, table::one_of};

/// The longest name of a header, and the longest prefix of its value, in bytes.
const TEXT_BYTES_MAX: usize = 64;

#[derive(Clone, Copy)]
enum Scheme {
    Hmac,
    Basic,
    ApiKey,
}

impl Scheme {
    const NAMES: [(&str, Self); 3] =
        [("hmac", Self::Hmac), ("basic", Self::Basic), ("api_key", Self::ApiKey)];

    /// The keys that mean something with it.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Hmac => Proof::keys(Kind::Generic),
            Self::Basic => &["scheme", "secret"],
            Self::ApiKey => &["scheme", "secret", "header", "prefix"],
        }
    }
}

pub(super) fn read(table: &mut Table<'_>) -> Option<Proof> {
    table.required("scheme", &one_of(&Scheme::NAMES))?;
    let scheme = table.choice("scheme", &Scheme::NAMES)?;
    for key in Proof::keys(Kind::Generic).iter().filter(|key| !scheme.keys().contains(key)) {
        if table.keys.contains_key(*key) {
            table.problem(key, "means nothing with this `scheme`; take it out");
        }
    }
    match scheme {
        Scheme::Hmac => Signature::generic(table).map(Proof::Signature),
        Scheme::Basic => Credential::basic(table).map(Proof::Credential),
        Scheme::ApiKey => Credential::api_key(table).map(Proof::Credential),
    }
}

/// The name of a header in lower case (RFC 9110, section 5.1), which must be there; `None` after a problem.
pub(super) fn header(table: &mut Table<'_>, key: &str) -> Option<String> {
    const EXPECTED: &str = "the name of a header, like \"X-Signature\"";
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let found = table.required(key, EXPECTED)?.clone();
    let name = found.as_str().filter(|name| (1..=TEXT_BYTES_MAX).contains(&name.len()));
    let name = name.filter(|name| name.bytes().all(plain)).map(str::to_ascii_lowercase);
    if name.is_none() {
        table.wrong(key, &found, EXPECTED);
    }
    name
}

/// What stands before the value in its header; nothing unless it is said.
pub(super) fn prefix(table: &mut Table<'_>) -> String {
    let plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    match table.keys.get("prefix") {
        None => String::new(),
        Some(Value::String(text)) if text.len() <= TEXT_BYTES_MAX && text.bytes().all(plain) => {
            text.trim_ascii_start().to_owned()
        }
        Some(found) => {
            table.wrong("prefix", found, "at most 64 characters of ASCII, like \"sha256=\"");
            String::new()
        }
    }
}
