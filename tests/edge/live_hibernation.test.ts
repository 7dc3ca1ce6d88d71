/** The hub goes out of memory while its sockets stay: what was asked and until when is known again, and nothing is missed. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Harness } from "../chaos/harness.ts";
import { Follower } from "../support/follower.ts";
import { until } from "../support/until.ts";
import { conversion } from "./support/client.ts";

let server: Harness;

before(async () => {
  server = await Harness.start(1);
});
after(async () => {
  await server?.stop();
});

const viewToken = (ttl = "1h") => server.token({ scope: "view", ttl });

async function post(events: unknown): Promise<void> {
  const headers = { ...(await server.bearer({ scope: "ingest", source: "crm" })), "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(events) };
  const { status } = await fetch(`${server.url}/api/v1/eventi/conversione`, init);
  assert.equal(status, 202);
}

async function ask(path: string): Promise<string> {
  return (await fetch(server.url + path, { headers: await server.bearer({ scope: "view" }) })).text();
}

const accepted = (follower: Follower): number => JSON.parse(follower.viewer.integrity()).total?.accepted ?? 0;

async function follow(ttl?: string): Promise<Follower> {
  const follower = await Follower.open(server.url, await viewToken(ttl));
  await follower.hears("everything", (kinds) => kinds.includes("snapshot"));
  return follower;
}

test("a viewer goes on over it, with every number", async () => {
  await post(conversion());
  const follower = await follow();
  for (let eviction = 1; eviction <= 3; eviction += 1) {
    assert.ok(await server.evict("Hub", "main"));
    await post([conversion({ canale: "sms" }), conversion()]);
    await until(
      "it has what was added",
      () => accepted(follower) === 1 + 2 * eviction,
      () => follower.kinds.join(),
    );
    const text = await ask("/api/v1/kpi?window=1h&by=canale");
    assert.equal(follower.evaluate({ window: "1h", by: "canale" }, Date.parse(JSON.parse(text).now)), text);
  }
  assert.equal(follower.closed, undefined);
  follower.close();
});

test("beats go on over it without any event", async () => {
  const follower = await follow();
  const beats = () => follower.kinds.filter((kind) => kind === "beat").length;
  assert.ok(await server.evict("Hub", "main"));
  await until("two beats come", () => beats() >= 2);
  assert.ok(!follower.kinds.includes("gap"), "it missed nothing, and was sent nothing again");
  follower.close();
});

test("a subscription is known again", async () => {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/v1/live`, [
    "polso.v1.json",
    `bearer.${await viewToken()}`,
  ]);
  const path = "window=all&kpi=conversions&where=canale:webform";
  let value: number | undefined;
  let id: number | undefined;
  socket.onopen = () =>
    socket.send('{"id":9,"queries":[{"window":"all","kpi":["conversions"],"where":["canale:webform"]}]}');
  socket.onmessage = ({ data }) => {
    const text = JSON.parse(data);
    id = text.id;
    value = text.answers?.[0]?.answer.readings[0].value ?? value;
  };
  await until("it is answered", () => value === 0);
  assert.ok(await server.evict("Hub", "main"));
  await post(conversion({ canale: "webform" }));
  await until("it is told of the change", () => value === 1);
  assert.equal(id, 9);
  assert.equal(JSON.parse(await ask(`/api/v1/kpi?${path}`)).readings[0].value, 1);
  socket.close();
});

test("a token still expires", async () => {
  const follower = await follow("-53s");
  assert.ok(await server.evict("Hub", "main"));
  await until("the server closes the socket", () => follower.closed !== undefined);
  assert.equal(follower.closed?.code, 4401);
});
