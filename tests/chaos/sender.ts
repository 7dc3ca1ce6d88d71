/**
 * A sender that never gives up: each body is sent again until it is answered. It sends batches of mixed sizes, one
 * event in ten once more on purpose, and holds some back to send them after later ones.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../scripts/demo/random.mjs";
import type { Client } from "./client.ts";
import type { Kind, Oracle } from "./oracle/oracle.ts";
import type { Pace } from "./pace.ts";

const storyShare = 0.3;
const repeatedShare = 0.1;
const heldShare = 0.15;
const heldMax = 200;
/** After each that comes along, whether another one does. */
const releasedShare = 0.9;
const retryMs = 20;
/** Servers ask for a second at least; a chaos run comes again sooner, which is harder on them. */
const retryAfterMsMax = 200;
const againBatch = 1_000;

/** Whom the senders of one run share. */
export interface Run {
  readonly oracle: Oracle;
  readonly client: Client;
  readonly pace: Pace;
}

export class Sender {
  readonly #run: Run;
  readonly #random: Random;
  readonly #held: Record<Kind, number[]> = { conversione: [], storia: [] };

  constructor(run: Run, random: Random) {
    this.#run = run;
    this.#random = random;
  }

  /** Sends until the allowance is used up; ends when everything is answered. */
  async stream(): Promise<void> {
    const { pace } = this.#run;
    for (;;) {
      const count = await pace.draw(this.#batchLength());
      if (count === 0) break;
      const kind = this.#random.next() < storyShare ? "storia" : "conversione";
      await this.#deliver(kind, this.#batch(kind, count));
    }
    for (const kind of ["conversione", "storia"] as const) await this.#deliver(kind, this.#held[kind].splice(0));
  }

  #batchLength(): number {
    const random = this.#random;
    return random.weighted([
      [() => 1, 15],
      [() => random.whole(2, 30), 40],
      [() => random.whole(31, 200), 30],
      [() => random.whole(201, 600), 15],
    ])();
  }

  /** Draws so many events, repeated or new; some are held back, and some that were held back before come with them. */
  #batch(kind: Kind, count: number): number[] {
    const { oracle } = this.#run;
    const [random, held] = [this.#random, this.#held[kind]];
    const batch: number[] = [];
    for (let drawn = 0; drawn < count; drawn += 1) {
      const known = random.next() < repeatedShare ? oracle.some(kind, random) : undefined;
      const number = known ?? oracle.invent(kind, random, Date.now());
      if (known === undefined && random.next() < heldShare) held.push(number);
      else batch.push(number);
    }
    while (held.length > heldMax || (held.length > 0 && random.next() < releasedShare)) {
      batch.push(...held.splice(random.whole(0, held.length - 1), 1));
    }
    return batch;
  }

  async #deliver(kind: Kind, numbers: readonly number[]): Promise<void> {
    if (numbers.length > 0) await deliver(this.#run, kind, numbers);
  }
}

/** Sends a batch until it is answered. */
async function deliver({ oracle, client }: Run, kind: Kind, numbers: readonly number[]): Promise<void> {
  const body = JSON.stringify(numbers.map((number) => oracle.body(number)));
  for (;;) {
    oracle.sent(numbers);
    const reply = await client.post(kind, body);
    if (reply.kind === "verdicts") return oracle.judge(numbers, reply.verdicts);
    oracle.lostSight(numbers);
    await delay(reply.kind === "later" ? Math.max(retryMs, Math.min(retryAfterMsMax, reply.afterMs)) : retryMs);
  }
}

/** Sends every event of the run once more. What was lost is new now. */
export async function sendAllAgain(run: Run, senders: number): Promise<void> {
  const { oracle } = run;
  let next = 0;
  const one = async () => {
    while (next < oracle.distinct) {
      const from = next;
      next = Math.min(oracle.distinct, from + againBatch);
      const numbers = Array.from({ length: next - from }, (_, index) => from + index);
      for (const kind of ["conversione", "storia"] as const) {
        const some = numbers.filter((number) => oracle.kindOf(number) === kind);
        if (some.length > 0) await deliver(run, kind, some);
      }
    }
  };
  await Promise.all(Array.from({ length: senders }, one));
}
