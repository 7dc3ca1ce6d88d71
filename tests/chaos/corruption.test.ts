/** `npm run chaos -- --scenario corruption`, some of it: damage is told, the rest is served, nothing is wrong in silence. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "./report.ts";
import { corruption } from "./scenarios/corruption.ts";
import { seed } from "./seed.ts";

test("a damaged row is told in the log and in the figures, and the rest is served", async (context) => {
  const report = await corruption({
    seed,
    events: 4_000,
    shards: 2,
    senders: 4,
    viewers: 1,
    kinds: ["a bit of a block", "a block that is gone", "the last block that is gone", "half a checkpoint"],
  });
  context.diagnostic(`CHAOS_SEED=${seed}\n${table(report)}`);
  assert.deepEqual(report.wrong, []);
});
