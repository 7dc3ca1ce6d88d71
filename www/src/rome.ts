/**
 * Instants as people in Rome read them, whatever the machine's own zone is.
 *
 * Knows the two odd days of the year: on the last Sunday of October the hour from 2 to 3 comes twice, and both
 * are told apart by their zone's name.
 */

const hourMs = 3_600_000;
const zone = "Europe/Rome";

export class RomeTime {
  readonly #minute: Intl.DateTimeFormat;
  readonly #second: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;

  constructor(locale: string) {
    const digits = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone } as const;
    this.#minute = new Intl.DateTimeFormat(locale, digits);
    this.#second = new Intl.DateTimeFormat(locale, { ...digits, second: "2-digit" });
    this.#day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: zone });
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

  /** `20 mag 2024, 16:32`. */
  dayAndMinute(ms: number): string {
    return `${this.day(ms)}, ${this.minute(ms)}`;
  }

  #which(ms: number): string {
    const shown = this.#minute.format(ms);
    if (this.#minute.format(ms + hourMs) === shown) return " CEST";
    return this.#minute.format(ms - hourMs) === shown ? " CET" : "";
  }
}
