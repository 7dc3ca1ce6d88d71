/** What runs on plain workerd: Polso, the peer in JavaScript and the platform's floor, all started the same way. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { inRoot, wranglerToml } from "../../scripts/paths.mjs";
import { type Json, readConfig } from "../../scripts/serve/config.mjs";
import { type Server, type ServerOptions, startServer } from "../support/server.ts";
import { type Database, databases, number } from "./disk.ts";
import type { Running, System } from "./system.ts";
import { webhookSecrets, webhookSources } from "./webhooks.ts";

/** A source whose repetitions are recognised for an hour, in the words of each. */
export const polsoSources = { crm: { kind: "native", dedup: "client_time_hash", dedup_ttl: "1h" } };
const javascriptSources = { crm: { dedup_ttl_s: 3_600 } };

interface Workload {
  name: string;
  title: string;
  options(shards: number): Promise<ServerOptions>;
  /** Asks the server how much it has counted. */
  counted?(ask: (path: string) => Promise<Record<string, unknown>>): Promise<Counted>;
  /** Rows written, by what is in its databases. */
  rowsIn?(all: readonly Database[]): number;
}

interface Counted {
  events: number;
  rowsWritten?: number;
}

export const polso = onWorkerd({
  name: "polso",
  title: "Polso",
  options: async (shards) => ({
    shards,
    sources: { ...polsoSources, ...webhookSources },
    secrets: webhookSecrets,
  }),
  async counted(ask) {
    const { total } = (await ask("/api/v1/integrity")) as { total: { accepted: number } };
    return { events: total.accepted };
  },
  rowsIn: (all) => all.map(rowsOfLedger).reduce((sum, rows) => sum + rows, 0),
});

export const javascript = onWorkerd({
  name: "javascript",
  title: "JavaScript: hono, jose, zod, Durable Object with SQL",
  options: async (shards) => ({
    shards,
    other: await bundled("javascript", { LEDGER: "Ledger" }, { SOURCES: javascriptSources }),
  }),
  counted: async (ask) => (await ask("/api/v1/kpi")) as unknown as Counted,
});

export const floor = onWorkerd({
  name: "floor",
  title: "floor: forwards to a Durable Object that inserts one row",
  options: async (shards) => ({ shards, other: await bundled("floor", { ROWS: "Rows" }) }),
  rowsIn: (all) => all.map((file) => number(file, "SELECT ifnull(max(id), 0) FROM rows")).reduce((a, b) => a + b, 0),
});

function onWorkerd({ name, title, options, counted, rowsIn }: Workload): System {
  return {
    name,
    title,
    sharded: true,
    tells: counted !== undefined,
    async start(shards) {
      const state = mkdtempSync(join(tmpdir(), "polso-bench-"));
      const server = await startServer({ ...(await options(shards)), state });
      let rowsTold: number | undefined;
      return {
        url: server.url,
        pids: [server.pid],
        ingestToken: () => server.token({ scope: "ingest", source: "crm" }),
        async counted() {
          const answer = await counted?.((path) => ask(server, path));
          rowsTold = answer?.rowsWritten;
          return answer?.events;
        },
        async stop() {
          await server.stop();
          const all = databases(state);
          const kept = {
            rowsWritten: rowsTold ?? rowsIn?.(all),
            bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
          };
          for (const { file } of all) file.close();
          rmSync(state, { recursive: true });
          return kept;
        },
      } satisfies Running;
    },
  };
}

async function ask(server: Server, path: string): Promise<Record<string, unknown>> {
  const response = await fetch(server.url + path, { headers: await server.bearer({ scope: "view" }) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

const folders = new Map<string, Promise<string>>();

/** A peer's script, bundled once, and how it is served: on the same platform, at the same date. */
async function bundled(name: string, objects: Record<string, string>, vars: Record<string, Json> = {}) {
  const folder = folders.get(name) ?? bundle(name);
  folders.set(name, folder);
  const { compatibilityDate } = readConfig(wranglerToml);
  return {
    program: { bundle: await folder, objects },
    config: { name, compatibilityDate, compatibilityFlags: [], vars },
  };
}

/** @returns the folder of its one module */
async function bundle(name: string): Promise<string> {
  const folder = inRoot("build", "bench", name);
  await build({
    entryPoints: [inRoot("tests", "bench", "peer", name, "worker.js")],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
  });
  return folder;
}

/**
 * The most rows that a ledger of Polso can have written: its blocks are numbered without gaps, those that were dropped
 * included; of checkpoints and runs of keys, the largest that is left stands for each that there was. What says where
 * the journal ends is written once in some blocks, and counts as if with each checkpoint.
 */
function rowsOfLedger(file: Database): number {
  const numbered = (kind: string) => file.tables.filter((table) => new RegExp(`^${kind}_\\d+$`).test(table));
  const last = (tables: string[]) => Math.max(0, ...tables.map((table) => Number(table.split("_")[1])));
  const most = (tables: string[], value: string) =>
    Math.max(0, ...tables.map((table) => number(file, `SELECT ifnull(${value}, 0) FROM ${table}`)));
  const [journals, checkpoints, runs] = [numbered("journal"), numbered("checkpoint"), numbered("keys")];
  const blocks = most(journals, "max(seq)");
  return blocks + last(checkpoints) * (most(checkpoints, "count(*)") + 1) + last(runs) * most(runs, "count(*)");
}
