/**
 * Where a visit's numbers come from: the core in this page or, where a page may not run WebAssembly, the server.
 *
 * Both answer the same queries with the same readings. The core answers at once; the server's answers come a moment
 * after they are asked for, and it does not tell the values of a dimension.
 */

import { type Answer, connect, type Integrity, type LinkState, type Live, PolsoError, type Query } from "polso";

export interface Numbers {
  readonly state: LinkState;
  readonly silenceMs: number | undefined;
  /** The server's clock. */
  readonly nowMs: number;
  /** The instant of "now" in queries: it may stand still for a while. */
  readonly momentMs: number;
  readonly ready: boolean;
  /** Whether the server evaluates. */
  readonly served: boolean;
  /** Calls back when there may be something new, and every second. */
  onNews(callback: () => void): void;
  onState(callback: () => void): void;
  /** The answers by the text of their query, without those that were refused; none while they are on their way. */
  answers(queries: readonly Query[]): ReadonlyMap<string, Answer> | undefined;
  integrity(): Integrity;
  /** The known values of a dimension, sorted. */
  values(dimension: string): readonly string[];
  close(): void;
}

/** The core holds nothing that is fine enough so far back. */
const tooFarBack: readonly string[] = ["window_expired", "by_too_coarse"];

/** Counters in this page, kept up to date by the server. */
export class CoreNumbers implements Numbers {
  readonly served = false;
  readonly #live: Live;

  constructor(token: string) {
    this.#live = connect({ token });
  }

  get state(): LinkState {
    return this.#live.state;
  }

  get silenceMs(): number | undefined {
    return this.#live.silenceMs;
  }

  get nowMs(): number {
    return this.#live.nowMs;
  }

  get momentMs(): number {
    return this.#live.nowMs;
  }

  get ready(): boolean {
    return this.#live.ready;
  }

  onNews(callback: () => void): void {
    this.#live.watch([], callback);
  }

  onState(callback: () => void): void {
    this.#live.onState(callback);
  }

  answers(queries: readonly Query[]): ReadonlyMap<string, Answer> {
    const answers = new Map<string, Answer>();
    const all = this.#evaluated(queries);
    queries.forEach((query, index) => {
      const answer = all[index];
      if (answer !== undefined) answers.set(JSON.stringify(query), answer);
    });
    return answers;
  }

  integrity(): Integrity {
    return this.#live.integrity();
  }

  values(dimension: string): readonly string[] {
    return this.#live.values(dimension);
  }

  close(): void {
    this.#live.close();
  }

  #evaluated(queries: readonly Query[]): readonly (Answer | undefined)[] {
    const live = this.#live;
    return orNothing(() => live.evaluate(queries)) ?? queries.map((query) => orNothing(() => live.evaluate(query)));
  }
}

function orNothing<T>(evaluate: () => T): T | undefined {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof PolsoError && tooFarBack.includes(error.code)) return undefined;
    throw error;
  }
}
