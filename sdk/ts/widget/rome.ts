/**
 * Instants and spans as people in Rome read them, whatever the machine's own zone is.
 *
 * On the last Sunday of October the hour from 2 to 3 comes twice: its times carry their zone's name.
 */

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const timeZone = "Europe/Rome";

export class RomeTime {
  readonly #minute: Intl.DateTimeFormat;
  readonly #second: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;

  constructor(locale: string) {
    const digits = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone } as const;
    this.#minute = new Intl.DateTimeFormat(locale, digits);
    this.#second = new Intl.DateTimeFormat(locale, { ...digits, second: "2-digit" });
    this.#day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone });
  }

  /** `15:05`, or `15:05:30` where seconds matter. */
  clock(ms: number, seconds = false): string {
    const shown = this.#minute.format(ms);
    const name = this.#minute.format(ms + hourMs) === shown ? " CEST" : "";
    const zone = this.#minute.format(ms - hourMs) === shown ? " CET" : name;
    return (seconds ? this.#second.format(ms) : shown) + zone;
  }

  /** `20 mag`. */
  day(ms: number): string {
    return this.#day.format(ms);
  }

  /**
   * `15:05–15:10`; over a day also the dates, of whole days these alone.
   *
   * @param bucketS what the span is made of: days of UTC have no time of day in Rome
   */
  span(fromMs: number, toMs: number, bucketS: number, ofDays = toMs - fromMs >= dayMs): string {
    const midnight = (ms: number) => this.clock(ms) === "00:00";
    if (bucketS * 1_000 >= dayMs || (midnight(fromMs) && midnight(toMs))) {
      const [first, last] = [this.day(fromMs), this.day(toMs - dayMs / 2)];
      return first === last ? first : `${first} – ${last}`;
    }
    const [from, to] = [fromMs, toMs].map((ms) => this.clock(ms, bucketS < 60));
    if (!ofDays) return `${from}–${to}`;
    const [first, last] = [this.day(fromMs), this.day(toMs)];
    return first === last ? `${first}, ${from}–${to}` : `${first}, ${from} – ${last}, ${to}`;
  }
}
