/**
 * Decides when what waits in the queue is sent, and when it is sent again.
 *
 * A batch goes when it is full, or two seconds after its first event. While the page is shown, one request follows the
 * other; when it is hidden everything goes at once, as far as bodies that may outlive a page go. A request that is not
 * answered is sent again after a random delay of at most 1 s, doubling to 60 s, and never before the server's
 * `Retry-After`.
 */

import { Backoff } from "../backoff.ts";
import { bytesOf } from "../bytes.ts";
import type { Cancel } from "../world.ts";
import { lost, type Outcome, outcomeOf, type Row } from "./outcome.ts";
import { batchBytesMax, type Entry, type Queue } from "./queue.ts";
import type { TrackerWorld } from "./world.ts";

const batchWaitMs = 2_000;
const firstRetryMsMax = 1_000;
const retryMsMax = 60_000;
const answerWithinMs = 30_000;
/** Of all bodies of a page that may outlive it (Fetch, section 4.5). */
const keepaliveBytesMax = 64 * 1_024;
/** A body that the browser refuses is sent in halves down to this: below it, size is not why. */
const splitBytesMin = 4 * 1_024;

/** Who is behind the sender. */
export interface Owner {
  /** Ends what is too old to be sent. */
  expire(): void;
  /** The body of these events. */
  body(batch: readonly Entry[]): string;
  /** The server has named events: they leave the queue. */
  judged(rows: readonly Row[]): void;
  /** The server will never take these: they leave the queue. */
  refused(batch: readonly Entry[], code: string): void;
}

export class Sender {
  readonly #address: string;
  readonly #queue: Queue;
  readonly #owner: Owner;
  readonly #world: TrackerWorld;
  readonly #backoff = new Backoff(firstRetryMsMax, retryMsMax);
  readonly #flights = new Map<AbortController, Promise<boolean>>();
  readonly #stopListening: readonly Cancel[];
  #timer: Cancel = () => {};
  /** When what waits should go, however little it is. */
  #dueMs = 0;
  /** No try before this, unless there is news of the network. */
  #retryMs = 0;
  /** No try before this at all: the server has said so. */
  #obeyMs = 0;
  #flushing: Promise<void> | undefined;
  #closed = false;

  constructor(address: string, queue: Queue, owner: Owner, world: TrackerWorld) {
    this.#address = address;
    this.#queue = queue;
    this.#owner = owner;
    this.#world = world;
    this.#stopListening = [world.onHide(() => this.#sendAll()), world.onWake(() => this.#wake())];
  }

  /** Something was added to the queue. */
  touch(): void {
    if (this.#queue.waiting().length === 1) this.#dueMs = this.#world.nowMs() + batchWaitMs;
    this.#schedule();
  }

  /** Sends what waits, and ends when everything is answered or a try has failed. */
  flush(): Promise<void> {
    this.#flushing ??= this.#drain(true)
      .then(() => this.#landed())
      .finally(() => {
        this.#flushing = undefined;
      });
    return this.#flushing;
  }

  /** Gives up what is on its way. */
  abort(): void {
    for (const controller of this.#flights.keys()) controller.abort();
  }

  /** Sends what waits a last time, and ends when that is answered or has failed. */
  close(): Promise<void> {
    this.#sendAll();
    this.#closed = true;
    this.#timer();
    for (const stop of this.#stopListening) stop();
    return this.#landed();
  }

  async #landed(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights.values());
  }

  #schedule(): void {
    this.#timer();
    if (this.#closed || this.#flights.size > 0 || this.#queue.waiting().length === 0) return;
    const nowMs = this.#world.nowMs();
    const dueMs = this.#queue.isBatchFull() ? nowMs : this.#dueMs;
    const waitMs = Math.max(dueMs, this.#retryMs) - nowMs;
    this.#timer = this.#world.later(Math.max(waitMs, 0), () => void this.#drain(false));
  }

  /** @param whole whether what does not fill a batch follows too */
  async #drain(whole: boolean): Promise<void> {
    for (;;) {
      const batch = this.#take(batchBytesMax);
      if (batch.length === 0) break;
      const isTaken = await this.#send(batch);
      this.#dueMs = isTaken ? this.#world.nowMs() + batchWaitMs : 0;
      if (!isTaken || !(whole || this.#queue.isBatchFull())) break;
    }
    this.#schedule();
  }

  /** The page may end: nobody will be there to wait for answers. */
  #sendAll(): void {
    for (;;) {
      const batch = this.#take(Math.min(batchBytesMax, keepaliveBytesMax - this.#world.keepalive.bytes));
      if (batch.length === 0) break;
      void this.#send(batch).then(() => this.#schedule());
    }
  }

  #take(bytesMax: number): Entry[] {
    if (this.#closed || this.#world.nowMs() < this.#obeyMs) return [];
    this.#owner.expire();
    return this.#queue.take(bytesMax);
  }

  /** The network is back, or someone looks at the page again. */
  #wake(): void {
    this.#retryMs = this.#obeyMs;
    this.#schedule();
  }

  /** Whether the server has taken or refused all of it. */
  #send(batch: readonly Entry[]): Promise<boolean> {
    const controller = new AbortController();
    const flight = this.#fly(batch, controller).finally(() => this.#flights.delete(controller));
    this.#flights.set(controller, flight);
    return flight;
  }

  async #fly(batch: readonly Entry[], controller: AbortController): Promise<boolean> {
    const { keepalive } = this.#world;
    const body = this.#owner.body(batch);
    const bytes = bytesOf(body);
    // What the browser refuses because of others on the page is tried without, as long as somebody is there.
    const isWished = this.#world.hidden() || this.#backoff.attempt === 0;
    const outlives = isWished && keepalive.bytes + bytes <= keepaliveBytesMax;
    if (outlives) keepalive.bytes += bytes;
    const outcome = await this.#post(body, outlives, controller);
    if (outlives) keepalive.bytes -= bytes;

    if (outcome.kind === "judged") this.#owner.judged(outcome.rows);
    const rest = batch.filter(this.#queue.has);
    const isTooLarge =
      outcome.kind === "too_large" || (outcome === lost && outlives && this.#world.hidden() && bytes > splitBytesMin);
    if (isTooLarge && rest.length > 1) {
      const middle = Math.ceil(rest.length / 2);
      const halves = [rest.slice(0, middle), rest.slice(middle)];
      return (await Promise.all(halves.map((half) => this.#send(half)))).every(Boolean);
    }
    if ("code" in outcome) this.#owner.refused(rest, outcome.code);
    else if (rest.length > 0) return this.#hold(rest, outcome);
    this.#backoff.reset();
    return true;
  }

  #hold(batch: readonly Entry[], outcome: Outcome): false {
    this.#queue.release(batch);
    const retryAfterMs = "retryAfterMs" in outcome ? outcome.retryAfterMs : 0;
    const obeyMs = this.#world.nowMs() + retryAfterMs;
    this.#obeyMs = Math.max(this.#obeyMs, obeyMs);
    this.#retryMs = this.#obeyMs + this.#backoff.nextDelayMs(this.#world.random());
    return false;
  }

  async #post(body: string, keepalive: boolean, controller: AbortController): Promise<Outcome> {
    const cancel = this.#world.later(answerWithinMs, () => controller.abort());
    try {
      // A text goes as `text/plain`, which needs no preflight.
      const { signal } = controller;
      const init = { method: "POST", body, keepalive, signal, credentials: "omit", cache: "no-store" } as const;
      return await outcomeOf(await this.#world.fetch(this.#address, init), this.#world.wallMs());
    } catch {
      return lost;
    } finally {
      cancel();
    }
  }
}
