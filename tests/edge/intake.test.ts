/** What a sender is answered: the acceptance example, the limits, and every refusal with its status and code. */

import assert from "node:assert/strict";
import { request } from "node:http";
import { after, afterEach, before, test } from "node:test";
import { newJwks } from "../../scripts/serve/secrets.mjs";
import { type Server, startServer } from "../support/server.ts";
import { conversion, eventsPath, example, get, integrity, post, refusal, send } from "./support/client.ts";

const limitBytes = 1_048_576;
/** Must never be seen in a log. */
const marker = "SEGRETO-NEL-CORPO";

const jwks = newJwks();
let server: Server;
const tokens: string[] = [];

async function token(): Promise<string> {
  const token = await server.token({ scope: "ingest", source: "crm" });
  tokens.push(token);
  return token;
}

before(async () => {
  const crm = { kind: "native" };
  server = await startServer({
    secrets: { JWT_KEYS: jwks },
    sources: {
      crm,
      shop: crm,
      roma: { kind: "native", space: "roma" },
      small: { ...crm, body_max_kib: 1, events_max: 3 },
      large: { ...crm, body_max_kib: 4_096, client_id: "free" },
    },
  });
});
afterEach(() => integrity(server));
after(async () => {
  const log = server.log();
  await server.stop();
  const secret: string = JSON.parse(jwks).keys[0].k;
  for (const hidden of ["CLIENTE", "ITALIA", marker, secret, "eyJ", ...tokens]) {
    assert.ok(hidden.length > 2 && !log.includes(hidden), `the log shows ${hidden}:\n${log}`);
  }
});

test("the example is accepted, then a duplicate; with a negative value of three decimals it is rejected", async () => {
  const first = await post(server, example);
  assert.deepEqual([first.status, first.json.accepted], [202, 1], first.text);
  assert.deepEqual(first.json.results, [{ index: 0, verdict: "accepted", late: true }]);
  const again = await post(server, example);
  assert.deepEqual([again.status, again.json.accepted, again.json.duplicates], [202, 0, 1], again.text);

  const bad = await post(server, example.replace("0.0", "-1.234").replace('"stato"', '"colore": "rosso", "stato"'));
  assert.deepEqual([bad.status, bad.json.rejected], [422, 1], bad.text);
  assert.deepEqual(
    bad.json.results[0].reasons.map(({ code, field }: { code: string; field: string }) => [code, field]),
    [
      ["value_negative", "valore"],
      ["value_precision", "valore"],
      ["field_unknown", "colore"],
    ],
  );
  for (const { message } of bad.json.results[0].reasons) assert.match(message, /^[^A-Z].*[^.]$/);
  const { total } = await integrity(server);
  assert.deepEqual([total.received, total.accepted, total.duplicates, total.rejected, total.late], [3, 1, 1, 1, 1]);
});

test("a mixed batch is 202 and told in order; a wholly rejected one is 422", async () => {
  const good = conversion();
  const mixed = await post(server, [good, { ...good, stato: "aperto" }, good]);
  assert.equal(mixed.status, 202);
  const { results, ...counts } = mixed.json;
  assert.deepEqual(counts, { accepted: 1, duplicates: 1, conflicts: 0, rejected: 1, filtered: 0 });
  assert.deepEqual(
    results.map(({ index, verdict }: { index: number; verdict: string }) => [index, verdict]),
    [
      [0, "accepted"],
      [1, "rejected"],
      [2, "duplicate"],
    ],
  );
  assert.equal((await post(server, good)).status, 202, "duplicates alone are no fault of the sender");
  assert.equal((await post(server, [{}, 7])).status, 422);
});

test("only who may send for a source may send", async () => {
  const event = conversion();
  const as = async (claims: Parameters<Server["token"]>[0]) =>
    refusal(await post(server, event, { token: await server.token(claims) }));
  assert.deepEqual(refusal(await post(server, event, { token: "" })), [401, "token_missing"]);
  assert.deepEqual(refusal(await post(server, event, { token: "nonsense" })), [401, "token_invalid"]);
  assert.deepEqual(await as({ scope: "ingest", source: "other" }), [403, "source_forbidden"]);
  assert.deepEqual(await as({ scope: "ingest", source: "roma" }), [403, "source_forbidden"]);
  assert.deepEqual(await as({ scope: "ingest", source: "crm", space: "roma" }), [403, "source_forbidden"]);
  assert.deepEqual(await as({ scope: "ingest" }), [403, "source_missing"]);
  assert.deepEqual(await as({ scope: "view", source: "crm" }), [403, "scope_missing"]);
  assert.deepEqual(await as({ scope: "view admin", source: "crm" }), [403, "scope_missing"]);
  const { headers } = await post(server, event, { token: "" });
  assert.equal(headers.get("www-authenticate"), "Bearer");
  assert.equal((await post(server, event)).json.accepted, 1, "none of these was counted");
});

