/** The databases of Durable Objects on local disk, after their server has ended. */

import { globSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

export interface Database {
  file: DatabaseSync;
  tables: string[];
  /** Pages in use, those that are still in the write-ahead log included. */
  bytes: number;
}

/** Opens every database of a state folder; the caller closes them. */
export function databases(state: string): Database[] {
  return globSync(`${state}/storage/*/*.sqlite`)
    .filter((path) => !path.endsWith("/metadata.sqlite"))
    .map((path) => {
      const file = new DatabaseSync(path);
      const tables = file.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
      const database = { file, tables: tables.map(({ name }) => String(name)), bytes: 0 };
      const pages = number(
        database,
        "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count",
      );
      return { ...database, bytes: pages * number(database, "SELECT page_size FROM pragma_page_size") };
    });
}

/** The one number that a query answers. */
export function number({ file }: { file: DatabaseSync }, query: string): number {
  return Number(Object.values(file.prepare(query).get() ?? {})[0]);
}
