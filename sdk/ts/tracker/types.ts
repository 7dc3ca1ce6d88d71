/** What goes into the tracker and what it tells. */

import type { Conversion, StoryAction, StorySnapshot } from "../events.ts";
import type { Reason } from "../types.ts";

export interface TrackerOptions {
  /** Where Polso is served, e.g. `https://kpi.example.it`; default: the page's own origin. */
  readonly url?: string | URL;
  /** The source's name: the table of kind `browser` in the server's configuration. */
  readonly source: string;
  /** The source's write key. It is public. */
  readonly key: string;
  /** Told of each event that will never count, and why. Default: a warning on the console. */
  readonly onDrop?: (dropped: Dropped) => void;
  /**
   * For how many milliseconds after {@link Tracker.track} an event may be sent; default 70 hours. It must stay below the
   * source's `dedup_ttl` (72 hours unless configured): a later repetition would count twice.
   */
  readonly keptMs?: number;
}

/** The two kinds of events, each as it is tracked: without a `timestamp` it happens now. */
export interface TrackedEvents {
  readonly conversione: Timed<Conversion>;
  readonly storia: Timed<StoryAction> | Timed<StorySnapshot>;
}

export type EventKind = keyof TrackedEvents;

/** Whether the visitor lets events be kept on the device. */
export type Consent = "granted" | "denied";

type Timed<T> = T extends { timestamp: infer Instant }
  ? Omit<T, "timestamp"> & { readonly timestamp?: Instant }
  : never;

/** An event that will never count. */
export interface Dropped {
  /** `undefined` for one that was never taken. */
  readonly id: string | undefined;
  readonly kind: EventKind;
  /**
   * Of this tracker: `event_invalid` (no JSON), `event_too_large`, `queue_full`, `expired`, `consent_denied`, `closed`.
   * Of the server: the verdict `rejected` or `conflict`, or the code of the refusal.
   */
  readonly code: string;
  /** Why it was rejected. */
  readonly reasons?: readonly Reason[];
}

/**
 * Where every event went:
 * `tracked` + `restored` = `accepted` + `duplicates` + `filtered` + the sum of `dropped` + `pending`.
 */
export interface TrackerCounts {
  /** Calls of {@link Tracker.track}. */
  readonly tracked: number;
  /** Taken from the device: left there by an earlier page, or still with another one. */
  readonly restored: number;
  /** Not answered yet. */
  readonly pending: number;
  readonly accepted: number;
  /** Sent again, by this page or another, and recognised. */
  readonly duplicates: number;
  /** Good events that the source does not want. */
  readonly filtered: number;
  /** By {@link Dropped.code}. */
  readonly dropped: Readonly<Record<string, number>>;
}
