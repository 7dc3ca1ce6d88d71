/**
 * `kill -9` in the middle of a stream: whatever the moment, after the restarts and the senders' retries every event
 * counts once, every sum is the senders' own, and a viewer that came back by itself shows the same.
 *
 * Short by default. `CHAOS_SEED`, `CHAOS_KILLS`, `CHAOS_SENDERS` and `CHAOS_ALIVE_MS` make it another or a longer one.
 */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connect, init, type Live } from "polso";
import { Random } from "../../scripts/demo/random.mjs";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { kept, Sender, type Story } from "./senders.ts";

const whole = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const seed = whole("CHAOS_SEED", Date.now() % 1_000_000);
const kills = whole("CHAOS_KILLS", 5);
const senders = whole("CHAOS_SENDERS", 6);
/** Between a restart and the next kill: from hitting the restore to hitting a journal under load. */
const aliveMsMax = whole("CHAOS_ALIVE_MS", 1_200);

before(() => init());

for (const shards of [1, 4]) {
  test(`every event counts once over ${kills} kills, shards: ${shards}`, async (context) => {
    console.log(`CHAOS_SEED=${seed}`);
    const random = new Random(seed + shards);
    const server = await startServer({ shards, sources: { crm: { kind: "native", dedup_ttl: "7d" } } });
    context.after(() => server.stop());
    const story: Story = { sent: new Map(), unanswered: 0, duplicates: 0 };
    const live = connect({ url: server.url, token: () => server.token({ scope: "view" }) });
    context.after(() => live.close());
    const invented: string[] = [];
    live.watch({ window: "all", kpi: ["conversions"] }, () => {
      const shown = live.integrity().total.accepted;
      if (shown > story.sent.size) invented.push(`${shown} of ${story.sent.size}`);
    });

    const token = await server.token({ scope: "ingest", source: "crm" });
    const all = Array.from({ length: senders }, (_, number) => new Sender(number, server.url, token, random, story));
    const streams = all.map((sender) => sender.stream());
    for (let killed = 0; killed < kills; killed += 1) {
      await delay(random.whole(0, aliveMsMax));
      await server.kill9();
      await server.restart();
    }
    await delay(aliveMsMax / 2);
    for (const sender of all) sender.stop();
    await Promise.all(streams);

    assert.ok(story.unanswered > 0, "no kill hit a request");
    assert.ok(story.duplicates > 0, "nothing was sent twice");
    await check(server, live, story);
    // An event that was lost would be new now.
    await Promise.all(all.map((sender) => sender.sendAgain()));
    await check(server, live, story);
    assert.deepEqual(invented, [], "the viewer showed more than was sent");
    const { size } = story.sent;
    context.diagnostic(`${size} events, ${story.duplicates} duplicates, ${story.unanswered} requests without answer`);
  });
}

/** The server's and the viewer's numbers against the senders' own. */
async function check(server: Server, live: Live, story: Story): Promise<void> {
  const headers = await server.bearer({ scope: "view" });
  const get = async (path: string) => (await fetch(server.url + path, { headers })).json();
  const { total } = await get("/api/v1/integrity");
  assert.equal(total.accepted, story.sent.size, "accepted events equal distinct events sent");
  assert.equal(total.received, total.accepted + total.duplicates);

  const query = { window: "all", by: "canale" };
  const { readings } = await get(`/api/v1/kpi?${new URLSearchParams(query)}`);
  const found = Object.fromEntries(
    readings.map(({ kpi, group, numerator, denominator }: { [name: string]: unknown }) => [
      `${kpi} ${group}`,
      [numerator, denominator],
    ]),
  );
  assert.deepEqual(found, kept(story));

  const shown = () => live.integrity().total;
  await until("the viewer has come back", () => live.state.kind === "live" && shown().accepted === total.accepted);
  await until("the viewer has every duplicate", () => shown().received === total.received);
  assert.deepEqual(live.evaluate(query).readings, readings);
  const recent = { window: "24h", by: "canale" };
  assert.deepEqual(live.evaluate(recent).readings, (await get(`/api/v1/kpi?${new URLSearchParams(recent)}`)).readings);
}
