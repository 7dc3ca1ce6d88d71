/**
 * A page's events, each counted once: what is taken, what is kept on the device, what is told.
 *
 * An event's id and time are fixed when it is tracked; it is kept until the server has named it or it is too old to be
 * recognised again. Nothing is written to the device without consent. When to send is the sender's to decide.
 */

import { bytesOf } from "../bytes.ts";
import { baseOf } from "../target.ts";
import type { Cancel } from "../world.ts";
import type { Row } from "./outcome.ts";
import { type Entry, Queue, rowBytesMax } from "./queue.ts";
import { type Owner, Sender } from "./sender.ts";
import { type Store, warnOfDevice } from "./store.ts";
import { Tally } from "./tally.ts";
import type { Consent, Dropped, EventKind, TrackedEvents, TrackerCounts, TrackerOptions } from "./types.ts";
import { uuidV7, wallMsOf } from "./uuid.ts";
import type { TrackerWorld } from "./world.ts";

const keptMsDefault = 70 * 3_600_000;

export class Tracker {
  readonly #key: string;
  readonly #keptMs: number;
  /** The name of what is kept on the device. */
  readonly #name: string;
  readonly #world: TrackerWorld;
  readonly #queue = new Queue();
  readonly #tally: Tally;
  readonly #sender: Sender;
  readonly #stopListening: Cancel;
  #consent: Consent | undefined;
  /** Changes of consent, so that what an older one still waited for is ignored. */
  #changes = 0;
  #store: Store | undefined;
  /** Whether the device may hold more than was read from it. */
  #hasMore = false;
  #closed = false;

  /** @internal use {@link createTracker} */
  constructor({ url, source, key, keptMs = keptMsDefault, onDrop = warn }: TrackerOptions, world: TrackerWorld) {
    const address = new URL(`collect/${encodeURIComponent(source)}`, baseOf(url)).href;
    this.#key = JSON.stringify(key);
    this.#keptMs = keptMs;
    this.#name = `polso ${address}`;
    this.#world = world;
    this.#tally = new Tally(onDrop, world.report);
    const owner: Owner = {
      expire: () => this.#expire(),
      body: (batch) => this.#body(batch),
      judged: (rows) => this.#judged(rows),
      refused: (batch, code) => this.#drop(batch, code),
    };
    this.#sender = new Sender(address, this.#queue, owner, world);
    this.#stopListening = world.onWake(() => void this.#restore());
  }

  /** Where every event went so far. */
  get counts(): TrackerCounts {
    return this.#tally.counts(this.#queue.size);
  }

  /**
   * Takes an event, which happens now unless it has a `timestamp`. Never throws: what is not taken is counted and told.
   *
   * @returns the event's id; `undefined` when it was not taken
   */
  track<Kind extends EventKind>(kind: Kind, event: TrackedEvents[Kind]): string | undefined {
    this.#tally.tracked += 1;
    const wallMs = this.#world.wallMs();
    const id = uuidV7(wallMs, this.#world.randomBytes(10));
    const entry = this.#entry(id, kind, event, wallMs);
    const code = typeof entry === "string" ? entry : this.#take(entry);
    if (code === undefined) return id;
    this.#tally.drop({ id: undefined, kind }, code);
    return undefined;
  }

  /**
   * Until `granted`, events are in memory only, and end with the page. From then on those that are not answered are kept
   * on the device, and those that earlier pages left there are sent. `denied` ends them all, on the device and in memory,
   * on every page that has them open, and nothing is taken until `granted`.
   *
   * @returns when it holds
   */
  async consent(consent: Consent): Promise<void> {
    if (consent === "denied") {
      this.#withdraw();
      await this.#world.clearStore(this.#name);
    } else if (this.#consent !== "granted" && !this.#closed) {
      this.#consent = "granted";
      this.#changes += 1;
      await this.#keep(this.#changes);
    }
  }

  /** Sends what waits now. @returns when everything is answered, or a try has failed */
  flush(): Promise<void> {
    return this.#sender.flush();
  }

  /**
   * Sends what waits a last time and takes nothing more. What is not answered then is dropped, unless it is kept on the
   * device: there it waits for a later page.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    await this.#sender.close();
    if (this.#store === undefined) this.#drop(this.#queue.entries(), "closed");
    this.#store?.close();
  }

  #entry(id: string, kind: EventKind, event: TrackedEvents[EventKind], wallMs: number): Entry | string {
    try {
      const timestamp = event.timestamp ?? new Date(wallMs).toISOString();
      const row = JSON.stringify({ id, kind, event: { ...event, timestamp } });
      const bytes = bytesOf(row);
      return bytes > rowBytesMax ? "event_too_large" : { id, kind, row, bytes };
    } catch {
      return "event_invalid";
    }
  }

  /** @returns why not */
  #take(entry: Entry): string | undefined {
    if (this.#closed) return "closed";
    if (this.#consent === "denied") return "consent_denied";
    if (!this.#queue.add(entry)) return "queue_full";
    this.#store?.put([entry]);
    this.#sender.touch();
    return undefined;
  }

  async #keep(change: number): Promise<void> {
    try {
      const store = await this.#world.openStore(this.#name, () => {
        if (change === this.#changes) this.#withdraw();
      });
      if (change !== this.#changes || this.#closed) return store.close();
      this.#store = store;
      store.put(this.#queue.entries());
      await this.#restore();
    } catch (error) {
      warnOfDevice(error);
    }
  }

  /** What other pages left on the device, or still have: sent by two of them it counts once. */
  async #restore(): Promise<void> {
    const [store, { room }] = [this.#store, this.#queue];
    if (store === undefined || room === 0) return;
    const kept = await store.load(room).catch((error: unknown) => {
      warnOfDevice(error);
      return [];
    });
    if (store !== this.#store || this.#closed) return;
    this.#hasMore = kept.length === room;
    for (const entry of kept) if (!this.#queue.has(entry) && this.#queue.add(entry)) this.#tally.restored += 1;
    this.#sender.touch();
  }

  #withdraw(): void {
    this.#consent = "denied";
    this.#changes += 1;
    this.#store?.close();
    this.#store = undefined;
    this.#sender.abort();
    this.#drop(this.#queue.entries(), "consent_denied");
  }

  #body(batch: readonly Entry[]): string {
    return `{"key":${this.#key},"events":[${batch.map(({ row }) => row).join()}]}`;
  }

  #judged(rows: readonly Row[]): void {
    for (const row of rows) {
      const entry = this.#queue.remove(row.id);
      if (entry !== undefined) this.#tally.judge(entry, row);
    }
    this.#store?.delete(rows.map(({ id }) => id));
    if (this.#queue.size === 0 && this.#hasMore) void this.#restore();
  }

  /** Later than this the server would not know a repetition. */
  #expire(): void {
    const oldestMs = this.#world.wallMs() - this.#keptMs;
    const old = this.#queue.waiting().filter(({ id }) => wallMsOf(id) < oldestMs);
    this.#drop(old, "expired");
  }

  #drop(entries: readonly Entry[], code: string): void {
    for (const entry of entries) {
      this.#queue.remove(entry.id);
      this.#tally.drop(entry, code);
    }
    if (entries.length > 0) this.#store?.delete(entries.map(({ id }) => id));
  }
}

function warn({ id, kind, code, reasons }: Dropped): void {
  console.warn(`polso: an event will not count (${kind}, ${code})`, id, reasons ?? "");
}
