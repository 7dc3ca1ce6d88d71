/**
 * How long to wait before the next try: full jitter, so that a thousand pages do not come back at once.
 *
 * The longest delay doubles from the first to the last one; which one is drawn is up to the caller's randomness.
 */

export class Backoff {
  readonly #firstMsMax: number;
  readonly #msMax: number;
  #attempt = 0;

  /**
   * @param firstMsMax the longest delay before the second try
   * @param msMax the longest delay before any
   */
  constructor(firstMsMax: number, msMax: number) {
    this.#firstMsMax = firstMsMax;
    this.#msMax = msMax;
  }

  /** Tries since the last reset. */
  get attempt(): number {
    return this.#attempt;
  }

  /** @param random uniform in [0, 1) */
  nextDelayMs(random: number): number {
    const ceiling = Math.min(this.#firstMsMax * 2 ** this.#attempt, this.#msMax);
    this.#attempt += 1;
    return Math.floor(random * ceiling);
  }

  reset(): void {
    this.#attempt = 0;
  }
}
