//! Sources of kind `browser`: pages that send their visitors' events, with a key that everybody can read.
//!
//! Key and origin keep the pages of different sites apart and other sites' pages out. They prove nothing about whoever
//! is no browser, so that what such a source counts is worth what its visitors are: rates and bodies are bounded more
//! narrowly. Bound: [`ORIGINS_MAX`] origins.

mod parcel;

use polso_core::{Shards, Timestamp};

pub(crate) use self::parcel::piece;
use self::parcel::{Parcel, check_type};
use crate::{
    adapter::Piece,
    config::{Kind, Sender, table::Table},
    contract::Contract,
    ingest::Prepared,
    rate::Rates,
    refusal::Refusal,
};

/// The most origins of one source.
const ORIGINS_MAX: usize = 32;

const KEY_SHAPE: &str = "`pk_` and 1 to 61 of a-z, A-Z, 0-9, `_` and `-`; it is public";
const ORIGINS_SHAPE: &str = "a list of 1 to 32 origins, like [\"https://www.example.it\"]";
const ORIGIN_SHAPE: &str = "scheme and host in small letters, and the port unless it is the scheme's own, like \
                            `https://www.example.it`";

/// What the pages of one source bring along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    write_key: String,
    origins: Vec<String>,
}

impl Browser {
    /// The keys of the source's table.
    pub(crate) const fn keys(kind: Kind) -> &'static [&'static str] {
        match kind {
            Kind::Browser => &["write_key", "origins"],
            _ => &[],
        }
    }

    /// Reads them; `None` after a problem.
    pub(crate) fn read(table: &mut Table<'_>) -> Option<Self> {
        let write_key = write_key(table);
        let origins = origins(table);
        Some(Self { write_key: write_key?, origins: origins? })
    }

    /// Whether pages of this origin may send.
    #[must_use]
    pub fn admits(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known == origin)
    }

    /// Reads the events of a request whose origin is admitted.
    ///
    /// # Errors
    /// `content_type_unsupported`, `body_too_large`, the refusals of 400 that begin with `body_`, `events_missing`,
    /// `events_too_many`, `write_key_invalid`, `rate_limited`.
    pub fn receive(
        &self,
        sender: &Sender,
        content_type: Option<&str>,
        body: &[u8],
        rates: &mut Rates,
        shards: &Shards,
        now: Timestamp,
    ) -> Result<Prepared, Refusal> {
        check_type(content_type)?;
        sender.limits.check_length(body.len() as u64)?;
        let parcel = Parcel::read(body)?;
        if !parcel.has_key(&self.write_key) {
            return Err(Refusal::WriteKeyInvalid);
        }
        rates.take(sender, now)?;
        let pieces: Vec<Piece<'_>> = parcel.pieces(&sender.limits)?;
        let contract = Contract::of(sender.kind, body);
        Ok(Prepared::of_pieces(sender, &pieces, contract, None, shards, now))
    }
}

fn write_key(table: &mut Table<'_>) -> Option<String> {
    let found = table.required("write_key", KEY_SHAPE)?;
    let key = found.as_str().filter(|text| is_write_key(text)).map(str::to_owned);
    if key.is_none() {
        // What has another form may be a secret: it is not shown.
        table.problem("write_key", format!("is none; it should be {KEY_SHAPE}"));
    }
    key
}

fn is_write_key(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    text.strip_prefix("pk_")
        .is_some_and(|rest| (1..=61).contains(&rest.len()) && rest.bytes().all(plain))
}

fn origins(table: &mut Table<'_>) -> Option<Vec<String>> {
    let found = table.required("origins", ORIGINS_SHAPE)?.clone();
    let list = found.as_array().filter(|list| (1..=ORIGINS_MAX).contains(&list.len()));
    let Some(list) = list else {
        table.wrong("origins", &found, ORIGINS_SHAPE);
        return None;
    };
    let mut origins = Vec::with_capacity(list.len());
    for found in list {
        match found.as_str().filter(|text| is_origin(text)) {
            Some(origin) => origins.push(origin.to_owned()),
            None => table.wrong("origins", found, ORIGIN_SHAPE),
        }
    }
    (origins.len() == list.len()).then_some(origins)
}

