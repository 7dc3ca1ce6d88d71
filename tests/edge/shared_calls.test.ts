/** Requests that share a call to a ledger: each is answered for its own events, also when another sender has gone. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { Attacker, lines } from "./support/attackers.ts";
import { conversion, eventsPath, integrity, post } from "./support/client.ts";

/** Answers of requests that wait for one commit come within far less. */
const answerMsMax = 10_000;
/** `REQUESTS_MAX`, `intake/src/open.rs`. */
const requestsMax = 400;
let server: Server;
let token: string;
const accepted = new Set<string>();

before(async () => {
  const crm = { kind: "native" };
  server = await startServer({ sources: { crm, roma: { ...crm, space: "roma" } }, shards: 2 });
  token = await server.token({ scope: "ingest", source: "crm" });
});
after(() => server.stop());

/** The head of a request, whose body follows. */
function announce(bytes: number): Promise<Attacker> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json", "Content-Length": bytes };
  return Attacker.open(server.url + eventsPath, lines(headers));
}

/** Sends a whole request and hangs up, before its answer or in the middle of everything. */
async function sendAndGo(body: string, afterMs: number): Promise<void> {
  const bytes = Buffer.from(body);
  await (await announce(bytes.length)).leave(bytes, afterMs);
}

/** As many requests as there may be, whose bodies do not come. */
const crowd = () => Promise.all(Array.from({ length: requestsMax }, () => announce(1_000)));

test("of many at once each is told of its own events, in their order", async () => {
  const bodies = Array.from({ length: 200 }, (_, index) => {
    const twice = conversion();
    const bad = conversion({ valore: -1 });
    return index % 3 === 0 ? [twice] : index % 3 === 1 ? [twice, bad, conversion(), twice] : [bad];
  });
  const answers = await Promise.all(bodies.map((body) => post(server, body, { token })));
  const told = answers.map(({ json }) => json.results.map(({ verdict }: { verdict: string }) => verdict));
  const one = [["accepted"], ["accepted", "rejected", "accepted", "duplicate"], ["rejected"]];
  assert.deepEqual(
    told,
    bodies.map((_, index) => one[index % 3]),
  );
  for (const body of bodies) for (const event of body) if (event["valore"] !== -1) accepted.add(JSON.stringify(event));
});

test("spaces share nothing", async () => {
  const roma = await server.token({ scope: "ingest", source: "roma", space: "roma" });
  const body = conversion();
  const sent = Array.from({ length: 20 }, (_, index) =>
    post(server, body, index % 2 === 0 ? { token } : { token: roma, space: "roma" }),
  );
  const answers = await Promise.all(sent);
  assert.equal(answers.filter(({ json }) => json.accepted === 1).length, 2);
  accepted.add(JSON.stringify(body));
  assert.equal((await integrity(server, "roma")).total.accepted, 1);
});

test("a sender that has gone takes nobody with it", async () => {
  for (let round = 0; round < 20; round += 1) {
    const bodies = Array.from({ length: 40 }, () => JSON.stringify(conversion()));
    const rounds = bodies.map(async (body, index) => {
      accepted.add(body);
      if (index % 2 === 0) return sendAndGo(body, (index + round) % 5);
      const signal = AbortSignal.timeout(answerMsMax);
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
      const { status } = await fetch(server.url + eventsPath, { method: "POST", headers, body, signal });
      assert.equal(status, 202);
    });
    await Promise.all(rounds);
  }
});

test("who has gone gives back the room that was taken", async () => {
  for (let round = 0; round < 8; round += 1) {
    const bodies = Array.from({ length: 100 }, () => JSON.stringify(conversion()));
    for (const body of bodies) accepted.add(body);
    await Promise.all(bodies.map((body, index) => sendAndGo(body, 2 * round + (index % 5))));
  }
  const leaving = (await crowd()).map((attacker) => attacker.leave(Buffer.from("{"), 0));
  await Promise.all(leaving);
  const noEvent = async () => (await post(server, conversion({ valore: -1 }), { token })).status;
  await until("there is room", async () => (await noEvent()) === 422);
  // As many as there may be are taken, and no more.
  const all = await crowd();
  await until("there is no room", async () => (await noEvent()) === 503);
  assert.deepEqual([...new Set(all.map(({ status }) => status))], [0]);
  for (const attacker of all) attacker.close();
  await until("there is room", async () => (await noEvent()) === 422);
});

test("in the end every event counts once", async () => {
  const again = [...accepted].map((body) => JSON.parse(body));
  for (let from = 0; from < again.length; from += 1_000) {
    const { status, text } = await post(server, again.slice(from, from + 1_000), { token });
    assert.equal(status, 202, text);
  }
  assert.equal((await integrity(server)).total.accepted, accepted.size);
});
