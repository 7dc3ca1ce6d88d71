/**
 * A stored row is damaged while the server is down. It must be found, said in the log and in the integrity figures; the
 * rest must be served; and no number may be wrong in silence.
 */

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Reading } from "polso";
import { Random } from "../../../scripts/demo/random.mjs";
import { jwtKeys, newJwks } from "../../../scripts/serve/secrets.mjs";
import { type Server, startServer } from "../../support/server.ts";
import { sources } from "../client.ts";
import { damage, damages } from "../damage.ts";
import { conversion } from "../oracle/conversions.ts";
import { differences, type Expectation, search } from "../oracle/readings.ts";
import type { Report } from "../report.ts";
import { Stage, type StageOptions } from "../stage.ts";

/** Single events sent to a damaged server: some for each shard. */
const probes = 24;
/** The one case that proves that the others show what the damage does. */
const undamaged = "nothing";
/** How long after its last block a ledger has written down where the journal ends; nobody outside sees it do so. */
const markMs = 7_000;
const saidInLog = /corrupt|damage|checksum|cannot be read|missing/i;

export interface CorruptionOptions extends StageOptions {
  /** Which damages; all of them unless said otherwise. */
  readonly kinds?: readonly string[];
}

/** Runs every damage, each on a copy of the same state. */
export async function corruption(options: CorruptionOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "polso-damage-"));
  const [whole, secrets] = [join(folder, "whole"), { [jwtKeys]: newJwks() }];
  const random = new Random(options.seed);
  const figures: Record<string, string> = {};
  const wrong: string[] = [];
  try {
    const stage = await Stage.open(options, { state: whole, secrets });
    try {
      stage.send();
      await stage.sent();
      await delay(markMs);
    } finally {
      await stage.close();
    }
    const expected = stage.run.oracle.expectations(Date.now());
    for (const kind of [undamaged, ...(options.kinds ?? Object.keys(damages))]) {
      const state = join(folder, kind);
      cpSync(whole, state, { recursive: true });
      const done = kind === undamaged ? "as it was" : damage(state, kind, random);
      const server = await startServer({ state, secrets, sources, shards: options.shards });
      try {
        const seen = await look(server, expected, random);
        figures[kind] = `${done}; ${describe(seen)}`;
        wrong.push(...judge(seen, kind !== undamaged).map((what) => `${kind}: ${what}`));
      } finally {
        await server.stop();
        rmSync(state, { recursive: true });
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { scenario: "corruption", figures: { seed: options.seed, shards: options.shards, ...figures }, wrong };
}

/** What a damaged server shows. */
interface Seen {
  readonly integrity: number;
  readonly reported: boolean;
  readonly logged: boolean;
  /** Status of the first query that was not answered; 200 when all were. */
  readonly queries: number;
  readonly cellsOff: number;
  readonly probesTaken: number;
  readonly probeStatuses: readonly number[];
}

async function look(server: Server, expected: readonly Expectation[], random: Random): Promise<Seen> {
  const view = await server.bearer({ scope: "view" });
  const get = async (path: string) => {
    const response = await fetch(server.url + path, { headers: view });
    return { status: response.status, body: await response.json() };
  };
  let [queries, cellsOff] = [200, 0];
  for (const { query, readings } of expected) {
    const { status, body } = await get(`/api/v1/kpi?${search(query)}`);
    if (status !== 200) queries = status;
    else cellsOff += differences(readings, (body as { readings: readonly Reading[] }).readings).length;
  }
  const statuses = await probe(server, random);
  const integrity = await get("/api/v1/integrity");
  return {
    integrity: integrity.status,
    reported: tellsDamage(integrity.body),
    logged: saidInLog.test(server.log()),
    queries,
    cellsOff,
    probesTaken: statuses.filter((status) => status === 202).length,
    probeStatuses: [...new Set(statuses)],
  };
}

/** Sends new events one by one, each once. */
async function probe(server: Server, random: Random): Promise<number[]> {
  const bearer = await server.bearer({ scope: "ingest", source: "crm" });
  const headers = { ...bearer, "Content-Type": "application/json" };
  const seed = random.whole(0, 2 ** 30);
  const statuses = [];
  for (let number = 0; number < probes; number += 1) {
    const body = JSON.stringify(conversion(seed, 9_000_000 + number, Date.now()).body);
    const response = await fetch(`${server.url}/api/v1/eventi/conversione`, { method: "POST", headers, body });
    await response.body?.cancel();
    statuses.push(response.status);
  }
  return statuses;
}

/** Whether a member `damage` that is not null stands anywhere in a body. */
function tellsDamage(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  return Object.entries(body).some(([name, value]) => (name === "damage" && value !== null) || tellsDamage(value));
}

function describe({ integrity, reported, logged, queries, cellsOff, probesTaken, probeStatuses }: Seen): string {
  const told = `integrity ${integrity}${reported ? " tells the damage" : ""}, log ${logged ? "tells it" : "is silent"}`;
  return `${told}, queries ${queries} with ${cellsOff} numbers off, ${probesTaken} of ${probes} new events taken (${probeStatuses})`;
}

/** What must hold and does not. */
function judge(seen: Seen, damaged: boolean): string[] {
  const { integrity, reported, logged, queries, cellsOff, probesTaken, probeStatuses } = seen;
  const wrong: string[] = [];
  if (cellsOff > 0 && !reported) wrong.push(`${cellsOff} numbers are wrong in silence`);
  if (logged !== damaged) wrong.push(`the log ${logged ? "tells of damage" : "says nothing"}`);
  if (integrity !== 200) wrong.push(`integrity answers ${integrity}`);
  else if (reported !== damaged) wrong.push(`integrity ${reported ? "tells of damage" : "says nothing"}`);
  if (queries !== 200) wrong.push(`queries are answered with ${queries}`);
  if (probesTaken < probes) wrong.push(`${probes - probesTaken} of ${probes} new events are refused`);
  if (probeStatuses.some((status) => status !== 202 && status !== 503)) wrong.push(`answers ${probeStatuses}`);
  return wrong;
}
