/**
 * How long a ledger takes to come back with an hour behind it: filled as fast as it takes events whose times spread
 * over that hour, ended with `kill -9`, started again, and asked until it gives the same answer as before.
 */

import { setTimeout as delay } from "node:timers/promises";
import { type Server, startServer } from "../support/server.ts";
import { Requests } from "./events.ts";
import { type Answer, Line } from "./line.ts";
import { median } from "./statistics.ts";
import { usage } from "./usage.ts";
import { polsoSources } from "./workers.ts";

export interface WakeCase {
  /** How many to fill it with; fewer when it is full before. */
  events: number;
  rounds: number;
}

export interface WakeResult extends WakeCase {
  filled: number;
  /** Why it took no more, if it did not take them all. */
  refusal: string | null;
  fillSeconds: number;
  /** From the start of the process to `/healthz`, which asks no ledger. */
  startMs: number;
  /** From there to the first answer, which is the ledger's own time. */
  wakeMs: number;
  /** Memory of the process: empty, after filling, and after waking. */
  residentBytes: { empty: number; filled: number; woken: number } | null;
}

/** Together they stay below what a ledger lets wait for one commit. */
const connections = 8;
const perRequest = 1_000;
/** A ledger that refuses as often in a row is full, not busy. */
const triesMax = 5;
const retryMs = 500;
const hourMs = 3_600_000;
const question = "/api/v1/kpi?window=all&by=canale";

export async function wake({ events, rounds }: WakeCase): Promise<WakeResult> {
  const server = await startServer({ sources: polsoSources });
  try {
    const view = await server.bearer({ scope: "view" });
    const ask = async () => (await fetch(server.url + question, { headers: view })).text();
    const answer = async () => JSON.parse(await ask()).readings;
    await ask();
    const resident = () => usage([server.pid])?.residentBytes;
    const [empty, beganMs] = [resident(), performance.now()];
    const { filled, refusal } = await fill(server, events);
    const fillSeconds = (performance.now() - beganMs) / 1_000;
    const [expected, full] = [JSON.stringify(await answer()), resident()];
    const [startsMs, wakesMs]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < rounds; turn += 1) {
      await server.kill9();
      const killedMs = performance.now();
      await server.restart();
      const startedMs = performance.now();
      const found = JSON.stringify(await answer());
      wakesMs.push(performance.now() - startedMs);
      startsMs.push(startedMs - killedMs);
      if (found !== expected) throw new Error(`after the restart it answers\n${found}\nand not\n${expected}`);
    }
    const woken = resident();
    const residentBytes =
      empty === undefined || full === undefined || woken === undefined ? null : { empty, filled: full, woken };
    const medians = { startMs: median(startsMs), wakeMs: median(wakesMs) };
    return { events, rounds, filled, refusal, fillSeconds, ...medians, residentBytes };
  } finally {
    await server.stop();
  }
}

/** Sends until so many were accepted, or the ledger takes no more. */
async function fill(server: Server, events: number): Promise<{ filled: number; refusal: string | null }> {
  const token = await server.token({ scope: "ingest", source: "crm" });
  const { host } = new URL(server.url);
  const fromMs = Date.now() - hourMs;
  let [asked, filled] = [0, 0];
  let refusal: string | null = null;
  const timeMs = () => fromMs + Math.floor((hourMs * asked) / events);
  const run = async (line: Line, connection: number) => {
    const requests = new Requests({ connection, perRequest, host, token, timeMs });
    while (asked < events && refusal === null) {
      asked += perRequest;
      const { status, body } = await insist(line, requests.next());
      if (status === 503) refusal = body.toString();
      else if (status === 202) filled += perRequest;
      else throw new Error(`expected 202 but got ${status}: ${body.toString().slice(0, 500)}`);
    }
  };
  const lines = await Promise.all(Array.from({ length: connections }, () => Line.open(server.url)));
  try {
    await Promise.all(lines.map(run));
  } finally {
    for (const line of lines) line.close();
  }
  return { filled, refusal };
}

/** Sends the same again while the answer is that it cannot be taken now. */
async function insist(line: Line, request: Buffer): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await line.send(request);
    if (answer.status !== 503 || tries === triesMax) return answer;
    await delay(retryMs);
  }
}
