/**
 * The golden cases against the deployed bundle in workerd, with one shard and with four: what the server answers, what
 * it counts, and that a viewer that followed by deltas and the npm package's live client say the same.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connect, init, PolsoError, type Query } from "polso";
import { Follower } from "../support/follower.ts";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import {
  allCases,
  type Case,
  isForServers,
  type Question,
  type Request,
  type Result,
  readCases,
  readingsOf,
  shortened,
  sourcesMax,
  sourceTable,
  written,
} from "./cases.ts";

/** Most of a case is waiting for deltas. */
const concurrency = 8;

before(() => init());

for (const shards of [1, 4]) {
  const cases = allCases(Date.now()).filter(isForServers);
  for (let first = 0; first < cases.length; first += sourcesMax) {
    const some = cases.slice(first, first + sourcesMax);
    describe(`golden cases ${first + 1} to ${first + some.length}, shards: ${shards}`, { concurrency }, () => {
      let server: Server;
      before(async () => {
        server = await startServer({ shards, sources: Object.fromEntries(some.map(sourceTable)) });
      });
      after(() => server?.stop());
      for (const { file, name } of some) test(`${file}: ${name}`, () => run(server, caseNow(file, name)));
    });
  }
}

function caseNow(file: string, name: string): Case {
  return readCases(file, Date.now()).find((one) => one.name === name) ?? assert.fail(name);
}

async function run(server: Server, one: Case): Promise<void> {
  const space = one.source.name;
  const token = await server.token({ scope: "view", space });
  const headers = { Authorization: `Bearer ${token}` };
  const follower = await Follower.open(server.url, token);
  try {
    await follower.hears("the snapshot", (kinds) => kinds.includes("snapshot"));
    for (const request of one.requests) await post(server, one, request);

    const response = await fetch(`${server.url}/api/v1/integrity`, { headers });
    const { bounds: _, ...integrity } = (await response.json()) as { bounds: unknown; sources: Record<string, object> };
    checkIntegrity(integrity.sources[space], one);
    const followed = () => JSON.parse(follower.viewer.integrity());
    await until(
      "the viewer has followed",
      () => JSON.stringify(followed()) === JSON.stringify(integrity),
      () => JSON.stringify([follower.kinds, followed(), integrity]),
    );

    const live = connect({ url: server.url, token, space });
    try {
      await until("the client is ready", () => live.ready);
      for (const question of one.queries) {
        const answer = await fetch(`${server.url}/api/v1/kpi?${parameters(question.ask)}`, { headers });
        check(question, answer.status, await answer.text(), follower, (query) => live.evaluate(query));
      }
    } finally {
      live.close();
    }
    assert.ok(!follower.kinds.includes("gap"), follower.kinds.join());
  } finally {
    follower.close();
  }
}

async function post(server: Server, one: Case, request: Request): Promise<void> {
  const { path, type, body } = written(request);
  const bearer = await server.bearer({ scope: "ingest", source: one.source.name, space: one.source.name });
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { ...bearer, "content-type": type },
    body,
  });
  const expected = request.events.map((event) => told(event.expected));
  const { results, ...counts } = (await response.json()) as { results: { index: number }[] };
  assert.deepEqual(results.map(shortened), expected);
  assert.deepEqual(
    results.map(({ index }) => index),
    expected.map((_, index) => index),
  );
  const { accepted, duplicates, conflicts, rejected, filtered } = tally(expected);
  assert.deepEqual(counts, { accepted, duplicates, conflicts, rejected, filtered });
  assert.equal(response.status, rejected === expected.length ? 422 : 202);
}

/** A verdict as its sender is told it: why an event is late is the cases' own. */
function told({ superseded: _, ...result }: Result): Result {
  return result;
}

/** The integrity figures that these verdicts add up to. */
function tally(results: readonly Result[]) {
  const count = (verdict: string) => results.filter((result) => result.verdict === verdict).length;
  const reasons: Record<string, number> = {};
  for (const { reasons: all = [] } of results) {
    for (const code of new Set(all.map(([code]) => code))) reasons[code] = (reasons[code] ?? 0) + 1;
  }
  return {
    received: results.length,
    accepted: count("accepted"),
    duplicates: count("duplicate"),
    conflicts: count("conflict"),
    rejected: count("rejected"),
    filtered: count("filtered"),
    late: results.filter(({ late }) => late).length,
    reasons,
  };
}

function checkIntegrity(found: object | undefined, { requests }: Case): void {
  const results = requests.flatMap(({ events }) => events.map(({ expected }) => expected));
  // Who has sent nothing is not there.
  assert.deepEqual(found, results.length === 0 ? undefined : { ...found, ...tally(results) });
}

function parameters({ kpi = [], where = [], ...single }: Query): string {
  const all = [...Object.entries(single), ...kpi.map((name) => ["kpi", name]), ...where.map((one) => ["where", one])];
  return new URLSearchParams(all as [string, string][]).toString();
}

/** The answer, and that those who follow say the same: the viewer to the letter, the client in its readings. */
function check(
  { ask, readings, refused, window }: Question,
  status: number,
  text: string,
  follower: Follower,
  evaluate: (query: Query) => { readings: readonly object[] },
): void {
  if (refused !== undefined) {
    const { error } = JSON.parse(text);
    assert.deepEqual([status, error.code, error.details[0]?.code], [400, "query_invalid", refused], text);
    const thrown = (error: unknown) => error instanceof PolsoError && error.code === refused;
    assert.throws(() => evaluate(ask), thrown, JSON.stringify(ask));
    return;
  }
  assert.equal(status, 200, text);
  assert.deepEqual(readingsOf(text), readings, JSON.stringify(ask));
  const answer = JSON.parse(text);
  assert.deepEqual({ ...answer.window, ...window }, answer.window, JSON.stringify(ask));
  assert.equal(follower.evaluate(ask, Date.parse(answer.now)), text, JSON.stringify(ask));
  assert.deepEqual(evaluate(ask).readings, answer.readings, JSON.stringify(ask));
}
