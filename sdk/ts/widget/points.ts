/** An answer's readings as the points of a chart, named as people say it. */

import type { Answer, Reading } from "../types.ts";
import { missing } from "./formats.ts";
import type { Voice } from "./language.ts";
import { basisNames, named, valueNames } from "./messages/names.ts";

export interface Point {
  readonly label: string;
  readonly reading: Reading;
  /** Whether it still grows. */
  readonly current: boolean;
}

/** Most points of a chart and rows of its table: what is further down the list is only counted. */
const pointsMax = 100;
/** Groups by the time of day and by date have an order of their own; all others go by size. */
const ordered = new Set(["giorno", "ora"]);

/** The steps of a window. The last one ends with the window. */
export function courseOf({ formats }: Voice, { window, readings }: Answer, stepMs: number): Point[] {
  const [fromMs, toMs] = [Date.parse(window.from ?? ""), Date.parse(window.to ?? "")];
  const ofDays = toMs - fromMs > 86_400_000;
  return readings.map((reading, index) => {
    const startMs = Date.parse(reading.group ?? "");
    const endMs = Math.min(startMs + stepMs, toMs);
    const label = formats.rome.span(startMs, endMs, window.bucket_s ?? 0, ofDays);
    return { label, reading, current: index === readings.length - 1 };
  });
}

/** Groups, and how many more there are. */
export function groupsOf(voice: Voice, { readings }: Answer, by: string): { points: Point[]; more: number } {
  const sorted = ordered.has(by)
    ? readings
    : [...readings].sort((a, b) => rankOf(a) - rankOf(b) || sizeOf(b) - sizeOf(a));
  const points = sorted.slice(0, pointsMax).map((reading) => {
    return { label: nameOf(voice, by, reading.group ?? ""), reading, current: false };
  });
  return { points, more: sorted.length - points.length };
}

/** What is sure comes first. */
const rankOf = ({ status }: Reading): number => ["insufficient", "unavailable"].indexOf(status) + 1;
const sizeOf = ({ value }: Reading): number => value ?? 0;

/** A group as people call it; what senders made up stays as it is. */
function nameOf({ messages, formats, language }: Voice, by: string, group: string): string {
  if (group === "") return messages.valueMissing;
  if (by === "giorno") return formats.rome.day(Date.parse(`${group}T12:00:00Z`));
  if (by === "ora") return `${group}:00`;
  if (by === "giorno_ora") return `${formats.weekday(Number(group[0]))} ${group.slice(2)}:00`;
  return named(valueNames, group, language) ?? group;
}

/**
 * What a value is made of, in words; why there is none, where there is none.
 *
 * @param full whether it says what the quotient divides by
 */
export function basisOf({ messages, formats, language }: Voice, reading: Reading, full = true): string {
  const { kpi, value, unit, numerator, denominator } = reading;
  if (value === null) return kpi === "cpa" && numerator === 0 && denominator ? messages.noSpend : messages.noData;
  if (denominator === null) return "";
  const above = formats.value(numerator, unit === "euro" ? "euro" : "count");
  return messages.basis(
    above,
    formats.value(denominator, "count"),
    full ? (named(basisNames, kpi, language) ?? "") : "",
  );
}

/** A point in one sentence, as it is read beside the chart and spoken. */
export function sentenceOf(voice: Voice, { label, reading, current }: Point): string {
  const { messages, formats } = voice;
  const value = formats.value(reading.value, reading.unit);
  const parts = [label, value === missing ? "" : value, basisOf(voice, reading), statusOf(voice, reading)?.full ?? ""];
  return [...parts, current ? messages.current : ""].filter((part) => part !== "").join(" · ");
}

export interface StatusShown {
  readonly kind: "good" | "bad" | "warn" | "quiet";
  /** So that colour is never alone. */
  readonly mark: string;
  /** As it stands beside the mark. */
  readonly word: string;
  /** As it is said without the mark. */
  readonly full: string;
}

/** How far to trust a reading and where it stands against its target; nothing where there is nothing to say. */
export function statusOf({ messages, formats }: Voice, { status, target, unit }: Reading): StatusShown | undefined {
  const { insufficient, unavailable } = messages;
  if (status === "insufficient") return { kind: "warn", mark: "◔", word: insufficient, full: insufficient };
  if (status === "unavailable") return { kind: "quiet", mark: "○", word: unavailable, full: unavailable };
  if (target === null) return undefined;
  const aim = formats.target(target, unit);
  const word = messages.target(aim);
  if (status === "below_target") return { kind: "bad", mark: "▼", word, full: messages.below(word) };
  if (status === "above_target") return { kind: "bad", mark: "▲", word, full: messages.above(word) };
  return { kind: "good", mark: "✓", word, full: messages.reached(aim) };
}
