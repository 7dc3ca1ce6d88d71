/** Rejected events: what is kept of them, who may see them, and that a replay counts once, with one shard and with four. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { newJwks } from "../../scripts/serve/secrets.mjs";
import { type Server, type ServerOptions, startServer } from "../support/server.ts";
import { conversion, get, integrity, post, type Reply, refusal } from "./support/client.ts";

const listPath = "/api/v1/rejected";
const spendPath = "/api/v1/spese";
/** Must never be seen in a log. */
const marker = "SEGRETO-RIFIUTATO";
const native = { kind: "native" };

interface Row {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
  readonly received: string;
  readonly rules: number;
  readonly reasons: readonly { code: string; field?: string; message: string }[];
  readonly body: string;
  readonly truncated: boolean;
  readonly replayed: null | { verdict: string; at: string };
}

const admin = (server: Server, space = "main") => server.token({ scope: "admin", space });

async function list(server: Server, query = "", space = "main"): Promise<{ rejected: Row[]; next: string | null }> {
  const { status, json, text } = await get(server, `${listPath}${query}`, await admin(server, space));
  assert.equal(status, 200, text);
  assert.deepEqual([json.space, json.rules], [space, 1]);
  return json;
}

/** Every row, page by page. */
async function walk(server: Server, limit: number, more = ""): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor = "";
  for (;;) {
    const { rejected, next } = await list(server, `?limit=${limit}${more}${cursor}`);
    assert.ok(rejected.length <= limit);
    rows.push(...rejected);
    if (next === null) return rows;
    cursor = `&cursor=${next}`;
  }
}

async function replay(server: Server, id: string, token?: string): Promise<Reply> {
  const path = `${listPath}/${id}/replay`;
  return post(server, "", { path, type: null, token: token ?? (await admin(server)) });
}

/** The one verdict of a replay. */
function verdict({ status, json, text }: Reply): string {
  assert.equal(json.results?.length, 1, text);
  const [{ index, verdict }] = json.results;
  assert.deepEqual([index, status], [0, verdict === "rejected" ? 422 : 202], text);
  return verdict;
}

/** Servers one after the other on the same state, each with a configuration of its own. */
function servers(context: TestContext): (options: ServerOptions) => Promise<Server> {
  const state = mkdtempSync(join(tmpdir(), "polso-rejected-"));
  const secrets = { JWT_KEYS: newJwks() };
  let running: Server | undefined;
  context.after(async () => {
    await running?.stop();
    rmSync(state, { recursive: true, force: true });
  });
  return async (options) => {
    await running?.stop();
    running = await startServer({ ...options, state, secrets });
    return running;
  };
}

/** An event that only a source with free client ids takes. */
const foreign = (fields = {}) => conversion({ id_cliente: `${marker}-${Math.random()}`, ...fields });
const strict = { crm: native };
const free = { crm: { ...native, client_id: "free" } };

