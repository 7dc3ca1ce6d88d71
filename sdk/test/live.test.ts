/** The live client over a stand-in for the core: what is evaluated, when, and at which instant. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Live } from "../ts/live.ts";
import type { Answer, Query } from "../ts/types.ts";
import type { Applied, Viewer } from "../ts/viewer.ts";
import { settle, TestWorld } from "./world.ts";

const serverMs = 1_800_000_000_000;
const kinds = ["hello", "snapshot", "delta", "beat", "gap"] as const;

/** A viewer whose frames are one byte, the index of their kind. */
class TestViewer implements Viewer {
  readonly evaluatedAtMs: number[] = [];

  apply([byte = 0]: Uint8Array): Applied {
    const kind = kinds[byte];
    if (kind === undefined) throw Object.assign(new Error("unknown frame"), { code: "frame_invalid" });
    return kind === "hello" || kind === "beat" ? { kind, seq: 1, now_ms: serverMs } : { kind, seq: 1 };
  }

  resume = () => new Uint8Array([0]);
  integrity = () => JSON.stringify({ space: "main", sources: {}, total: {} });
  values = () => ["email"];

  evaluate_all(queries: readonly Query[], nowMs: number): string {
    if (queries.some(({ window }) => window === "broken"))
      throw Object.assign(new Error("no window"), { code: "window_invalid" });
    this.evaluatedAtMs.push(nowMs);
    return JSON.stringify(queries.map(({ window }) => ({ space: window })));
  }
}

async function begin(space?: string) {
  const world = new TestWorld();
  const viewer = new TestViewer();
  const live = new Live({ url: "https://kpi.example.it", token: "t", ...(space && { space }) }, viewer, world);
  await settle();
  world.socket.open();
  const hello = () => world.socket.frame(0);
  const snapshot = () => world.socket.frame(1);
  const delta = () => world.socket.frame(2);
  return { world, viewer, live, hello, snapshot, delta };
}

test("nothing is delivered before the server's numbers have arrived", async () => {
  const { world, live, hello, snapshot } = await begin();
  const got: Answer[] = [];
  live.watch({ window: "5m" }, (answer) => got.push(answer));
  hello();
  await world.pass(3_000);
  assert.deepEqual([got.length, live.ready], [0, false]);
  snapshot();
  await world.pass(10);
  assert.deepEqual([got.length, live.ready], [1, true]);
});

test("one query gets one answer, a list gets a list", async () => {
  const { world, live, snapshot } = await begin();
  const got: unknown[] = [];
  live.watch({ window: "5m" }, (answer) => got.push(answer));
  live.watch([{ window: "1h" }, { window: "24h" }], (answers) => got.push(answers));
  snapshot();
  await world.pass(10);
  assert.deepEqual(got, [{ space: "5m" }, [{ space: "1h" }, { space: "24h" }]]);
});

test("a burst of deltas is evaluated four times a second, the first one at once", async () => {
  const { world, live, snapshot, delta } = await begin();
  snapshot();
  let calls = 0;
  live.watch({}, () => (calls += 1));
  await world.pass(900);
  calls = 0;
  delta();
  await world.pass(1);
  assert.equal(calls, 1);
  for (let frame = 0; frame < 99; frame += 1) {
    delta();
    await world.pass(10);
  }
  assert.ok(calls >= 4 && calls <= 5, `${calls} evaluations`);
});

test("windows move on once a second without any frame", async () => {
  const { world, live, snapshot } = await begin();
  snapshot();
  let calls = 0;
  live.watch({}, () => (calls += 1));
  await world.pass(5_100);
  assert.equal(calls, 6);
});

test("a hidden page evaluates nothing and catches up when shown", async () => {
  const { world, live, snapshot, delta } = await begin();
  snapshot();
  let calls = 0;
  live.watch({}, () => (calls += 1));
  await world.pass(10);
  world.isHidden = true;
  calls = 0;
  delta();
  await world.pass(60_000);
  assert.equal(calls, 0);
  world.isHidden = false;
  world.wake();
  assert.equal(calls, 1);
});

test("time is the server's, whatever this machine's clock says", async () => {
  const { world, live, viewer, hello, snapshot } = await begin();
  hello();
  snapshot();
  await world.pass(2_500);
  assert.equal(live.nowMs, serverMs + 2_500);
  live.evaluate({});
  assert.equal(viewer.evaluatedAtMs.at(-1), serverMs + 2_500);
});

test("a broken query is refused when it is watched, with the core's own code", async () => {
  const { live } = await begin();
  assert.throws(() => live.watch({ window: "broken" }, () => {}), { name: "PolsoError", code: "window_invalid" });
});

test("a broken callback is reported and hides no other", async () => {
  const { world, live, snapshot } = await begin();
  snapshot();
  let calls = 0;
  live.watch({}, () => {
    throw new Error("mine");
  });
  live.watch({}, () => (calls += 1));
  await world.pass(10);
  assert.equal(calls, 1);
  assert.equal(world.reported.length, 1);
});

test("a stopped watch and a closed client leave no timer", async () => {
  const { world, live, snapshot } = await begin();
  snapshot();
  let calls = 0;
  const stop = live.watch({}, () => (calls += 1));
  await world.pass(10);
  stop();
  await world.pass(5_000);
  assert.equal(calls, 1);
  live.watch({}, () => {});
  live.close();
  assert.deepEqual([world.timers, world.listening], [0, 0]);
});

test("a token of another space is not shown as the one asked for", async () => {
  for (const [space, state] of [
    ["main", { kind: "live" }],
    ["roma", { kind: "stopped", reason: "forbidden" }],
  ] as const) {
    const { live, hello } = await begin(space);
    hello();
    assert.deepEqual(live.state, state);
  }
});

test("an address that is none is refused with what to pass", () => {
  for (const url of ["", "ftp://x", undefined]) {
    const options = url === undefined ? { token: "t" } : { token: "t", url };
    assert.throws(() => new Live(options, new TestViewer(), new TestWorld()), { code: "url_invalid" });
  }
});
