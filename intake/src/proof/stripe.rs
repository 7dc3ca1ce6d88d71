//! Stripe: `Stripe-Signature: t=…,v1=…`, the MAC of `t.body`.
//!
//! Several `v1` come while Stripe rolls a secret; `v0` belongs to its test mode and proves nothing. The secret
//! is used as text, its `whsec_` included. Source: "Verify webhook signatures manually" in Stripe's documentation.

use polso_core::Timestamp;

use super::field::{Encoding, SIGNATURES_MAX};
use super::mac::Algorithm;
use super::window::{Unit, Window};
use super::{Given, ProofFault};
use crate::config::table::Table;
use crate::secret::Secrets;

pub(super) const HEADER: &str = "stripe-signature";

/// The proof of Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stripe {
    secrets: Secrets,
    pub(super) window: Window,
}

impl Stripe {
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let (secrets, window) = (table.secrets("secret"), Window::read(table));
        Some(Self { secrets: secrets?, window })
    }

    pub(super) fn check(&self, given: &Given<'_>, now: Timestamp) -> Result<u8, ProofFault> {
        let header = given.required(HEADER)?;
        let of = |name| {
            let pairs = header.split(',').filter_map(|pair| pair.split_once('='));
            pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
        };
        let mut times = of("t");
        let (Some(time), None) = (times.next(), times.next()) else {
            return Err(ProofFault::Malformed);
        };
        self.window.check(time, Unit::Seconds, now)?;
        let signatures: Vec<_> =
            of("v1").take(SIGNATURES_MAX).filter_map(|text| Encoding::Hex.decode(text)).collect();
        if signatures.is_empty() {
            return Err(ProofFault::Malformed);
        }
        let parts = [time.as_bytes(), b".", given.body];
        let proves = |secret: &[u8]| Algorithm::Sha256.proves(secret, &parts, &signatures);
        let position = self.secrets.proven_by(|secret| proves(secret.reveal().as_bytes()));
        position.ok_or(ProofFault::Wrong)
    }
}
