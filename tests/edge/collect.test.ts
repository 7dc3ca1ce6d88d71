/** What pages are answered: statuses and codes, what they may read of it, and that each event counts once. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { type Server, startServer } from "../support/server.ts";
import { conversion, type Fields, get, integrity, refusal } from "./support/client.ts";

const origin = "https://www.example.it";
const key = "pk_prova";
let server: Server;

before(async () => {
  const sito = { kind: "browser", write_key: key, origins: [origin, "http://localhost:3000"] };
  server = await startServer({
    sources: { crm: { kind: "native" }, sito, lento: { ...sito, rate_per_s: 2 }, altro: { ...sito, space: "altro" } },
  });
});

after(() => server?.stop());

const row = (fields: Fields = {}, event: Fields = {}) => ({
  id: randomUUID(),
  kind: "conversione",
  event: conversion(event),
  ...fields,
});

interface Options {
  readonly source?: string;
  readonly method?: string;
  /** `null` for none. */
  readonly origin?: string | null;
  readonly type?: string | null;
  readonly key?: string;
}

/** Sends rows as a page does; a text is the body as it is. */
async function collect(rows: readonly unknown[] | string, options: Options = {}) {
  const { source = "sito", method = "POST", type = "text/plain;charset=UTF-8", key: given = key } = options;
  const headers = new Headers();
  if (options.origin !== null) headers.set("origin", options.origin ?? origin);
  if (type !== null) headers.set("content-type", type);
  const text = typeof rows === "string" ? rows : JSON.stringify({ key: given, events: rows });
  const body = method === "POST" ? { body: new TextEncoder().encode(text) } : {};
  const response = await fetch(`${server.url}/collect/${source}`, { method, headers, ...body });
  const answer = await response.text();
  const json = answer === "" ? undefined : JSON.parse(answer);
  return { status: response.status, headers: response.headers, text: answer, json };
}

/** What a page of `origin` may read. */
function sharedWith(headers: Headers) {
  return ["access-control-allow-origin", "vary", "access-control-allow-credentials"].map((name) => headers.get(name));
}

test("events are judged like any others, and named by their ids", async () => {
  const [good, story] = [row(), row({ kind: "storia", event: shared() })];
  const bad = row({}, { valore: -1 });
  const first = await collect([good, story, bad]);
  assert.equal(first.status, 202, first.text);
  const verdicts = ({ json }: typeof first) =>
    json.results.map(({ index, id, verdict }: Fields) => [index, id, verdict]);
  assert.deepEqual(verdicts(first), [
    [0, good.id, "accepted"],
    [1, story.id, "accepted"],
    [2, bad.id, "rejected"],
  ]);
  assert.equal(first.json.results[2].reasons[0].code, "value_negative");
  assert.deepEqual(sharedWith(first.headers), [origin, "Origin", null]);

  const again = await collect([good, { ...story, event: shared() }]);
  assert.deepEqual(verdicts(again), [
    [0, good.id, "duplicate"],
    [1, story.id, "conflict"],
  ]);
  const { sources } = await integrity(server);
  const { received, accepted, duplicates, conflicts, rejected } = sources["sito"] ?? {};
  assert.deepEqual([received, accepted, duplicates, conflicts, rejected], [5, 2, 1, 1, 1]);
});

let shares = 0;
const shared = () => {
  shares += 1;
  return { event_type: "Share", story_id: "s1", user_id: `u${shares}`, timestamp: new Date().toISOString() };
};

test("an id is of its source: another one may have it too", async () => {
  const event = row();
  for (const source of ["sito", "lento"]) {
    assert.equal((await collect([event], { source })).json.accepted, 1, source);
  }
});

test("when all are rejected it is 422, which a page may read", async () => {
  const { status, json, headers } = await collect([row({ kind: "spesa" }), 7]);
  assert.equal(status, 422);
  assert.deepEqual(
    json.results.map(({ reasons }: { reasons: { code: string }[] }) => reasons.map(({ code }) => code).join()),
    ["choice_unknown", "not_an_object"],
  );
  assert.deepEqual(sharedWith(headers), [origin, "Origin", null]);
});

