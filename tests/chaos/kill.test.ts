/**
 * `kill -9` in the middle of a stream: whatever the moment, after the restart and the senders' retries every event
 * counts once.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Conversions } from "../../scripts/demo/conversions.mjs";
import { Random } from "../../scripts/demo/random.mjs";
import { Sender } from "../../scripts/demo/sender.mjs";
import { Tally } from "../../scripts/demo/tally.mjs";
import { startServer } from "../support/server.ts";

const kills = 4;
const senders = 8;
const batchMax = 20;
/** Between two kills; long enough for some answers, short enough to hit a journal being written. */
const aliveMsMax = 700;

for (const shards of [1, 4]) {
  test(`with ${shards} shards, accepted events equal distinct events sent`, async (context) => {
    const server = await startServer({ shards });
    context.after(() => server.stop());
    const token = await server.token({ scope: "ingest", source: "crm" });
    const sender = new Sender(server.url, token);
    const random = new Random(shards);
    const conversions = new Conversions(random);
    const tally = new Tally();
    let streaming = true;

    const stream = async () => {
      while (streaming) {
        const items = Array.from({ length: random.whole(1, batchMax) }, () => conversions.next(Date.now()));
        tally.record(items, await sender.send(items.map(({ body }) => body)));
      }
    };
    const streams = Array.from({ length: senders }, stream);
    for (let killed = 0; killed < kills; killed += 1) {
      await delay(random.whole(50, aliveMsMax));
      await server.kill9();
      await server.restart();
    }
    streaming = false;
    await Promise.all(streams);

    assert.deepEqual(tally.verdict(), []);
    assert.ok((sender.statuses.get("no answer") ?? 0) > 0, "no kill hit a request");
    const headers = await server.bearer({ scope: "view" });
    const response = await fetch(new URL("/api/v1/integrity", server.url), { headers });
    const { total } = (await response.json()) as { total: { accepted: number } };
    assert.equal(total.accepted, tally.distinct);
    context.diagnostic(`${tally.distinct} distinct events, ${kills} kills`);
  });
}
