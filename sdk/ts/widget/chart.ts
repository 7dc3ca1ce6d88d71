/** What both charts of a widget are: drawn points with a cursor, whose place a pointer may choose. */

import type { Voice } from "./language.ts";
import type { Point } from "./points.ts";

export interface Drawn {
  readonly voice: Voice;
  readonly points: readonly Point[];
  /** Of the groups that are not among the points. */
  readonly more: number;
  /** Position of the marked point. */
  readonly cursor: number | undefined;
}

export interface Chart {
  readonly element: Element;
  show(drawn: Drawn): void;
}

/** Called with the position under the pointer; with none when it leaves. */
export type Pointed = (position: number | undefined) => void;

/** The share of the largest value, for lengths; 0 where there is no value. */
export function sharesOf(points: readonly Point[]): number[] {
  const largest = Math.max(...points.map(({ reading }) => reading.value ?? 0)) || 1;
  return points.map(({ reading }) => Math.max(reading.value ?? 0, 0) / largest);
}
