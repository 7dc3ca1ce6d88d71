/** Many viewers of one space: all get the same, and all come back after the server was gone. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { connect, init } from "polso";
import { Follower } from "../support/follower.ts";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { conversion, integrity, post } from "./support/client.ts";

const many = 100;

let server: Server;

before(async () => {
  server = await startServer({ sources: { crm: { kind: "native" } } });
});
after(async () => {
  await server?.stop();
});

/** Milliseconds of processor time that the server has used; its clock ticks are hundredths of a second. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

test("a hundred viewers get each frame", async (t) => {
  const token = await server.token({ scope: "view" });
  const followers = await Promise.all(Array.from({ length: many }, () => Follower.open(server.url, token)));
  const all = (condition: (follower: Follower) => boolean) => () => followers.every(condition);
  await until(
    "all have everything",
    all(({ kinds }) => kinds.includes("snapshot")),
  );
  const before = cpuMs();
  const frames = 20;
  for (let frame = 1; frame <= frames; frame += 1) {
    await post(server, conversion());
    await until(
      "all have it",
      all((f) => JSON.parse(f.viewer.integrity()).total?.accepted === frame),
    );
  }
  t.diagnostic(`${((cpuMs() - before) / frames).toFixed(1)} ms of the server's processor for each request and frame`);
  for (const follower of followers) {
    assert.ok(!follower.kinds.includes("gap"), follower.kinds.join());
    follower.close();
  }
});

test("a hundred viewers come back by themselves after a kill, each with the server's numbers", async (t) => {
  await init();
  const token = () => server.token({ scope: "view" });
  const lives = Array.from({ length: many }, () => connect({ url: server.url, token }));
  await until("all are live", () => lives.every(({ ready, state }) => ready && state.kind === "live"));
  await server.kill9();
  await until("all have noticed", () => lives.every(({ state }) => state.kind === "reconnecting"));
  await server.restart();
  const restartedMs = performance.now();
  await post(server, conversion());
  const { total } = await integrity(server);
  await until("all are back", () => lives.every(({ state }) => state.kind === "live"));
  t.diagnostic(`all were back ${Math.round(performance.now() - restartedMs)} ms after the restart`);
  await until("all have the numbers", () => lives.every((one) => one.integrity().total.accepted === total.accepted));
  for (const live of lives) live.close();
});
