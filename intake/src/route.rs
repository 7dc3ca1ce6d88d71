//! Where a request goes: from its method, address and headers to what is asked, with everything
//! checked that can be without its body. The table of routes is here and nowhere else.

use std::borrow::Cow;

use polso_core::{EventKind, Query, RejectId, Timestamp};

use crate::{
    answer::Answer,
    bearer::{bearer, subprotocols},
    config::{Config, Kind, SHARDS_MAX, Sender},
    grant::Scope,
    jwks::Keys,
    refusal::{Detail, Refusal},
    rejected::Listing,
    webhook::subscribe,
};

/// What was deployed: the configuration and the keys that tokens are checked against.
#[derive(Debug)]
pub struct Edge {
    /// The configuration.
    pub config: Config,
    /// The keys of `JWT_KEYS`.
    pub keys: Keys,
}

/// A request without its body. Header names are those of HTTP.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head<'a> {
    /// In capitals.
    pub method: &'a str,
    /// The whole URL, as the platform gives it.
    pub url: &'a str,
    /// `Authorization`
    pub authorization: Option<&'a str>,
    /// `Upgrade`
    pub upgrade: Option<&'a str>,
    /// `Sec-WebSocket-Protocol`
    pub protocols: Option<&'a str>,
    /// `Origin`
    pub origin: Option<&'a str>,
}

/// What is asked, by someone who may.
#[derive(Debug)]
pub enum Route<'e> {
    /// Events of one kind from one sender; the body follows.
    Ingest(EventKind, &'e Sender),
    /// A webhook of a provider; the body follows.
    Webhook(&'e Sender),
    /// Events of a page of this origin, which may read the answer; the body follows.
    Collect(&'e Sender, String),
    /// May a page of this origin send events? It may.
    CollectPreflight(String),
    /// An answer that needs nothing else.
    Answer(Answer),
    /// KPIs of a space.
    Kpi(String, Query),
    /// The integrity figures of a space.
    Integrity(String),
    /// Rejected events of a space.
    Rejected(String, Listing),
    /// A rejected event of a space, to be judged again.
    Replay(String, RejectId),
    /// The live link of a space, in this protocol, until its token expires.
    Live(String, &'static str, Timestamp),
    /// A document that is the same for everyone: its JSON text.
    Document(String),
    /// May another origin ask? It may.
    Preflight,
    /// Not ours: a page or a file.
    Assets,
}

/// A name and a value of a query.
pub(crate) type Parameter<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Most characters of a URL that are looked at.
const URL_CHARS_MAX: usize = 16_384;

/// Finds the route of a request received at `now`.
///
/// # Errors
/// Why it is refused.
pub fn route<'e>(head: &Head<'_>, edge: &'e Edge, now: Timestamp) -> Result<Route<'e>, Refusal> {
    let (path, query) = split_url(head.url);
    match path {
        "/healthz" if head.method == "HEAD" => Ok(Route::Document(String::new())),
        "/healthz" => allow(head, "GET").map(|()| Route::Document(health())),
        "/api/v1/eventi/conversione" => ingest(head, edge, now, EventKind::Conversion),
        "/api/v1/eventi/storia" => ingest(head, edge, now, EventKind::Story),
        "/api/v1/spese" => ingest(head, edge, now, EventKind::Spend),
        "/api/v1/kpi" => shared(head, || {
            let space = space_for(Scope::View, head, edge, now)?;
            let parameters = parameters(query)?;
            let parameters = parameters.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
            let query = Query::parse(parameters)
                .map_err(|error| invalid_query(error.code, error.message))?;
            Ok(Route::Kpi(space, query))
        }),
        "/api/v1/integrity" => {
            shared(head, || space_for(Scope::View, head, edge, now).map(Route::Integrity))
        }
        "/api/v1/rejected" => shared(head, || {
            let space = space_for(Scope::Admin, head, edge, now)?;
            let listing = Listing::parse(&parameters(query)?, edge.config.shards.most())?;
            Ok(Route::Rejected(space, listing))
        }),
        _ if let Some(id) = replayed(path) => {
            allow(head, "POST")?;
            let space = space_for(Scope::Admin, head, edge, now)?;
            let id = id.parse().ok().filter(|id: &RejectId| id.shard < u16::from(SHARDS_MAX));
            id.map(|id| Route::Replay(space, id)).ok_or(Refusal::RejectedUnknown)
        }
        "/api/v1/live" => {
            allow(head, "GET")?;
            if !head.upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket")) {
                return Err(Refusal::UpgradeRequired);
            }
            let offer = subprotocols(head.protocols)?;
            let token = offer.token.map_or_else(|| bearer(head.authorization), Ok)?;
            let grant = edge.keys.verify(token, now)?;
            let space = grant.space_for(Scope::View, &edge.config)?.to_owned();
            Ok(Route::Live(space, offer.protocol, grant.expires))
        }
        _ if let Some(kind) = path.strip_prefix("/api/v1/schema/").and_then(EventKind::named) => {
            shared(head, || Ok(Route::Document(kind.json_schema().to_string())))
        }
        _ if let Some((source, secret)) = webhook(path) => {
            let sender = edge.config.sources.get(source).ok_or(Refusal::NotFound)?;
            if secret.is_some() && sender.kind != Kind::Salesforce {
                return Err(Refusal::NotFound);
            }
            let webhook = sender.webhook.as_ref().ok_or(Refusal::NotFound)?;
            if sender.kind == Kind::Meta && head.method == "GET" {
                let parameters = parameters(query)?;
                return subscribe(webhook, &parameters).map(Route::Answer);
            }
            allow(head, if sender.kind == Kind::Meta { "GET, POST" } else { "POST" })?;
            Ok(Route::Webhook(sender))
        }
        _ if let Some(source) = path.strip_prefix("/collect/") => collect(head, edge, source),
        _ if path.starts_with("/api/") || path.starts_with("/webhooks/") => Err(Refusal::NotFound),
        _ => Ok(Route::Assets),
    }
}

/// The refusal of a query, by the core's own code.
#[must_use]
pub fn invalid_query(code: &str, message: String) -> Refusal {
    Refusal::QueryInvalid(vec![Detail { code: Some(code.to_owned()), field: None, message }])
}

fn health() -> String {
    format!(r#"{{"status":"ok","version":"{}"}}"#, env!("CARGO_PKG_VERSION"))
}

fn ingest<'e>(
    head: &Head<'_>,
    edge: &'e Edge,
    now: Timestamp,
    kind: EventKind,
) -> Result<Route<'e>, Refusal> {
    allow(head, "POST")?;
    let token = bearer(head.authorization)?;
    let sender = edge.keys.verify(token, now)?.sender(&edge.config)?;
    Ok(Route::Ingest(kind, sender))
}

/// The origin is looked at before the body is: it comes with every request that a page's script makes.
fn collect<'e>(head: &Head<'_>, edge: &'e Edge, source: &str) -> Result<Route<'e>, Refusal> {
    let sender = edge.config.sources.get(source).ok_or(Refusal::NotFound)?;
    let browser = sender.browser.as_ref().ok_or(Refusal::NotFound)?;
    allow(head, "POST, OPTIONS")?;
    let origin = head.origin.filter(|origin| browser.admits(origin));
    let origin = origin.ok_or(Refusal::OriginForbidden)?.to_owned();
    Ok(match head.method {
        "OPTIONS" => Route::CollectPreflight(origin),
        _ => Route::Collect(sender, origin),
    })
}

fn space_for(
    scope: Scope,
    head: &Head<'_>,
    edge: &Edge,
    now: Timestamp,
) -> Result<String, Refusal> {
    let grant = edge.keys.verify(bearer(head.authorization)?, now)?;
    grant.space_for(scope, &edge.config).map(str::to_owned)
}

/// The id in `/api/v1/rejected/{id}/replay`.
fn replayed(path: &str) -> Option<&str> {
    let id = path.strip_prefix("/api/v1/rejected/")?.strip_suffix("/replay")?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

/// The parts of `/webhooks/{source}` or `/webhooks/{source}/{secret}`.
fn webhook(path: &str) -> Option<(&str, Option<&str>)> {
    let rest = path.strip_prefix("/webhooks/")?;
    match rest.split_once('/') {
        None => Some((rest, None)),
        Some((source, secret)) if !secret.contains('/') => Some((source, Some(secret))),
        Some(_) => None,
    }
}

fn parameters(query: &str) -> Result<Vec<Parameter<'_>>, Refusal> {
    if query.len() > URL_CHARS_MAX {
        let message = format!("the query has more than {URL_CHARS_MAX} characters");
        return Err(invalid_query("query_too_long", message));
    }
    Ok(form_urlencoded::parse(query.as_bytes()).collect())
}

fn allow(head: &Head<'_>, method: &'static str) -> Result<(), Refusal> {
    if method.split(", ").any(|allowed| allowed == head.method) {
        Ok(())
    } else {
        Err(Refusal::MethodNotAllowed { allow: method })
    }
}

/// A route that pages of any origin may read with a token of their own.
fn shared<'e>(
    head: &Head<'_>,
    route: impl FnOnce() -> Result<Route<'e>, Refusal>,
) -> Result<Route<'e>, Refusal> {
    match head.method {
        "GET" => route(),
        "OPTIONS" => Ok(Route::Preflight),
        _ => Err(Refusal::MethodNotAllowed { allow: "GET, OPTIONS" }),
    }
}