/// Whether a browser would write an origin so (RFC 6454, section 6.2).
fn is_origin(text: &str) -> bool {
    let (rest, default_port) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (rest, 443),
        (_, Some(rest)) => (rest, 80),
        _ => return false,
    };
    // The colons of an IPv6 address stand in brackets.
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let in_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.[]:".contains(&byte);
    let is_port = |port: &str| {
        port.parse().is_ok_and(|number: u16| number.to_string() == port && number != default_port)
    };
    !host.is_empty() && host.bytes().all(in_host) && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::config::Config;

    /// The source of pages with this beside what it needs.
    fn parse(key: &str, value: Value) -> Result<Config, Vec<String>> {
        let mut sito = json!({
            "kind": "browser", "write_key": "pk_1", "origins": ["https://www.example.it"],
        });
        sito[key] = value;
        Config::parse(&json!({ "sources": { "sito": sito } }), |_| Some("{}".into()))
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[track_caller]
    fn check(key: &str, value: Value, expected: Option<&str>) {
        let problems = parse(key, value.clone()).err().unwrap_or_default();
        let expected: Vec<_> =
            expected.iter().map(|rest| format!("`sources.sito.{key}` {rest}")).collect();
        assert_eq!(problems, expected, "{key} = {value}");
    }

    #[test]
    fn pages_are_bounded_more_narrowly_than_servers() {
        let config = parse("space", json!("main")).unwrap();
        let sender = &config.sources["sito"];
        assert_eq!(sender.limits, crate::Limits { body_bytes_max: 65_536, events_max: 100 });
        assert_eq!((sender.rate_per_s, sender.source.dedup_ttl_s), (Some(50), 259_200));
    }

    #[test]
    fn the_key_is_seen_to_be_public() {
        for good in ["pk_1", "pk_-_azAZ09", &format!("pk_{}", "x".repeat(61))] {
            check("write_key", json!(good), None);
        }
        let expected = format!("is none; it should be {KEY_SHAPE}");
        for bad in ["", "pk_", "sk_1", "pk_ 1", "pk_è", &format!("pk_{}", "x".repeat(62))] {
            check("write_key", json!(bad), Some(&expected));
        }
        check("write_key", json!(1), Some(&expected));
    }

    #[test]
    fn origins_are_written_as_browsers_do() {
        for good in [
            "https://www.example.it",
            "http://localhost:8787",
            "https://example.it:8443",
            "http://127.0.0.1:1",
            "http://[::1]",
            "http://[::1]:3000",
            "https://xn--caff-8oa.example",
        ] {
            check("origins", json!([good]), None);
        }
        for bad in [
            "https://www.example.it/",
            "https://WWW.example.it",
            "https://example.it:443",
            "http://example.it:80",
            "https://example.it:08443",
            "https://example.it:0x1",
            "https://example.it:65536",
            "https://example.it:",
            "https://",
            "https://*.example.it",
            "example.it",
            "null",
            "file://",
        ] {
            check(
                "origins",
                json!([bad]),
                Some(&format!("is `{bad}`; it should be {ORIGIN_SHAPE}")),
            );
        }
    }

    #[test]
    fn there_are_1_to_32_origins() {
        let list = |count: usize| json!(vec!["https://a.it"; count]);
        check("origins", list(1), None);
        check("origins", list(32), None);
        for count in [0, 33] {
            check(
                "origins",
                list(count),
                Some(&format!("is a list; it should be {ORIGINS_SHAPE}")),
            );
        }
        let text = format!("is `https://a.it`; it should be {ORIGINS_SHAPE}");
        check("origins", json!("https://a.it"), Some(&text));
    }
}