for (const shards of [1, 4]) {
  test(`what was rejected is listed, newest first and page by page, shards: ${shards}`, async (t) => {
    const shop = { ...native, client_id: "free" };
    const server = await startServer({ shards, sources: { crm: native, shop, roma: { ...native, space: "roma" } } });
    t.after(() => server.stop());
    assert.deepEqual(await list(server), { space: "main", rules: 1, rejected: [], next: null });

    // Good ones beside bad ones, so that the bad ones meet different ledgers.
    const texts: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      const bad = JSON.stringify(foreign({ valore: n }));
      texts.push(bad);
      await post(server, `[${JSON.stringify(conversion())}, ${bad} ,${JSON.stringify(conversion())}]`);
    }
    const line = `{"${marker}":`;
    await post(server, `${JSON.stringify(conversion())}\n${line}\n`, { type: "application/x-ndjson" });
    const spend = '{ "canale":  "email", "importo": -1.001 }';
    await post(server, spend, { path: spendPath, source: "shop" });
    await post(server, "[7]", { source: "roma", space: "roma" });
    texts.push(line, spend);

    const rows = await walk(server, 100);
    const bodies = rows.map(({ body }) => body);
    assert.deepEqual(bodies.toSorted(), texts.toSorted());
    // Two ledgers may have received theirs within one millisecond.
    if (shards === 1) assert.deepEqual(bodies, texts.toReversed());
    const times = rows.map(({ received }) => received);
    assert.deepEqual(times, times.toSorted().reverse());
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    for (const limit of [1, 4, 14, 15]) assert.deepEqual(await walk(server, limit), rows, `limit=${limit}`);
    for (const name of ["crm", "shop", "gone"]) {
      const of = rows.filter(({ source }) => source === name);
      assert.deepEqual(await walk(server, 3, `&source=${name}`), of, name);
    }
    assert.deepEqual(
      (await list(server, "", "roma")).rejected.map(({ body }) => body),
      ["7"],
    );

    const [first, second, third] = texts.toReversed().map((text) => rows[bodies.indexOf(text)]) as [Row, Row, Row];
    assert.deepEqual([first.source, first.kind, first.truncated, first.replayed], ["shop", "spesa", false, null]);
    const codes = (row: Row) => row.reasons.map(({ code, field }) => `${code} ${field}`);
    assert.deepEqual(codes(first), [
      "value_negative importo",
      "value_precision importo",
      "field_missing da",
      "field_missing a",
    ]);
    assert.deepEqual([second.kind, codes(second)], ["conversione", ["json_invalid undefined"]]);
    assert.deepEqual([third.rules, codes(third)], [1, ["client_id_format id_cliente"]]);
    assert.ok(Math.abs(Date.parse(third.received) - Date.now()) < 60_000, third.received);
    if (shards > 1) assert.ok(new Set(rows.map(({ id }) => id.split("-")[0])).size > 1, "kept by several ledgers");

    const { bounds } = (await integrity(server)) as unknown as {
      bounds: { ledgers: { rejected_kept: number; rejected_bytes: number }[] };
    };
    const sum = (part: "rejected_kept" | "rejected_bytes") => bounds.ledgers.reduce((all, one) => all + one[part], 0);
    assert.equal(sum("rejected_kept"), rows.length);
    assert.ok(sum("rejected_bytes") > texts.join("").length);

    await server.kill9();
    await server.restart();
    assert.deepEqual(await walk(server, 5), rows, "what was answered is kept");
    assert.ok(!server.log().includes(marker), server.log());
  });

  test(`after a change of the configuration a replay counts, once, shards: ${shards}`, async (t) => {
    const run = servers(t);
    let server = await run({ shards, sources: strict });
    for (let n = 0; n < 6; n += 1) await post(server, [foreign({ valore: 100 }), conversion({ valore: 1 })]);
    const rows = await walk(server, 4);
    assert.equal(rows.length, 6);
    const [one, two, three, four, five, six] = rows.map(({ id }) => id) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const still = await replay(server, one);
    assert.deepEqual([verdict(still), still.json.results[0].reasons[0].code], ["rejected", "client_id_format"]);
    assert.equal((await integrity(server)).total.received, 12, "what is rejected again is not counted");

    server = await run({ shards, sources: free });
    assert.equal(verdict(await replay(server, one)), "accepted");
    assert.equal(verdict(await replay(server, one)), "duplicate");
    const both = await Promise.all([replay(server, two), replay(server, two)]);
    assert.deepEqual(both.map(verdict).sort(), ["accepted", "duplicate"]);
    await server.kill9();
    await server.restart();
    assert.equal(verdict(await replay(server, one)), "duplicate");
    assert.equal(verdict(await replay(server, two)), "duplicate");

    // What its sender has sent again meanwhile.
    assert.equal((await post(server, rows[2]?.body)).json.accepted, 1);
    assert.equal(verdict(await replay(server, three)), "duplicate");

    // Another policy makes another key, and other shards another ledger: it is the same event still.
    assert.equal(verdict(await replay(server, four)), "accepted");
    server = await run({ shards: shards * 4, sources: { crm: { ...free.crm, dedup: "client_5min" } } });
    for (const id of [one, two, three, four]) assert.equal(verdict(await replay(server, id)), "duplicate", id);
    assert.equal(verdict(await replay(server, five)), "accepted");

    server = await run({ shards, sources: strict });
    assert.equal(verdict(await replay(server, five)), "duplicate", "it was replayed by the rules of then");
    assert.equal(verdict(await replay(server, six)), "rejected");
    const shown = (await walk(server, 100)).map(({ replayed }) => replayed?.verdict ?? null);
    assert.deepEqual(shown, ["accepted", "accepted", "duplicate", "accepted", "accepted", null]);

    server = await run({ shards: shards * 4, sources: strict });
    const { total } = await integrity(server);
    // 6 good ones, 1 sent again, 4 replayed.
    assert.deepEqual([total.accepted, total.rejected], [11, 6]);
    const { json } = await get(server, "/api/v1/kpi?window=all&kpi=total_value");
    assert.equal(json.readings[0].value, 506);
    assert.ok(!server.log().includes(marker), server.log());
  });

  test(`no kill -9 between the steps of a replay makes it count twice, shards: ${shards}`, async (t) => {
    const run = servers(t);
    const count = 24;
    let server = await run({ shards, sources: strict });
    for (let n = 0; n < count; n += 1) await post(server, [foreign(), conversion()]);
    server = await run({ shards, sources: free });
    const ids = (await walk(server, 100)).map(({ id }) => id);
    assert.equal(ids.length, count);
    let answered = 0;
    for (let kills = 0; kills < 3; kills += 1) {
      const replays = ids.map((id) => replay(server, id).then(() => (answered += 1)));
      // The first answers are there, others are on their way.
      await Promise.any(replays);
      await server.kill9();
      await Promise.allSettled(replays);
      await server.restart();
    }
    assert.ok(answered < 3 * count, "no kill hit a replay");
    for (const id of ids) verdict(await replay(server, id));
    for (const id of ids) assert.equal(verdict(await replay(server, id)), "duplicate");
    assert.equal((await integrity(server)).total.accepted, 2 * count);
  });
}

