/**
 * Damages what a stopped server has stored, as a bad disk or a careless hand would: one bit, one row, one part. Knows
 * the tables of a ledger and nothing of what their bytes mean.
 */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Random } from "../../scripts/demo/random.mjs";

const ledgers = join("storage", "polso-Ledger");

type Row = { rowid: number; bytes: Uint8Array };

/** How to damage one ledger; each says what it did. */
export const damages: Readonly<Record<string, (ledger: DatabaseSync, random: Random) => string>> = {
  "a bit of a block": (ledger, random) => {
    const { table, rowid, bytes } = middleBlock(ledger);
    const bit = random.whole(0, bytes.length * 8 - 1);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    ledger.prepare(`UPDATE ${table} SET block = ? WHERE rowid = ?`).run(bytes, rowid);
    return `bit ${bit} of row ${rowid} of ${table}`;
  },
  "half a block": (ledger) => {
    const { table, rowid, bytes } = middleBlock(ledger);
    ledger.prepare(`UPDATE ${table} SET block = ? WHERE rowid = ?`).run(bytes.subarray(0, bytes.length / 2), rowid);
    return `row ${rowid} of ${table} cut to ${bytes.length >> 1} bytes`;
  },
  "a block that is gone": (ledger) => {
    const { table, rowid } = middleBlock(ledger);
    ledger.prepare(`DELETE FROM ${table} WHERE rowid = ?`).run(rowid);
    return `row ${rowid} of ${table} deleted`;
  },
  "the last block that is gone": (ledger) => {
    const table = last(ledger, "journal");
    const { rowid } = ledger.prepare(`SELECT max(seq) AS rowid FROM ${table}`).get() as Row;
    ledger.prepare(`DELETE FROM ${table} WHERE rowid = ?`).run(rowid);
    return `row ${rowid} of ${table} deleted`;
  },
  "half a checkpoint": (ledger) => {
    const table = last(ledger, "checkpoint");
    const part = `SELECT part AS rowid, bytes FROM ${table} ORDER BY rowid DESC LIMIT 1`;
    const { rowid, bytes } = ledger.prepare(part).get() as Row;
    ledger.prepare(`UPDATE ${table} SET bytes = ? WHERE rowid = ?`).run(bytes.subarray(0, bytes.length / 2), rowid);
    return `part ${rowid} of ${table} cut to ${bytes.length >> 1} bytes`;
  },
};

/**
 * Damages one ledger of a state folder.
 * @returns what was done
 */
export function damage(state: string, kind: string, random: Random): string {
  const folder = join(state, ledgers);
  for (const file of readdirSync(folder).sort()) {
    if (!/^[0-9a-f]+\.sqlite$/.test(file)) continue;
    const ledger = new DatabaseSync(join(folder, file));
    try {
      return damages[kind]?.(ledger, random) ?? "nothing";
    } finally {
      ledger.close();
    }
  }
  throw new Error(`no ledger in ${folder}`);
}

/** The newest table of a kind: they are numbered in their order. */
function last(ledger: DatabaseSync, kind: string): string {
  const tables = ledger.prepare("SELECT name FROM sqlite_master WHERE name GLOB ?").all(`${kind}_[0-9]*`) as {
    name: string;
  }[];
  const numbers = tables.map(({ name }) => Number(name.slice(kind.length + 1)));
  return `${kind}_${Math.max(...numbers)}`;
}

function middleBlock(ledger: DatabaseSync): Row & { table: string } {
  const table = last(ledger, "journal");
  const middle = `SELECT seq AS rowid, block AS bytes FROM ${table} ORDER BY rowid LIMIT 1 OFFSET (SELECT count(*) / 2 FROM ${table})`;
  return { table, ...(ledger.prepare(middle).get() as Row) };
}
