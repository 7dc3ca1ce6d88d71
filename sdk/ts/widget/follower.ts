/**
 * What one widget follows: its place on the page's shared connection, its question, and the last answers to it.
 *
 * Answers stay when the link is lost, when the widget is moved and while it is paused; they go when another question is asked.
 */

import type { PolsoError } from "../error.ts";
import type { Answer, LinkState, Query } from "../types.ts";
import type { Cancel } from "../world.ts";
import { type Connection, type Engine, hold, type Place } from "./connection.ts";
import { type Question, queriesOf } from "./queries.ts";

export class Follower {
  paused = false;
  question: Question | undefined;
  /** The number. */
  total: Answer | undefined;
  /** Its course or its groups. */
  detail: Answer | undefined;
  /** Length of a step, where the detail is a course. */
  stepMs: number | undefined;
  /** Why there is no answer. */
  problem: PolsoError | undefined;
  readonly #changed: () => void;
  readonly #took: (before: Answer | undefined) => void;
  #place: Place | undefined;
  #connection: Connection | undefined;
  #release: Cancel | undefined;
  #asked: Cancel[] = [];

  /**
   * @param changed called at every change of what there is to show
   * @param took called before that with each new answer that has the number, and told the one before
   */
  constructor(changed: () => void, took: (before: Answer | undefined) => void) {
    this.#changed = changed;
    this.#took = took;
  }

  /** Whether anything is asked for. */
  get following(): boolean {
    return this.#release !== undefined;
  }

  get engine(): Engine | undefined {
    return this.#connection?.engine;
  }

  get state(): LinkState {
    return this.#connection?.state ?? { kind: "connecting" };
  }

  /** The server's clock. */
  get nowMs(): number {
    return this.#connection?.nowMs ?? Date.now();
  }

  /** Asks this here; what is asked already goes on. @returns whether it is another question than before */
  follow(place: Place, question: Question): boolean {
    const elsewhere = place.token !== this.#place?.token || !same(place, this.#place);
    const another = elsewhere || !same(question, this.question);
    const joining = elsewhere || !this.following;
    if (another) this.forget(question);
    if (joining) this.#join(place);
    if (joining || another) this.#ask(question);
    return another;
  }

  leave(): void {
    for (const stop of this.#asked) stop();
    this.#asked = [];
    this.#release?.();
    this.#release = undefined;
  }

  /** What is known answers another question than this. */
  forget(question?: Question): void {
    this.question = question;
    this.total = undefined;
    this.detail = undefined;
    this.problem = undefined;
  }

  #join(place: Place): void {
    this.leave();
    this.#place = place;
    try {
      const { connection, release } = hold(place);
      const stop = connection.onChange(this.#changed);
      this.#connection = connection;
      this.#release = () => {
        stop();
        release();
      };
    } catch (error) {
      this.#connection = undefined;
      this.problem = error as PolsoError;
    }
  }

  #ask(question: Question): void {
    for (const stop of this.#asked) stop();
    const { total, detail, stepMs } = queriesOf(question);
    this.stepMs = stepMs;
    const ask = (query: Query, spare: boolean, take: (answer: Answer) => void): Cancel => {
      let refusal: PolsoError | undefined;
      const deliver = (answer: Answer) => {
        if (this.paused) return;
        if (refusal !== undefined && this.problem === refusal) this.problem = undefined;
        take(answer);
        this.#changed();
      };
      const refused = (error: PolsoError) => {
        refusal = error;
        this.problem = error;
        this.#changed();
      };
      return this.#connection?.ask({ query, spare, deliver, refused }) ?? (() => {});
    };
    this.#asked = [
      ask(total, false, (answer) => {
        const before = this.total;
        this.total = answer;
        this.#took(before);
      }),
    ];
    if (detail === undefined) return;
    this.#asked.push(
      ask(detail, true, (answer) => {
        this.detail = answer;
      }),
    );
  }
}

export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
