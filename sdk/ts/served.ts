/**
 * The live client without the core: a link to the server, which evaluates what is watched here.
 *
 * It says what it watches, keeps what was answered last, and computes nothing. The server watches at most 32 queries for
 * one client and takes a change of them every two seconds, twenty at once: more often changes wait here.
 */

import { bytesOf } from "./bytes.ts";
import { ServerClock } from "./clock.ts";
import { PolsoError } from "./error.ts";
import { Link, type Received } from "./link.ts";
import { Listeners } from "./listeners.ts";
import { type ConnectOptions, targetOf } from "./target.ts";
import type { Answer, Integrity, LinkState, Query } from "./types.ts";
import { Watches } from "./watches.ts";
import type { Cancel, World } from "./world.ts";

const queriesMax = 32;
const subscriptionBytesMax = 8_192;
const changeEveryMs = 2_000;
const changesAtOnce = 20;
/** Those of watches that end and begin in one turn go together. */
const gatherMs = 20;

/** A text of `polso.v1.json`. */
interface Text {
  readonly id: number;
  readonly space: string;
  readonly now: string;
  readonly freshness: Answer["freshness"];
  readonly integrity?: Integrity;
  readonly answers?: readonly (Failed | Answered)[];
}

interface Answered {
  readonly query: number;
  readonly answer: Omit<Answer, "space" | "now" | "freshness">;
}

interface Failed {
  readonly query: number;
  readonly error: { readonly code: string; readonly message: string };
}

/** Told why a query is not answered. */
type Refused = (error: PolsoError) => void;

interface Asked {
  readonly query: Query;
  watches: number;
  readonly refused: Set<Refused>;
  answer?: Answered["answer"];
}

export class Served {
  readonly #world: World;
  readonly #clock = new ServerClock();
  readonly #listeners: Listeners;
  readonly #watches: Watches;
  readonly #link: Link;
  readonly #space: string | undefined;
  /** What is watched, by its text. */
  readonly #asked = new Map<string, Asked>();
  /** What the server was asked last, in its order, and how often it was. */
  #subscription: Asked[] = [];
  #id = 0;
  #changing: Cancel | undefined;
  /** When twenty changes may be made at once again. */
  #restedMs = 0;
  #last: Text | undefined;
  #integrity: Integrity | undefined;

  /** @internal use {@link connect} */
  constructor(options: ConnectOptions, world: World) {
    this.#world = world;
    this.#space = options.space;
    this.#listeners = new Listeners(world);
    this.#watches = new Watches((queries) => this.#answers(queries), world);
    const receiver = {
      protocol: "polso.v1.json",
      resume: () => this.#subscribe(),
      receive: (text: Uint8Array | string) => this.#receive(text),
      changed: (state: LinkState) => this.#listeners.tell(state),
    };
    this.#link = new Link(targetOf(options), receiver, world);
  }

  /** How the link is, by the server's own signs of life. */
  get state(): LinkState {
    return this.#link.state;
  }

  /** Milliseconds since the server's last text; `undefined` before the first. */
  get silenceMs(): number | undefined {
    return this.#link.silenceMs;
  }

