/** One kind of event on its way to one route: cut into requests, a bounded number of them open, every answer judged. */

import { Tally } from "./tally.mjs";

/** @typedef {import("./choice.mjs").Item} Item */
/** @typedef {import("./sender.mjs").Sender} Sender */

const eventsPerRequestMax = 100;
const requestsAtOnceMax = 16;

export class Stream {
  #name;
  #sender;
  /** @type {Set<Promise<void>>} */
  #open = new Set();
  tally = new Tally();

  /**
   * @param {string} name for people
   * @param {Sender} sender
   */
  constructor(name, sender) {
    this.#name = name;
    this.#sender = sender;
  }

  /**
   * Sends events and goes on, once few enough requests are open.
   * @param {Item[]} items
   */
  async send(items) {
    for (let first = 0; first < items.length; first += eventsPerRequestMax) {
      while (this.#open.size >= requestsAtOnceMax) await Promise.race(this.#open);
      const batch = items.slice(first, first + eventsPerRequestMax);
      const request = this.#sender.send(batch.map(({ body }) => body)).then((answer) => {
        this.tally.record(batch, answer);
        this.#open.delete(request);
      });
      this.#open.add(request);
    }
  }

  /** Waits for every answer. */
  async end() {
    await Promise.all(this.#open);
  }

  /** @returns {string[]} what should not be */
  wrong() {
    return this.tally.verdict().map(([what, count]) => `${this.#name}: ${what}: ${count}`);
  }

  /** @returns {string} */
  table() {
    return `${this.#name}\n${this.tally.table(this.#sender.statuses)}`;
  }
}
