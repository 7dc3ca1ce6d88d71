/** `npm run chaos -- --scenario eviction`, a short run of it, in wrangler's test harness. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "./report.ts";
import { eviction } from "./scenarios/eviction.ts";
import { seed } from "./seed.ts";

test("every event counts once while ledgers and the hub are evicted", async (context) => {
  const report = await eviction({
    seed,
    events: 2_000,
    evictions: 4,
    shards: 2,
    senders: 4,
    viewers: 2,
    stallMsMax: 500,
  });
  context.diagnostic(`CHAOS_SEED=${seed}\n${table(report)}`);
  assert.deepEqual(report.wrong, []);
  assert.ok(Number(report.figures["ledgers evicted"]) > 0, "no ledger was in memory");
});
