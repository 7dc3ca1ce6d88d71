//! Polso's intake: who sent it, and what does it mean.
//!
//! It decides, from bytes and headers alone, whether a request is let in: configuration
//! ([`config`]), tokens ([`bearer`](mod@bearer), [`jwks`], [`token`], [`grant`]), proofs of webhooks ([`proof`]), bodies ([`body`]),
//! how much is taken at once ([`open`]), and what the answer to a refused request is ([`refusal`]). It never reads a clock, draws
//! randomness, does I/O or panics; whether a single event is valid is `polso-core`'s to say.

pub mod adapter;
pub mod answer;
pub mod bearer;
pub mod body;
pub mod browser;
pub mod config;
pub mod contract;
pub mod grant;
pub mod ingest;
pub mod jwks;
pub mod mapping;
pub mod open;
pub mod problem;
pub mod proof;
pub mod rate;
pub mod refusal;
pub mod rejected;
pub mod route;
pub mod secret;
pub mod token;
pub mod webhook;

pub use answer::Answer;
pub use bearer::bearer;
pub use body::{Item, Limits};
pub use browser::Browser;
pub use config::{Config, Sender};
pub use grant::{Grant, Scope};
pub use ingest::Prepared;
pub use jwks::Keys;
pub use open::{Bearer, Open};
pub use problem::Problem;
pub use proof::Given;
pub use rate::Rates;
pub use refusal::{Detail, Refusal};
pub use rejected::Listing;
pub use route::{Edge, Head, Route, route};
pub use webhook::Received;
