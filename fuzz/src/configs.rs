//! Configurations and key sets: what is taken keeps its bounds, and no problem shows a key.

use polso_intake::config::{SHARDS_MAX, SOURCES_MAX, is_name};
use polso_intake::jwks::KEYS_MAX;
use polso_intake::{Config, Keys};
use serde_json::Value;

use crate::input::Input;
use crate::tokens::JWKS;

/// A byte (even: a configuration, odd: a key set), then its JSON text.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let is_config = input.is_even();
    let text = input.text();
    if !is_config {
        check_keys(&text);
    } else if let Ok(vars) = serde_json::from_str(&text) {
        check_config(&vars);
    }
}

fn check_config(vars: &Value) {
    let parsed = Config::parse(vars, |_| Some("{}".into()));
    assert_eq!(parsed, Config::parse(vars, |_| Some("{}".into())));
    let without = Config::parse(vars, |_| None).expect_err("the keys are not there");
    match parsed {
        Ok(config) => {
            assert!(!without.is_empty());
            assert!((1..=u16::from(SHARDS_MAX)).contains(&config.shards.most()));
            assert!((1..=SOURCES_MAX).contains(&config.sources.len()));
            for (name, sender) in &config.sources {
                assert!(is_name(name) && is_name(&sender.space) && *name == sender.source.name);
                assert!(sender.limits.events_max >= 1 && sender.limits.body_bytes_max >= 1_024);
            }
        }
        Err(problems) => assert!(without.len() > problems.len()),
    }
}

fn check_keys(text: &str) {
    let shown = match Keys::parse(text) {
        Ok(keys) => format!("{keys:?}"),
        Err(problem) => problem.to_string(),
    };
    let Ok(set) = serde_json::from_str::<Value>(text) else { return };
    let keys = set["keys"].as_array().map_or(&[][..], Vec::as_slice);
    assert!(keys.len() <= KEYS_MAX || Keys::parse(text).is_err());
    for secret in keys.iter().flat_map(|key| ["k", "d"].map(|name| key[name].as_str())).flatten() {
        assert!(secret.len() < 24 || !shown.contains(secret), "a secret is shown: {shown}");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let config = |text: &str| [b"0", text.as_bytes()].concat();
    let keys = |text: &str| [b"1", text.as_bytes()].concat();
    vec![
        config(
            r#"{"SHARDS":"4","sources":{"crm":{"kind":"native","space":"roma","dedup":"client_5min","dedup_ttl":"2h","client_id":"free","body_max_kib":64,"events_max":10}}}"#,
        ),
        config(
            r#"{"SHARDS":0,"sourcs":{},"JWT_KEYS":"x","sources":{"Crm":{"knd":"native"},"b":1}}"#,
        ),
        config(
            r#"{"sources":{"a":{"kind":"generic","scheme":"hmac","secret":["A","B"],"algorithm":"sha512","header":"X-A","prefix":"p=","encoding":"base64","timestamp_header":"X-B","timestamp_unit":"ms","tolerance":"1h","dedup_ttl":"2h","map":{"target":"conversion"}}}}"#,
        ),
        config(
            r#"{"sources":{"a":{"kind":"hubspot","secret":"A","public_url":"https://a.example","tolerance":"1s"},"b":{"kind":"salesforce","secret":"A","path_secret":"B"},"c":{"kind":"standard_webhooks","secret":"A","dedup_ttl":"1m"}}}"#,
        ),
        config(
            r#"{"sources":{"a":{"kind":"shopify","secret":"A","map":[{"target":"conversion","when":{"/a":[1,"x"],"root:/b":true},"unless":{"/c":""},"require":{"/d":"eur"},"event_id":["/id","/~1e"],"id_cliente":["/f","/g/0"],"evento":{"const":"acquisto_concluso"},"timestamp":{"pointer":"/t","format":"unix_ms"},"valore":{"pointer":"/v","scale":"cents","absent":[-1],"default":0},"canale":{"pointer":"/u","lookup":{"a":"email"}},"stato":"/s","metadati":{"campagna":"/m"}}]},"b":{"kind":"github","secret":"A","map":{"target":"story","each":"/h","event_type":"x","engagement":{"reactions":{"like":1}},"hashtag":{"const":["a",2]}}}}}"#,
        ),
        config("[]"),
        keys(JWKS),
        keys(include_str!("../../intake/tests/keys.json")),
        keys(
            r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"es","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"ed"}]}"#,
        ),
    ]
}
