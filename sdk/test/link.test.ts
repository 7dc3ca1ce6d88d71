/** The link's states, told as what a viewer would live through. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Link, type Received, type Token } from "../ts/link.ts";
import type { LinkState } from "../ts/types.ts";
import { settle, TestWorld } from "./world.ts";

const resumeFrame = new Uint8Array([7]);

async function begin({ token = "t" as Token, receive = (): Received => "taken" } = {}) {
  const world = new TestWorld();
  const states: LinkState[] = [];
  const receiver = {
    protocol: "polso.v1",
    resume: () => resumeFrame,
    receive,
    changed: (state: LinkState) => states.push(state),
  };
  const base = new URL("https://kpi.example.it/polso/");
  const link = new Link({ base, token }, receiver, world);
  await settle();
  return { world, link, kinds: () => states.map(({ kind }) => kind) };
}

async function beginLive() {
  const begun = await begin();
  begun.world.socket.open();
  begun.world.socket.frame(1);
  return begun;
}

const answer =
  (status: number, code = "") =>
  () =>
    Response.json({ error: { code } }, { status });

test("it opens below the base with both subprotocols and resumes first", async () => {
  const { world } = await begin();
  assert.equal(world.socket.url, "wss://kpi.example.it/polso/api/v1/live");
  assert.deepEqual(world.socket.protocols, ["polso.v1", "bearer.t"]);
  world.socket.open();
  assert.deepEqual(world.socket.sent, [resumeFrame]);
});

test("it is live at the first frame, not at the opening", async () => {
  const { world, link, kinds } = await begin();
  world.socket.open();
  assert.deepEqual([link.state.kind, kinds()], ["connecting", []]);
  world.socket.frame(1);
  assert.deepEqual(kinds(), ["live"]);
});

test("a gap is answered with another resume", async () => {
  const { world } = await begin({ receive: () => "gap" });
  world.socket.open();
  world.socket.frame(1);
  assert.equal(world.socket.sent.length, 2);
});

test("old numbers are not called live before the server has answered", async () => {
  const received: Received[] = ["skipped", "gap", "taken"];
  const { world, kinds } = await begin({ receive: () => received.shift() ?? "taken" });
  world.socket.open();
  world.socket.frame(1);
  world.socket.frame(2);
  assert.deepEqual(kinds(), []);
  world.socket.frame(3);
  assert.deepEqual(kinds(), ["live"]);
});

test("silence makes it late, a frame makes it live again", async () => {
  const { world, kinds } = await beginLive();
  await world.pass(9_000);
  assert.deepEqual(kinds(), ["live"]);
  await world.pass(1_000);
  assert.deepEqual(kinds(), ["live", "late"]);
  world.socket.frame(1);
  assert.deepEqual(kinds(), ["live", "late", "live"]);
});

test("a socket that dies without a close frame is given up and replaced", async () => {
  const { world, kinds } = await beginLive();
  await world.pass(17_000);
  assert.equal(world.sockets[0]?.closed, true);
  assert.equal(world.sockets.length, 2);
  world.socket.open();
  world.socket.frame(1);
  world.sockets[0]?.lose();
  await settle();
  assert.deepEqual(
    kinds(),
    ["live", "late", "reconnecting", "live"],
    "the old socket's close comes too late to matter",
  );
});

test("beats keep it alive", async () => {
  const { world, kinds } = await beginLive();
  for (let beat = 0; beat < 20; beat += 1) {
    await world.pass(5_000);
    world.socket.frame(1);
  }
  assert.deepEqual(kinds(), ["live"]);
});

test("delays grow while the server is away, and only a stable link resets them", async () => {
  const { world } = await beginLive();
  world.socket.lose();
  await world.pass(500);
  assert.equal(world.sockets.length, 2, "the link had not held: first delay");
  world.socket.open();
  world.socket.frame(1);
  world.socket.lose();
  await world.pass(900);
  assert.equal(world.sockets.length, 2, "second delay is longer");
  await world.pass(200);
  assert.equal(world.sockets.length, 3);
  world.socket.open();
  await world.pass(10_000);
  world.socket.lose();
  await world.pass(500);
  assert.equal(world.sockets.length, 4, "it held for 10 s: first delay again");
});

test("a refused token stops it, with the reason", async () => {
  for (const [status, code, reason] of [
    [401, "token_expired", "token_expired"],
    [401, "token_signature", "token_invalid"],
    [403, "scope_missing", "forbidden"],
  ] as const) {
    const { world, link } = await begin();
    world.answer = answer(status, code);
    world.socket.lose();
    await world.pass(60_000);
    assert.deepEqual(link.state, { kind: "stopped", reason });
    assert.equal(world.sockets.length, 1);
    assert.deepEqual([world.timers, world.listening], [0, 0]);
  }
});

test("a text that cannot be a token is refused without asking", async () => {
  const { world, link } = await begin({ token: "not a token" });
  assert.deepEqual(link.state, { kind: "stopped", reason: "token_invalid" });
  assert.deepEqual([world.probes.length, world.timers], [0, 0]);
});

test("a server that is away, or well, is no refusal", async () => {
  for (const reply of [undefined, answer(200), answer(503)]) {
    const { world, link } = await begin();
    world.answer = reply;
    world.socket.lose();
    await world.pass(1_000);
    assert.equal(link.state.kind, "reconnecting");
    assert.equal(world.sockets.length, 2);
  }
});

test("the server's own close codes stop it without asking", async () => {
  const { world, link } = await beginLive();
  world.socket.lose(4401);
  await settle();
  assert.deepEqual(link.state, { kind: "stopped", reason: "token_expired" });
  assert.equal(world.probes.length, 0);
});

test("a token function is asked before each connection and gets one more chance", async () => {
  let asked = 0;
  const { world, link } = await begin({ token: async () => `t${++asked}` });
  world.answer = answer(401, "token_expired");
  world.socket.lose();
  await world.pass(1_000);
  assert.deepEqual(world.socket.protocols, ["polso.v1", "bearer.t2"]);
  world.socket.lose();
  await world.pass(60_000);
  assert.equal(link.state.kind, "stopped");
  assert.equal(asked, 2);
});

test("waking up tries at once instead of waiting", async () => {
  const { world } = await beginLive();
  world.socket.lose();
  world.wake();
  await settle();
  assert.equal(world.sockets.length, 2);
  await world.pass(60_000);
  assert.equal(world.sockets[1]?.closed, true, "and the wait is not begun twice");
});

test("a sleep that only the calendar clock saw is found at waking", async () => {
  const { world, link } = await beginLive();
  world.sleptMs = 600_000;
  world.wake();
  assert.equal(link.state.kind, "reconnecting");
});

test("an unreadable frame ends the connection, not the link", async (t) => {
  t.mock.method(console, "warn", () => {});
  const { world, link } = await begin({
    receive: () => {
      throw new Error("version 9");
    },
  });
  world.socket.open();
  world.socket.frame(9);
  assert.equal(link.state.kind, "reconnecting");
  assert.equal(world.socket.closed, true);
});

test("closing leaves nothing behind", async () => {
  const { world, link } = await beginLive();
  link.close();
  assert.deepEqual(link.state, { kind: "stopped", reason: "closed" });
  assert.equal(world.socket.closed, true);
  await world.pass(60_000);
  assert.deepEqual([world.sockets.length, world.timers, world.listening], [1, 0, 0]);
});
