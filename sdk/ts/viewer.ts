/** What the live client asks of the core: the facade's `Viewer`, or a stand-in for it in a test. */

import type { Query } from "./types.ts";

/** What one frame did. `gap`: frames were missed, resume again; `skipped`: known already, or from a later version. */
export interface Applied {
  readonly kind: "hello" | "snapshot" | "delta" | "beat" | "skipped" | "gap";
  readonly seq: number;
  /** The server's clock, on `hello`, `delta` and `beat`. */
  readonly now_ms?: number;
}

/** The counters of one space, kept up to date by frames. */
export interface Viewer {
  /** @throws on a frame that cannot be read */
  apply(frame: Uint8Array): Applied;
  /** The frame that asks the server for what is missing here. */
  resume(): Uint8Array;
  /** JSON of an array of answers. */
  evaluate_all(queries: readonly Query[], nowMs: number): string;
  /** JSON of the integrity figures. */
  integrity(): string;
  /** The known values of a dimension, sorted. */
  values(dimension: string): string[];
}
