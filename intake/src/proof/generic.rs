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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::check_table;
    use super::*;

    #[track_caller]
    fn check(table: Value, secret: &str, expected: &[&str]) {
        check_table(Kind::Generic, table, secret, expected);
    }

    #[test]
    fn the_scheme_is_a_known_one() {
        let known = "it should be one of `hmac`, `basic`, `api_key`";
        check(json!({}), "s", &[&format!("scheme` is missing; {known}")]);
        check(json!({ "scheme": "jwt" }), "s", &[&format!("scheme` is `jwt`; {known}")]);
    }

    #[test]
    fn keys_of_another_scheme_are_problems() {
        let nothing = |key: &str| format!("{key}` means nothing with this `scheme`; take it out");
        check(
            json!({ "scheme": "basic", "header": "X-A", "tolerance": "5m" }),
            "a:b",
            &[&nothing("header"), &nothing("tolerance")],
        );
        check(
            json!({ "scheme": "api_key", "header": "X-A", "prefix": "a", "algorithm": "sha256" }),
            "s",
            &[&nothing("algorithm")],
        );
        let without =
            |key: &str| format!("{key}` means nothing without `timestamp_header`; take it out");
        check(
            json!({ "scheme": "hmac", "header": "X-A", "timestamp_unit": "s", "tolerance": "5m" }),
            "s",
            &[&without("timestamp_unit"), &without("tolerance")],
        );
    }

    #[test]
    fn a_mac_is_described_by_words_that_are_known() {
        let table = |key: &str, value: Value| json!({ "scheme": "hmac", "header": "X-A", "timestamp_header": "X-B", key: value });
        for (key, good, expected) in [
            ("algorithm", &["sha256", "sha1", "sha512"][..], "one of `sha256`, `sha1`, `sha512`"),
            ("encoding", &["hex", "base64"], "one of `hex`, `base64`"),
            ("timestamp_unit", &["s", "ms"], "one of `s`, `ms`"),
            ("tolerance", &["1s", "1h"], "a time from `1s` to `1h`, like `5m`"),
            (
                "prefix",
                &["", "sha256=", "Token "],
                "at most 64 characters of ASCII, like \"sha256=\"",
            ),
        ] {
            for good in good {
                check(table(key, json!(good)), "s", &[]);
            }
            let message = format!("{key}` is `md5è`; it should be {expected}");
            check(table(key, json!("md5è")), "s", &[&message]);
            let message = format!("{key}` is `7`; it should be {expected}");
            check(table(key, json!(7)), "s", &[&message]);
        }
        check(table("prefix", json!("a".repeat(64))), "s", &[]);
        let message = format!(
            "prefix` is `{}…`; it should be at most 64 characters of ASCII, like \"sha256=\"",
            "a".repeat(60)
        );
        check(table("prefix", json!("a".repeat(65))), "s", &[&message]);
    }

    #[test]
    fn headers_have_names() {
        let expected = "it should be the name of a header, like \"X-Signature\"";
        for (key, scheme) in
            [("header", "hmac"), ("timestamp_header", "hmac"), ("header", "api_key")]
        {
            let check = |value: Value, problems: &[&str]| {
                let mut table = json!({ "scheme": scheme, "header": "X-A" });
                table[key] = value;
                check(table, "s", problems);
            };
            for good in ["a", "X-Signature", "x_y.z", &"a".repeat(64)] {
                check(json!(good), &[]);
            }
            for bad in ["", "a b", "a:", "è", "a\n"] {
                check(json!(bad), &[&format!("{key}` is `{bad}`; {expected}")]);
            }
            check(
                json!("a".repeat(65)),
                &[&format!("{key}` is `{}…`; {expected}", "a".repeat(60))],
            );
        }
        check(json!({ "scheme": "hmac" }), "s", &[&format!("header` is missing; {expected}")]);
    }

    #[test]
    fn credentials_can_be_sent() {
        let pair = "secret` names no user and password; it should be `user:password`";
        check(json!({ "scheme": "basic" }), "user:", &[]);
        check(json!({ "scheme": "basic" }), ":password:è", &[]);
        check(json!({ "scheme": "basic" }), "hunter", &[pair]);
        let key = "secret` names what no header can hold; it should be a key of plain ASCII";
        for (secret, expected) in
            [("a b", &[][..]), ("è", &[key]), ("a\nb", &[key]), ("a, b", &[key])]
        {
            check(json!({ "scheme": "api_key", "header": "X-A" }), secret, expected);
        }
    }
}