test("each source counts for itself: what one sent is new from another", async () => {
  const event = conversion();
  assert.equal((await post(server, event)).json.accepted, 1);
  assert.equal((await post(server, event, { source: "shop" })).json.accepted, 1);
  assert.equal((await post(server, event, { source: "shop" })).json.duplicates, 1);
  const { sources } = await integrity(server);
  assert.deepEqual([sources["shop"]?.accepted, sources["shop"]?.duplicates], [1, 1]);
});

test("1,000 events are taken, 1,001 are not, in an array and in lines", async () => {
  const { total: before } = await integrity(server);
  const events = Array.from({ length: 1_001 }, () => JSON.stringify(conversion()));
  const lines = { type: "application/x-ndjson" };
  assert.deepEqual(refusal(await post(server, `[${events.join()}]`)), [413, "events_too_many"]);
  assert.deepEqual(refusal(await post(server, events.join("\n"), lines)), [413, "events_too_many"]);
  assert.equal((await post(server, `[${events.slice(1).join()}]`)).json.accepted, 1_000);
  assert.equal((await post(server, events.slice(0, 1_000).join("\n"), lines)).json.accepted, 1);
  const { total } = await integrity(server);
  assert.equal(total.received - before.received, 2_000, "what is refused as a whole is not received");
});

test("a source may take less", async () => {
  const small = { source: "small" };
  assert.equal((await post(server, [conversion(), conversion(), conversion()], small)).status, 202);
  assert.deepEqual(refusal(await post(server, [1, 2, 3, 4], small)), [413, "events_too_many"]);
  const padded = (bytes: number) => JSON.stringify(conversion()).padEnd(bytes);
  assert.equal((await post(server, padded(1_024), small)).status, 202);
  assert.deepEqual(refusal(await post(server, padded(1_025), small)), [413, "body_too_large"]);
});

test("a body of 1 MiB is taken and not one byte more, with and without Content-Length", async () => {
  const headers = { Authorization: `Bearer ${await token()}`, "Content-Type": "application/json" };
  const url = server.url + eventsPath;
  const body = (bytes: number) => Buffer.from(JSON.stringify(conversion()).padEnd(bytes));
  const pieces = (whole: Buffer) => {
    const length = Math.ceil(whole.length / 64);
    return Array.from({ length: 64 }, (_, index) => whole.subarray(index * length, (index + 1) * length));
  };
  const fits = body(limitBytes);
  const whole = await send(url, { ...headers, "Content-Length": limitBytes }, [fits]);
  assert.deepEqual([whole.status, JSON.parse(whole.text).accepted], [202, 1]);
  const chunked = await send(url, headers, pieces(fits));
  assert.deepEqual([chunked.status, JSON.parse(chunked.text).duplicates], [202, 1]);

  // Nothing but the announcement is sent: it is enough.
  const announced = await send(url, { ...headers, "Content-Length": limitBytes + 1 }, [Buffer.from("{")], false);
  assert.deepEqual([announced.status, JSON.parse(announced.text).error.code], [413, "body_too_large"]);
  const longer = await send(url, headers, pieces(body(limitBytes + 1)));
  assert.deepEqual([longer.status, JSON.parse(longer.text).error.code], [413, "body_too_large"]);
});

test("a body that never ends is refused as soon as it is too long", async () => {
  const headers = { Authorization: `Bearer ${await token()}`, "Content-Type": "application/json" };
  const piece = Buffer.alloc(32_768, " ");
  const pieces = Array.from({ length: limitBytes / piece.length + 1 }, () => piece);
  const answer = await send(server.url + eventsPath, headers, pieces, false);
  assert.deepEqual([answer.status, JSON.parse(answer.text).error.code], [413, "body_too_large"]);
});

test("a thousand events of the largest content fit, from several requests at once", async () => {
  const text = "😀".repeat(64);
  const event = (index: number) =>
    conversion({
      id_cliente: String(index).padStart(8, "0") + "😀".repeat(120),
      metadati: { campagna: text, dispositivo: text, localita: text },
    });
  const batches = Array.from({ length: 3 }, (_, batch) =>
    Array.from({ length: 1_000 }, (_, index) => event(batch * 1_000 + index)),
  );
  const answers = await Promise.all(batches.map((batch) => post(server, batch, { source: "large" })));
  for (const { status, json } of answers) assert.deepEqual([status, json.accepted], [202, 1_000]);
  await server.restart();
  assert.equal((await post(server, batches[1], { source: "large" })).json.duplicates, 1_000);
});

