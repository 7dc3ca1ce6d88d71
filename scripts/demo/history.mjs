/**
 * Time that has been, told to a server in minutes: the same believable events as `npm run demo` sends, at the times at which
 * they would have happened.
 */

import { adSpend, Conversions } from "./conversions.mjs";
import { buyingAt, lookingAt } from "./day.mjs";
import { Random } from "./random.mjs";
import { Stories } from "./stories.mjs";
import { Stream } from "./stream.mjs";

const stepMs = 300_000;
const storyShare = 0.4;

/** One story after the other, in the order of time. */
export class History {
  #random;
  #conversions;
  #stories;
  #streams;

  /**
   * @param {(path: string, source: string) => import("./sender.mjs").Sender} senderTo
   * @param {number} seed
   */
  constructor(senderTo, seed) {
    this.#random = new Random(seed);
    this.#conversions = new Conversions(this.#random);
    this.#stories = new Stories(this.#random);
    this.#streams = {
      conversions: new Stream("conversions", senderTo("/api/v1/eventi/conversione", "crm")),
      spend: new Stream("ad spend", senderTo("/api/v1/spese", "crm")),
      stories: new Stream("stories", senderTo("/api/v1/eventi/storia", "instagram")),
    };
  }

  /**
   * Sends what happened in a time and waits for every answer.
   * @param {number} fromMs
   * @param {number} toMs
   * @param {number} rate events per second, the day's average of all
   * @returns {Promise<string[]>} what the server judged otherwise than it should; empty when nothing
   */
  async tell(fromMs, toMs, rate) {
    for (let nowMs = fromMs; nowMs < toMs; nowMs += stepMs)
      await this.#step(nowMs, Math.min(nowMs + stepMs, toMs), rate);
    const streams = Object.values(this.#streams);
    await Promise.all(streams.map((stream) => stream.end()));
    return streams.flatMap((stream) => stream.wrong());
  }

  /**
   * @param {number} fromMs
   * @param {number} toMs
   * @param {number} rate
   */
  async #step(fromMs, toMs, rate) {
    const random = this.#random;
    const from = new Date(fromMs);
    const events = (rate * (toMs - fromMs)) / 1_000;
    const buyers = (1 - storyShare) * buyingAt(from);
    const sold = random.count(events * buyers);
    const seen = random.count(events * storyShare * lookingAt(from));
    // In their order: totals grow from one to the next.
    const instants = (/** @type {number} */ count) =>
      Array.from({ length: count }, () => random.whole(fromMs, toMs)).sort((a, b) => a - b);
    const { conversions, stories, spend } = this.#streams;
    await conversions.send(instants(sold).map((ms) => this.#conversions.next(ms)));
    await stories.send(instants(seen).map((ms) => this.#stories.next(ms)));
    await spend.send(adSpend(random, fromMs, toMs, rate * buyers));
  }
}
