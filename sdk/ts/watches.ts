/**
 * When to evaluate again: at new data, and every second because sliding windows move on by themselves.
 *
 * At most once in 250 ms and before a paint; not at all while nobody looks, and at once when somebody does again.
 * The deadline is kept from the last evaluation, so the first event after a quiet moment is on screen at once.
 */

import type { Answer, Query } from "./types.ts";
import type { Cancel, World } from "./world.ts";

const evaluationGapMsMin = 250;
const tickMs = 1_000;

interface Watch {
  readonly queries: readonly Query[];
  readonly deliver: (answers: readonly Answer[]) => void;
}

export class Watches {
  readonly #watches = new Set<Watch>();
  #lastRunMs = Number.NEGATIVE_INFINITY;
  #pending: Cancel | undefined;
  #tick: Cancel | undefined;
  readonly #stopListening: Cancel;
  readonly #evaluate: (queries: readonly Query[]) => readonly Answer[] | undefined;
  readonly #world: World;

  /** @param evaluate gives nothing while there is nothing to evaluate */
  constructor(evaluate: (queries: readonly Query[]) => readonly Answer[] | undefined, world: World) {
    this.#evaluate = evaluate;
    this.#world = world;
    this.#stopListening = world.onWake(() => this.#run());
  }

  add(queries: readonly Query[], deliver: (answers: readonly Answer[]) => void): Cancel {
    const watch = { queries, deliver };
    this.#watches.add(watch);
    this.touch();
    this.#tick ??= this.#startTick();
    return () => {
      this.#watches.delete(watch);
      if (this.#watches.size === 0) this.#rest();
    };
  }

  /** Something changed. */
  touch(): void {
    if (this.#pending !== undefined || this.#watches.size === 0 || this.#world.hidden()) return;
    const waitMs = this.#lastRunMs + evaluationGapMsMin - this.#world.nowMs();
    const frame = () => {
      this.#pending = this.#world.nextFrame(() => this.#run());
    };
    if (waitMs > 0) this.#pending = this.#world.later(waitMs, frame);
    else frame();
  }

  close(): void {
    this.#stopListening();
    this.#watches.clear();
    this.#rest();
  }

  #run(): void {
    this.#pending?.();
    this.#pending = undefined;
    for (const watch of [...this.#watches]) {
      if (!this.#watches.has(watch)) continue;
      try {
        const answers = this.#evaluate(watch.queries);
        if (answers === undefined) continue;
        this.#lastRunMs = this.#world.nowMs();
        watch.deliver(answers);
      } catch (error) {
        // One broken callback must neither hide nor stop the others.
        this.#world.report(error);
      }
    }
  }

  #startTick(): Cancel {
    return this.#world.later(tickMs, () => {
      this.#tick = this.#startTick();
      this.touch();
    });
  }

  #rest(): void {
    this.#tick?.();
    this.#tick = undefined;
    this.#pending?.();
    this.#pending = undefined;
  }
}
