/** The same hours of last week beside a KPI, in a few words and in full. */

import type { Reading } from "polso";
import { type Compared, changeOf } from "../comparison.ts";
import { hourMs } from "../moment.ts";
import type { Voice } from "./part.ts";
import { figureOf, sentenceOf } from "./readings.ts";

export interface Versus extends Compared {
  readonly now: Reading | undefined;
  readonly before: Reading | undefined;
}

/** @param versus none where last week's hours are no longer held */
export function lastWeek(voice: Voice, versus: Versus | undefined): { text: string; title: string } {
  const { messages, formats } = voice;
  if (versus === undefined) return { text: messages.noComparison, title: messages.noComparisonWhy };
  const { now, before, hours, endMs, beforeEndMs } = versus;
  const span = (toMs: number) => {
    const fromMs = toMs - hours * hourMs;
    const day = hours === 1 ? "" : `${formats.rome.shortDay(fromMs)} `;
    return `${day}${formats.rome.minute(fromMs)}–${hours === 1 ? "" : `${formats.rome.shortDay(toMs)} `}${formats.rome.minute(toMs)}`;
  };
  const title = [
    `${span(endMs)}: ${sentenceOf(voice, "", now).slice(3)}`,
    `${formats.rome.shortDay(beforeEndMs - 1)}, ${span(beforeEndMs)}: ${sentenceOf(voice, "", before).slice(3)}`,
  ].join("\n");
  const change = now === undefined || before === undefined ? undefined : changeOf(now, before);
  const was = messages.lastWeek(figureOf(voice, before));
  return { text: change === undefined ? was : `${formats.change(change)} ${was}`, title };
}
