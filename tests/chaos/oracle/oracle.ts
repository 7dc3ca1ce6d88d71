/**
 * The senders' own log: every event that was ever sent, what became of each of its journeys, and what all of them must
 * come to. It is told nothing by the server but verdicts, and judges them.
 *
 * An event is a number; its text is made again from the seed, its time and that number. So it costs 11 bytes, which
 * bounds the memory of a run of `eventsMax` events.
 */

import type { Random } from "../../../scripts/demo/random.mjs";
import { type Conversion, ConversionSums, conversion } from "./conversions.ts";
import type { Expectation } from "./readings.ts";
import { type Audience, aloneAt, audienceOf, type StoryEvent, StorySums, storyEvent, tellsTotals } from "./stories.ts";

/** Names of kinds, as in the routes. */
export const kinds = ["conversione", "storia"] as const;
export type Kind = (typeof kinds)[number];

const accepted = 1;
const unanswered = 2;
const told = 4;
/** Faults that are kept with their words; all are counted. */
const faultsShownMax = 20;
const sendingsMax = 255;
const triesMax = 8;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** The server takes 5 minutes; a test may not fail for a clock that is read twice. */
const aheadMsMax = 4.9 * minuteMs;

/** How unlike each other events are. */
export interface Variety {
  readonly campaigns?: number;
  readonly stories?: number;
  /** Whether senders' clocks jump; otherwise everything happened within the last minute. */
  readonly jumps?: boolean;
}

const steady: [readonly [number, number], number][] = [[[-minuteMs, 0], 1]];
const jumps: [readonly [number, number], number][] = [
  [[-minuteMs, 0], 75],
  [[0, aheadMsMax], 8],
  [[-3 * 60 * minuteMs, 0], 10],
  [[-40 * dayMs, 0], 5],
  [[-900 * dayMs, -400 * dayMs], 2],
];

export class Oracle {
  readonly seed: number;
  readonly #times: Float64Array;
  readonly #kinds: Uint8Array;
  readonly #marks: Uint8Array;
  readonly #sendings: Uint8Array;
  readonly #audience: Audience;
  readonly #campaigns: number | undefined;
  readonly #jumps: typeof jumps;
  readonly #conversions = new ConversionSums();
  readonly #stories: StorySums;
  readonly #timesOfTotals = new Set<number>();
  /** Distinct events. */
  distinct = 0;
  /** Distinct events that some answer has told accepted or duplicate. */
  acknowledged = 0;
  /** Verdicts in all answers. */
  answered = 0;
  duplicates = 0;
  /** Events that were told accepted more than once: each was forgotten, or counted twice. */
  acceptedAgain = 0;
  faults = 0;
  readonly faultsShown: string[] = [];

  constructor(seed: number, eventsMax: number, variety: Variety = {}) {
    this.seed = seed;
    this.#times = new Float64Array(eventsMax);
    this.#kinds = new Uint8Array(eventsMax);
    this.#marks = new Uint8Array(eventsMax);
    this.#sendings = new Uint8Array(eventsMax);
    this.#audience = audienceOf(eventsMax, variety.stories);
    this.#campaigns = variety.campaigns;
    this.#jumps = variety.jumps === false ? steady : jumps;
    this.#stories = new StorySums(this.#audience);
  }

