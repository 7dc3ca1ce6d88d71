/**
 * Posts batches to an ingest route until each is answered: a refusal for now (429, 503) is tried again when the
 * answer says, a broken connection with growing pauses, both a bounded number of times.
 */

import { setTimeout as delay } from "node:timers/promises";

const triesMax = 10;
const pauseMsMin = 200;
const pauseMsMax = 5_000;
const retryAfterMsMax = 30_000;
const requestMsMax = 30_000;

/** @typedef {{ verdict: string, late?: boolean, reasons?: { code: string }[] }} Result */

/**
 * @typedef {object} Answer
 * @property {Result[] | undefined} results one per event; none when the batch was given up
 * @property {boolean} retried whether an earlier try may have arrived without its answer coming back
 */

export class Sender {
  #url;
  #token;
  /** How often each status came; `no answer` is a broken connection. @type {Map<string, number>} */
  statuses = new Map();

  /**
   * @param {URL} url the route's
   * @param {string} token
   */
  constructor(url, token) {
    this.#url = url;
    this.#token = token;
  }

  /**
   * @param {string[]} events as JSON; a single one is sent as itself, more as an array
   * @returns {Promise<Answer>}
   */
  async send(events) {
    const body = events.length === 1 ? events.join() : `[${events.join(",")}]`;
    for (let tried = 1; ; tried += 1) {
      const { status, results, waitMs } = await this.#post(body, tried);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (results || waitMs === undefined || tried === triesMax) return { results, retried: tried > 1 };
      await delay(waitMs);
    }
  }

  /**
   * @param {string} body
   * @param {number} tried
   * @returns {Promise<{ status: string, results?: Result[], waitMs?: number }>} `waitMs` when it may be tried again
   */
  async #post(body, tried) {
    const growing = Math.min(pauseMsMax, pauseMsMin * 2 ** tried);
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/json" },
        body,
        signal: AbortSignal.timeout(requestMsMax),
      });
      const status = String(response.status);
      const text = await response.text();
      if (response.status === 202 || response.status === 422) return { status, results: JSON.parse(text).results };
      if (response.status !== 429 && response.status < 500) return { status };
      const asked = Number(response.headers.get("Retry-After") ?? Number.NaN) * 1000;
      return { status, waitMs: Number.isFinite(asked) ? Math.min(asked, retryAfterMsMax) : growing };
    } catch {
      return { status: "no answer", waitMs: growing };
    }
  }
}
