//! Verdicts: what a sender is told of each event.

use serde::Serialize;

use crate::reason::Reason;

/// The verdict on one event, as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict<'a> {
    /// New, and durable.
    Accepted {
        /// The finest tier no longer counts it.
        #[serde(skip_serializing_if = "core::ops::Not::not")]
        late: bool,
        /// What was ignored.
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        warnings: &'a [String],
    },
    /// A repetition.
    Duplicate,
    /// A repetition of an id with other content.
    Conflict,
    /// The source does not want it.
    Filtered,
    /// It breaks rules.
    Rejected {
        /// All of them.
        reasons: &'a [Reason],
    },
}