  /** Makes a new event up. It counts from now on: its sender does not rest before it is answered. */
  invent(kind: Kind, random: Random, nowMs: number): number {
    const number = this.distinct;
    if (number === this.#times.length) throw new Error(`a run of ${number} events has no more`);
    this.distinct += 1;
    this.#kinds[number] = kinds.indexOf(kind);
    const timeMs = this.#time(kind, number, jump(this.#jumps, random, nowMs));
    this.#times[number] = timeMs;
    if (kind === "conversione") this.#conversions.add(this.#conversion(number), timeMs);
    else this.#stories.add(this.#storyEvent(number), timeMs);
    return number;
  }

  #time(kind: Kind, number: number, timeMs: number): number {
    if (kind === "conversione") return timeMs;
    if (!tellsTotals(this.seed, number)) return aloneAt(number, this.#audience, timeMs);
    // Of two totals with the same time neither is the newer one.
    let alone = timeMs;
    while (this.#timesOfTotals.has(alone)) alone -= 1;
    this.#timesOfTotals.add(alone);
    return alone;
  }

  kindOf(number: number): Kind {
    return kinds[this.#kinds[number] ?? 0] ?? "conversione";
  }

  /**
   * An event of this kind that was made up before, by whomever; none when none was found.
   * @param among one of the last so many
   */
  some(kind: Kind, random: Random, among = this.distinct): number | undefined {
    for (let tried = 0; tried < triesMax && this.distinct > 0; tried += 1) {
      const number = random.whole(Math.max(0, this.distinct - among), this.distinct - 1);
      if (this.kindOf(number) === kind) return number;
    }
    return undefined;
  }

  /** What is sent. */
  body(number: number): Readonly<Record<string, unknown>> {
    return (this.kindOf(number) === "conversione" ? this.#conversion(number) : this.#storyEvent(number)).body;
  }

  #conversion(number: number): Conversion {
    return conversion(this.seed, number, this.#times[number] ?? 0, this.#campaigns);
  }

  #storyEvent(number: number): StoryEvent {
    return storyEvent(this.seed, number, this.#audience, this.#times[number] ?? 0);
  }

  /** Notes that these set out. */
  sent(numbers: readonly number[]): void {
    for (const number of numbers) this.#sendings[number] = Math.min(sendingsMax, (this.#sendings[number] ?? 0) + 1);
  }

  /** Notes that nobody knows what became of these. */
  lostSight(numbers: readonly number[]): void {
    for (const number of numbers) this.#mark(number, unanswered);
  }

  /** Takes an answer. */
  judge(numbers: readonly number[], verdicts: readonly string[]): void {
    if (verdicts.length !== numbers.length) this.#fault(`${verdicts.length} verdicts for ${numbers.length} events`);
    for (const [index, number] of numbers.entries()) this.#judge(number, verdicts[index] ?? "none");
    this.answered += numbers.length;
  }

  #judge(number: number, verdict: string): void {
    const known = this.#marks[number] ?? 0;
    if (verdict === "accepted") {
      if (known & accepted) {
        this.acceptedAgain += 1;
        this.#fault(`accepted twice: event ${number}`);
      }
      this.#mark(number, accepted);
    } else if (verdict === "duplicate") {
      this.duplicates += 1;
      if ((this.#sendings[number] ?? 0) < 2) this.#fault(`a duplicate that was sent once: event ${number}`);
    } else {
      this.#fault(`${verdict}: event ${number}: ${JSON.stringify(this.body(number))}`);
      return;
    }
    if (!(known & told)) this.acknowledged += 1;
    this.#mark(number, told);
  }

  /** Events that every answer calls duplicates, though no journey of theirs is without an answer. */
  neverAccepted(): number {
    return this.#marks.subarray(0, this.distinct).reduce((count, marks) => count + Number(marks === told), 0);
  }

  /** What the server must answer when everything has arrived. */
  expectations(nowMs: number): Expectation[] {
    return [...this.#conversions.expectations(nowMs), ...this.#stories.expectations()];
  }

  /** Conversions that call themselves duplicates. */
  get declared(): number {
    return this.#conversions.declared;
  }

  #mark(number: number, mark: number): void {
    this.#marks[number] = (this.#marks[number] ?? 0) | mark;
  }

  #fault(what: string): void {
    this.faults += 1;
    if (this.faultsShown.length < faultsShownMax) this.faultsShown.push(what);
  }
}

/** When an event says that it happened: senders' clocks go ahead, behind, and come back after days. */
function jump(choices: typeof jumps, random: Random, nowMs: number): number {
  const [fromMs, toMs] = random.weighted(choices);
  return nowMs + random.whole(fromMs, toMs);
}
