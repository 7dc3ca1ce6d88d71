/** Rejected events, in English. */

import type { rejected as italian } from "../it/rejected.ts";

export const rejected: typeof italian = {
  rejectedEvents: {
    title: "Rejected events",
    explained: "Events that break a rule stay here for 30 days, with their text as it came and every reason.",
    source: "Source",
    allSources: "All sources",
    refresh: "Refresh",
    newer: "Newer",
    older: "Older",
    loading: "Loading…",
    none: "No event was rejected in the last 30 days.",
    noneHere: "No event in this stretch: go on to the older ones.",
    shown: (count) => `Events shown: ${count}`,
    received: "Received",
    kind: { conversione: "Conversion", spesa: "Spend", storia: "Story" },
    rules: (version) => `rules version ${version}`,
    rulesNow: (version, now) => `rules version ${version}, today ${now}`,
    body: "Text as it came",
    bodyCut: "Text as it came (cut)",
    truncated: "The text was too long to keep: have its sender send it again.",
    replay: "Replay",
    replayOf: (source, when) => `Replay the event of ${source} received on ${when}`,
    replaying: "In progress…",
    replayed: (verdict, when) => `${verdict} (replayed on ${when})`,
    verdict: {
      accepted: "Accepted: it counts now",
      duplicate: "Duplicate: it was counted before and does not count again",
      conflict: "Conflict: the same id came before with other content",
      rejected: "Rejected again",
      filtered: "Filtered: its source does not want it",
    },
    adminTitle: "A token with the scope admin is needed",
    adminText:
      "These texts are personal data: your token may not read them. Make a token that reads the numbers and the rejected events, and paste it here:",
    adminOpen: "Use this token",
    failed: {
      unreachable: "The server does not answer: check the connection, then press Refresh.",
      unavailable: "The server is busy: try again in some seconds with Refresh.",
      token_expired: "The token has expired: sign out in the settings and come in with a new one.",
      token_invalid: "The server does not know this token: sign out in the settings and come in with a valid one.",
      rejected_unknown: "This event is no longer kept: press Refresh.",
      rejected_truncated: "Too little of this event is kept: have its sender send it again.",
      rejected_source_gone: "The source of this event is no longer configured: configure it again in wrangler.toml.",
      query_invalid: "The list has changed meanwhile: press Refresh.",
    },
    failedOther: (said) => `The server answered: ${said}. Try again with Refresh.`,
  },
};
