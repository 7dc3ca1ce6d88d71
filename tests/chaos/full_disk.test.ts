/** `npm run chaos -- --scenario full-disk`, a short run of it. Where nobody may mount, it says so and does nothing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "./report.ts";
import { fullDisk } from "./scenarios/full_disk.ts";
import { seed } from "./seed.ts";
import { mountingFails } from "./small_disk.ts";

const reason = mountingFails();
if (reason !== undefined) console.log(`no small disk here, so its filling is not tested: ${reason}`);

test("a full disk loses nothing, and service returns with room", async (context) => {
  if (reason !== undefined) return;
  const report = await fullDisk({
    seed,
    events: 6_000,
    times: 1,
    fullMs: 500,
    shards: 2,
    senders: 4,
    viewers: 2,
    stallMsMax: 500,
  });
  context.diagnostic(`CHAOS_SEED=${seed}\n${table(report)}`);
  assert.deepEqual(report.wrong, []);
  assert.ok(Number(report.figures["refused for now"]) > 0, "the disk was never full");
});
