/**
 * The events that the server has not named yet, oldest first, and which of them are on their way.
 *
 * At most {@link eventsMax} events and {@link bytesMax} bytes: above that nothing more is taken, because what was taken
 * first is waited for. Knows nothing of time and sends nothing.
 */

import type { EventKind } from "./types.ts";

const eventsMax = 1_000;
/** Of these, those that other pages left: the rest is for the page's own. */
const restoredMax = 500;
const bytesMax = 1_024 * 1_024;
/** Events of one request. */
const batchEventsMax = 20;
/** Bytes of its body, and of what is around the rows. */
export const batchBytesMax = 48 * 1_024;
const envelopeBytesMax = 1_024;
/** Bytes of one row. */
export const rowBytesMax = batchBytesMax - envelopeBytesMax;

/** An event as it is sent. */
export interface Entry {
  readonly id: string;
  readonly kind: EventKind;
  /** Its row of the body, with its id. */
  readonly row: string;
  /** Of `row`, in UTF-8. */
  readonly bytes: number;
}

export class Queue {
  readonly #entries = new Map<string, Entry>();
  readonly #flying = new Set<string>();
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** How many events of other pages there is room for. */
  get room(): number {
    return Math.max(restoredMax - this.#entries.size, 0);
  }

  entries(): Entry[] {
    return [...this.#entries.values()];
  }

  /** Those that are not on their way. */
  waiting(): Entry[] {
    return this.entries().filter(({ id }) => !this.#flying.has(id));
  }

  has = ({ id }: Entry): boolean => this.#entries.has(id);

  /** Whether it was taken; it is not when the queue is full. */
  add(entry: Entry): boolean {
    if (this.#entries.size === eventsMax || this.#bytes + entry.bytes > bytesMax) return false;
    this.#entries.set(entry.id, entry);
    this.#bytes += entry.bytes;
    return true;
  }

  /** Ends one. @returns what it was, if it was there */
  remove(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#entries.delete(id);
    this.#flying.delete(id);
    this.#bytes -= entry.bytes;
    return entry;
  }

  /** Whether what waits fills a batch. */
  isBatchFull(): boolean {
    if (this.#entries.size - this.#flying.size >= batchEventsMax) return true;
    return this.waiting().reduce((sum, { bytes }) => sum + bytes + 1, 0) > rowBytesMax;
  }

  /** The oldest that wait, as many as fit into a body: from here on they are on their way. */
  take(bodyBytesMax: number): Entry[] {
    const batch: Entry[] = [];
    let bytes = envelopeBytesMax - 1;
    for (const entry of this.waiting()) {
      bytes += entry.bytes + 1;
      if (batch.length === batchEventsMax || bytes > bodyBytesMax) break;
      batch.push(entry);
      this.#flying.add(entry.id);
    }
    return batch;
  }

  /** They wait again. */
  release(batch: readonly Entry[]): void {
    for (const { id } of batch) this.#flying.delete(id);
  }
}
