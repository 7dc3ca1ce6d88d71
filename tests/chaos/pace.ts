/** How fast all senders together go, and how far: an allowance of events, drawn from as fast as is allowed. */

import { setTimeout as delay } from "node:timers/promises";

const waitMs = 5;
/** What may be drawn at once after a pause. */
const burstMs = 50;

export class Pace {
  /** Events that may still set out. */
  left: number;
  #ratePerMs = Number.POSITIVE_INFINITY;
  #ready = 0;
  #readyAt = performance.now();

  constructor(left: number) {
    this.left = left;
  }

  /** @param perSecond infinite: as fast as answers come */
  set rate(perSecond: number) {
    this.#ratePerMs = perSecond / 1_000;
    this.#ready = 0;
    this.#readyAt = performance.now();
  }

  /** Draws at least one event and at most so many, when it is time; 0 at the end. */
  async draw(wanted: number): Promise<number> {
    for (;;) {
      if (this.left === 0) return 0;
      const drawn = Math.min(wanted, this.left, this.#accrued());
      if (drawn > 0) {
        this.left -= drawn;
        this.#ready -= drawn;
        return drawn;
      }
      await delay(waitMs);
    }
  }

  /** Whole events that may set out now. */
  #accrued(): number {
    if (this.#ratePerMs === Number.POSITIVE_INFINITY) {
      this.#ready = 0;
      return this.left;
    }
    const now = performance.now();
    const atMost = Math.max(1, this.#ratePerMs * burstMs);
    this.#ready = Math.min(atMost, this.#ready + (now - this.#readyAt) * this.#ratePerMs);
    this.#readyAt = now;
    return Math.floor(this.#ready);
  }
}
