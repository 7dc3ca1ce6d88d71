/**
 * Requests at a rate that does not ask whether anyone can take them: an open loop, as a crowd of senders makes one.
 *
 * Most of each body are repetitions, so that a long flood does not end at the bound of what a ledger remembers. Bodies
 * that were refused set out again, so that what waits is bounded by the requests that are open at once.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../scripts/demo/random.mjs";
import type { Reply } from "./client.ts";
import type { Kind } from "./oracle/oracle.ts";
import type { Run } from "./sender.ts";

const tickMs = 10;
const batchEvents = 300;
/** Of a batch. */
const newShare = 0.2;
const singleShare = 0.5;

interface Letter {
  readonly kind: Kind;
  readonly numbers: readonly number[];
  readonly body: string;
}

export class Flood {
  readonly #run: Run;
  readonly #random: Random;
  readonly #openMax: number;
  readonly #waiting: Letter[] = [];
  readonly #open = new Set<Promise<void>>();
  /** Requests that set out, those that did not because too many were open, and how long answers took. */
  offered = 0;
  held = 0;
  readonly #took: number[] = [];

  constructor(run: Run, random: Random, openMax: number) {
    this.#run = run;
    this.#random = random;
    this.#openMax = openMax;
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
        if (this.#open.size >= this.#openMax) this.held += 1;
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

  /** The time within which this share of answers came, in ms. */
  tookMs(share: number): number {
    return this.#took.toSorted((a, b) => a - b)[Math.floor(this.#took.length * share)] ?? 0;
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
    const kind = random.next() < 0.3 ? "storia" : "conversione";
    const length = random.next() < singleShare ? 1 : batchEvents;
    const numbers = Array.from({ length }, () => {
      const known = random.next() < newShare ? undefined : oracle.some(kind, random);
      return known ?? oracle.invent(kind, random, Date.now());
    });
    return { kind, numbers, body: JSON.stringify(numbers.map((number) => oracle.body(number))) };
  }
}
