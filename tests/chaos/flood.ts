/**
 * Requests at a rate that does not ask whether anyone can take them: an open loop, as a crowd of senders makes one.
 *
 * Bodies that were refused set out again before new ones are made up, so that what waits is bounded by the requests
 * that are open at once.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../scripts/demo/random.mjs";
import type { Reply } from "./client.ts";
import type { Kind } from "./oracle/oracle.ts";
import type { Run } from "./sender.ts";

const tickMs = 10;
const storyShare = 0.3;

/** What is poured. */
export interface Mixture {
  /** Requests that may be open at once. */
  readonly openMax: number;
  /** Events of one request. */
  readonly length: (random: Random) => number;
  readonly repeatedShare: number;
  /** What is repeated is one of so many that were made up last; all, when nothing is said. */
  readonly repeatedAmong?: number;
}

interface Letter {
  readonly kind: Kind;
  readonly numbers: readonly number[];
  readonly body: string;
}

export class Flood {
  readonly #run: Run;
  readonly #random: Random;
  readonly #mixture: Mixture;
  readonly #waiting: Letter[] = [];
  readonly #open = new Set<Promise<void>>();
  /** Requests that set out, those that did not because too many were open, and how long answers took. */
  offered = 0;
  held = 0;
  #took: number[] = [];

  constructor(run: Run, random: Random, mixture: Mixture) {
    this.#run = run;
    this.#random = random;
    this.#mixture = mixture;
  }

  /** So many requests at a time, each after its answer. @returns answers per second */
  async measure(openAtOnce: number, ms: number): Promise<number> {
    const until = performance.now() + ms;
    let answered = 0;
    const one = async () => {
      while (performance.now() < until) if ((await this.#post(this.#letter())).kind === "verdicts") answered += 1;
    };
    await Promise.all(Array.from({ length: openAtOnce }, one));
    return (answered * 1_000) / ms;
  }

  /** Requests at a rate, for some time. */
  async pour(perSecond: number, ms: number): Promise<void> {
    const start = performance.now();
    for (let due = 0; performance.now() < start + ms; ) {
      const now = Math.floor(((performance.now() - start) * perSecond) / 1_000);
      for (; due < now; due += 1) {
        if (this.#open.size >= this.#mixture.openMax) this.held += 1;
        else this.#send(this.#waiting.pop() ?? this.#letter());
      }
      await delay(tickMs);
    }
  }

  /** Waits for every answer, then delivers what was refused. */
  async end(): Promise<void> {
    while (this.#open.size > 0) await Promise.race(this.#open);
    for (let letter = this.#waiting.pop(); letter !== undefined; letter = this.#waiting.pop()) {
      const reply = await this.#post(letter);
      if (reply.kind === "verdicts") continue;
      this.#waiting.push(letter);
      await delay(reply.kind === "later" ? reply.afterMs : tickMs);
    }
  }

  /** How long each answer took since this was last asked, in ms, the quickest first. */
  times(): number[] {
    const took = this.#took.sort((a, b) => a - b);
    this.#took = [];
    return took;
  }

  #send(letter: Letter): void {
    this.offered += 1;
    const sentAt = performance.now();
    const open = this.#post(letter).then((reply) => {
      this.#open.delete(open);
      this.#took.push(performance.now() - sentAt);
      if (reply.kind !== "verdicts") this.#waiting.push(letter);
    });
    this.#open.add(open);
  }

  async #post({ kind, numbers, body }: Letter): Promise<Reply> {
    const { oracle, client } = this.#run;
    oracle.sent(numbers);
    const reply = await client.post(kind, body);
    if (reply.kind === "verdicts") oracle.judge(numbers, reply.verdicts);
    else oracle.lostSight(numbers);
    return reply;
  }

  #letter(): Letter {
    const { oracle } = this.#run;
    const random = this.#random;
    const { length, repeatedShare, repeatedAmong } = this.#mixture;
    const kind = random.next() < storyShare ? "storia" : "conversione";
    const numbers = Array.from({ length: length(random) }, () => {
      const known = random.next() < repeatedShare ? oracle.some(kind, random, repeatedAmong) : undefined;
      return known ?? oracle.invent(kind, random, Date.now());
    });
    return { kind, numbers, body: JSON.stringify(numbers.map((number) => oracle.body(number))) };
  }
}

/** The time within which this share of sorted times came. */
export const quantile = (times: readonly number[], share: number): number =>
  times[Math.floor(times.length * share)] ?? 0;
