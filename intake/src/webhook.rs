//! Webhooks: a request of a provider, from its bytes to what the ledgers are asked, or to the answer of a handshake.
//!
//! The order is the same for all: the proof over the received bytes, the rate, then what the body means. Nothing of a
//! body is believed, kept or answered before its proof.

use std::borrow::Cow;

use polso_core::{Shards, Timestamp};
use serde::Deserialize;

use crate::{
    adapter::Adapter,
    answer::Answer,
    config::{Kind, Sender},
    contract::Contract,
    ingest::Prepared,
    proof::{Given, Proof},
    rate::Rates,
    refusal::Refusal,
    route::Parameter,
};

/// What a source of a provider needs beyond what every source has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// How its requests are proven.
    pub proof: Proof,
    /// What they mean.
    pub adapter: Adapter,
}

/// What is to be done with a proven request.
#[derive(Debug)]
pub enum Received {
    /// The ledgers are to be asked.
    Events(Prepared),
    /// It tells no event; this is its answer.
    Handshake(Answer),
}

/// The longest challenge that is said back, in bytes.
const CHALLENGE_BYTES_MAX: usize = 256;

/// Proves a request and reads its events.
///
/// # Errors
/// `unproven`, `rate_limited`, `body_too_large`, `events_too_many`.
pub fn receive(
    sender: &Sender,
    given: &Given<'_>,
    rates: &mut Rates,
    shards: &Shards,
    now: Timestamp,
) -> Result<Received, Refusal> {
    let webhook = sender.webhook.as_ref().ok_or(Refusal::NotFound)?;
    sender.limits.check_length(given.body.len() as u64)?;
    let proven = webhook.proof.check(given, now).map_err(Refusal::Unproven)?;
    rates.take(sender, now)?;
    if let Some(answer) = handshake(sender.kind, given.body) {
        return Ok(Received::Handshake(answer));
    }
    let pieces = webhook.adapter.cut(given.content_type, given.body, proven.event_id.as_deref());
    if pieces.len() > sender.limits.events_max {
        return Err(Refusal::EventsTooMany { limit: sender.limits.events_max });
    }
    let contract = Contract::of(sender.kind, given.body);
    let secret = Some(proven.secret);
    Ok(Received::Events(Prepared::of_pieces(sender, &pieces, contract, secret, shards, now)))
}

/// The answer to Meta's handshake: the challenge, bare.
///
/// # Errors
/// `handshake_invalid` with another mode, another token, or no challenge.
pub(crate) fn subscribe(
    webhook: &Webhook,
    parameters: &[Parameter<'_>],
) -> Result<Answer, Refusal> {
    // Of a name that comes twice, none is believed.
    let parameter = |name: &str| {
        let mut values = parameters.iter().filter(|(known, _)| known == name);
        values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.as_ref())
    };
    let token = parameter("hub.verify_token").unwrap_or_default();
    let known = matches!(&webhook.proof, Proof::Meta(_, secret) if secret.is(token.as_bytes()));
    let challenge = parameter("hub.challenge").filter(|challenge| is_challenge(challenge));
    match challenge {
        Some(challenge) if known && parameter("hub.mode") == Some("subscribe") => {
            Ok(Answer::text(challenge.to_owned()))
        }
        _ => Err(Refusal::HandshakeInvalid),
    }
}

fn is_challenge(text: &str) -> bool {
    (1..=CHALLENGE_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Greeting<'a> {
    #[serde(borrow)]
    r#type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    challenge: Option<Cow<'a, str>>,
    #[serde(borrow)]
    zen: Option<Cow<'a, str>>,
    hook_id: Option<u64>,
}

/// The answer to a proven request by which a provider tries whether somebody is there.
fn handshake(kind: Kind, body: &[u8]) -> Option<Answer> {
    if !matches!(kind, Kind::Slack | Kind::Github) {
        return None;
    }
    let greeting: Greeting<'_> = serde_json::from_slice(body).ok()?;
    match kind {
        Kind::Slack if greeting.r#type.as_deref() == Some("url_verification") => {
            let challenge = greeting.challenge.filter(|challenge| is_challenge(challenge))?;
            Some(Answer::text(challenge.into_owned()))
        }
        // The header that names a ping is not signed; its body is like no other.
        Kind::Github if greeting.zen.is_some() && greeting.hook_id.is_some() => {
            Some(Answer::text("pong".to_owned()))
        }
        _ => None,
    }
}