test("each refusal has its status and code, and a page of a named origin may read it", async () => {
  const large = JSON.stringify({ key, events: [row()] }).padEnd(65_537);
  for (const [rows, options, status, code] of [
    [[row()], { key: "pk_altra" }, 401, "write_key_invalid"],
    [[row()], { type: "text/html" }, 415, "content_type_unsupported"],
    [[row()], { type: null }, 415, "content_type_unsupported"],
    [large, {}, 413, "body_too_large"],
    [Array(101).fill(1), {}, 413, "events_too_many"],
    [[], {}, 400, "events_missing"],
    ["{", {}, 400, "body_not_json"],
    ["", {}, 400, "body_empty"],
  ] as [readonly unknown[] | string, Options, number, string][]) {
    const answer = await collect(rows, options);
    assert.deepEqual(refusal(answer), [status, code]);
    assert.deepEqual(sharedWith(answer.headers), [origin, "Origin", null], code);
  }
  assert.equal((await collect(large.slice(0, 65_536))).status, 202);
  assert.equal((await collect(Array(100).fill(1))).status, 422);
});

test("a page of another origin, of none, or no page at all may not send", async () => {
  const { total: before } = await integrity(server);
  for (const other of ["https://example.it", "https://www.example.it:8443", "null", null]) {
    const answer = await collect([row()], { origin: other });
    assert.deepEqual(refusal(answer), [403, "origin_forbidden"]);
    assert.notEqual(answer.headers.get("access-control-allow-origin"), other);
  }
  assert.deepEqual((await integrity(server)).total, before);
});

test("a preflight is answered to named origins", async () => {
  const { status, headers, text } = await collect([], { method: "OPTIONS", origin: "http://localhost:3000" });
  assert.deepEqual([status, text], [204, ""]);
  assert.deepEqual(sharedWith(headers), ["http://localhost:3000", "Origin", null]);
  assert.equal(headers.get("access-control-allow-methods"), "POST");
  assert.equal(headers.get("access-control-allow-headers"), "content-type");
  assert.deepEqual(refusal(await collect([], { method: "OPTIONS", origin: "https://example.it" })), [
    403,
    "origin_forbidden",
  ]);
});

test("faster than the source may be is 429, and a page may read when to come again", async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => collect([row()], { source: "lento" })));
  const limited = answers.filter(({ status }) => status === 429);
  assert.ok(limited.length > 0, "ten requests at once are more than two a second");
  for (const answer of limited) {
    assert.deepEqual(refusal(answer), [429, "rate_limited"]);
    assert.equal(answer.headers.get("retry-after"), "1");
    assert.equal(answer.headers.get("access-control-expose-headers"), "retry-after");
    assert.deepEqual(sharedWith(answer.headers), [origin, "Origin", null]);
  }
});

test("what is no source of pages, or another method, is not there", async () => {
  for (const source of ["crm", "nobody", "sito/x", ""]) {
    assert.deepEqual(refusal(await collect([row()], { source })), [404, "not_found"], source);
  }
  const { status, headers } = await collect([], { method: "PUT" });
  assert.deepEqual([status, headers.get("allow")], [405, "POST, OPTIONS"]);
});

test("a rejected event is kept without the key, and counts once when it is replayed", async () => {
  const event = row({}, { id_cliente: "" });
  assert.equal((await collect([event], { source: "altro" })).status, 422);
  const admin = await server.token({ scope: "admin", space: "altro" });
  const { json, text } = await get(server, "/api/v1/rejected", admin);
  assert.ok(text.includes(event.id) && !text.includes(key), text);
  const replay = await fetch(`${server.url}/api/v1/rejected/${json.rejected[0].id}/replay`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin}` },
  });
  assert.equal(((await replay.json()) as Fields)["rejected"], 1, "by the same rules it is rejected again");
});

test("events come in by pages of one source into its space alone", async () => {
  assert.equal((await collect([row()], { source: "altro" })).json.accepted, 1);
  assert.equal((await integrity(server, "altro")).total.accepted, 1);
});
