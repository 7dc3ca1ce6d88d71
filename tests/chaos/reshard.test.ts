/** `npm run chaos -- --scenario reshard`, a short run of it. `CHAOS_SEED` repeats it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "./report.ts";
import { reshard } from "./scenarios/reshard.ts";
import { seed } from "./seed.ts";

test("every event counts once while the number of shards changes again and again", async (context) => {
  const report = await reshard({
    seed,
    events: 10_000,
    aliveMsMax: 800,
    shards: 1,
    senders: 6,
    viewers: 2,
    stallMsMax: 1_500,
  });
  context.diagnostic(`CHAOS_SEED=${seed}\n${table(report)}`);
  assert.deepEqual(report.wrong, []);
  assert.ok(Number(report.figures["told duplicate"]) > 0, "nothing was sent twice");
  assert.match(String(report.figures["shards, one after the other"]), /^1(, \d){8}$/);
});
