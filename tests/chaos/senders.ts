/**
 * Senders that never give up: each body is sent again until it is answered, and one event in ten is sent again on
 * purpose. What each event must come to is told by its own history.
 */

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../scripts/demo/random.mjs";

const batchMax = 20;
const repeatedShare = 0.1;
const retryMs = 20;
const answerMsMax = 10_000;
/** For the last round. */
const againBatch = 500;

/** One event, and what became of its journeys. */
interface Sent {
  readonly body: Readonly<Record<string, unknown>>;
  readonly channel: string;
  readonly converted: boolean;
  readonly cents: number;
  /** How often it was in a body that was not answered. */
  unanswered: number;
  accepted: number;
  duplicates: number;
}

/** Everything that all senders have sent. */
export interface Story {
  /** Distinct events by client. */
  readonly sent: Map<string, Sent>;
  /** Requests without an answer. */
  unanswered: number;
  /** Answers `duplicate`. */
  duplicates: number;
}

export class Sender {
  readonly #number: number;
  readonly #url: string;
  readonly #token: string;
  readonly #random: Random;
  readonly #story: Story;
  readonly #own: Sent[] = [];
  #stopped = false;

  constructor(number: number, url: string, token: string, random: Random, story: Story) {
    this.#number = number;
    this.#url = url;
    this.#token = token;
    this.#random = random;
    this.#story = story;
  }

  /** Sends until it is stopped; ends when the last body is answered. */
  async stream(): Promise<void> {
    while (!this.#stopped) {
      const length = this.#random.whole(1, batchMax);
      await this.#deliver(Array.from({ length }, () => this.#next()));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Sends everything once more: all of it must be known. */
  async sendAgain(): Promise<void> {
    for (let first = 0; first < this.#own.length; first += againBatch) {
      await this.#deliver(this.#own.slice(first, first + againBatch));
    }
  }

  #next(): Sent {
    const known = this.#own[this.#random.whole(0, this.#own.length - 1)];
    return known !== undefined && this.#random.next() < repeatedShare ? known : this.#invent();
  }

  #invent(): Sent {
    const random = this.#random;
    const client = `CLIENTE-CAOS${"ABCDEF"[this.#number % 6]}-${String(this.#own.length).padStart(6, "0")}`;
    const channel = ["email", "social_media", "webform", "sms"][random.whole(0, 3)] ?? "email";
    const kind = random.next() < 0.2 ? "cancello_abbandono" : "acquisto_concluso";
    const outcome = random.next() < 0.3 ? "fallito" : "completato";
    const cents = random.whole(0, 1_000_000);
    const body = {
      id_cliente: client,
      evento: kind,
      timestamp: new Date(Date.now() - random.whole(0, 600_000)).toISOString(),
      valore: cents / 100,
      canale: channel,
      stato: outcome,
      // Senders of the same letter must not meet.
      metadati: { campagna: `s${this.#number}` },
    };
    const converted = outcome === "completato" && kind !== "cancello_abbandono";
    const sent = { body, channel, converted, cents, unanswered: 0, accepted: 0, duplicates: 0 };
    this.#own.push(sent);
    this.#story.sent.set(`${this.#number} ${client}`, sent);
    return sent;
  }

  async #deliver(events: readonly Sent[]): Promise<void> {
    const body = JSON.stringify(events.map((event) => event.body));
    for (;;) {
      const verdicts = await this.#post(body);
      if (verdicts !== undefined) {
        assert.equal(verdicts.length, events.length);
        for (const [index, event] of events.entries()) this.#note(event, verdicts[index] ?? "");
        return;
      }
      this.#story.unanswered += 1;
      for (const event of events) event.unanswered += 1;
      await delay(retryMs);
    }
  }

  /** The verdicts, or nothing when there was no answer, or one that says to try again. */
  async #post(body: string): Promise<string[] | undefined> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.#url}/api/v1/eventi/conversione`, {
        method: "POST",
        headers: { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/json" },
        body,
        signal: AbortSignal.timeout(answerMsMax),
      });
      text = await response.text();
    } catch {
      return undefined;
    }
    if (response.status === 503) {
      assert.ok(Number(response.headers.get("retry-after")) > 0, "503 says when to come again");
      return undefined;
    }
    assert.equal(response.status, 202, text);
    return JSON.parse(text).results.map(({ verdict }: { verdict: string }) => verdict);
  }

  #note(event: Sent, verdict: string): void {
    const shown = () => JSON.stringify(event);
    if (verdict === "accepted") {
      event.accepted += 1;
      assert.equal(event.accepted, 1, `accepted twice: ${shown()}`);
      assert.equal(event.duplicates, 0, `a duplicate before it was accepted: ${shown()}`);
    } else {
      assert.equal(verdict, "duplicate", shown());
      event.duplicates += 1;
      this.#story.duplicates += 1;
      assert.ok(event.accepted + event.unanswered > 0, `a duplicate that was never sent before: ${shown()}`);
    }
  }
}

/** Numerator and denominator of each KPI and channel, as the senders know them. */
export function kept({ sent }: Story): Record<string, [number, number | null]> {
  const sums: Record<string, [number, number | null]> = {};
  const events = [...sent.values()];
  for (const channel of new Set(events.map((event) => event.channel))) {
    const all = events.filter((event) => event.channel === channel);
    const converted = all.filter((event) => event.converted);
    const euro = converted.reduce((sum, { cents }) => sum + cents, 0) / 100;
    sums[`conversions ${channel}`] = [converted.length, null];
    sums[`conversion_rate ${channel}`] = [converted.length, all.length];
    sums[`average_value ${channel}`] = [euro, converted.length];
    sums[`total_value ${channel}`] = [euro, null];
    sums[`cpa ${channel}`] = [0, converted.length];
  }
  return sums;
}
