/**
 * One of several ledgers fails for a while: requests that have events for it are refused for now, and as soon as it works
 * again so do they, although meanwhile each of them was in one call with others that failed because of it.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { alteredLedger } from "./support/altered.ts";
import { conversion, integrity, post } from "./support/client.ts";

const shards = 4;
const senders = 12;
const eventsEach = 10;
const failsMs = 500;
const backMsMax = 5_000;
let altered: Awaited<ReturnType<typeof alteredLedger>>;

before(async () => {
  altered = await alteredLedger(
    `
    static until;
    ingest(space, shard, batches) {
      AlteredLedger.until ??= Date.now() + ${failsMs};
      if (shard === 1 && Date.now() < AlteredLedger.until) throw new Error("it fails for a while");
      return super.ingest(space, shard, batches);
    }`,
    shards,
  );
});
after(() => altered?.end());

test("service is back as soon as the ledger is", async () => {
  const { server } = altered;
  const start = performance.now();
  const statuses = new Map<number, number>();
  let sent = 0;
  const one = async () => {
    while (performance.now() < start + failsMs + backMsMax) {
      const events = Array.from({ length: eventsEach }, () => conversion());
      sent += eventsEach;
      for (let status = 0; status !== 202; await delay(5)) {
        assert.ok(performance.now() < start + failsMs + 2 * backMsMax, "a sender is still refused");
        status = (await post(server, events)).status;
        assert.ok(status === 202 || status === 503, String(status));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      if (performance.now() > start + 2 * failsMs) return;
    }
  };
  await Promise.all(Array.from({ length: senders }, one));
  assert.ok((statuses.get(503) ?? 0) > 0, "nobody was refused");
  const tookMs = performance.now() - start;
  assert.ok(tookMs < failsMs + backMsMax, `${tookMs} ms`);
  assert.equal((await integrity(server)).total.accepted, sent);
});
