/**
 * A world for the tracker's tests: devices that outlive pages, and a server that counts each id once, however often it
 * comes. What a request is answered may be laid out in its place.
 */

import type { Conversion } from "../ts/events.ts";
import type { Entry } from "../ts/tracker/queue.ts";
import type { Store } from "../ts/tracker/store.ts";
import { Tracker } from "../ts/tracker/tracker.ts";
import type { Dropped, TrackerOptions } from "../ts/tracker/types.ts";
import type { TrackerWorld } from "../ts/tracker/world.ts";
import type { Cancel } from "../ts/world.ts";
import { settle, TestWorld } from "./world.ts";

interface Sent {
  readonly id: string;
  readonly kind: string;
  readonly event: Record<string, unknown>;
}

export interface Request {
  readonly url: string;
  readonly body: string;
  readonly keepalive: boolean;
  readonly events: readonly Sent[];
  /** Since the world began. */
  readonly atMs: number;
}

/** Answers a request, or throws as a lost network does. */
export type Reply = (request: Request, signal: AbortSignal) => Response | Promise<Response>;

/** Counts by id, as the real one does. */
export class TestServer {
  readonly counted = new Map<string, Sent>();

  reply: Reply = ({ events }) => {
    const results = events.map(({ id }, index) => {
      const verdict = this.counted.has(id) ? "duplicate" : "accepted";
      return { index, id, verdict };
    });
    for (const event of events) if (!this.counted.has(event.id)) this.counted.set(event.id, event);
    return Response.json({ results }, { status: 202 });
  };
}

/** What IndexedDB keeps, for all pages of an origin. */
export class TestDevice {
  readonly databases = new Map<string, Map<string, Entry>>();
  /** Pages that have one open, and hear when it is cleared. */
  readonly open = new Map<Store, { name: string; onCleared: () => void }>();
  isBroken = false;

  get kept(): string[] {
    return [...this.databases.values()].flatMap((rows) => [...rows.keys()]);
  }
}

/** No two worlds draw the same. */
let draws = 0;

export class TrackerTestWorld extends TestWorld implements TrackerWorld {
  readonly requests: Request[] = [];
  /** What the next requests are answered, one each; then it is the server's turn. */
  readonly replies: Reply[] = [];
  readonly keepalive = { bytes: 0 };
  readonly server: TestServer;
  readonly device: TestDevice;
  readonly #hiders = new Set<() => void>();
  readonly #startMs = this.nowMs();

  constructor(server = new TestServer(), device = new TestDevice()) {
    super();
    this.server = server;
    this.device = device;
  }

  randomBytes(length: number): Uint8Array {
    draws += 1;
    return new Uint8Array(length).fill(draws, length - 1).fill(draws >> 8, length - 2, length - 1);
  }

  override async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const body = String(init.body);
    const { events } = JSON.parse(body) as { events: Sent[] };
    const request = { url, body, keepalive: init.keepalive === true, events, atMs: this.nowMs() - this.#startMs };
    this.requests.push(request);
    const signal = init.signal as AbortSignal;
    const reply = this.replies.shift() ?? this.server.reply;
    await Promise.resolve();
    return reply(request, signal);
  }

  onHide(action: () => void): Cancel {
    this.#hiders.add(action);
    return () => this.#hiders.delete(action);
  }

  hide(): void {
    this.isHidden = true;
    for (const hider of [...this.#hiders]) hider();
  }

  show(): void {
    this.isHidden = false;
    this.wake();
  }

  override get listening(): number {
    return super.listening + this.#hiders.size;
  }

  async openStore(name: string, onCleared: () => void): Promise<Store> {
    const { databases, open } = this.device;
    this.#useDevice();
    const rows = databases.get(name) ?? new Map<string, Entry>();
    databases.set(name, rows);
    const store: Store = {
      put: (entries) => entries.forEach((entry) => void rows.set(entry.id, entry)),
      delete: (ids) => ids.forEach((id) => void rows.delete(id)),
      load: async (max) => {
        this.#useDevice();
        return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, max);
      },
      close: () => open.delete(store),
    };
    open.set(store, { name, onCleared });
    return store;
  }

  #useDevice(): void {
    if (this.device.isBroken) throw new DOMException("no room", "QuotaExceededError");
  }

  async clearStore(name: string): Promise<void> {
    for (const [store, page] of [...this.device.open]) {
      if (page.name !== name) continue;
      this.device.open.delete(store);
      page.onCleared();
    }
    this.device.databases.delete(name);
  }
}

/** A conversion without a time of its own. */
export const sale: Omit<Conversion, "timestamp"> = {
  id_cliente: "c1",
  evento: "acquisto_concluso",
  valore: 10,
  canale: "webform",
  stato: "completato",
};

/** A page with a tracker. */
export function begin(world = new TrackerTestWorld(), options: Partial<TrackerOptions> = {}) {
  const dropped: Dropped[] = [];
  const onDrop = (one: Dropped) => dropped.push(one);
  const tracker = new Tracker(
    { url: "https://kpi.example.it", source: "sito", key: "pk_1", onDrop, ...options },
    world,
  );
  const track = (count: number, event = sale) =>
    Array.from({ length: count }, () => tracker.track("conversione", event));
  return { world, tracker, track, dropped, codes: () => dropped.map(({ code }) => code) };
}

export const refuse =
  (status: number, code?: string, headers: Record<string, string> = {}): Reply =>
  () =>
    Response.json(code === undefined ? "no" : { error: { code } }, { status, headers });

export const networkLost: Reply = () => {
  throw new TypeError("Failed to fetch");
};

/** The request arrives and counts; its answer does not. */
export const answerLost =
  (server: TestServer): Reply =>
  async (request, signal) => {
    await server.reply(request, signal);
    throw new TypeError("Failed to fetch");
  };

/** Nothing ever comes, until the other side gives up. */
export const silence: Reply = (_, signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));

export { settle };
