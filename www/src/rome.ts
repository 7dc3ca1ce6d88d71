/**
 * Instants as people in Rome read them, whatever the machine's own zone is.
 *
 * Knows the two odd days of the year: on the last Sunday of October the hour from 2 to 3 comes twice, and both
 * are told apart by their zone's name.
 */

const hourMs = 3_600_000;
const minuteMs = 60_000;
const zone = "Europe/Rome";
/** No page shows more days than this in one row. */
const daysMax = 40;

// Sweden writes dates as ISO 8601 does.
const wallClock = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "short", timeZone: zone });

/** What Rome's clocks show, as `2026-03-29T15:05`: the form of an input for date and time. */
export function wallTime(ms: number): string {
  return wallClock.format(ms).replace(" ", "T");
}

/**
 * The instant at which Rome's clocks show this; the first one where they show it twice, and an hour later where they
 * skip it. `NaN` for what is no date and time.
 */
export function instantOf(wall: string): number {
  const asUtcMs = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtcMs)) return asUtcMs;
  const summerMs = asUtcMs - 2 * hourMs;
  return wallTime(summerMs) === wall.slice(0, 16) ? summerMs : asUtcMs - hourMs;
}

/** How far Rome's clocks are ahead of UTC. */
export function offsetMs(ms: number): number {
  return Date.parse(`${wallTime(ms)}Z`) - Math.floor(ms / minuteMs) * minuteMs;
}

/** The days of Rome that begin in a span, each with its beginning. */
export function dayStarts(fromMs: number, toMs: number): readonly { readonly date: string; readonly fromMs: number }[] {
  const days = [];
  for (let startMs = fromMs; startMs < toMs && days.length < daysMax; ) {
    const date = wallTime(startMs).slice(0, 10);
    days.push({ date, fromMs: startMs });
    const next = new Date(Date.parse(`${date}Z`) + 24 * hourMs).toISOString().slice(0, 10);
    startMs = instantOf(`${next}T00:00`);
  }
  return days;
}

export class RomeTime {
  readonly #minute: Intl.DateTimeFormat;
  readonly #second: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #shortDay: Intl.DateTimeFormat;
  readonly #weekday: Intl.DateTimeFormat;

  constructor(locale: string) {
    const digits = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone } as const;
    this.#minute = new Intl.DateTimeFormat(locale, digits);
    this.#second = new Intl.DateTimeFormat(locale, { ...digits, second: "2-digit" });
    this.#day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: zone });
    this.#shortDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: zone });
    this.#weekday = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
  }

  /** `15:05`; in the repeated hour `02:05 CEST`, then `02:05 CET`. */
  minute(ms: number): string {
    return this.#minute.format(ms) + this.#which(ms);
  }

  /** `15:05:30`. */
  second(ms: number): string {
    return this.#second.format(ms) + this.#which(ms);
  }

  /** `20 mag 2024`. */
  day(ms: number): string {
    return this.#day.format(ms);
  }

  /** `20 mag`. */
  shortDay(ms: number): string {
    return this.#shortDay.format(ms);
  }

  /** @param number 1 for Monday to 7 for Sunday */
  weekday(number: number): string {
    return this.#weekday.format(Date.UTC(2024, 0, number));
  }

  /** `20 mag 2024, 16:32`. */
  dayAndMinute(ms: number): string {
    return `${this.day(ms)}, ${this.minute(ms)}`;
  }

  /** `20 mag 2024, 16:32:45`. */
  dayAndSecond(ms: number): string {
    return `${this.day(ms)}, ${this.second(ms)}`;
  }

  #which(ms: number): string {
    const shown = this.#minute.format(ms);
    if (this.#minute.format(ms + hourMs) === shown) return " CEST";
    return this.#minute.format(ms - hourMs) === shown ? " CET" : "";
  }
}