test("of the same event sent twenty times at once, one is accepted", async () => {
  const event = conversion();
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(server, event)));
  const count = (name: string) => answers.reduce((sum, { json }) => sum + json[name], 0);
  assert.deepEqual([count("accepted"), count("duplicates")], [1, 19]);
});

test("a sender that goes away in the middle of a body leaves nothing behind", async () => {
  const { total: before } = await integrity(server);
  const headers = { Authorization: `Bearer ${await token()}`, "Content-Type": "application/json" };
  for (const more of [{ "Content-Length": 10_000 }, {}]) {
    const { hostname, port } = new URL(server.url);
    const outgoing = request({ hostname, port, path: eventsPath, method: "POST", headers: { ...headers, ...more } });
    outgoing.on("error", () => {});
    const closed = new Promise((resolve) => outgoing.on("close", resolve));
    await new Promise((written) => outgoing.write(`{"id_cliente": "${marker}",`, written));
    outgoing.destroy();
    await closed;
  }
  assert.equal((await post(server, conversion())).json.accepted, 1);
  assert.equal((await integrity(server)).total.received, before.received + 1);
});

test("who may not send is told so before the body is read", async () => {
  const headers = { "Content-Type": "application/json", "Content-Length": 64 * limitBytes };
  const answer = await send(server.url + eventsPath, headers, [Buffer.from("{")], false);
  assert.equal(answer.status, 401);
});

test("what is no JSON, no UTF-8 or holds no event is 400", async () => {
  const bodies: [string | Uint8Array, string][] = [
    ["", "body_empty"],
    [" \r\n\t", "body_empty"],
    ["{", "body_not_json"],
    [`{"id_cliente": "${marker}"`, "body_not_json"],
    ["{'a': 1}", "body_not_json"],
    ["{} {}", "body_not_json"],
    ["[{},]", "body_not_json"],
    ["[".repeat(100_000), "body_not_json"],
    ["7", "body_not_events"],
    ["null", "body_not_events"],
    [`"${marker}"`, "body_not_events"],
    ["[]", "events_missing"],
    ["\ufeff{}", "body_bom"],
    [new Uint8Array([0x7b, 0xff, 0x7d]), "body_not_utf8"],
    [new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), "body_not_utf8"],
  ];
  for (const [body, code] of bodies) {
    const answer = await post(server, body);
    assert.deepEqual(refusal(answer), [400, code], String(body).slice(0, 80));
    assert.ok(!answer.text.includes(marker), "an error does not repeat the body");
  }
});

test("only JSON in UTF-8 is read", async () => {
  for (const type of [null, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"]) {
    assert.deepEqual(refusal(await post(server, conversion(), { type })), [415, "content_type_unsupported"], `${type}`);
  }
  for (const type of ["application/json", "Application/JSON; charset=UTF-8", "application/x-ndjson"]) {
    assert.equal((await post(server, conversion(), { type })).status, 202, type);
  }
});

test("what does not exist is 404, another method is 405 with those that are", async () => {
  for (const path of [
    "/api/",
    "/api/v1",
    "/api/v1/eventi",
    "/api/v1/eventi/conversione/",
    "/api/v2/kpi",
    "/webhooks/crm",
  ]) {
    assert.deepEqual(refusal(await get(server, path)), [404, "not_found"], path);
    assert.deepEqual(refusal(await post(server, {}, { path })), [404, "not_found"], path);
  }
  const routes: [string, string, string][] = [
    ["GET", eventsPath, "POST"],
    ["PUT", eventsPath, "POST"],
    ["DELETE", "/api/v1/spese", "POST"],
    ["POST", "/api/v1/kpi", "GET, OPTIONS"],
    ["POST", "/api/v1/integrity", "GET, OPTIONS"],
    ["POST", "/api/v1/schema/conversione", "GET, OPTIONS"],
    ["POST", "/api/v1/live", "GET"],
    ["POST", "/healthz", "GET"],
  ];
  for (const [method, path, allow] of routes) {
    const response = await fetch(server.url + path, { method });
    const { error } = (await response.json()) as { error: { code: string } };
    const found = [response.status, error.code, response.headers.get("allow")];
    assert.deepEqual(found, [405, "method_not_allowed", allow], `${method} ${path}`);
  }
});

test("it says that it is well, and with which version", async () => {
  const { status, json, headers } = await get(server, "/healthz", "");
  assert.deepEqual([status, json.status], [200, "ok"]);
  assert.match(json.version, /^\d+\.\d+\.\d+$/);
  assert.equal(headers.get("cache-control"), "no-store");
});
