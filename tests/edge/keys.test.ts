/**
 * Dedup keys that are in storage only: known again after a restart, without their index, and where a page of them cannot
 * be read.
 */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { type Server, startServer } from "../support/server.ts";
import { conversion, integrity, post } from "./support/client.ts";

/** One more thousand than makes a checkpoint due. */
const thousands = 101;

test("keys in storage only are known after a restart, without their index, and in a page that is unreadable", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "polso-state-"));
  context.after(() => rmSync(state, { recursive: true }));
  const server = await startServer({ state, sources: { crm: { kind: "native", dedup_ttl: "7d" } } });
  context.after(() => server.stop());
  const bodies = Array.from({ length: thousands }, () =>
    JSON.stringify(Array.from({ length: 1_000 }, () => conversion())),
  );
  for (const body of bodies) assert.equal((await post(server, body)).json.accepted, 1_000);
  const all = thousands * 1_000;
  const { spilled: before } = await keys(server);
  assert.equal(before, 0, "what was written just now is in memory too");

  /** Hurts the newest run of keys while the server is down. */
  const restart = async (hurt?: string) => {
    await server.kill9();
    if (hurt !== undefined) {
      const ledger = open(state);
      ledger.exec(hurt.replaceAll("KEYS", newestRun(ledger)));
      ledger.close();
    }
    await server.restart();
  };
  const allAreKnown = async () => {
    // The first, some from the middle, and the last before and after the checkpoint.
    for (const body of [0, 50, thousands - 2, thousands - 1].map((number) => bodies[number])) {
      assert.equal((await post(server, body)).json.duplicates, 1_000);
    }
  };

  await restart();
  const { known, spilled } = await keys(server);
  assert.deepEqual([known, spilled >= 100_000], [all, true]);
  await allAreKnown();
  assert.equal((await keys(server)).damage, null);

  await restart("DELETE FROM KEYS WHERE page = -1");
  await allAreKnown();
  const { damage: repaired } = await keys(server);
  assert.deepEqual([repaired?.unreadable, repaired?.keys_lost, repaired?.presumed_duplicates], [1, 0, 0]);

  await restart("UPDATE KEYS SET bytes = zeroblob(length(bytes)) WHERE page = 0");
  await allAreKnown();
  const { damage } = await keys(server);
  assert.equal(damage?.unreadable, 2);
  assert.ok((damage?.presumed_duplicates ?? 0) > 0);
  assert.match(server.log(), /a page of dedup keys is damaged/);
  const { total } = await integrity(server);
  assert.deepEqual([total.accepted, (await post(server, conversion())).json.accepted], [all, 1]);
});

interface Damage {
  readonly unreadable: number;
  readonly keys_lost: number;
  readonly presumed_duplicates: number;
}

/** What the integrity figures say of the one ledger's keys. */
async function keys(server: Server) {
  const { bounds } = (await integrity(server)) as unknown as {
    bounds: { ledgers: { keys: number; keys_spilled: number; damage: Damage | null }[] };
  };
  const [ledger] = bounds.ledgers;
  assert.ok(ledger !== undefined);
  return { known: ledger.keys, spilled: ledger.keys_spilled, damage: ledger.damage };
}

/** The database of the one ledger of a stopped server. */
function open(state: string): DatabaseSync {
  const folder = join(state, "storage", "polso-Ledger");
  const file = readdirSync(folder).find((name) => /^[0-9a-f]+\.sqlite$/.test(name));
  assert.ok(file !== undefined);
  return new DatabaseSync(join(folder, file));
}

function newestRun(ledger: DatabaseSync): string {
  const tables = ledger.prepare("SELECT name FROM sqlite_master WHERE name GLOB 'keys_[0-9]*'").all();
  const numbers = tables.map(({ name }) => Number(String(name).slice("keys_".length)));
  return `keys_${Math.max(...numbers)}`;
}
