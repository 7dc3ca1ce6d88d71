/** The benchmark's own judgement: it must see a wrong answer, a server that stalls and a lost probe, and count right. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { native, Requests } from "./events.ts";
import { load } from "./load.ts";
import { delaysMs } from "./probes.ts";
import { median, quantile } from "./statistics.ts";
import { summary } from "./summary.ts";
import { figure, table } from "./table.ts";
import type { Round } from "./throughput.ts";
import { senders, webhookSecrets } from "./webhooks.ts";

/** Loads a server that answers so, for a moment. */
async function loaded(answer: RequestListener, perRequest = 1) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const times = { warmMs: 20, measuredMs: 100 };
    return await load({ sender: native, url, token: "t", connections: 4, perRequest, tells: true, ...times }, () => 0);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const replying =
  (status: number, body: string): RequestListener =>
  (request, response) => {
    request.resume().on("end", () => response.writeHead(status, { "Content-Length": body.length }).end(body));
  };

test("answers that accept every event are counted", async () => {
  const found = await loaded(replying(202, '{"accepted":3,"duplicates":0}'), 3);
  assert.ok(found.requests >= 4 && found.accepted >= 3 * found.requests, JSON.stringify(found));
  assert.ok(found.p50Ms > 0 && found.p50Ms <= found.p99Ms);
});

test("any other answer ends the run", async () => {
  await assert.rejects(loaded(replying(503, '{"error":{}}')), /got 503: \{"error"/);
  await assert.rejects(loaded(replying(202, '{"accepted":0,"duplicates":1}')), /"accepted":1, but got 202/);
  await assert.rejects(loaded(replying(202, '{"accepted":1,"duplicates":2}'), 3), /"accepted":3, but got 202/);
  await assert.rejects(
    loaded((request) => request.socket.destroy()),
    /ECONNRESET|closed the connection/,
  );
  await assert.rejects(
    loaded((_, response) => response.writeHead(202).end("{}")),
    /without its length/,
  );
});

test("no two events of a run are the same, and each is where it says", () => {
  const ids = new Set<string>();
  let events = 0;
  for (const connection of [0, 31]) {
    const requests = new Requests({
      connection,
      perRequest: 100,
      host: "h",
      token: "t",
      timeMs: () => 1_770_000_000_000,
    });
    for (let turn = 0; turn < 50; turn += 1) {
      const [head = "", body = ""] = requests.next().toString().split("\r\n\r\n");
      assert.equal(Number(/Content-Length: (\d+)/.exec(head)?.[1]), Buffer.byteLength(body));
      for (const { id_cliente, timestamp } of JSON.parse(body)) {
        assert.match(id_cliente, /^CLIENTE-[A-Z]{6}-\d{6}$/);
        assert.equal(timestamp, "2026-02-02T02:40:00.000Z");
        ids.add(id_cliente);
        events += 1;
      }
    }
  }
  assert.equal(ids.size, events);
});

test("no two webhooks of a run are the same, and each is signed as its provider would", () => {
  const secret = webhookSecrets.WEBHOOK_SECRET;
  const ids = new Set<string>();
  for (const sender of senders.slice(1)) {
    for (const connection of [0, 31]) {
      const requests = sender.requests({ connection, perRequest: 1, host: "h", token: "t" });
      for (let turn = 0; turn < 50; turn += 1) {
        const [head = "", body = ""] = requests.next().toString().split("\r\n\r\n");
        const mac = (text: string) => createHmac("sha256", secret).update(text).digest("hex");
        const [, timeS, v1] = /\r\nStripe-Signature: t=(\d+),v1=(\w+)\r\n/.exec(head) ?? [];
        if (sender.name === "stripe") assert.equal(v1, mac(`${timeS}.${body}`));
        else assert.equal(/\r\nX-Signature: (\w+)\r\n/.exec(head)?.[1], mac(body));
        assert.equal(Number(/Content-Length: (\d+)/.exec(head)?.[1]), Buffer.byteLength(body));
        const { id, created } = JSON.parse(body);
        assert.ok(Math.abs(Date.now() / 1000 - created) < 60, `${created}`);
        ids.add(`${sender.name} ${id}`);
      }
    }
  }
  assert.equal(ids.size, 200);
});

test("a probe is shown when a figure says that it was counted, and one that never was is noticed", () => {
  assert.deepEqual(
    delaysMs(
      [100, 200, 300],
      [
        [0, 90],
        [1, 150],
        [3, 420],
      ],
    ),
    [50, 220, 120],
  );
  assert.throws(() => delaysMs([100, 200], [[1, 150]]), /was shown 1 of 2 probes/);
});

test("medians and quantiles are numbers that came", () => {
  assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])], [2, 2.5, 7]);
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.deepEqual([quantile(hundred, 0.5), quantile(hundred, 0.99), quantile([5], 0.99)], [50, 99, 5]);
});

test("a ratio is that of the same round, and a figure the median of all", () => {
  const round = (requestsPerS: number) => ({ requestsPerS, p99Ms: 1, cpuSecondsPer1000Events: null }) as Round;
  const rounds = new Map([
    ["polso", [round(300), round(40), round(200)]],
    ["javascript", [round(100), round(20), round(100)]],
  ]);
  const { rows } = summary({ name: "one-1", perRequest: 1, shards: 1 }, rounds);
  assert.deepEqual(
    rows.map(({ requestsPerS }) => requestsPerS),
    [200, 100],
  );
  assert.deepEqual(
    rows.map(({ toPeer }) => toPeer?.requestsPerS),
    [2, 1],
  );
  assert.deepEqual(
    rows.map(({ toPeer }) => toPeer?.cpu),
    [null, null],
  );
  assert.equal(
    summary({ name: "one-1", perRequest: 1, shards: 1 }, new Map([["polso", [round(1)]]])).rows[0]?.toPeer,
    null,
  );
});

test("figures have three digits, and columns stand under each other", () => {
  assert.deepEqual([figure(0.012345), figure(12_345.6), figure(null), figure(99.96)], ["0.0123", "12,346", "–", "100"]);
  assert.equal(
    table(
      ["", "n"],
      [
        ["ab", "1"],
        ["c", "100"],
      ],
    ),
    "      n\n──  ───\nab    1\nc   100\n",
  );
});
