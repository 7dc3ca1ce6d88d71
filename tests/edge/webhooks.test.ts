/**
 * Webhooks of every provider on the running server, each signed as the provider would: a batch with a bad item among good
 * ones, sent twice, the bad one replayed after the configuration was put right; forgeries; handshakes; rates; and that
 * nothing secret is in the log of all that.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { sign } from "../../scripts/send/post.mjs";
import { type Server, startServer } from "../support/server.ts";
import { get, integrity, post } from "./support/client.ts";
import {
  deliver,
  quiet,
  type Request,
  read,
  secrets,
  send,
  sending,
  signed,
  sources,
  type Table,
  typeOf,
} from "./support/senders.ts";
import { builtIn, type Case, cases, changed } from "./support/webhook_cases.ts";

/** The sums of the verdicts that some files were answered with. */
async function sendAll(server: Server, { source, files }: Case): Promise<Record<string, number>> {
  const sums: Record<string, number> = { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, filtered: 0 };
  for (const file of files) {
    const { status, text } = await send(server, source, read(file), typeOf(file));
    assert.equal(status, 200, `${file}: ${text}`);
    const verdicts = JSON.parse(text);
    for (const name of Object.keys(sums)) sums[name] = (sums[name] ?? 0) + verdicts[name];
  }
  return sums;
}

/** Servers one after the other on the same state, with sources of their own. */
function servers(t: TestContext): (tables: Record<string, Table>) => Promise<Server> {
  const state = mkdtempSync(join(tmpdir(), "polso-webhooks-"));
  let running: Server | undefined;
  t.after(async () => {
    await running?.stop();
    rmSync(state, { recursive: true, force: true });
  });
  return async (tables) => {
    await running?.stop();
    running = await startServer({ sources: tables, secrets, state });
    return running;
  };
}

const quietly = (server: Server) =>
  quiet(server, secrets, ["milleduecento", "payment_intent", "332507367156", "AQ8AQFakeSession"]);

test("a provider's good items count once, its bad one is kept and counts once after the mapping is put right", async (t) => {
  const start = servers(t);
  let server = await start(sources);
  for (const one of cases) {
    const [bad, filtered] = [one.bad?.count ?? 0, one.filtered ?? 0];
    const first = { accepted: one.accepted, duplicates: 0, conflicts: 0, rejected: bad, filtered };
    assert.deepEqual(await sendAll(server, one), first, one.source);
  }
  for (const one of cases) {
    const [bad, filtered] = [one.bad?.count ?? 0, one.filtered ?? 0];
    // A sender of Standard Webhooks names what it tries again by the id that it signs: another id is another message.
    const repeated =
      one.source === "registrations" ? { accepted: 2, duplicates: 0 } : { accepted: 0, duplicates: one.accepted };
    assert.deepEqual(await sendAll(server, one), { ...repeated, conflicts: 0, rejected: bad, filtered }, one.source);
  }
  const figures = await integrity(server);
  for (const { source, files } of cases)
    assert.deepEqual(figures.sources[source]?.secrets, [2 * files.length, 0], source);
  quietly(server);

  const fixed = Object.fromEntries(
    Object.entries(sources).map(([name, table]) => {
      const map = cases.find(({ source }) => source === name)?.bad?.map;
      return [name, map === undefined ? table : { ...table, map }];
    }),
  );
  server = await start(fixed);
  const admin = await server.token({ scope: "admin" });
  for (const { source, bad } of cases) {
    if (!bad) continue;
    const { json } = await get(server, `/api/v1/rejected?source=${source}`, admin);
    assert.equal(json.rejected.length, 2 * bad.count, source);
    const verdicts: string[] = [];
    for (const { id, kind, body, truncated } of json.rejected) {
      assert.deepEqual([kind, truncated], ["webhook", false], source);
      assert.match(body, bad.text, source);
      assert.ok(!body.includes(secrets["SECRET"] as string), source);
      const again = await post(server, "", { path: `/api/v1/rejected/${id}/replay`, type: null, token: admin });
      verdicts.push(again.json.results[0].verdict);
    }
    // Two copies of the same are one; two messages of Standard Webhooks are two.
    assert.deepEqual(
      verdicts,
      source === "registrations" ? ["accepted", "accepted"] : ["accepted", "duplicate"],
      source,
    );
  }
  // What was replayed and is sent again counts no more.
  const stripe = await send(server, "stripe", read("stripe-dollars.json"));
  assert.deepEqual([stripe.status, JSON.parse(stripe.text).duplicates], [200, 1], stripe.text);
  quietly(server);
});

