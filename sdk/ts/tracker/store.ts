/**
 * Where events outlive their page: an IndexedDB database, one for each server and source, shared by all pages of an
 * origin. Writes are best effort: what the device does not take stays in memory.
 *
 * At {@link rowsMax} rows, seen when it was last read, nothing more is written.
 */

import type { Entry } from "./queue.ts";

export const rowsMax = 5_000;

const table = "events";

export interface Store {
  put(entries: readonly Entry[]): void;
  delete(ids: readonly string[]): void;
  /** The oldest rows. */
  load(rowsMax: number): Promise<Entry[]>;
  close(): void;
}

/** @param onCleared another page has cleared it; it is closed by then */
export async function openStore(name: string, onCleared: () => void): Promise<Store> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(table, { keyPath: "id" });
  const database = await ended(opening);
  database.onversionchange = () => {
    database.close();
    onCleared();
  };
  let isFull = false;

  const begin = (mode: IDBTransactionMode) => {
    const transaction = database.transaction(table, mode);
    transaction.onabort = () => warnOfDevice(transaction.error);
    return transaction;
  };
  // Committed at once, so that a page that ends here leaves it whole.
  const write = <T>(items: readonly T[], change: (rows: IDBObjectStore, item: T) => void) => {
    try {
      const transaction = begin("readwrite");
      for (const item of items) change(transaction.objectStore(table), item);
      transaction.commit();
    } catch (error) {
      warnOfDevice(error);
    }
  };

  return {
    put: (entries) => {
      if (!isFull) write(entries, (rows, entry) => rows.put(entry));
    },
    delete: (ids) => write(ids, (rows, id) => rows.delete(id)),
    async load(max) {
      const rows = begin("readonly").objectStore(table);
      const [count, entries] = await Promise.all([ended(rows.count()), ended(rows.getAll(null, max))]);
      isFull = count >= rowsMax;
      return entries as Entry[];
    },
    close: () => database.close(),
  };
}

/** Ends the database with all that is in it. Pages that have it open are told. */
export async function clearStore(name: string): Promise<void> {
  if (typeof indexedDB === "object") await ended(indexedDB.deleteDatabase(name));
}

function ended<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The device does not take or give what it should: nothing is lost by that while the page is there. */
export function warnOfDevice(error: unknown): void {
  console.warn("polso: events are kept in memory only:", error);
}
