/**
 * One ledger that takes a bounded amount of work per second. What it cannot take waits; what would wait too long or be too
 * much is answered 503 and comes again after 1, 2, 4, 8 and 16 s. After that this model gives it up; a real sender goes on.
 *
 * A fluid, not single requests: amounts are not whole. Retried batches are taken as their refused part alone.
 */

const attemptsMax = 5;
const ringSeconds = 32;

/**
 * @typedef {object} Limits
 * @property {number} callsPerS
 * @property {number} eventsPerS
 * @property {number} pendingEventsMax
 * @property {number} waitSMax
 */

export class Queue {
  accepted = 0;
  /** Answers 503, each attempt anew. */
  refused = 0;
  givenUp = 0;
  /** Events that wait. */
  waiting = 0;
  #limits;
  /** Seconds of work that wait. */
  #work = 0;
  /** What comes again, by second and attempt. */
  #ring = Array.from({ length: ringSeconds }, () => new Float64Array(2 * attemptsMax));
  #second = 0;
  /** Whether anything waits or is to come again. */
  #isLate = false;

  /** @param {Limits} limits */
  constructor(limits) {
    this.#limits = limits;
  }

  /**
   * One second.
   * @param {number} events that come for the first time
   * @param {number} calls in which they come
   * @returns {number} how much was asked of the ledger, 1 being all that it can do in a second
   */
  pass(events, calls) {
    const asked = this.#workOf(events, calls);
    if (!this.#isLate && asked <= 1) {
      this.#second += 1;
      this.accepted += events;
      return asked;
    }
    const again = /** @type {Float64Array} */ (this.#ring[this.#second % ringSeconds]);
    const tries = [[events, calls], ...Array.from({ length: attemptsMax }, (_, n) => again.slice(2 * n, 2 * n + 2))];
    again.fill(0);
    this.#second += 1;
    const offeredEvents = tries.reduce((sum, [count = 0]) => sum + count, 0);
    const offered = tries.reduce((sum, [count = 0, by = 0]) => sum + this.#workOf(count, by), 0);
    const [work, waiting] = [this.#work + offered, this.waiting + offeredEvents];
    const left = work > 1 ? 1 - 1 / work : 0;
    const { pendingEventsMax, waitSMax } = this.#limits;
    const room = left === 0 ? 1 : Math.min(1, pendingEventsMax / (waiting * left), waitSMax / (work * left));
    // Only what has just come can be refused.
    const excess = Math.min(offeredEvents, waiting * left * (1 - room));
    this.waiting = waiting * left - excess;
    this.#work = work * left * room;
    this.accepted += waiting * (1 - left);
    if (excess > 0) this.#refuse(tries, excess / offeredEvents);
    this.#isLate = this.waiting > 0 || this.away > 0;
    return offered;
  }

  /** Events that were refused and have not come again. */
  get away() {
    let sum = 0;
    for (const slot of this.#ring) for (let n = 0; n < slot.length; n += 2) sum += slot[n] ?? 0;
    return sum;
  }

  /**
   * @param {number} events
   * @param {number} calls
   */
  #workOf(events, calls) {
    return calls / this.#limits.callsPerS + events / this.#limits.eventsPerS;
  }

  /**
   * @param {ArrayLike<number>[]} tries
   * @param {number} share
   */
  #refuse(tries, share) {
    tries.forEach((tried, attempt) => {
      const [events, calls] = [(tried[0] ?? 0) * share, (tried[1] ?? 0) * share];
      this.refused += events;
      if (attempt === attemptsMax) {
        this.givenUp += events;
        return;
      }
      const slot = /** @type {Float64Array} */ (this.#ring[(this.#second + 2 ** attempt - 1) % ringSeconds]);
      slot[2 * attempt] = (slot[2 * attempt] ?? 0) + events;
      slot[2 * attempt + 1] = (slot[2 * attempt + 1] ?? 0) + calls;
    });
  }
}
