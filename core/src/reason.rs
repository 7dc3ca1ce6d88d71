//! Why an event is rejected: stable codes, and one sentence for people.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

macro_rules! reason_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// A stable code, `snake_case` on the wire. New codes may come, at the end because the journal
        /// keeps them by position; none changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ReasonCode {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $name,)+
        }

        impl ReasonCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code on the wire.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
        }
    };
}

reason_codes! {
    /// The event is no JSON: a line of NDJSON, or a text given to the SDK.
    JsonInvalid = "json_invalid",
    /// Objects and arrays nest deeper than 32.
    JsonDepth = "json_depth",
    /// The event is no JSON object.
    NotAnObject = "not_an_object",
    /// More than 64 members in one object.
    FieldsTooMany = "fields_too_many",
    /// A required field is not there.
    FieldMissing = "field_missing",
    /// A field that this kind of event does not have.
    FieldUnknown = "field_unknown",
    /// A field comes twice.
    FieldDuplicate = "field_duplicate",
    /// A field's value has another JSON type.
    FieldType = "field_type",
    /// A string holds half a surrogate pair.
    TextInvalid = "text_invalid",
    /// A string is longer than it may be.
    TextLength = "text_length",
    /// The client id does not have the source's form.
    ClientIdFormat = "client_id_format",
    /// None of the values that the field may have.
    ChoiceUnknown = "choice_unknown",
    /// Not RFC 3339 with an offset.
    TimestampFormat = "timestamp_format",
    /// More than 5 minutes ahead of the receiver; an interval may end 400 days ahead.
    TimestampFuture = "timestamp_future",
    /// Before 2000-01-01.
    TimestampPast = "timestamp_past",
    /// An interval that ends before it begins, or as it does.
    IntervalEmpty = "interval_empty",
    /// An interval longer than 400 days.
    IntervalLength = "interval_length",
    /// A negative amount.
    ValueNegative = "value_negative",
    /// An amount with more than two decimals.
    ValuePrecision = "value_precision",
    /// An amount above one billion euro.
    ValueRange = "value_range",
    /// The source deduplicates by a signed event id, and the event has none.
    EventIdMissing = "event_id_missing",
    /// The id of a story or a viewer is not 1 to 128 printable characters.
    IdFormat = "id_format",
    /// A rate below 0 or above 1.
    RateRange = "rate_range",
    /// A count that is no whole number from 0 to one billion.
    CountRange = "count_range",
    /// A duration below zero or above an hour.
    DurationRange = "duration_range",
    /// A list with more items than it may have.
    ListLength = "list_length",
    /// The source's mapping requires something of the sender's JSON that it does not say.
    MappingUnmet = "mapping_unmet",
    /// The source's mapping has no word for a value of the sender's.
    MappingUnknownValue = "mapping_unknown_value",
}

/// One reason of a rejection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The stable code.
    pub code: ReasonCode,
    /// The field that it is about, `metadati.campagna` for a nested one; none for the whole event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// What is wrong and what it should be, in English.
    pub message: String,
}

impl Reason {
    /// A reason about a field of the event's own shape.
    #[must_use]
    pub fn field(code: ReasonCode, field: &'static str, message: impl Into<String>) -> Self {
        Self { code, field: Some(Cow::Borrowed(field)), message: message.into() }
    }

    /// A reason about a field whose name the sender chose; the name is cut to 64 characters.
    #[must_use]
    pub fn foreign_field(code: ReasonCode, field: &str, message: impl Into<String>) -> Self {
        Self { code, field: Some(Cow::Owned(excerpt(field))), message: message.into() }
    }

    /// A reason about the event as a whole.
    #[must_use]
    pub fn event(code: ReasonCode, message: impl Into<String>) -> Self {
        Self { code, field: None, message: message.into() }
    }
}

/// The sender's text for a message: at most 64 characters.
#[must_use]
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(64) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_written_as_serde_writes_them() {
        for code in ReasonCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.code());
            assert_eq!(
                ReasonCode::ALL.iter().filter(|other| other.code() == code.code()).count(),
                1
            );
        }
    }

    #[test]
    fn excerpts_are_cut_between_characters() {
        assert_eq!(excerpt(&"è".repeat(64)), "è".repeat(64));
        assert_eq!(excerpt(&"è".repeat(65)), format!("{}…", "è".repeat(64)));
    }
}