/// Path and query of an absolute URL.
fn split_url(url: &str) -> (&str, &str) {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').and_then(|at| after_scheme.get(at..)).unwrap_or("/");
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    path.split_once('?').unwrap_or((path, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: (&str, &str)) {
        assert_eq!(split_url(url), expected, "{url}");
    }

    #[test]
    fn splits_urls_without_reading_the_host() {
        check("https://a.example/api/v1/kpi?by=canale&at=1#x", ("/api/v1/kpi", "by=canale&at=1"));
        check("http://127.0.0.1:8787", ("/", ""));
        check("http://h/?", ("/", ""));
    }

    #[test]
    fn a_webhook_names_its_source_and_perhaps_a_secret() {
        assert_eq!(webhook("/webhooks/shop"), Some(("shop", None)));
        assert_eq!(webhook("/webhooks/shop/s3cret"), Some(("shop", Some("s3cret"))));
        assert_eq!(webhook("/webhooks/shop/"), Some(("shop", Some(""))));
        for other in ["/webhooks", "/webhook/shop", "/webhooks/shop/a/b", "/webhooks/shop//"] {
            assert_eq!(webhook(other), None, "{other}");
        }
    }

    #[test]
    fn the_id_of_a_replay_is_one_part_of_the_path() {
        assert_eq!(replayed("/api/v1/rejected/0-1f-2.0/replay"), Some("0-1f-2.0"));
        for other in ["", "/", "/replay", "//replay", "/a/b/replay", "/a/replay/", "/a/replays"] {
            assert_eq!(replayed(&format!("/api/v1/rejected{other}")), None, "{other}");
        }
    }
}
