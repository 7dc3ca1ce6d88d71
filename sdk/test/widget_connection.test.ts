/** The connection that all widgets of a page share: who holds it, what is asked as one, what gives way. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolsoError } from "../ts/error.ts";
import type { Answer, Query } from "../ts/types.ts";
import { type Asked, hold, type Place } from "../ts/widget/connection.ts";
import { settle, TestWorld } from "./world.ts";

const now = "2026-03-10T12:00:00.000Z";
const window = { kind: "sliding", from: null, to: null, bucket_s: 30 };
let places = 0;

/** A place of its own for each test, since connections are the process's. */
function begin(more: Partial<Place> = {}) {
  places += 1;
  const world = new TestWorld();
  const place: Place = { url: `https://kpi${places}.example.it`, token: "t", wasm: false, ...more };
  const { connection, release } = hold(place, world);
  const said = () => world.socket.sent.map((text) => JSON.parse(text as string) as { id: number; queries: Query[] });
  const answer = (query: number, ...kpis: string[]) => {
    const readings = kpis.map((kpi) => ({ kpi, value: 7 }));
    const answers = [{ query, answer: { window, readings } }];
    world.socket.text({ id: said().at(-1)?.id, space: "main", now, freshness: {}, answers });
  };
  return { world, place, connection, release, said, answer };
}

function wish(kpi: string, more: Query = {}, spare = false) {
  const delivered: Answer[] = [];
  const refused: PolsoError[] = [];
  const asked: Asked = {
    query: { window: "1h", kpi: [kpi], ...more },
    spare,
    deliver: (answer) => delivered.push(answer),
    refused: (error) => refused.push(error),
  };
  return { asked, delivered, refused };
}

test("who wants the same holds the same, and it is closed soon after the last one let go", async () => {
  const { world, place, connection, release } = begin();
  await settle();
  const other = hold({ ...place }, world);
  assert.equal(other.connection, connection);
  assert.notEqual(hold({ ...place, space: "roma" }, world).connection, connection);
  assert.notEqual(hold({ ...place, token: "u" }, world).connection, connection);
  await settle();
  assert.equal(world.sockets.length, 3);
  release();
  release();
  await world.pass(1_000);
  assert.equal(world.sockets[0]?.closed, false);
  other.release();
  await world.pass(1_000);
  assert.equal(world.sockets[0]?.closed, true);
});

test("a widget that is moved keeps its connection", async () => {
  const { world, place, connection, release } = begin();
  release();
  const again = hold(place, world);
  await world.pass(1_000);
  assert.equal(again.connection, connection);
  assert.equal(connection.state.kind, "connecting");
});

test("the same function for tokens is the same place, another one is another", () => {
  const token = () => "t";
  const { world, place, connection } = begin({ token });
  assert.equal(hold({ ...place }, world).connection, connection);
  assert.notEqual(hold({ ...place, token: () => "t" }, world).connection, connection);
});

test("an address that is none says so", () => {
  assert.throws(() => hold({ url: "ftp://x", token: "t", wasm: false }), { code: "url_invalid" });
});

test("KPIs of one question are one query, and each widget gets its own", async () => {
  const { world, connection, said, answer } = begin();
  const [rate, cpa] = [wish("conversion_rate"), wish("cpa")];
  connection.ask(rate.asked);
  connection.ask(cpa.asked);
  await settle();
  world.socket.open();
  assert.deepEqual(said()[0]?.queries, [{ window: "1h", kpi: ["conversion_rate", "cpa"] }]);
  answer(0, "conversion_rate", "cpa");
  await world.pass(10);
  assert.deepEqual(
    rate.delivered[0]?.readings.map(({ kpi }) => kpi),
    ["conversion_rate"],
  );
  assert.deepEqual(
    cpa.delivered[0]?.readings.map(({ kpi }) => kpi),
    ["cpa"],
  );
});

test("values are told only while the link gives signs of life", async () => {
  const { world, connection, answer } = begin();
  const { asked, delivered } = wish("cpa");
  connection.ask(asked);
  await settle();
  world.socket.open();
  answer(0, "cpa");
  await world.pass(2_000);
  assert.equal(connection.state.kind, "live");
  world.socket.lose();
  const before = delivered.length;
  assert.ok(before >= 2, "every second");
  await world.pass(5_000);
  assert.equal(delivered.length, before);
});

test("a query that the server refuses is told to those who asked it, and to nobody else", async () => {
  const { world, connection, said } = begin();
  const [wrong, right] = [wish("revenue"), wish("cpa")];
  connection.ask(wrong.asked);
  connection.ask(right.asked);
  await settle();
  world.socket.open();
  const answers = [{ query: 0, error: { code: "kpi_unknown", message: "`revenue` is none" } }];
  world.socket.text({ id: said().at(-1)?.id, space: "main", now, freshness: {}, answers });
  assert.deepEqual([wrong.refused[0]?.code, right.refused.length, world.reported.length], ["kpi_unknown", 0, 0]);
});

test("where the server watches no more, charts give way to numbers, and come back when there is room", async () => {
  const { world, connection, said } = begin();
  const charts = Array.from({ length: 20 }, (_, index) => wish("cpa", { window: `${index + 1}m`, by: "30s" }, true));
  const numbers = Array.from({ length: 20 }, (_, index) => wish("cpa", { window: `${index + 1}m` }));
  for (const { asked } of charts) connection.ask(asked);
  await settle();
  const stops = numbers.map(({ asked }) => connection.ask(asked));
  await settle();
  world.socket.open();
  const queries = said().at(-1)?.queries ?? [];
  assert.deepEqual([queries.length, queries.filter(({ by }) => by === undefined).length], [32, 20]);
  assert.equal(charts.filter(({ refused }) => refused.length > 0).length, 8);
  assert.equal(numbers.filter(({ refused }) => refused.length > 0).length, 0);
  for (const stop of stops.slice(0, 10)) stop();
  await world.pass(5_000);
  assert.equal(said().at(-1)?.queries.length, 30);
});

test("a widget that leaves is not told any more, and its query ends with the last who asked it", async () => {
  const { world, connection, said, answer } = begin();
  const [one, two] = [wish("cpa"), wish("cpa")];
  const stop = connection.ask(one.asked);
  connection.ask(two.asked);
  const stopOther = connection.ask(wish("cpa", { by: "5m" }).asked);
  await settle();
  world.socket.open();
  stop();
  stopOther();
  await world.pass(100);
  assert.deepEqual(said().at(-1)?.queries, [{ window: "1h", kpi: ["cpa"] }]);
  answer(0, "cpa");
  await world.pass(300);
  assert.deepEqual([one.delivered.length, two.delivered.length > 0], [0, true]);
});
