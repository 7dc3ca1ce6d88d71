/** Figures, ages and lengths as one language writes them. Form only: a missing value stays visibly missing. */

import type { Reading } from "../types.ts";
import type { Messages } from "./messages/it.ts";
import { RomeTime } from "./rome.ts";

const ages: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

export const missing = "–";

export class Formats {
  readonly rome: RomeTime;
  readonly #units: Readonly<Record<Reading["unit"], Intl.NumberFormat>>;
  readonly #locale: string;
  readonly #age: Intl.RelativeTimeFormat;
  readonly #now: string;

  constructor({ locale }: Messages) {
    this.#locale = locale;
    // Italian leaves four-digit numbers ungrouped by default; figures under each other must not.
    const digits = { useGrouping: "always" } as const;
    const tenths = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    this.rome = new RomeTime(locale);
    this.#units = {
      count: new Intl.NumberFormat(locale, { ...digits, maximumFractionDigits: 0 }),
      ratio: new Intl.NumberFormat(locale, { ...digits, ...tenths, style: "percent" }),
      euro: new Intl.NumberFormat(locale, { ...digits, style: "currency", currency: "EUR" }),
    };
    this.#age = new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "always" });
    this.#now = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "second");
  }

  /** `lun` for 1 to `dom` for 7. */
  weekday(day: number): string {
    // The first of January 2024 was a Monday.
    return new Date(2024, 0, day, 12).toLocaleDateString(this.#locale, { weekday: "short" });
  }

  /** A value in the unit of its KPI. */
  value(value: number | null, unit: Reading["unit"]): string {
    return value === null ? missing : this.#units[unit].format(value);
  }

  /** The same without decimals that say nothing: `15%`. */
  target(value: number, unit: Reading["unit"]): string {
    const text = this.value(value, unit);
    return unit === "count" ? text : text.replace(/[.,]0+(?=[^\d.,]*$)/, "");
  }

  /** `12 s fa`, in the largest unit that fits once; `ora` below a second. */
  age(ms: number): string {
    const fitting = ages.find(([, lengthMs]) => ms >= lengthMs);
    return fitting === undefined ? this.#now : this.#age.format(-Math.floor(ms / fitting[1]), fitting[0]);
  }
}
