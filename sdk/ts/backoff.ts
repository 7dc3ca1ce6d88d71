/**
 * How long to wait before the next try: full jitter, so that a thousand pages do not come back at once.
 *
 * Delays double from 0.5 s to 30 s at most; which one is drawn is up to the caller's randomness.
 */

const firstDelayMsMax = 500;
const delayMsMax = 30_000;

export class Backoff {
  #attempt = 0;

  /** Tries since the last reset. */
  get attempt(): number {
    return this.#attempt;
  }

  /** @param random uniform in [0, 1) */
  nextDelayMs(random: number): number {
    const ceiling = Math.min(firstDelayMsMax * 2 ** this.#attempt, delayMsMax);
    this.#attempt += 1;
    return Math.floor(random * ceiling);
  }

  reset(): void {
    this.#attempt = 0;
  }
}
