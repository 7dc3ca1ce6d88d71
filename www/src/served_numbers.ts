/**
 * Numbers that the server evaluates, for pages whose policy forbids WebAssembly.
 *
 * "Now" moves on by whole buckets of 30 s, so that the same queries stay watched in between; a window up to it sums the
 * same buckets. A query that is not answered within `patienceMs` is taken for refused. The server watches at most 32
 * queries for one page: what a view asks beyond that is left out.
 */

import { type Answer, type Integrity, type LinkState, PolsoError, type Query } from "polso";
import { connect, type Served } from "polso/slim";
import type { Numbers } from "./numbers.ts";

const bucketMs = 30_000;
const patienceMs = 3_000;

interface Watched {
  answer?: Answer;
  stop: () => void;
}

export class ServedNumbers implements Numbers {
  readonly served = true;
  readonly #served: Served;
  readonly #watched = new Map<string, Watched>();
  #news: () => void = () => {};
  #telling = false;
  /** When what is watched was last changed. */
  #askedMs = 0;

  constructor(token: string) {
    this.#served = connect({ token });
  }

  get state(): LinkState {
    return this.#served.state;
  }

  get silenceMs(): number | undefined {
    return this.#served.silenceMs;
  }

  get nowMs(): number {
    return this.#served.nowMs;
  }

  get momentMs(): number {
    return Math.floor(this.#served.nowMs / bucketMs) * bucketMs;
  }

  get ready(): boolean {
    return this.#served.ready && this.#served.integrity() !== undefined;
  }

  onNews(callback: () => void): void {
    this.#news = callback;
    this.#served.watch([], callback);
  }

  onState(callback: () => void): void {
    this.#served.onState(callback);
  }

  answers(queries: readonly Query[]): ReadonlyMap<string, Answer> | undefined {
    this.#watch(new Map(queries.map((query) => [JSON.stringify(query), query])));
    const answers = new Map<string, Answer>();
    for (const [text, { answer }] of this.#watched) if (answer !== undefined) answers.set(text, answer);
    const waiting = answers.size < this.#watched.size && performance.now() - this.#askedMs < patienceMs;
    return waiting ? undefined : answers;
  }

  integrity(): Integrity {
    const integrity = this.#served.integrity();
    if (integrity === undefined) throw new Error("the server has not said yet where its events went");
    return integrity;
  }

  values(): readonly string[] {
    return [];
  }

  close(): void {
    this.#served.close();
  }

  #watch(wanted: ReadonlyMap<string, Query>): void {
    for (const [text, { stop }] of this.#watched) {
      if (wanted.has(text)) continue;
      stop();
      this.#watched.delete(text);
    }
    for (const [text, query] of wanted) {
      if (this.#watched.has(text)) continue;
      const watched: Watched = { stop: () => {} };
      try {
        watched.stop = this.#served.watch(query, (answer) => {
          watched.answer = answer;
          this.#tell();
        });
      } catch (error) {
        if (error instanceof PolsoError && error.code === "queries_too_many") break;
        throw error;
      }
      this.#watched.set(text, watched);
      this.#askedMs = performance.now();
    }
  }

  /** Once for all the answers of one text of the server. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      this.#news();
    });
  }
}
