/** Viewers that do not read: they cost no memory to speak of, hold nobody up, and end with the server's numbers. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Viewer } from "../../sdk/build/wasm/polso_sdk.js";
import { Follower } from "../support/follower.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { conversion, integrity, post } from "./support/client.ts";

const slowViewers = 4;
const asks = 25;
/** What the kernel holds of one connection, at most, and one frame beyond what the hub lets wait. */
const unreadBytesMax = 12_000_000;
const growthBytesMax = 60_000_000;

let server: Server;

before(async () => {
  server = await startServer({ sources: { crm: { kind: "native" } } });
});
after(async () => {
  await server?.stop();
});

const rssBytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) * 1_024;

/** Fills the counters, so that everything at once is more than a megabyte. */
async function fill(): Promise<void> {
  for (let batch = 0; batch < 10; batch += 1) {
    const campaign = (event: number) => `${"campagna ".repeat(5)}${batch * 1_000 + event}`;
    const events = Array.from({ length: 1_000 }, (_, event) => conversion({ metadati: { campagna: campaign(event) } }));
    assert.equal((await post(server, events)).status, 202);
  }
}

test("a viewer that does not read is sent nothing more, holds nobody up, and catches up when it reads", async (t) => {
  await fill();
  const token = await server.token({ scope: "view" });
  const quick = await Follower.open(server.url, token);
  await quick.hears("everything", (kinds) => kinds.includes("snapshot"));
  const viewers = Array.from({ length: slowViewers }, () => new Viewer());
  let largest = 0;
  const slow = await Promise.all(
    viewers.map(async (viewer) => {
      const socket: RawSocket = await RawSocket.open(server.url, token, (frame) => {
        largest = Math.max(largest, frame.length);
        if (viewer.apply(frame).kind === "gap") socket.send(viewer.resume());
      });
      return socket;
    }),
  );
  const before = rssBytes();
  // Each asks for everything again and again, and reads nothing of it.
  const everything = new Viewer().resume();
  for (let ask = 0; ask < asks; ask += 1) for (const socket of slow) socket.send(everything);
  for (let round = 0; round < 5; round += 1) {
    const deltas = quick.kinds.filter((kind) => kind === "delta").length;
    await post(server, conversion());
    await quick.hears("what is new", (kinds) => kinds.filter((kind) => kind === "delta").length > deltas);
  }
  // A beat comes after everything that was asked before it.
  const beats = quick.kinds.filter((kind) => kind === "beat").length;
  await quick.hears("a beat", (kinds) => kinds.filter((kind) => kind === "beat").length > beats);
  const growth = rssBytes() - before;

  for (const [index, socket] of slow.entries()) {
    viewers[index]?.resume();
    socket.read();
  }
  const { bounds: _, ...expected } = (await integrity(server)) as unknown as { bounds: unknown };
  const same = (viewer: Viewer) => viewer.integrity() === JSON.stringify(expected);
  await until("the slow viewers have the server's numbers", () => viewers.every(same));
  const unread = Math.max(...slow.map(({ received }) => received));
  t.diagnostic(
    `a snapshot of ${largest} bytes, asked for ${asks} times by each of ${slowViewers}: at most ${unread} bytes came; ` +
      `the server grew by ${Math.round(growth / 1_000_000)} MB`,
  );
  assert.ok(largest * asks > unreadBytesMax * 1.5, `${largest} bytes are too little to show anything`);
  assert.ok(unread < unreadBytesMax, `${unread} bytes came for one that did not read`);
  assert.ok(growth < growthBytesMax, `the server grew by ${growth} bytes`);
  for (const socket of slow) socket.close();
  quick.close();
});
