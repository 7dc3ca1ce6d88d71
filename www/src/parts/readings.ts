/** Readings in words: the value, what it is made of, how far it can be trusted. */

import type { Reading } from "polso";
import type { Voice } from "./part.ts";

/** What stands for a reading's value. */
export function figureOf({ formats }: Voice, reading: Reading | undefined): string {
  return formats.value(reading?.value ?? null, reading?.unit ?? "count");
}

/** What a value is made of, in words. */
export function basisOf({ messages, formats }: Voice, reading: Reading): string {
  const kpi = reading.kpi as keyof typeof messages.basis;
  if (reading.value === null) {
    // A cost without conversions lacks these, not the spend.
    return messages.noBasis[kpi === "cpa" && reading.numerator > 0 ? "average_value" : kpi];
  }
  const numerator =
    reading.unit === "euro" ? formats.value(reading.numerator, "euro") : formats.count(reading.numerator);
  return messages.basis[kpi](numerator, formats.count(reading.denominator));
}

/** `target` is a reading that has one and meets it. */
export type Standing = Reading["status"] | "target";

export function standingOf({ status, target }: Reading): Standing {
  return status === "ok" && target !== null ? "target" : status;
}

/** A shape beside the colour: never colour alone. */
export const marks: Readonly<Record<Standing, string>> = {
  ok: "✓",
  target: "✓",
  below_target: "▼",
  above_target: "▲",
  insufficient: "◔",
  unavailable: "○",
};

/** `sotto l’obiettivo (15,0%)`. */
export function standingWords({ messages, formats }: Voice, reading: Reading): string {
  const status = messages.status[standingOf(reading)];
  return reading.target === null ? status : messages.targetIs(status, formats.value(reading.target, reading.unit));
}

/** All of a reading in one sentence: for a tooltip, or to be spoken. */
export function sentenceOf(voice: Voice, name: string, reading: Reading | undefined): string {
  if (reading === undefined) return `${name} · ${voice.messages.chartEmpty}`;
  const parts = [name, figureOf(voice, reading), basisOf(voice, reading)];
  if (reading.target !== null || reading.status === "insufficient") parts.push(standingWords(voice, reading));
  return parts.join(" · ");
}
