/** The live socket's JSON flavour: readings as the HTTP interface answers them, when they change, over restarts too. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { conversion, get, integrity, post, upgrade } from "./support/client.ts";

const queries = [
  { window: "1h", by: "canale" },
  { window: "all", kpi: ["conversions"] },
  { window: "5m", where: ["canale:sms"] },
];
const paths = ["window=1h&by=canale", "window=all&kpi=conversions", "window=5m&where=canale:sms"];

let server: Server;
const opened: WebSocket[] = [];

before(async () => {
  server = await startServer({ sources: { crm: { kind: "native" } } });
});
after(async () => {
  for (const socket of opened) socket.close();
  await server?.stop();
});

async function watch(text: string) {
  const token = await server.token({ scope: "view" });
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/v1/live`, ["polso.v1.json", `bearer.${token}`]);
  opened.push(socket);
  const seen = {
    // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
    answers: [] as any[],
    // biome-ignore lint/suspicious/noExplicitAny: the same
    texts: [] as any[],
    // biome-ignore lint/suspicious/noExplicitAny: the same
    integrity: undefined as any,
    closed: undefined as number | undefined,
    say: (more: string) => socket.send(more),
    close: () => socket.close(),
  };
  socket.onopen = () => socket.send(text);
  socket.onclose = ({ code }) => {
    seen.closed = code;
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    seen.texts.push(message);
    seen.integrity = message.integrity ?? seen.integrity;
    for (const { query, answer, error } of message.answers ?? []) seen.answers[query] = answer ?? error;
  };
  return seen;
}

/** Whether everything shown is what the HTTP interface answers. */
async function shows(seen: Awaited<ReturnType<typeof watch>>): Promise<void> {
  const same = async () => {
    for (const [index, path] of paths.entries()) {
      const { json } = await get(server, `/api/v1/kpi?${path}`);
      const { window, readings } = seen.answers[index] ?? {};
      if (JSON.stringify({ window, readings }) !== JSON.stringify({ window: json.window, readings: json.readings }))
        return false;
    }
    return true;
  };
  await until("it shows what the HTTP interface answers", same, () => JSON.stringify(seen.answers));
}

test("it begins with all answers and the integrity figures, and tells what changes", async () => {
  await post(server, conversion());
  const seen = await watch(JSON.stringify({ id: 7, queries }));
  await shows(seen);
  assert.deepEqual(Object.keys(seen.texts[0]), ["id", "space", "now", "freshness", "integrity", "answers"]);
  assert.deepEqual([seen.texts[0].id, seen.texts[0].space], [7, "main"]);
  const { bounds: _, ...expected } = (await integrity(server)) as unknown as { bounds: unknown };
  assert.deepEqual(seen.integrity, expected);
  await post(server, [conversion({ canale: "sms" }), conversion({ stato: "fallito" })]);
  await shows(seen);
  await until("a beat brings the figures", () => seen.integrity.total.accepted === 3);
  assert.ok(Math.abs(Date.parse(seen.texts.at(-1).now) - Date.now()) < 60_000);
});

test("what changes no reading is not told but by a beat", async () => {
  const seen = await watch(JSON.stringify({ queries: [queries[1]] }));
  await until("it is answered", () => seen.answers.length === 1);
  await post(server, { not: "an event" });
  await until("a beat brings the figures", () => seen.integrity.total.rejected > 0);
  assert.equal(seen.texts.filter(({ answers }) => answers !== undefined).length, 1);
});

test("a wrong query is told, and the others are answered", async () => {
  const seen = await watch('{"queries":[{"window":"5"},{},{"colour":"red"}]}');
  await until("all are answered", () => seen.answers.length === 3);
  assert.deepEqual([seen.answers[0].code, seen.answers[2].code], ["window_invalid", "parameter_unknown"]);
  assert.ok(seen.answers[1].readings.length > 0);
});

test("another subscription takes the place of the first", async () => {
  const seen = await watch('{"id":1,"queries":[{}]}');
  await until("it is answered", () => seen.answers.length === 1);
  seen.answers = [];
  seen.say(JSON.stringify({ id: 2, queries }));
  await shows(seen);
  assert.equal(seen.texts.at(-1).id, 2);
});

test("after a kill and a restart a subscription that is sent again is answered alike", async () => {
  const before = await watch(JSON.stringify({ queries }));
  await shows(before);
  await server.kill9();
  await until("the socket is gone", () => before.closed !== undefined);
  await server.restart();
  const seen = await watch(JSON.stringify({ queries }));
  await shows(seen);
  assert.deepEqual(seen.answers[1].readings, before.answers[1].readings);
});

test("only subscriptions are understood", async () => {
  for (const [text, code] of [
    ["hello", 1007],
    ['{"queries":7}', 1007],
    [`{"queries":[${Array(33).fill("{}").join()}]}`, 1007],
  ] as const) {
    const seen = await watch(text);
    await until("the socket is closed", () => seen.closed !== undefined);
    assert.equal(seen.closed, code);
  }
  const token = await server.token({ scope: "view" });
  const agreed = await upgrade(server, `polso.v1.json, polso.v1, bearer.${token}`);
  assert.equal(agreed.headers["sec-websocket-protocol"], "polso.v1.json", "the first that was offered");
});
