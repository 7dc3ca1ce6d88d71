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
  const { rome } = formats;
  const span = (toMs: number) => `${rome.dayAndMinute(toMs - hours * hourMs)} – ${rome.dayAndMinute(toMs)}`;
  const name =
    hours === 1 ? messages.wholeHour(rome.minute(endMs - hourMs)) : messages.wholeHours(formats.count(hours));
  const change = now === undefined || before === undefined ? undefined : changeOf(now, before);
  const text = messages.lastWeek(name, figureOf(voice, now), figureOf(voice, before));
  return {
    text: change === undefined ? text : `${text} ${formats.change(change)}`,
    title: `${sentenceOf(voice, span(endMs), now)}\n${sentenceOf(voice, span(beforeEndMs), before)}`,
  };
}
