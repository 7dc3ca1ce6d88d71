/**
 * The live client: a link to the server, the counters it keeps up to date, and the queries watched over them.
 *
 * Every number comes from the core; this file only carries frames in and answers out.
 */

import { ServerClock } from "./clock.ts";
import { fromCore } from "./error.ts";
import { Link, type Received } from "./link.ts";
import { Listeners } from "./listeners.ts";
import { type ConnectOptions, targetOf } from "./target.ts";
import type { Answer, Integrity, LinkState, Query } from "./types.ts";
import type { Applied, Viewer } from "./viewer.ts";
import { Watches } from "./watches.ts";
import type { Cancel, World } from "./world.ts";

export class Live {
  readonly #viewer: Viewer;
  readonly #world: World;
  readonly #clock = new ServerClock();
  readonly #listeners: Listeners;
  readonly #watches: Watches;
  readonly #link: Link;
  readonly #space: string | undefined;
  #ready = false;

  /** @internal use {@link connect} */
  constructor(options: ConnectOptions, viewer: Viewer, world: World) {
    this.#viewer = viewer;
    this.#world = world;
    this.#space = options.space;
    this.#listeners = new Listeners(world);
    this.#watches = new Watches((queries) => (this.#ready ? this.#evaluateAll(queries) : undefined), world);
    const receiver = {
      protocol: "polso.v1",
      resume: () => viewer.resume(),
      receive: (frame: Uint8Array | string) => this.#receive(frame),
      changed: (state: LinkState) => this.#listeners.tell(state),
    };
    this.#link = new Link(targetOf(options), receiver, world);
  }

  /** How the link is, by the server's own signs of life. */
  get state(): LinkState {
    return this.#link.state;
  }

  /** Milliseconds since the server's last frame; `undefined` before the first. */
  get silenceMs(): number | undefined {
    return this.#link.silenceMs;
  }

  /** Whether the server's numbers have arrived. They stay when the link is lost. */
  get ready(): boolean {
    return this.#ready;
  }

  /** The server's clock, Unix milliseconds; this machine's until the server has said. */
  get nowMs(): number {
    return this.#clock.at(this.#world.nowMs()) ?? this.#world.wallMs();
  }

  /** Calls back at every change of {@link state}. @returns what ends it */
  onState(callback: (state: LinkState) => void): Cancel {
    return this.#listeners.add(callback);
  }

  /**
   * Calls back with the answer now and whenever it may have changed: at new data, and every second.
   * Nothing is evaluated before {@link ready}, nor while the page is hidden.
   *
   * @returns what ends it
   * @throws PolsoError when the query is not valid
   */
  watch(query: Query, callback: (answer: Answer) => void): Cancel;
  watch(queries: readonly Query[], callback: (answers: readonly Answer[]) => void): Cancel;
  watch(what: Query | readonly Query[], callback: (answer: never) => void): Cancel {
    const one = !isList(what);
    const queries = one ? [what] : what;
    this.#evaluateAll(queries);
    const deliver = callback as (answer: Answer | readonly Answer[] | undefined) => void;
    return this.#watches.add(queries, (answers) => deliver(one ? answers[0] : answers));
  }

  /** The answer now. @throws PolsoError when the query is not valid */
  evaluate(query: Query): Answer;
  evaluate(queries: readonly Query[]): readonly Answer[];
  evaluate(what: Query | readonly Query[]): Answer | readonly Answer[] | undefined {
    return isList(what) ? this.#evaluateAll(what) : this.#evaluateAll([what])[0];
  }

  /** Where every received event went. */
  integrity(): Integrity {
    return JSON.parse(this.#viewer.integrity()) as Integrity;
  }

  /** The known values of a dimension, sorted: for a chooser of filters. */
  values(dimension: string): string[] {
    return this.#viewer.values(dimension);
  }

  /** Ends the link and every watch; what is known stays readable. */
  close(): void {
    this.#watches.close();
    this.#link.close();
  }

  #evaluateAll(queries: readonly Query[]): readonly Answer[] {
    try {
      return JSON.parse(this.#viewer.evaluate_all(queries, this.nowMs)) as Answer[];
    } catch (thrown) {
      throw fromCore(thrown);
    }
  }

  #receive(frame: Uint8Array | string): Received {
    // A text is of no later version that this client would know.
    if (typeof frame === "string") return "skipped";
    let applied: Applied;
    try {
      applied = this.#viewer.apply(frame);
    } catch (thrown) {
      throw fromCore(thrown);
    }
    if (applied.kind === "hello") {
      this.#clock.reset();
      if (this.#space !== undefined && this.integrity().space !== this.#space) return "foreign";
    }
    if (applied.now_ms !== undefined) this.#clock.sample(applied.now_ms, this.#world.nowMs());
    if (applied.kind === "gap" || applied.kind === "skipped") return applied.kind;
    if (applied.kind === "snapshot" || applied.kind === "delta") {
      this.#ready = true;
      this.#watches.touch();
    }
    return "taken";
  }
}

function isList(what: Query | readonly Query[]): what is readonly Query[] {
  return Array.isArray(what);
}
