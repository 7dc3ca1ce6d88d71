/**
 * Who may speak next: all widgets of a page share one voice, or twenty of them would talk without end.
 *
 * A summary is spoken at most every 30 s on the whole page, by the one that has waited longest; what cannot wait (the value
 * under a cursor, an alert) does not ask here.
 */

const summaryEveryMs = 30_000;

export class Speech {
  readonly #waiting = new Set<object>();
  #nextMs = 0;

  /** Whether this one may speak now; otherwise it keeps its place in the queue. */
  ask(who: object, nowMs: number): boolean {
    this.#waiting.add(who);
    const [first] = this.#waiting;
    if (nowMs < this.#nextMs || first !== who) return false;
    this.#waiting.delete(who);
    this.#nextMs = nowMs + summaryEveryMs;
    return true;
  }

  /** Leaves the queue: removed, or nothing more to say. */
  leave(who: object): void {
    this.#waiting.delete(who);
  }
}

/** The page's. */
export const speech = new Speech();
