/**
 * `npm run chaos`, a short run of it: whatever the moment of a kill, after the restarts and the senders' retries every
 * event counts once, every sum is the senders' own, and viewers that came back by themselves show the same.
 *
 * `CHAOS_SEED` repeats a run.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "./report.ts";
import { kill } from "./scenarios/kill.ts";
import { seed } from "./seed.ts";

for (const shards of [1, 4]) {
  test(`every event counts once over kills, shards: ${shards}`, async (context) => {
    const report = await kill({
      seed: seed + shards,
      events: 12_000,
      restarts: 5,
      aliveMsMax: 1_200,
      shards,
      senders: 6,
      viewers: 3,
      stallMsMax: 1_500,
    });
    context.diagnostic(`CHAOS_SEED=${seed}\n${table(report)}`);
    assert.deepEqual(report.wrong, []);
    assert.ok(Number(report.figures["told duplicate"]) > 0, "nothing was sent twice");
    assert.ok(Number(report.figures["requests without answer"]) > 0, "no kill hit a request");
  });
}