test("what was rejected of a Salesforce message counts once after the mapping is put right", async (t) => {
  const start = servers(t);
  const [name, file] = ["salesforce", "salesforce-opportunities.xml"];
  let server = await start(sources);
  for (let time = 0; time < 2; time += 1) {
    assert.equal((await send(server, name, read(file), typeOf(file))).status, 200);
  }
  const wider = { require: { "/currency": ["EUR", "USD"] }, valore: { const: 12 } };
  server = await start({ ...sources, [name]: { ...sources[name], map: changed(builtIn(name), wider) } });
  const admin = await server.token({ scope: "admin" });
  const { json } = await get(server, `/api/v1/rejected?source=${name}`, admin);
  const verdicts: string[] = [];
  for (const { id } of json.rejected) {
    const again = await post(server, "", { path: `/api/v1/rejected/${id}/replay`, type: null, token: admin });
    verdicts.push(again.json.results[0].verdict);
  }
  // Two notifications, each rejected twice.
  assert.deepEqual(verdicts.sort(), ["accepted", "accepted", "duplicate", "duplicate"]);
  await send(server, name, read(file), typeOf(file));
  assert.equal((await integrity(server)).sources[name]?.accepted, 4);
});

test("a request that was not signed with the source's secret is refused and leaves nothing", async (t) => {
  const server = await startServer({ sources, secrets });
  t.after(() => server.stop());
  for (const { source, files } of cases) {
    const file = files[0] as string;
    const good = await signed(server, source, read(file), typeOf(file));
    const [credential, body] = [
      sources[source]?.["scheme"] === "basic" || sources[source]?.["scheme"] === "api_key",
      good.body,
    ];
    const withSecret = (value: string) => ({
      ...sending(server, source),
      secrets: {
        ...secrets,
        SECRET: value,
        WEBHOOKS_SECRET: `whsec_${Buffer.alloc(32, 8).toString("base64")}`,
        BASIC: `polso:${value}`,
      },
    });
    const forged = await sign(withSecret("not-the-secret"), read(file), typeOf(file), Date.now());
    assert.equal((await deliver(forged)).status, 401, `${source}: another secret`);
    if (source !== "zoho") {
      const bare = { ...good, headers: { "content-type": typeOf(file) } };
      assert.equal((await deliver(bare)).status, 401, `${source}: no proof`);
      if (!credential) {
        const altered = { ...good, body: Buffer.concat([body, Buffer.from(" ")]) };
        assert.equal((await deliver(altered)).status, 401, `${source}: another body`);
      }
    }
    const foreign = { ...good, url: good.url.replace(`/webhooks/${source}`, "/webhooks/nobody") };
    assert.equal((await deliver(foreign)).status, 404, source);
    // Meta's handshake is a GET.
    assert.equal((await fetch(good.url)).status, source.startsWith("meta") ? 403 : 405, source);
  }
  for (const age of [-301_000, 301_000]) {
    const { name, source } = sending(server, "stripe");
    const late = await sign(
      { ...sending(server, name), source },
      read("stripe-succeeded.json"),
      "application/json",
      Date.now() + age,
    );
    assert.equal((await deliver(late)).status, 401, `signed ${age} ms from now`);
  }
  assert.deepEqual((await integrity(server)).sources, {});
  quietly(server);
});

test("a captured request that is sent again with other unsigned headers counts once", async (t) => {
  const server = await startServer({ sources, secrets });
  t.after(() => server.stop());
  for (const { source, files, accepted } of cases) {
    const file = files[0] as string;
    const captured = await signed(server, source, read(file), typeOf(file));
    const first = JSON.parse((await deliver(captured)).text);
    assert.ok(first.accepted >= 1, source);
    const unsigned = {
      "x-github-delivery": "other",
      "x-shopify-webhook-id": "other",
      "x-shopify-event-id": "other",
      "x-slack-retry-num": "3",
      "user-agent": "another",
      "idempotency-key": "other",
    };
    const again = await deliver({ ...captured, headers: { ...captured.headers, ...unsigned } });
    const told = JSON.parse(again.text);
    assert.deepEqual([again.status, told.accepted, told.duplicates], [200, 0, first.accepted], `${source} ${accepted}`);
  }
});

test("either of two secrets proves, and is counted", async (t) => {
  const table = { ...sources["stripe"], secret: ["SECRET", "SECOND_SECRET"] };
  const server = await startServer({ sources: { stripe: table }, secrets });
  t.after(() => server.stop());
  for (const [position, file] of ["stripe-succeeded.json", "stripe-failed.json", "stripe-refund.json"].entries()) {
    const which = Math.min(position, 1);
    const request = await sign(
      { ...sending(server, "stripe", which), source: table },
      read(file),
      "application/json",
      Date.now(),
    );
    assert.equal((await deliver(request)).status, 200, file);
  }
  assert.deepEqual((await integrity(server)).sources["stripe"]?.secrets, [1, 2]);
});

