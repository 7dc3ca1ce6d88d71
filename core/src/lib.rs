//! Polso's core: every decision about events, counters and KPIs, and no effect.
//!
//! No I/O, clock, randomness, async or panic: time and seeds are arguments, and what must happen
//! outside comes back as a value. The way of an event through it:
//!
//! `domain` validates raw JSON → `ledger` deduplicates, writes a `journal` block and adds the
//! event's `fact`s to its `counters` → a `Delta` reaches the `hub` and then each `viewer`, where
//! `query` and `answer` make readings of them.

mod answer;
mod cadence;
mod checkpoint;
mod choice;
mod conversion;
mod correction;
mod corrupt;
mod counters;
mod damage;
mod decimal;
mod dedup;
mod domain;
mod envelope;
mod fact;
mod fields;
mod group;
mod heritage;
mod hub;
mod integrity;
mod journal;
mod json;
mod json_schema;
mod key;
mod kpi;
mod ledger;
mod openings;
mod panes;
mod query;
mod reason;
mod rejected;
mod rome;
mod sealed;
mod series;
mod shards;
mod skew;
mod source;
mod spread;
mod story;
mod subjects;
mod texts;
mod tier;
mod time;
mod verdict;
mod viewer;
mod window;

pub mod live;

pub use answer::{Answer, Reading};
pub use cadence::Cadence;
pub use corrupt::Corrupt;
pub use counters::Delta;
pub use damage::Damage;
pub use dedup::{Limits, NewRun, PageId};
pub use domain::{Candidate, Domain, Event, EventKind, RawEvent, Valid};
pub use envelope::Envelope;
pub use heritage::{Enquiry, Heritage};
pub use hub::{
    Act, Audience, Bytes, Closing, Flavour, Full, Heard, Hub, Merged, Message, Published,
    SOCKETS_MAX, next_beat,
};
pub use journal::Refused;
pub use json::{DEPTH_MAX, nests_too_deep, raw_elements, raw_value};
pub use key::DedupKey;
pub use ledger::{
    Batch, Bounds, Busy, Effect, Incoming, Ledger, LedgerSnapshot, Lookup, Outcome, Pulled,
    Recovery, Refusals, Save,
};
pub use query::{Query, QueryError};
pub use reason::{Reason, ReasonCode, excerpt};
pub use rejected::{
    FoundReject, KEPT_MS, KeptReject, Page, PageRow, PageSearch, Pager, Pin, Position,
    REQUEST_BYTES_MAX, RULES_VERSION, Reject, RejectId, RejectRow, Replayed, Segment, SegmentStep,
    Segments, SentAs, TEXT_BYTES_MAX,
};
pub use shards::{Before, GENERATIONS_MAX, Shards};
pub use source::{ClientIdRule, DedupPolicy, Source};
pub use time::Timestamp;
pub use verdict::Verdict;
pub use viewer::{Applied, Viewer};
