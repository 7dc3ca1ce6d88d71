/** The live socket: who may open it, what comes over it and when, and what a viewer that comes back gets. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Follower } from "../support/follower.ts";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { conversion, get, integrity, post, upgrade } from "./support/client.ts";

const sources = { crm: { kind: "native" }, roma: { kind: "native", space: "roma" } };

let server: Server;
const opened: Follower[] = [];

before(async () => {
  server = await startServer({ sources });
});
after(async () => {
  for (const follower of opened) follower.close();
  await server?.stop();
});

const viewToken = (space = "main") => server.token({ scope: "view", space });

async function follow(viewer?: Follower["viewer"], space = "main", on = server): Promise<Follower> {
  const follower = await Follower.open(on.url, await on.token({ scope: "view", space }), viewer);
  opened.push(follower);
  await follower.hears("its answer", (kinds) => kinds.includes("hello"));
  return follower;
}

/** Whether a viewer has the server's numbers, to the letter. */
async function sees(follower: Follower, space = "main", on = server): Promise<void> {
  const { bounds: _, ...expected } = (await integrity(on, space)) as unknown as { bounds: unknown };
  const found = () => JSON.parse(follower.viewer.integrity());
  const same = () => JSON.stringify(found()) === JSON.stringify(expected);
  await until("the viewer has the server's numbers", same, () => JSON.stringify([follower.kinds, found(), expected]));
  const { text, json } = await get(on, "/api/v1/kpi?window=1h&by=canale", undefined, space);
  assert.equal(follower.evaluate({ window: "1h", by: "canale" }, Date.parse(json.now)), text);
}

test("it begins with everything, then tells what is added, and beats meanwhile", async () => {
  await post(server, conversion());
  const follower = await follow();
  await follower.hears("everything", (kinds) => kinds.includes("snapshot"));
  assert.deepEqual(follower.kinds.slice(0, 2), ["hello", "snapshot"]);
  await sees(follower);
  await post(server, [conversion({ canale: "sms" }), conversion({ stato: "fallito" })]);
  await follower.hears("what was added", (kinds) => kinds.includes("delta"));
  await sees(follower);
  const { total } = await integrity(server);
  assert.equal(total.accepted, 3);
  await follower.hears("a beat", (kinds) => kinds.includes("beat"));
  assert.ok(Math.abs(follower.nowMs - Date.now()) < 60_000, "a beat tells the server's clock");
  assert.equal(follower.kinds.filter((kind) => kind === "snapshot").length, 1);
  assert.ok(!follower.kinds.includes("gap"), follower.kinds.join());
});

test("what is rejected or repeated reaches the viewer's integrity figures too", async () => {
  const follower = await follow();
  const event = conversion();
  await post(server, [event, event, { ...event, valore: -1 }]);
  await follower.hears("what was added", (kinds) => kinds.includes("delta"));
  await sees(follower);
});

test("a ping is answered, and every viewer gets the same", async () => {
  const [one, other] = [await follow(), await follow()];
  one.send("ping");
  await one.hears("the answer", (kinds) => kinds.includes("pong"));
  await post(server, conversion());
  await sees(one);
  await sees(other);
  assert.equal(one.viewer.integrity(), other.viewer.integrity());
});

test("who was away for a moment gets what was missed and nothing more", async () => {
  const before = await follow();
  await before.hears("everything", (kinds) => kinds.includes("snapshot"));
  await sees(before);
  before.close();
  for (let count = 0; count < 3; count += 1) {
    const { total } = await integrity(server);
    await post(server, conversion());
    assert.equal((await integrity(server)).total.accepted, total.accepted + 1);
  }
  const back = await follow(before.viewer);
  await sees(back);
  assert.ok(back.kinds.includes("delta") && !back.kinds.includes("snapshot"), back.kinds.join());
});

test("who missed nothing is greeted and gets nothing", async () => {
  const before = await follow();
  await before.hears("everything", (kinds) => kinds.includes("snapshot"));
  await sees(before);
  before.close();
  const back = await follow(before.viewer);
  await sees(back);
  assert.ok(
    back.kinds.every((kind) => ["hello", "beat"].includes(kind)),
    back.kinds.join(),
  );
});