test("handshakes are answered, and count nothing", async (t) => {
  const server = await startServer({ sources, secrets });
  t.after(() => server.stop());
  const challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P";
  const slack = await send(server, "slack", Buffer.from(JSON.stringify({ type: "url_verification", challenge })));
  assert.deepEqual([slack.status, slack.text, slack.type], [200, challenge, "text/plain;charset=utf-8"]);
  const ping = { zen: 'Say "hi".', hook_id: 7, hook: { type: "Repository" } };
  const github = await send(server, "github", Buffer.from(JSON.stringify(ping)));
  assert.deepEqual([github.status, github.text], [200, "pong"]);
  const unsigned = await fetch(`${server.url}/webhooks/slack`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "url_verification", challenge }),
  });
  assert.equal(unsigned.status, 401);
  const subscribe = (mode: string, token: string) =>
    fetch(`${server.url}/webhooks/meta?hub.mode=${mode}&hub.challenge=1158201444&hub.verify_token=${token}`);
  const meta = await subscribe("subscribe", secrets["VERIFY"] as string);
  assert.deepEqual([meta.status, await meta.text()], [200, "1158201444"]);
  assert.equal((await subscribe("subscribe", "another")).status, 403);
  assert.equal((await subscribe("unsubscribe", secrets["VERIFY"] as string)).status, 403);
  assert.deepEqual((await integrity(server)).sources, {});
});

test("Salesforce is acknowledged in SOAP, each notification counts once, and no session is kept", async (t) => {
  const server = await startServer({ sources, secrets });
  t.after(() => server.stop());
  const file = "salesforce-opportunities.xml";
  const [message, type] = [read(file), typeOf(file)];
  for (let time = 0; time < 2; time++) {
    const answer = await send(server, "salesforce", message, type);
    assert.deepEqual([answer.status, answer.type], [200, "text/xml;charset=utf-8"]);
    assert.match(
      answer.text,
      /<notificationsResponse xmlns="http:\/\/soap\.sforce\.com\/2005\/09\/outbound"><Ack>true<\/Ack>/,
    );
  }
  const figures = (await integrity(server)).sources["salesforce"];
  assert.deepEqual([figures?.accepted, figures?.duplicates, figures?.conflicts], [2, 2, 0]);
  assert.deepEqual([figures?.rejected, figures?.filtered], [4, 2]);
  const admin = await server.token({ scope: "admin" });
  const kept = await get(server, "/api/v1/rejected?source=salesforce", admin);
  assert.equal(kept.json.rejected.length, 4);
  for (const { body } of kept.json.rejected) {
    assert.match(body, /^<soapenv:Envelope .*<Notification>.*<\/soapenv:Envelope>$/s);
    assert.ok(!body.includes("AQ8AQFakeSession") && !body.includes("00D5g0000012abc"), body);
  }

  const events = await send(server, "salesforce", read("salesforce-cometd.json"));
  const told = JSON.parse(events.text);
  assert.deepEqual([events.status, told.accepted, told.filtered], [200, 2, 3]);

  const good = await signed(server, "salesforce", message, type);
  const path = `/${secrets["SALESFORCE_PATH"]}`;
  for (const forged of [
    { ...good, url: good.url.replace(path, "") },
    { ...good, url: good.url.replace(path, `${path}x`) },
    {
      ...good,
      body: Buffer.from(good.body.toString().replace(/<OrganizationId>[^<]*/, "<OrganizationId>00D5g0000012abd")),
    },
    { ...good, body: Buffer.from(`<!DOCTYPE x [<!ENTITY a "b">]>${good.body}`) },
  ]) {
    assert.equal((await deliver(forged)).status, 401, forged.url);
  }
  quietly(server);
});

test("a source that is faster than its rate is told when to come again, and forgeries do not use it up", async (t) => {
  const slow = { ...sources["stripe"], rate_per_s: 2, body_max_kib: 2 };
  const server = await startServer({ sources: { stripe: slow }, secrets });
  t.after(() => server.stop());
  const at = { ...sending(server, "stripe"), source: slow };
  const small = Buffer.from(JSON.stringify({ id: "evt_1", type: "ping" }));
  const good = await sign(at, small, "application/json", Date.now());
  const forged = { ...good, headers: { ...good.headers, "stripe-signature": "t=1,v1=00" } };
  const statuses = async (request: Request) => Promise.all(Array.from({ length: 20 }, () => deliver(request)));
  assert.ok((await statuses(forged)).every(({ status }) => status === 401));
  const answers = await statuses(good);
  assert.ok(
    answers.some(({ status }) => status === 200),
    "the rate is left for whoever signs",
  );
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 10, `${refused.length} of 20 were refused`);
  for (const { retryAfter, text } of refused) {
    assert.deepEqual([retryAfter, JSON.parse(text).error.code], ["1", "rate_limited"]);
  }
  const large = await sign(at, Buffer.alloc(2_049, " "), "application/json", Date.now());
  assert.equal((await deliver(large)).status, 413);
});
