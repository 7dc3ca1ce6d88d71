/**
 * Everything the board shows at one instant, asked of the core in one go.
 *
 * Decides which windows to ask for; every number in it is the core's.
 */

import type { Answer, Integrity, Live, Query } from "polso";
import { kpiNames, type Selection } from "./selection.ts";

/** Twelve whole windows of the last hour, and the one in progress. */
export const windowCount = 13;
/** 0–5 to 55–60 minutes ago. */
export const bandCount = 12;
export const stepMinutes = 5;
const stepMs = stepMinutes * 60_000;

export interface Picture {
  /** The server's clock when it was taken. */
  readonly takenMs: number;
  /** The chosen sliding window. */
  readonly current: Answer;
  readonly allTime: Answer;
  readonly byChannel: Answer;
  /** Tumbling windows, the oldest first, the one in progress last. */
  readonly windows: readonly Answer[];
  /** Sliding windows, the youngest first. */
  readonly bands: readonly Answer[];
  readonly integrity: Integrity;
}

/** The queries of one picture, in the order in which {@link take} reads their answers. */
export function queriesFor({ window, where }: Selection, nowMs: number): Query[] {
  const ago = (steps: number) => new Date(nowMs - steps * stepMs).toISOString();
  const asked = { kpi: kpiNames, where };
  return [
    { window, ...asked },
    { window: "all", ...asked },
    { window, ...asked, by: "canale" },
    ...Array.from({ length: windowCount }, (_, index): Query => {
      return { window: "5m", kind: "tumbling", at: ago(windowCount - 1 - index), ...asked };
    }),
    ...Array.from({ length: bandCount }, (_, index): Query => ({ window: "5m", at: ago(index), ...asked })),
  ];
}

export function take(live: Live, selection: Selection): Picture {
  const takenMs = live.nowMs;
  const [current, allTime, byChannel, ...rest] = live.evaluate(queriesFor(selection, takenMs));
  if (current === undefined || allTime === undefined || byChannel === undefined) throw new Error("answers are missing");
  const windows = rest.slice(0, windowCount);
  return { takenMs, current, allTime, byChannel, windows, bands: rest.slice(windowCount), integrity: live.integrity() };
}
