/** The client without the core: what it asks for, what it shows of the answers, and how it is when they do not come. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Served } from "../ts/served.ts";
import type { Answer } from "../ts/types.ts";
import { settle, TestWorld } from "./world.ts";

const now = "2026-03-10T12:00:00.000Z";
const freshness = { last_event: null, last_received: null };
const window = { kind: "sliding", from: null, to: null, bucket_s: 30 };

async function begin(space?: string) {
  const world = new TestWorld();
  const served = new Served({ url: "https://kpi.example.it", token: "t", ...(space && { space }) }, world);
  await settle();
  const open = () => world.socket.open();
  const asked = () => world.socket.sent.map((text) => JSON.parse(text as string));
  /** Says what the server says, about the last subscription unless told otherwise. */
  const say = (more: object = {}, id = asked().at(-1).id) =>
    world.socket.text({ id, space: "main", now, freshness, ...more });
  /** Answers a query by a number in place of its readings. */
  const answer = (query: number, reading: unknown) =>
    say({ answers: [{ query, answer: { window, readings: [reading] } }] });
  return { world, served, open, asked, say, answer };
}

const shown = (answers: Answer[]) => answers.map(({ readings }) => readings[0]);

test("it asks for the JSON flavour, and for all that is watched in one text", async () => {
  const { world, served, open, asked } = await begin();
  served.watch({ window: "5m" }, () => {});
  served.watch([{ window: "1h" }, { window: "5m" }], () => {});
  assert.deepEqual(world.socket.protocols, ["polso.v1.json", "bearer.t"]);
  open();
  assert.deepEqual(asked(), [{ id: 1, queries: [{ window: "5m" }, { window: "1h" }] }]);
  await world.pass(1_000);
  assert.equal(asked().length, 1, "what is asked already is not asked again");
});

test("an answer reaches those who watch its query, when all of theirs are there", async () => {
  const { world, served, open, answer } = await begin();
  const [one, both]: [Answer[], Answer[][]] = [[], []];
  served.watch({ window: "5m" }, (got) => one.push(got));
  served.watch([{ window: "1h" }, { window: "5m" }], (got) => both.push([...got]));
  open();
  answer(0, 7);
  await world.pass(10);
  assert.deepEqual([shown(one), both.length, served.ready], [[7], 0, true]);
  assert.deepEqual(one[0], { space: "main", now, window, readings: [7], freshness });
  answer(1, 8);
  await world.pass(250);
  assert.deepEqual(shown(both[0] ?? []), [8, 7]);
});

test("a change of what is watched is asked for, and answers to what was asked before are passed over", async () => {
  const { world, served, open, asked, answer, say } = await begin();
  const stop = served.watch({ window: "5m" }, () => {});
  const got: Answer[] = [];
  open();
  answer(0, 7);
  stop();
  stop();
  served.watch({ window: "1h" }, (answer) => got.push(answer));
  await world.pass(100);
  assert.deepEqual(asked()[1], { id: 2, queries: [{ window: "1h" }] });
  say({ answers: [{ query: 0, answer: { window, readings: [6] } }] }, 1);
  await world.pass(1_000);
  assert.deepEqual(got, []);
  answer(0, 9);
  await world.pass(10);
  assert.deepEqual(shown(got), [9]);
});

test("twenty changes are made at once, then one in two seconds, and the last one counts", async () => {
  const { world, served, open, asked } = await begin();
  open();
  let stop = () => {};
  for (let change = 0; change < 100; change += 1) {
    stop();
    stop = served.watch({ window: `${change + 1}m` }, () => {});
    await world.pass(50);
  }
  assert.ok(asked().length <= 24, `${asked().length} messages in five seconds`);
  await world.pass(4_000);
  assert.deepEqual(asked().at(-1).queries, [{ window: "100m" }]);
});

test("beats bring integrity and freshness, and windows are told of every second", async () => {
  const { world, served, open, answer, say } = await begin();
  const got: Answer[] = [];
  served.watch({}, (answer) => got.push(answer));
  open();
  assert.equal(served.integrity(), undefined);
  answer(0, 7);
  await world.pass(10);
  const fresh = { last_event: now, last_received: now };
  say({ integrity: { space: "main", sources: {}, total: { accepted: 3 } }, freshness: fresh });
  await world.pass(1_000);
  assert.equal(served.integrity()?.total.accepted, 3);
  assert.deepEqual([got.at(-1)?.freshness, got.at(-1)?.now], [fresh, "2026-03-10T12:00:01.000Z"]);
  say();
  assert.equal(served.integrity()?.total.accepted, 3, "what is not said has not changed");
});

test("a wrong query is reported once, and the others go on", async () => {
  const { world, served, open, say, answer } = await begin();
  const got: Answer[] = [];
  served.watch({ window: "5" }, () => assert.fail("there is no answer"));
  served.watch({}, (answer) => got.push(answer));
  open();
  say({ answers: [{ query: 0, error: { code: "window_invalid", message: "`5` is no window" } }] });
  answer(1, 7);
  await world.pass(5_000);
  assert.ok(got.length > 1);
  assert.deepEqual(
    world.reported.map((error) => (error as { code: string }).code),
    ["window_invalid"],
  );
});

test("after a reconnection it asks again and shows what it had until it is answered", async () => {
  const { world, served, open, asked, answer } = await begin();
  const got: Answer[] = [];
  served.watch({}, (answer) => got.push(answer));
  open();
  answer(0, 7);
  world.socket.lose();
  await world.pass(1_000);
  assert.deepEqual([served.state.kind, shown(got.slice(-1))], ["reconnecting", [7]]);
  open();
  assert.deepEqual(asked(), [{ id: 2, queries: [{}] }]);
  answer(0, 8);
  await world.pass(1_000);
  assert.deepEqual([served.state.kind, shown(got.slice(-1))], ["live", [8]]);
});

test("more than the server watches is refused at once", async () => {
  const { served } = await begin();
  const windows = Array.from({ length: 32 }, (_, index) => ({ window: `${index + 1}m` }));
  served.watch(windows, () => {});
  served.watch(windows, () => {});
  assert.throws(() => served.watch({ window: "1h" }, () => {}), { code: "queries_too_many" });
  const long = { where: Array.from({ length: 40 }, () => `campagna:${"è".repeat(120)}`) };
  const other = await begin();
  assert.throws(() => other.served.watch(long, () => {}), { code: "queries_too_many" });
});

test("a token of another space is not shown as the one asked for", async () => {
  const { served, open, say } = await begin("roma");
  open();
  say();
  assert.deepEqual(served.state, { kind: "stopped", reason: "forbidden" });
});

test("a closed client leaves nothing behind", async () => {
  const { world, served, open, answer } = await begin();
  served.watch({}, () => {});
  open();
  answer(0, 7);
  served.close();
  await world.pass(1_000);
  assert.deepEqual([world.timers, world.listening], [0, 0]);
});
