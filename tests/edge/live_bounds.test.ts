/** What ends a live socket or keeps it from opening: an expired token, too many messages, what nobody understands. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, init, type LinkState } from "polso";
import { Follower } from "../support/follower.ts";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { conversion, get, integrity, post } from "./support/client.ts";

let server: Server;

before(async () => {
  server = await startServer({ sources: { crm: { kind: "native" } } });
});
after(async () => {
  await server?.stop();
});

/** A token that is refused from so many seconds on. */
const tokenFor = (seconds: number) => server.token({ scope: "view", ttl: `${seconds - 60}s` });

test("an open socket is closed when its token expires, and opened again with another one by itself", async () => {
  await init();
  const follower = await Follower.open(server.url, await tokenFor(4));
  await post(server, conversion());
  const states: LinkState["kind"][] = [];
  let asked = 0;
  const live = connect({
    url: server.url,
    token: () => {
      asked += 1;
      return asked === 1 ? tokenFor(4) : tokenFor(3_600);
    },
  });
  live.onState(({ kind }) => states.push(kind));
  await until("the server closes the socket", () => follower.closed !== undefined);
  assert.deepEqual(follower.closed, { code: 4401, reason: "the token has expired" });
  await post(server, conversion());
  const accepted = async () => (await integrity(server)).total.accepted;
  const expected = await accepted();
  await until("the client is back with the server's numbers", () => live.integrity().total.accepted === expected);
  assert.equal(asked, 2);
  assert.deepEqual(states, ["live", "reconnecting", "live"]);
  live.close();
});

test("a fixed token that expires stops the client, with the reason", async () => {
  const live = connect({ url: server.url, token: await tokenFor(2) });
  await until("it stops", () => live.state.kind === "stopped");
  assert.deepEqual(live.state, { kind: "stopped", reason: "token_expired" });
});

test("a viewer that asks without end is told to go", async () => {
  const follower = await Follower.open(server.url, await tokenFor(3_600));
  const ask = follower.viewer.resume();
  for (let count = 0; count < 40; count += 1) follower.send(ask);
  await until("the server closes the socket", () => follower.closed !== undefined);
  assert.equal(follower.closed?.code, 4429);
  assert.equal((await get(server, "/api/v1/kpi")).status, 200);
});
