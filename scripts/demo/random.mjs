/** Randomness from a seed: the same seed tells the same story. */

/** One drawing of numbers; mulberry32, which is quick and good enough to look believable. */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** @returns {number} in [0, 1) */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /**
   * @param {number} min
   * @param {number} max inclusive
   */
  whole(min, max) {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /**
   * One of several, each as likely as its weight.
   * @template T
   * @param {[T, number][]} choices
   * @returns {T}
   */
  weighted(choices) {
    const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.next() * total;
    const chosen = choices.find(([, weight]) => {
      left -= weight;
      return left < 0;
    });
    return /** @type {[T, number]} */ (chosen ?? choices.at(-1))[0];
  }

  /**
   * How many of something that happens by chance happen: Poisson's law.
   * @param {number} mean
   */
  count(mean) {
    // For a large mean the product below would underflow; its square root is then the spread.
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * (this.next() * 2 - 1)));
    if (mean === 0) return 0;
    let count = -1;
    for (let product = 1; product > Math.exp(-mean); product *= this.next()) count += 1;
    return count;
  }
}
