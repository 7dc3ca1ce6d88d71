//! Providers' payloads (`tests/payloads/`), and what each of their adapters makes of them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod documentation;
mod meta;
mod providers;
mod rereading;
mod salesforce;
mod twice;
mod world;
