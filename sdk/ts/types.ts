/**
 * The shapes that cross the package's border: queries in, readings out.
 *
 * They are the JSON of the HTTP interface, version 1; nothing is renamed or recomputed on the way.
 */

/** What to evaluate. Every part has a default; `{}` is the last five minutes of everything. */
export interface Query {
  /** The span: `30s` to `400d`, or `all` for everything ever counted. Default `5m`. */
  readonly window?: string;
  /**
   * `sliding` (default) ends at `at`; `tumbling` is the aligned span that contains `at`; `calendar` is whole days of
   * Rome, `1d` to `35d`, the last of which contains `at`.
   */
  readonly kind?: WindowKind;
  /** RFC 3339. Default: now, by the server's clock. */
  readonly at?: string;
  /** Which KPIs; default: all. */
  readonly kpi?: readonly string[];
  /** Filters `dimension:value`: different dimensions are and-ed, the same one twice is or-ed. */
  readonly where?: readonly string[];
  /**
   * What to group by: one reading per KPI and group. A dimension, or time in Rome, in a window that begins at most 35
   * days ago: `giorno` (`2026-03-29`), `ora` (`00` to `23`), `giorno_ora` (`1-00` on Monday to `7-23` on Sunday). Or the
   * length of a step, such as `5m`: the course of the window, each step with a reading and named by its start.
   */
  readonly by?: string;
  /**
   * With a dimension in `by`: only so many groups, 1 to 400, those with the largest values of the first KPI named.
   * The answer's `groups` says how many there are.
   */
  readonly top?: number;
}

/** How a window lies around its instant. */
export type WindowKind = "sliding" | "tumbling" | "calendar";

/** How far a reading can be trusted, and where it stands against its target. */
export type Status = "ok" | "below_target" | "above_target" | "insufficient" | "unavailable";

/** One KPI evaluated. Missing is `null`, never 0. */
export interface Reading {
  readonly kpi: string;
  /** `null` when `status` is `unavailable`. Money is in euro. */
  readonly value: number | null;
  readonly numerator: number;
  /** `null` for KPIs that are no quotient. */
  readonly denominator: number | null;
  readonly unit: "count" | "ratio" | "euro";
  readonly target: number | null;
  readonly status: Status;
  /** The group that the query's `by` makes: a value of that dimension, or a time; `null` without one. */
  readonly group: string | null;
}

/** The answer to one query, as `GET /api/v1/kpi` gives it. Instants are RFC 3339 in UTC. */
export interface Answer {
  readonly space: string;
  readonly now: string;
  readonly window: {
    readonly kind: WindowKind | "all";
    /** Inclusive. */
    readonly from: string | null;
    /** Exclusive. */
    readonly to: string | null;
    /** Length of the buckets that were summed; `null` for the all-time total. */
    readonly bucket_s: number | null;
  };
  readonly readings: readonly Reading[];
  /** How many groups there are, of which `top` wanted the first. */
  readonly groups?: number;
  readonly freshness: { readonly last_event: string | null; readonly last_received: string | null };
}

/** `received` = `accepted` + `duplicates` + `conflicts` + `rejected` + `filtered`. */
export interface SourceIntegrity {
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly rejected: number;
  readonly filtered: number;
  /** Of the accepted: too old for the finest tier, or a newer event had said more. */
  readonly late: number;
  /** Of the accepted: called duplicates by their own sender; they count in no KPI. */
  readonly declared_duplicates?: number;
  /** The median of receipt − event time over the accepted; negative when the sender's clock is ahead. */
  readonly clock_skew_ms: number | null;
  readonly last_event: string | null;
  readonly last_received: string | null;
  /** Rejected events by reason code; one event may have several reasons. */
  readonly reasons?: Readonly<Record<string, number>>;
  /** Requests that the first and the second secret of the source proved. */
  readonly secrets?: readonly [number, number];
}

/** Where every received event went, as `GET /api/v1/integrity` gives it. */
export interface Integrity {
  readonly space: string;
  readonly sources: Readonly<Record<string, SourceIntegrity>>;
  readonly total: SourceIntegrity;
}

/** How a source's events are judged; the defaults are the server's. */
export interface SourceOptions {
  /** The source's name; it is part of the dedup key. */
  readonly name: string;
  /** What the events are: conversions (default), ad spend or story events. */
  readonly kind?: "conversione" | "spesa" | "storia";
  /**
   * What makes two events the same: client, time and content (default), client and five minutes, or the id that the sender
   * signed.
   */
  readonly dedup?: "client_time_hash" | "client_5min" | "event_id";
  /** How long a repetition is recognised, seconds: 60 to 604,800. Default 3,600. */
  readonly dedup_ttl_s?: number;
  /** `cliente` (default): `CLIENTE-ITALIA-789456`; `free`: 1 to 128 printable characters. */
  readonly client_id?: "cliente" | "free";
  /** Whether story events from outside Italy, or from nowhere known, are filtered. */
  readonly only_italy?: boolean;
  /** The id that the sender signed, for `dedup: "event_id"`. */
  readonly event_id?: string;
}

/** One reason of a rejection; `code` is stable, `message` is for people. */
export interface Reason {
  readonly code: string;
  /** The field that is wrong, with dots into objects; none when the whole text is. */
  readonly field?: string;
  readonly message: string;
}

/** What becomes of one event, as in the `results` of an ingest answer. */
export interface Verdict {
  readonly verdict: "accepted" | "duplicate" | "conflict" | "rejected" | "filtered";
  /** Accepted, but too old for the 30-second counters, and so counted in the coarser ones only. */
  readonly late?: boolean;
  /** What was ignored, a sentence each. */
  readonly warnings?: readonly string[];
  /** Every reason, when rejected. */
  readonly reasons?: readonly Reason[];
}

/** Why the live link ended for good. */
export type StopReason = "token_expired" | "token_invalid" | "forbidden" | "closed";

/**
 * The state of the live link, judged by the server's own frames and not by "the socket is open".
 * `late`: the socket is open and nothing has come for longer than two beats.
 */
export type LinkState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "late" }
  | { readonly kind: "reconnecting"; readonly attempt: number }
  | { readonly kind: "stopped"; readonly reason: StopReason };
