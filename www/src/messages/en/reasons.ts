/** Why an event is rejected, and what to do. English. */

import type { reasons as italian } from "../it/reasons.ts";

export const reasons: typeof italian = {
  reason: {
    json_invalid: "The text is not valid JSON: check commas, quotes and brackets.",
    json_depth: "Objects and lists nest deeper than 32 levels: flatten the event.",
    not_an_object: "The event must be a JSON object, in braces.",
    fields_too_many: "More than 64 fields in one object: send only those that are known.",
    field_missing: "A required field is missing.",
    field_unknown: "There is a field that this kind of event does not have: remove it or move it into metadati.",
    field_duplicate: "A field comes twice: keep one.",
    field_type: "A field has the wrong type, such as text in place of a number.",
    text_invalid: "A text holds broken Unicode characters: send it as UTF-8.",
    text_length: "A text is too long.",
    client_id_format: 'id_cliente must look like CLIENTE-ITALIA-789456, or the source be set to "free".',
    choice_unknown: "A field has a value that is not among those allowed.",
    timestamp_format: "A time must be RFC 3339 with an offset, like 2024-05-20T14:32:45.123Z.",
    timestamp_future: "The time is too far ahead (an event: over 5 minutes): check the sender's clock.",
    timestamp_past: "A time is before 2000: check the date and its unit.",
    interval_empty: "The spend's interval ends before it begins: check the fields da and a.",
    interval_length: "The spend's interval is longer than 400 days: split it.",
    value_negative: "An amount cannot be negative.",
    value_precision: "An amount has more than two decimals: round it to the cent.",
    value_range: "An amount is above one billion euro: check its unit.",
    event_id_missing: "The source recognises events by their id, and this one has none.",
    id_format: "The id of a story or of its viewer does not have 1 to 128 printable characters.",
    rate_range: "A rate is from 0 to 1: write 0.62 for 62 %.",
    count_range: "A count must be a whole number from 0 to one billion.",
    duration_range: "A duration is from 0 to 3600 seconds: check its unit.",
    list_length: "A list has too many items: there are at most 30 hashtags.",
    mapping_unmet: "The source’s mapping asks for something that the sender’s data does not say.",
    mapping_unknown_value: "The source’s mapping has no word for a value of the sender’s.",
  },
};
