//! What a socket of the JSON flavour may send: read the same every time, kept with the socket within
//! its bound, and answered by what the hub would say to its queries.

use polso_core::{Act, Audience, Closing, Flavour, Heard, Hub, Message, Query};
use serde_json::Value;

use crate::world::{self, now};

/// What the platform keeps with a socket, less what its own form adds.
const ATTACHMENT_BYTES_MAX: usize = 16_000;

/// The text of a subscription.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut hub = world::hub(&mut world::ledger().0);
    let mut audience = Audience::default();
    let until = now().plus_ms(3_600_000);
    let (id, _) = audience.open(Flavour::Readings, until, now()).expect("the first socket");
    let attachment = match &audience.hear(id, Heard::Text(text), now())[..] {
        [Act::Attach(_, attachment)] => attachment.clone(),
        [Act::Close(_, Closing::Unreadable)] => return,
        other => panic!("{other:?}"),
    };
    assert!(attachment.len() <= ATTACHMENT_BYTES_MAX, "{} bytes", attachment.len());
    let said = listen(&mut audience, &mut hub);
    let subscription: Value = serde_json::from_str(text).expect("it was read");
    let queries = subscription["queries"].as_array().expect("it was read");
    assert_eq!(said.len(), queries.len(), "every query is answered");
    for (query, answered) in queries.iter().zip(&said) {
        check(query, answered, &hub);
    }

    // In other memory it is the same, but for faults that were told.
    let mut audience = Audience::default();
    audience.remember(&attachment, now()).expect("our own attachment");
    for (first, again) in said.iter().zip(listen(&mut audience, &mut hub)) {
        assert!(again.is_null() && first.get("error").is_some() || *first == again);
    }
}

/// What is said of each query, in rounds until nothing is left to say.
fn listen(audience: &mut Audience, hub: &mut Hub) -> Vec<Value> {
    let mut said = Vec::new();
    loop {
        for act in audience.pass(hub, false, now(), |_| 0) {
            let Act::Send(_, Message::Text(text)) = act else { panic!("{act:?}") };
            let text: Value = serde_json::from_str(&text).expect("a hub's own text");
            for answered in text["answers"].as_array().into_iter().flatten() {
                let query = answered["query"].as_u64().expect("a position") as usize;
                if said.len() <= query {
                    said.resize(query + 1, Value::Null);
                }
                said[query] = answered.clone();
            }
        }
        if audience.due(hub, now()).is_none() {
            return said;
        }
    }
}

/// A query that the HTTP interface would take is answered alike.
fn check(query: &Value, answered: &Value, hub: &Hub) {
    let mut parameters = Vec::new();
    for (name, value) in query.as_object().expect("it was read") {
        match value {
            Value::String(text) => parameters.push((name.as_str(), text.as_str())),
            Value::Array(texts) => {
                let texts = texts.iter().filter_map(Value::as_str);
                parameters.extend(texts.map(|text| (name.as_str(), text)));
            }
            _ => {}
        }
    }
    let expected = Query::parse(parameters).and_then(|query| hub.answer(&query, now()));
    match (expected, answered.get("answer")) {
        (Ok(expected), Some(found)) => {
            let expected: Value = serde_json::from_str(&expected.to_json()).expect("our own JSON");
            assert_eq!(found["readings"], expected["readings"]);
            assert_eq!(found["window"], expected["window"]);
        }
        (Err(expected), None) => {
            let code = answered["error"]["code"].as_str().expect("a code");
            assert!(code == expected.code || code == "parameter_type", "{code}: {expected:?}");
        }
        // Values of another kind are left out above.
        (Ok(_), None) => assert_eq!(answered["error"]["code"], "parameter_type"),
        (Err(expected), Some(_)) => panic!("answered in spite of {expected:?}"),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    [
        r#"{"queries":[]}"#,
        r#"{"id":7,"queries":[{},{"window":"24h","kind":"tumbling","kpi":["conversions","cpa"],"where":["canale:email","canale:sms"],"by":"localita"}]}"#,
        r#"{"queries":[{"window":"5"},{"window":5},{"kpi":[1]},{"colour":"red"},{"at":null},{"window":"5m","at":"2020-01-01T00:00:00Z"}]}"#,
        r#"{"queries":[{"where":"campagna:\u00e8"}],"id":4294967295}"#,
        r#"{"queries":{}}"#,
        "ping",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