test("rejected events are for those who may see them, and every refusal has its code", async (t) => {
  const run = servers(t);
  let server = await run({ sources: { crm: native, roma: { ...native, space: "roma" } } });
  await post(server, "[7]");
  const [{ id }] = (await walk(server, 9)) as [Row];
  for (const scope of ["view", "ingest", "view ingest"]) {
    const token = await server.token({ scope, source: "crm" });
    assert.deepEqual(refusal(await get(server, listPath, token)), [403, "scope_missing"], scope);
    assert.deepEqual(refusal(await replay(server, id, token)), [403, "scope_missing"], scope);
  }
  assert.deepEqual(refusal(await get(server, listPath, "")), [401, "token_missing"]);
  assert.deepEqual(refusal(await replay(server, id, "")), [401, "token_missing"]);
  assert.deepEqual(refusal(await get(server, listPath, await admin(server, "nowhere"))), [403, "space_forbidden"]);
  assert.deepEqual(refusal(await replay(server, id, await admin(server, "roma"))), [404, "rejected_unknown"]);

  for (const [query, code] of [
    ["cursor=x", "cursor_invalid"],
    ["cursor=1.0-1.0", "cursor_invalid"],
    ["limit=0", "limit_invalid"],
    ["limit=101", "limit_invalid"],
    ["source=%23replay", "source_invalid"],
    ["page=2", "parameter_unknown"],
    ["limit=1&limit=2", "parameter_repeated"],
    [`source=${"x".repeat(16_384)}`, "query_too_long"],
  ] as const) {
    const answer = await get(server, `${listPath}?${query}`, await admin(server));
    assert.deepEqual(refusal(answer), [400, "query_invalid"], query);
    assert.equal(answer.json.error.details[0].code, code, query);
  }
  const [shard, birth, place] = id.split("-") as [string, string, string];
  for (const unknown of [
    "x",
    `${shard}-${birth}-9999.0`,
    `${shard}-${birth}-1.9`,
    `${shard}-${birth}1-${place}`,
    `63-${birth}-${place}`,
    `64-${birth}-${place}`,
    `${id}%20`,
  ]) {
    assert.deepEqual(refusal(await replay(server, unknown)), [404, "rejected_unknown"], unknown);
  }
  assert.deepEqual(refusal(await replay(server, `${id}/x`)), [404, "not_found"]);
  const wrongMethod = await get(server, `${listPath}/${id}/replay`, await admin(server));
  assert.deepEqual(refusal(wrongMethod), [405, "method_not_allowed"]);
  assert.deepEqual(refusal(await post(server, "", { path: listPath })), [405, "method_not_allowed"]);

  server = await run({ sources: { shop: native } });
  assert.equal((await walk(server, 9)).length, 1, "what a source sent stays when it goes");
  assert.deepEqual(refusal(await replay(server, id)), [409, "rejected_source_gone"]);
});

test("an event too long to keep is kept cut, and cannot be replayed", async (t) => {
  const server = await startServer({ sources: free });
  t.after(() => server.stop());
  const whole = (length: number) => JSON.stringify({ è: "x".repeat(length - 9) });
  for (const length of [65_536, 65_537]) {
    assert.equal(Buffer.byteLength(whole(length)), length);
    await post(server, whole(length));
  }
  const [cut, kept] = (await walk(server, 1)) as [Row, Row];
  assert.deepEqual([kept.truncated, kept.body], [false, whole(65_536)]);
  assert.deepEqual([cut.truncated, cut.body], [true, whole(65_537).slice(0, -1)]);
  assert.equal(verdict(await replay(server, kept.id)), "rejected");
  assert.deepEqual(refusal(await replay(server, cut.id)), [409, "rejected_truncated"]);
});

test("the largest request of rejected events is kept, and listed in parts", async (t) => {
  const server = await startServer({ sources: { crm: { ...native, body_max_kib: 4_096 } } });
  t.after(() => server.stop());
  const event = JSON.stringify({ campo: "x".repeat(4_150) });
  const answer = await post(server, `[${Array(1_000).fill(event).join()}]`);
  assert.deepEqual([answer.status, answer.json.rejected], [422, 1_000]);
  const rows = await walk(server, 100);
  assert.equal(rows.length, 1_000);
  assert.ok(rows.every(({ body, truncated, reasons }) => body === event && !truncated && reasons.length > 6));
});

test("a source may have nothing kept", async (t) => {
  const server = await startServer({ sources: { crm: { ...native, keep_rejected: false }, shop: native } });
  t.after(() => server.stop());
  await post(server, "[7]");
  await post(server, "[8]", { source: "shop" });
  assert.deepEqual(
    (await walk(server, 9)).map(({ body }) => body),
    ["8"],
  );
  assert.equal((await integrity(server)).total.rejected, 2);
});