test("a viewer of other numbers starts anew, on another server and in another space", async () => {
  const other = await startServer({ sources });
  try {
    await post(other, [conversion(), conversion()]);
    await post(server, conversion(), { source: "roma", space: "roma" });
    const before = await follow();
    await before.hears("everything", (kinds) => kinds.includes("snapshot"));
    before.close();
    const elsewhere = await follow(before.viewer, "main", other);
    await sees(elsewhere, "main", other);
    assert.ok(elsewhere.kinds.includes("snapshot"));
    elsewhere.close();
    const roma = await follow(elsewhere.viewer, "roma");
    await sees(roma, "roma");
    assert.equal(JSON.parse(roma.viewer.integrity()).total.accepted, 1);
    roma.close();
  } finally {
    await other.stop();
  }
});

test("a space's viewer hears nothing of another space", async () => {
  const roma = await follow(undefined, "roma");
  await roma.hears("everything", (kinds) => kinds.includes("snapshot"));
  const main = await follow();
  await post(server, conversion());
  await main.hears("what was added", (kinds) => kinds.includes("delta"));
  await roma.hears("a beat", (kinds) => kinds.includes("beat"));
  assert.ok(!roma.kinds.includes("delta"), roma.kinds.join());
  assert.equal(JSON.parse(roma.viewer.integrity()).space, "roma");
});

test("after a kill and a restart a viewer that comes back has every number", async () => {
  const before = await follow();
  await before.hears("everything", (kinds) => kinds.includes("snapshot"));
  await sees(before);
  await server.kill9();
  await until("the socket is gone", () => before.closed !== undefined);
  await server.restart();
  const same = await follow(before.viewer);
  await sees(same);
  assert.ok(!same.kinds.includes("snapshot"), "equal positions mean equal numbers, over a restart too");
  same.close();
  await post(server, conversion());
  const more = await follow(same.viewer);
  await sees(more);
});

test("only frames of the protocol are understood", async () => {
  for (const [message, code] of [
    ["hello", 1003],
    [new Uint8Array([9, 9, 9]), 1007],
    [new Uint8Array(0), 1007],
  ] as const) {
    const follower = await follow();
    follower.send(message);
    await until("the socket is closed", () => follower.closed !== undefined);
    assert.equal(follower.closed?.code, code);
  }
});

test("only a viewer with a valid token and the protocol gets a socket", async () => {
  const token = await viewToken();
  const code = ({ status, text }: { status: number; text: string }) => [status, JSON.parse(text).error.code];
  const agreed = await upgrade(server, `polso.v1, bearer.${token}`);
  assert.deepEqual([agreed.status, agreed.headers["sec-websocket-protocol"]], [101, "polso.v1"]);
  const byHeader = await upgrade(server, "polso.v1", { Authorization: `Bearer ${token}` });
  assert.equal(byHeader.status, 101);

  assert.deepEqual(code(await upgrade(server, undefined)), [400, "protocol_unsupported"]);
  assert.deepEqual(code(await upgrade(server, `polso.v2, bearer.${token}`)), [400, "protocol_unsupported"]);
  assert.deepEqual(code(await upgrade(server, "polso.v1")), [401, "token_missing"]);
  assert.deepEqual(code(await upgrade(server, "polso.v1, bearer.abc")), [401, "token_invalid"]);
  const sender = await server.token({ scope: "ingest", source: "crm" });
  assert.deepEqual(code(await upgrade(server, `polso.v1, bearer.${sender}`)), [403, "scope_missing"]);
  const stranger = await viewToken("nowhere");
  assert.deepEqual(code(await upgrade(server, `polso.v1, bearer.${stranger}`)), [403, "space_forbidden"]);
  const plain = await get(server, "/api/v1/live", token);
  assert.deepEqual([plain.status, plain.json.error.code], [426, "upgrade_required"]);
});
