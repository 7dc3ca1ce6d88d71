/**
 * The one link of all widgets of a page that want the same space of the same server with the same token.
 *
 * Widgets that ask alike are one query, of several KPIs. Where the server watches no more (32 queries of one page without
 * the core), charts give way to numbers. Values are told only while the link gives signs of life: without the server the
 * windows would run empty.
 */

import type { PolsoError } from "../error.ts";
import { Served } from "../served.ts";
import { type ConnectOptions, targetOf } from "../target.ts";
import type { Answer, LinkState, Query } from "../types.ts";
import { type Cancel, platform, type World } from "../world.ts";
import { sharedKey } from "./queries.ts";

/** Who evaluates: the core in this page, or the server. */
export type Engine = "wasm" | "server";

/** What both live clients have in common. */
interface Client {
  readonly state: LinkState;
  readonly nowMs: number;
  onState(callback: (state: LinkState) => void): Cancel;
  watch(query: Query, callback: (answer: Answer) => void, refused: (error: PolsoError) => void): Cancel;
  close(): void;
}

export interface Place extends ConnectOptions {
  /** Whether the core shall be loaded. */
  readonly wasm: boolean;
}

/** One widget's wish. */
export interface Asked {
  /** Of one KPI. */
  readonly query: Query;
  /** Whether it gives way when not everything can be watched. */
  readonly spare: boolean;
  deliver(answer: Answer): void;
  refused(error: PolsoError): void;
}

interface Shared {
  readonly members: Set<Asked>;
  watched: string;
  stop: Cancel | undefined;
}

export class Connection {
  /** `undefined` while the core is loading. */
  engine: Engine | undefined;
  #client: Client | undefined;
  #closed = false;
  readonly #listeners = new Set<() => void>();
  readonly #shared = new Map<string, Shared>();
  #gathering = false;

  constructor({ wasm, ...options }: Place, world: World) {
    if (wasm) void this.#load(options, world);
    else this.#begin("server", new Served(options, world));
  }

  get state(): LinkState {
    return this.#client?.state ?? { kind: "connecting" };
  }

  /** The server's clock. */
  get nowMs(): number {
    return this.#client?.nowMs ?? Date.now();
  }

  /** Calls back at every change of {@link state} or {@link engine}. */
  onChange(callback: () => void): Cancel {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  ask(asked: Asked): Cancel {
    const key = sharedKey(asked.query);
    const shared = this.#shared.get(key) ?? { members: new Set(), watched: "", stop: undefined };
    this.#shared.set(key, shared);
    shared.members.add(asked);
    this.#gather();
    return () => {
      shared.members.delete(asked);
      this.#gather();
    };
  }

  close(): void {
    this.#closed = true;
    this.#client?.close();
  }

  async #load(options: ConnectOptions, world: World): Promise<void> {
    let connect: (options: ConnectOptions) => Client;
    try {
      const polso = await import("../index.ts");
      await polso.init();
      connect = polso.connect as (options: ConnectOptions) => Client;
    } catch (error) {
      console.warn("polso: the server evaluates, because the core could not be loaded:", error);
      connect = (options) => new Served(options, world);
    }
    if (this.#closed) return;
    const client = connect(options);
    this.#begin(client instanceof Served ? "server" : "wasm", client);
  }

  #begin(engine: Engine, client: Client): void {
    this.engine = engine;
    this.#client = client;
    client.onState(() => this.#tell());
    this.#gather();
    this.#tell();
  }

  #tell(): void {
    for (const callback of [...this.#listeners]) callback();
  }

  /** All widgets of a page come and change in one turn: they are asked for together. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    queueMicrotask(() => {
      this.#gathering = false;
      if (this.#client !== undefined && !this.#closed) this.#watchAll(this.#client);
    });
  }

  #watchAll(client: Client): void {
    for (const [key, shared] of this.#shared) {
      if (shared.members.size > 0) continue;
      shared.stop?.();
      this.#shared.delete(key);
      // There may be room now for what was refused.
      for (const other of this.#shared.values()) if (other.stop === undefined) other.watched = "";
    }
    for (const spare of [false, true]) {
      for (const shared of this.#shared.values()) if (isSpare(shared) === spare) this.#watch(client, shared);
    }
  }

  #watch(client: Client, shared: Shared): void {
    const query = union(shared.members);
    const text = JSON.stringify(query);
    if (query === undefined || shared.watched === text) return;
    shared.stop?.();
    shared.watched = text;
    const refused = (error: PolsoError) => {
      for (const { refused } of [...shared.members]) refused(error);
    };
    for (;;) {
      try {
        shared.stop = client.watch(query, (answer) => this.#deliver(shared, answer), refused);
        return;
      } catch (thrown) {
        const error = thrown as PolsoError;
        const given = error.code === "queries_too_many" && !isSpare(shared) && this.#giveUpSpare(error);
        if (given) continue;
        shared.stop = undefined;
        refused(error);
        return;
      }
    }
  }

  /** @returns whether there was one */
  #giveUpSpare(error: PolsoError): boolean {
    const spare = [...this.#shared.values()].findLast((shared) => isSpare(shared) && shared.stop !== undefined);
    if (spare === undefined) return false;
    spare.stop?.();
    spare.stop = undefined;
    for (const { refused } of [...spare.members]) refused(error);
    return true;
  }

  #deliver(shared: Shared, answer: Answer): void {
    const { kind } = this.state;
    if (kind !== "live" && kind !== "late") return;
    for (const { query, deliver } of [...shared.members]) {
      deliver({ ...answer, readings: answer.readings.filter(({ kpi }) => query.kpi?.includes(kpi)) });
    }
  }
}

const isSpare = ({ members }: Shared): boolean => [...members].every(({ spare }) => spare);

/** One query for all of them. */
function union(members: ReadonlySet<Asked>): Query | undefined {
  const [first] = members;
  if (first === undefined) return undefined;
  return { ...first.query, kpi: [...new Set([...members].flatMap(({ query }) => query.kpi ?? []))].sort() };
}

interface Held {
  readonly connection: Connection;
  holders: number;
}

/** A widget that is moved within a page leaves and comes back. */
const lingerMs = 100;

const held = new Map<string, Held>();
const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/**
 * The connection of a place, the same for all who hold it; closed soon after the last one let go.
 *
 * @throws PolsoError `url_invalid`
 */
export function hold(place: Place, world: World = platform): { connection: Connection; release: Cancel } {
  const key = keyOf(place);
  const one = held.get(key) ?? { connection: new Connection(place, world), holders: 0 };
  held.set(key, one);
  one.holders += 1;
  const letGo = () => {
    if (one.holders > 0 || held.get(key) !== one) return;
    held.delete(key);
    one.connection.close();
  };
  let holding = true;
  const release = () => {
    if (!holding) return;
    holding = false;
    one.holders -= 1;
    world.later(lingerMs, letGo);
  };
  return { connection: one.connection, release };
}

/** Functions that fetch tokens are the same when they are the same function. */
function keyOf({ url, token, space, wasm }: Place): string {
  if (typeof token === "function" && !numbers.has(token)) numbers.set(token, ++lastNumber);
  const who = typeof token === "function" ? numbers.get(token) : token;
  const { base } = targetOf(url === undefined ? { token } : { url, token });
  return JSON.stringify([base.href, who, space ?? null, wasm]);
}
