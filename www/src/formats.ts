/** Numbers, money and ages as one language writes them. Decides form only: a missing value stays visibly missing. */

import type { Reading } from "polso";
import type { Change } from "./comparison.ts";
import type { Messages } from "./messages/messages.ts";
import { RomeTime } from "./rome.ts";

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

const spans = [
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

const lengths = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

export class Formats {
  readonly rome: RomeTime;
  readonly #missing: string;
  readonly #count: Intl.NumberFormat;
  readonly #ratio: Intl.NumberFormat;
  readonly #euro: Intl.NumberFormat;
  readonly #compact: (value: number) => string;
  readonly #compactEuro: (value: number) => string;
  readonly #tenths: Intl.NumberFormat;
  readonly #signedRatio: Intl.NumberFormat;
  readonly #signedTenths: Intl.NumberFormat;
  readonly #age: Intl.RelativeTimeFormat;
  readonly #now: string;
  readonly #points: string;
  readonly #locale: string;
  readonly #lengths = new Map<string, Intl.NumberFormat>();

  constructor({ locale, noValue, points }: Messages) {
    // Italian leaves four-digit numbers ungrouped by default; figures in a column must not.
    const grouped = { useGrouping: "always" } as const;
    const euro = { ...grouped, style: "currency", currency: "EUR" } as const;
    this.rome = new RomeTime(locale);
    this.#missing = noValue;
    this.#count = new Intl.NumberFormat(locale, { ...grouped, maximumFractionDigits: 0 });
    this.#ratio = new Intl.NumberFormat(locale, {
      ...grouped,
      style: "percent",
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
    this.#euro = new Intl.NumberFormat(locale, euro);
    const compact = { notation: "compact", maximumFractionDigits: 1 } as const;
    const count = new Intl.NumberFormat(locale, compact);
    const money = new Intl.NumberFormat(locale, { ...euro, ...compact });
    // Italian has no "K" of its own, and its word for 1,000 is "mille": up to a million it takes the digits.
    const millions = new Intl.NumberFormat(locale, { ...compact, compactDisplay: "long" });
    const italian = (value: number) => (value < 1e6 ? this.#count : millions).format(value);
    const inItalian = locale.startsWith("it");
    this.#compact = inItalian ? italian : (value) => count.format(value);
    this.#compactEuro = inItalian ? (value) => `${italian(value)} €` : (value) => money.format(value);
    this.#tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const signed = { signDisplay: "exceptZero", maximumFractionDigits: 1 } as const;
    this.#signedRatio = new Intl.NumberFormat(locale, { ...grouped, ...signed, style: "percent" });
    this.#signedTenths = new Intl.NumberFormat(locale, { ...signed, minimumFractionDigits: 1 });
    this.#points = points;
    this.#locale = locale;
    this.#age = new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "always" });
    this.#now = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "second");
  }

  count(value: number | null): string {
    return value === null ? this.#missing : this.#count.format(value);
  }

  /** A value in the unit of its KPI. */
  value(value: number | null, unit: Reading["unit"]): string {
    if (value === null) return this.#missing;
    if (unit === "ratio") return this.#ratio.format(value);
    return unit === "euro" ? this.#euro.format(value) : this.#count.format(value);
  }

  /** A count with the number itself, for a cell that is exported. */
  figure(value: number | null): { text: string; number: number | null } {
    return { text: this.count(value), number: value };
  }

  /** The same for the ticks of an axis, where every character is one too many. */
  tick(value: number, unit: Reading["unit"]): string {
    if (unit === "ratio") return `${this.#compact(value * 100)}%`;
    return unit === "euro" ? this.#compactEuro(value) : this.#compact(value);
  }

  /** `▲ +12,5%`; of ratios `▼ -1,2 punti`; never broken into lines. */
  change({ by, unit }: Change): string {
    const arrow = by > 0 ? "▲" : by < 0 ? "▼" : "=";
    const text =
      unit === "ratio" ? this.#signedRatio.format(by) : `${this.#signedTenths.format(by * 100)} ${this.#points}`;
    return `${arrow} ${text}`.replaceAll(" ", "\u00a0");
  }

  /** The same in four characters, for a cell of a map: `1,8k`, `12k`. In full it stands elsewhere. */
  short(value: number, unit: Reading["unit"]): string {
    if (unit === "ratio" || Math.abs(value) < 999.5) return this.tick(value, unit === "euro" ? "count" : unit);
    const thousands = value / 1_000;
    return `${(Math.abs(thousands) < 9.95 ? this.#tenths : this.#count).format(thousands)}k`;
  }

  /** `12 s fa`, in the largest unit that fits once; `ora` below a second. */
  age(ms: number): string {
    const step = steps.find(([, seconds]) => ms >= seconds * 1_000);
    if (step === undefined) return this.#now;
    const [unit, seconds] = step;
    return this.#age.format(-Math.floor(ms / 1_000 / seconds), unit);
  }

  /** A span that may be negative: `1,2 s`, `-3,5 min`, `12,0 h`. */
  span(ms: number | null): string {
    if (ms === null) return this.#missing;
    const [unit, length] = spans.find(([, size]) => Math.abs(ms) >= size) ?? (["s", 1_000] as const);
    return `${this.#tenths.format(ms / length)} ${unit}`;
  }

  /** The length of a bucket: `30 secondi`, `5 minuti`, `1 ora`. */
  length(ms: number): string {
    const [unit, length] = lengths.find(([, size]) => ms >= size) ?? (["second", 1_000] as const);
    const known = this.#lengths.get(unit);
    const format = known ?? new Intl.NumberFormat(this.#locale, { style: "unit", unit, unitDisplay: "long" });
    if (known === undefined) this.#lengths.set(unit, format);
    return format.format(ms / length);
  }
}
