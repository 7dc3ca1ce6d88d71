/**
 * `npm run chaos -- --scenario overload`, a short run of it: whatever is refused is refused for now and in order. How
 * long anything takes is for the long run to say.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "./report.ts";
import { overload } from "./scenarios/overload.ts";
import { seed } from "./seed.ts";

test("a flood is answered or refused for now, and nothing acknowledged is lost", async (context) => {
  const report = await overload({
    seed,
    events: 500_000,
    measureMs: 500,
    overloadMs: 2_000,
    openMax: 300,
    shards: 1,
    senders: 4,
    viewers: 2,
    stallMsMax: 500,
  });
  context.diagnostic(`CHAOS_SEED=${seed}\n${table(report)}`);
  assert.deepEqual(report.wrong, []);
  const offered = Number(report.figures["requests offered"]);
  assert.ok(offered > 0 && Number(report.figures["not sent, too many open"]) > 0, "it was no flood");
});