  /** Whether the server has answered. What it said stays when the link is lost. */
  get ready(): boolean {
    return this.#last !== undefined;
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
   * Calls back with the answer once it is there, when it changes, and every second. Never while the page is hidden.
   * A query that is not valid is never answered.
   *
   * @param refused told of a query that is not valid; by default it is reported like an uncaught error
   * @returns what ends it
   * @throws PolsoError `queries_too_many` when the server does not watch that much for one client
   */
  watch(query: Query, callback: (answer: Answer) => void, refused?: Refused): Cancel;
  watch(queries: readonly Query[], callback: (answers: readonly Answer[]) => void, refused?: Refused): Cancel;
  watch(what: Query | readonly Query[], callback: (answer: never) => void, refused?: Refused): Cancel {
    const queries = Array.isArray(what) ? (what as readonly Query[]) : [what as Query];
    const deliver = callback as (answer: Answer | readonly Answer[] | undefined) => void;
    const count = (by: 1 | -1) => {
      for (const query of queries) this.#count(query, by, refused);
    };
    count(1);
    if (this.#asked.size > queriesMax || bytesOf(this.#text()) > subscriptionBytesMax) {
      count(-1);
      const most = `${queriesMax} different queries and ${subscriptionBytesMax} bytes of them`;
      throw new PolsoError("queries_too_many", `at most ${most} are watched without the core`);
    }
    const stop = this.#watches.add(queries, (answers) => deliver(Array.isArray(what) ? answers : answers[0]));
    let watching = true;
    return () => {
      stop();
      if (watching) count(-1);
      watching = false;
    };
  }

  /** Where every received event went; `undefined` until {@link ready}. */
  integrity(): Integrity | undefined {
    return this.#integrity;
  }

  /** Ends the link and every watch. */
  close(): void {
    this.#changing?.();
    this.#watches.close();
    this.#link.close();
  }

  #count(query: Query, by: 1 | -1, refused: Refused | undefined): void {
    const key = JSON.stringify(query);
    const asked = this.#asked.get(key) ?? { query, watches: 0, refused: new Set() };
    asked.watches += by;
    if (refused !== undefined) asked.refused[by > 0 ? "add" : "delete"](refused);
    if (asked.watches > 0) this.#asked.set(key, asked);
    else this.#asked.delete(key);
    if (this.state.kind !== "stopped") this.#changing ??= this.#world.later(this.#changeInMs(), () => this.#change());
  }

  #changeInMs(): number {
    const waitMs = this.#restedMs - (changesAtOnce - 1) * changeEveryMs - this.#world.nowMs();
    return Math.max(waitMs, gatherMs);
  }

  #change(): void {
    this.#changing = undefined;
    const asked = [...this.#asked.values()];
    const same = asked.length === this.#subscription.length && asked.every((one) => this.#subscription.includes(one));
    if (!same) this.#link.ask();
  }

  #subscribe(): string {
    this.#restedMs = Math.max(this.#restedMs, this.#world.nowMs()) + changeEveryMs;
    this.#id += 1;
    this.#subscription = [...this.#asked.values()];
    return this.#text();
  }

  #text(): string {
    return JSON.stringify({ id: this.#id, queries: [...this.#asked.values()].map(({ query }) => query) });
  }

  #receive(data: Uint8Array | string): Received {
    if (typeof data !== "string") return "skipped";
    const text = JSON.parse(data) as Text;
    if (this.#space !== undefined && text.space !== this.#space) return "foreign";
    // Answers to what was asked before.
    if (text.id !== this.#id) return "skipped";
    this.#clock.sample(Date.parse(text.now), this.#world.nowMs());
    this.#last = text;
    this.#integrity = text.integrity ?? this.#integrity;
    for (const answered of text.answers ?? []) {
      const asked = this.#subscription[answered.query];
      if (asked === undefined) continue;
      if ("answer" in answered) asked.answer = answered.answer;
      else {
        delete asked.answer;
        const error = new PolsoError(answered.error.code, answered.error.message);
        if (asked.refused.size === 0) this.#world.report(error);
        else for (const refused of [...asked.refused]) refused(error);
      }
    }
    this.#watches.touch();
    return "taken";
  }

  #answers(queries: readonly Query[]): readonly Answer[] | undefined {
    if (this.#last === undefined) return undefined;
    const { space, freshness } = this.#last;
    const now = new Date(this.nowMs).toISOString();
    const answers: Answer[] = [];
    for (const query of queries) {
      const answer = this.#asked.get(JSON.stringify(query))?.answer;
      if (answer === undefined) return undefined;
      answers.push({ space, now, ...answer, freshness });
    }
    return answers;
  }
}
