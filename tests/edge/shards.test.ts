/**
 * The number of shards changes while everything goes on: nothing is lost, nothing counts twice, and totals that went on
 * move by the difference. Each change is a restart with another configuration on the same disk; the first one is a
 * `kill -9`.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { newJwks } from "../../scripts/serve/secrets.mjs";
import { type Server, startServer } from "../support/server.ts";
import { conversion, type Fields, get, integrity, post, refusal } from "./support/client.ts";

const storyPath = "/api/v1/eventi/storia";
const counts = [1, 4, 2, 1, 3];

const seconds = (age: number) => new Date(Date.now() - age * 1000).toISOString();

const view = (viewer: number, completion: number): Fields => ({
  event_type: "StoryView",
  story_id: "s1",
  user_id: `u${viewer}`,
  user_location: "Roma",
  timestamp: seconds(600 - viewer),
  completion_rate: completion,
});

const snapshot = (views: number, age: number): Fields => ({
  event_type: "StoryView",
  story_id: "s2",
  user_location: "Milano",
  timestamp: seconds(age),
  engagement: { view_count: views, clicks: 3 },
});

/** The views of each story, all time. */
async function views(server: Server): Promise<Record<string, number>> {
  const { json } = await get(server, "/api/v1/kpi?window=all&kpi=views&by=story");
  return Object.fromEntries(json.readings.map((one: { group: string; value: number }) => [one.group, one.value]));
}

test("the number of shards changes without loss, without doubles, and with what was known of viewers", async (t) => {
  const state = mkdtempSync(join(tmpdir(), "polso-shards-"));
  const secrets = { JWT_KEYS: newJwks() };
  let server: Server | undefined;
  t.after(async () => {
    await server?.stop();
    rmSync(state, { recursive: true, force: true });
  });

  const old = Array.from({ length: 40 }, () => conversion());
  const watched = Array.from({ length: 40 }, (_, viewer) => view(viewer, 0.2));
  let [conversions, seen] = [0, 0];

  for (const [generation, count] of counts.entries()) {
    const before = counts.slice(0, generation).map((count) => ({ count, until: seconds(0) }));
    const vars = { SHARDS_BEFORE: before };
    const at: Server = await startServer({ vars, shards: count, state, secrets });
    server = at;
    const fresh = Array.from({ length: 10 }, () => conversion());
    const said = `${generation}: ${count} shards`;

    const { json: sent } = await post(at, [...old, ...fresh, ...old]);
    assert.deepEqual([sent.accepted, sent.rejected], [generation === 0 ? 50 : 10, 0], said);
    conversions += sent.accepted;
    old.push(...fresh);

    // The same views again, and more of each viewer: no second viewer, but a larger completion.
    const more = watched.map((_, viewer) => ({ ...view(viewer, 0.2 * generation), timestamp: seconds(30) }));
    const { json: told } = await post(at, [...watched, ...more, snapshot(100 + 10 * generation, 60 - generation)], {
      path: storyPath,
    });
    assert.deepEqual([told.accepted, told.duplicates], generation === 0 ? [81, 0] : [41, 40], said);
    seen += told.accepted;

    const figures = await integrity(at);
    assert.equal(figures.total.accepted, conversions + seen, said);
    const { json } = await get(at, "/api/v1/kpi?window=all&kpi=conversions");
    assert.equal(json.readings[0].value, conversions, said);
    assert.deepEqual(await views(at), { s1: 40, s2: 100 + 10 * generation }, said);
    const completed = await get(at, "/api/v1/kpi?window=all&kpi=completion&where=story:s1");
    assert.equal(completed.json.readings[0].numerator, 0.2 * generation >= 0.75 ? 40 : 0, said);
    await (generation === 0 ? at.kill9() : at.stop());
  }
});

test("a sender that still goes by the number of before is told to come again", async (t) => {
  const state = mkdtempSync(join(tmpdir(), "polso-shards-"));
  const secrets = { JWT_KEYS: newJwks() };
  let server = await startServer({ shards: 1, state, secrets });
  t.after(async () => {
    await server.stop();
    rmSync(state, { recursive: true, force: true });
  });
  const events = Array.from({ length: 20 }, () => conversion());
  await post(server, events);
  await server.stop();
  server = await startServer({ shards: 2, vars: { SHARDS_BEFORE: [{ count: 1, until: seconds(0) }] }, state, secrets });
  assert.equal((await post(server, events)).json.duplicates, 20);
  await server.stop();
  // A deployment that is rolled back, or has not been replaced everywhere yet.
  server = await startServer({ shards: 1, state, secrets });
  assert.deepEqual(refusal(await post(server, events)), [503, "unavailable"]);
});
