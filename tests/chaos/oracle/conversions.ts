/**
 * Conversions with what they must come to: what event `number` says, and the sums by channel, campaign and day in
 * Rome that all of them add up to.
 *
 * Holds sums only, whose number does not grow with that of the events, but for one a day.
 */

import { drawingOf, oneOf } from "./random.ts";
import type { Expectation } from "./readings.ts";

const campaignsUsual = 20;
const channels = ["email", "social_media", "webform", "sms"] as const;
const kinds = ["acquisto_concluso", "richiesta_demo", "iscrizione_evento", "cancello_abbandono"] as const;
/** What a sender may say of an event, so often of 20. */
const outcomes: [string, number][] = [
  ["completato", 13],
  ["fallito", 6],
  ["duplicato", 1],
];
const centsMax = 1_000_000;
/** Days that the calendar still tells, less one for the run to go over midnight. */
const daysTold = 34;

const dayInRome = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Rome", dateStyle: "short" });
const hourMs = 3_600_000;

/** One conversion. */
export interface Conversion {
  readonly body: Readonly<Record<string, unknown>>;
  readonly channel: string;
  readonly campaign: string;
  /** Whether it counts at all: its sender does not call it a duplicate. */
  readonly counted: boolean;
  readonly converted: boolean;
  readonly cents: number;
}

/** What conversion `number` says, of one of so many campaigns. */
export function conversion(seed: number, number: number, timeMs: number, campaigns = campaignsUsual): Conversion {
  const random = drawingOf(seed, number);
  const letters = "ABCDEFGHIJ"[Math.floor(number / 1_000_000)] ?? "K";
  const [channel, kind] = [oneOf(random, channels), oneOf(random, kinds)];
  const outcome = random.weighted(outcomes);
  const campaign = `c${random.whole(0, campaigns - 1)}`;
  const cents = random.whole(0, centsMax);
  const body = {
    id_cliente: `CLIENTE-CAOS${letters}-${String(number % 1_000_000).padStart(6, "0")}`,
    evento: kind,
    timestamp: new Date(timeMs).toISOString(),
    valore: cents / 100,
    canale: channel,
    stato: outcome,
    metadati: { campagna: campaign },
  };
  const converted = outcome === "completato" && kind !== "cancello_abbandono";
  return { body, channel, campaign, counted: outcome !== "duplicato", converted, cents };
}

interface Sums {
  conversions: number;
  rated: number;
  cents: number;
}

/** What all conversions that were ever sent come to. */
export class ConversionSums {
  /** How many call themselves duplicates. */
  declared = 0;
  readonly #by = { canale: new Map<string, Sums>(), campagna: new Map<string, Sums>() };
  readonly #days = new Map<string, number>();
  /** Hours are whole in Rome, and this is asked for each event. */
  readonly #dayOfHour = new Map<number, string>();

  add({ channel, campaign, counted, converted, cents }: Conversion, timeMs: number): void {
    if (!counted) {
      this.declared += 1;
      return;
    }
    for (const [groups, group] of [
      [this.#by.canale, channel],
      [this.#by.campagna, campaign],
    ] as const) {
      const sums = groups.get(group) ?? { conversions: 0, rated: 0, cents: 0 };
      groups.set(group, sums);
      sums.rated += 1;
      sums.conversions += Number(converted);
      sums.cents += converted ? cents : 0;
    }
    const day = this.#day(timeMs);
    if (converted) this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
  }

  /** What the server must answer, query by query. */
  expectations(nowMs: number): Expectation[] {
    const kpis = ["conversions", "conversion_rate", "total_value"];
    const groups = Object.entries(this.#by).map(([by, sums]) => ({
      query: { window: "all", by, kpi: kpis },
      readings: [...sums].flatMap(([group, { conversions, rated, cents }]) => [
        { kpi: "conversions", group, numerator: conversions, denominator: null },
        { kpi: "conversion_rate", group, numerator: conversions, denominator: rated },
        { kpi: "total_value", group, numerator: cents / 100, denominator: null },
      ]),
    }));
    const told = Array.from({ length: daysTold }, (_, ago) => this.#day(nowMs - ago * 24 * hourMs));
    const days = [...this.#days].filter(([day]) => told.includes(day));
    const query = { window: `${daysTold}d`, kind: "calendar", by: "giorno", kpi: ["conversions"] } as const;
    const readings = days.map(([group, count]) => ({
      kpi: "conversions",
      group,
      numerator: count,
      denominator: null,
    }));
    return [...groups, { query: { ...query, at: new Date(nowMs).toISOString() }, readings }];
  }

  #day(timeMs: number): string {
    const hour = Math.floor(timeMs / hourMs);
    const day = this.#dayOfHour.get(hour) ?? dayInRome.format(hour * hourMs);
    this.#dayOfHour.set(hour, day);
    return day;
  }
}
