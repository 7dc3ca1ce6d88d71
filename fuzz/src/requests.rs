//! Heads of requests: routed the same every time; a refusal has its status and says nothing of the
//! token.

use polso_intake::config::SHARDS_MAX;
use polso_intake::{Config, Edge, Head, Keys, Route, route};
use serde_json::{Value, json};

use crate::input::Input;
use crate::tokens::{HEADER, JWKS, sign};
use crate::world::now;

const METHODS: [&str; 5] = ["GET", "POST", "OPTIONS", "HEAD", "get"];
/// Stand for good tokens, which no fuzzer finds.
const INGEST: &str = "$I";
const VIEW: &str = "$V";
const ADMIN: &str = "$A";
const ORIGIN: &str = "https://a.it";

/// A byte that chooses the method; then a line each: URL, `Authorization`, `Upgrade`,
/// `Sec-WebSocket-Protocol`, `Origin`. A line that is not there is no header.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let method = input.pick(&METHODS);
    let tokens = tokens();
    let [ingest, view, admin] = &tokens;
    let text = input.text().replace(INGEST, ingest).replace(VIEW, view).replace(ADMIN, admin);
    let mut lines = text.split('\n');
    let url = lines.next().unwrap_or_default();
    let mut header = || lines.next();
    let (authorization, upgrade, protocols, origin) = (header(), header(), header(), header());
    let head = Head { method, url, authorization, upgrade, protocols, origin };
    let edge = edge();
    let found = route(&head, &edge, now());
    assert_eq!(format!("{found:?}"), format!("{:?}", route(&head, &edge, now())));
    let holds = |text: &str| tokens.iter().any(|token| text.contains(token.as_str()));
    let believed = holds(&text);
    match found {
        Ok(Route::Ingest(_, sender)) => assert!(believed && sender.source.name == "crm"),
        Ok(Route::Kpi(space, _) | Route::Integrity(space) | Route::Live(space, ..)) => {
            assert!(believed && space == "main", "{space}");
        }
        Ok(Route::Rejected(space, listing)) => {
            assert!(believed && space == "main", "{space}");
            assert!(listing.searches().all(|(_, search)| (1..=100).contains(&search.limit)));
        }
        Ok(Route::Replay(space, id)) => {
            assert!(believed && space == "main" && id.shard < u16::from(SHARDS_MAX));
        }
        Ok(Route::Document(document)) => {
            assert!(document.is_empty() || serde_json::from_str::<Value>(&document).is_ok());
        }
        Ok(Route::Collect(_, named) | Route::CollectPreflight(named)) => {
            assert_eq!((named.as_str(), origin), (ORIGIN, Some(ORIGIN)));
        }
        // No source of a provider is configured here.
        Ok(Route::Webhook(_) | Route::Answer(_)) => panic!("{url}"),
        Ok(Route::Preflight | Route::Assets) => {}
        Err(refusal) => {
            assert!((400..500).contains(&refusal.status()), "{refusal:?}");
            let said = format!("{}{:?}", refusal.to_json(), refusal.headers());
            assert!(serde_json::from_str::<Value>(&refusal.to_json()).is_ok());
            assert!(!holds(&said) || holds(url), "a token is told: {said}");
        }
    }
}

fn tokens() -> [String; 3] {
    let exp = now().ms() / 1_000 + 60;
    ["ingest", "view", "admin"].map(|scope| {
        let claims = json!({ "exp": exp, "scope": scope, "source": "crm" }).to_string();
        sign(HEADER.as_bytes(), claims.as_bytes())
    })
}

fn edge() -> Edge {
    let sito = json!({ "kind": "browser", "write_key": "pk_1", "origins": [ORIGIN] });
    let vars = json!({ "sources": { "crm": { "kind": "native" }, "sito": sito } });
    let config = Config::parse(&vars, |_| Some("{}".into())).unwrap();
    Edge { config, keys: Keys::parse(JWKS).unwrap() }
}

pub fn seeds() -> Vec<Vec<u8>> {
    [
        "0https://a.example/api/v1/kpi?window=5m&by=canale\nBearer $V",
        "0https://a.example/api/v1/integrity?x#y\nbearer  $V",
        "0http://h/api/v1/live\n\nWebSocket\npolso.v1, bearer.$V",
        "0http://h/api/v1/live\nBearer $V\nwebsocket\nx,polso.v1",
        "1http://h/api/v1/eventi/conversione\nBearer $I",
        "1http://h/api/v1/spese\nBearer $V",
        "1http://h/api/v1/eventi/storia\nBearer $I",
        "0http://h/api/v1/rejected?limit=9&source=crm&cursor=1.2\nBearer $A",
        "1http://h/api/v1/rejected/0.1.2.3/replay\nBearer $A",
        "2http://h/api/v1/kpi",
        "1http://h/collect/sito\n\n\n\nhttps://a.it",
        "2http://h/collect/sito?x\n\n\n\nhttps://a.it",
        "1http://h/collect/sito\n\n\n\nhttps://b.it",
        "1http://h/collect/crm\n\n\n\nhttps://a.it",
        "3http://h/healthz",
        "0http://h/api/v1/schema/conversione",
        "0http://h/api/v1/schema/",
        "0/",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
