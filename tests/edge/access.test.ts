/** Who may see what: keys and algorithms, scopes and spaces, other origins, and a configuration that is wrong. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT, UnsecuredJWT } from "jose";
import { newJwks } from "../../scripts/serve/secrets.mjs";
import { Follower } from "../support/follower.ts";
import { type Server, startServer } from "../support/server.ts";
import { conversion, eventsPath, get, integrity, post, refusal } from "./support/client.ts";

const algorithms = ["HS256", "RS256", "ES256", "EdDSA"] as const;
const nowS = () => Math.floor(Date.now() / 1000);

interface Signer {
  readonly alg: string;
  readonly kid: string;
  readonly key: CryptoKey | Uint8Array;
  /** As it stands in `JWT_KEYS`. */
  readonly jwk: JWK;
}

async function signer(alg: string, kid: string): Promise<Signer> {
  if (alg === "HS256") {
    const jwk = { ...JSON.parse(newJwks()).keys[0], kid };
    return { alg, kid, key: await importJWK(jwk, alg), jwk };
  }
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, key: privateKey, jwk: { ...(await exportJWK(publicKey)), alg, kid, use: "sig" } };
}

const sign = ({ alg, kid, key }: Signer, claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
  new SignJWT({ scope: "view", exp: nowS() + 600, ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(key);

const jwksOf = (signers: readonly Signer[]) => JSON.stringify({ keys: signers.map(({ jwk }) => jwk) });

test("tokens of all four algorithms are believed, by the key that they name, and no others", async (t) => {
  const known = await Promise.all(algorithms.map((alg) => signer(alg, `known-${alg}`)));
  const server = await startServer({ secrets: { JWT_KEYS: jwksOf(known) } });
  t.after(() => server.stop());
  const refused = async (token: string) => refusal(await get(server, "/api/v1/kpi", token));
  for (const one of known) {
    assert.equal((await get(server, "/api/v1/kpi", await sign(one, {}))).status, 200, one.alg);
    const ingest = await sign(one, { scope: "ingest", source: "crm" });
    assert.equal((await post(server, conversion(), { token: ingest })).json.accepted, 1, one.alg);

    const imposter = { ...(await signer(one.alg, one.kid)), kid: one.kid };
    assert.deepEqual(await refused(await sign(imposter, {})), [401, "token_invalid"], `${one.alg}: another key`);
    assert.deepEqual(await refused(await sign({ ...one, kid: "unknown" }, {})), [401, "token_invalid"], one.alg);
    const torn = await sign(one, {});
    assert.deepEqual(await refused(`${torn.slice(0, -4)}AAAA`), [401, "token_invalid"], one.alg);
    assert.deepEqual(await refused(await sign(one, { exp: nowS() - 90 })), [401, "token_expired"], one.alg);
    assert.deepEqual(await refused(await sign(one, { nbf: nowS() + 90 })), [401, "token_not_yet_valid"], one.alg);
  }
  const [hs, rs] = known as [Signer, Signer];
  assert.deepEqual(await refused(new UnsecuredJWT({ scope: "view", exp: nowS() + 600 }).encode()), [
    401,
    "token_invalid",
  ]);
  // The public key as a shared secret: the classic confusion.
  const confused = new TextEncoder().encode(JSON.stringify(rs.jwk));
  assert.deepEqual(await refused(await sign({ ...rs, alg: "HS256", key: confused }, {})), [401, "token_invalid"]);
  assert.deepEqual(await refused(await sign(hs, { pad: "x".repeat(8_192) })), [401, "token_invalid"]);
  assert.equal((await get(server, "/api/v1/kpi", await sign(hs, { exp: nowS() - 30 }))).status, 200, "60 s of leeway");
});

test("a space sees its own numbers and no other's", async (t) => {
  const sources = { crm: { kind: "native" }, roma: { kind: "native", space: "roma" } };
  const server = await startServer({ sources });
  t.after(() => server.stop());
  await post(server, conversion({ valore: 7 }));
  await post(server, [conversion({ valore: 1 }), conversion({ valore: 2 })], { source: "roma", space: "roma" });
  for (const [space, source, accepted, value] of [
    ["main", "crm", 1, 7],
    ["roma", "roma", 2, 3],
  ] as const) {
    const figures = await integrity(server, space);
    assert.deepEqual([figures.space, Object.keys(figures.sources)], [space, [source]]);
    assert.equal(figures.total.accepted, accepted);
    const { json } = await get(server, "/api/v1/kpi?window=1h&kpi=total_value", undefined, space);
    assert.deepEqual([json.space, json.readings[0].value], [space, value]);
  }
  const nowhere = await server.token({ scope: "view ingest admin", space: "nowhere", source: "crm" });
  assert.deepEqual(refusal(await get(server, "/api/v1/kpi", nowhere)), [403, "space_forbidden"]);
  assert.deepEqual(refusal(await get(server, "/api/v1/integrity", nowhere)), [403, "space_forbidden"]);
  assert.deepEqual(refusal(await post(server, conversion(), { token: nowhere })), [403, "source_forbidden"]);
  const sender = await server.token({ scope: "ingest", source: "crm" });
  for (const path of ["/api/v1/kpi", "/api/v1/integrity"]) {
    assert.deepEqual(refusal(await get(server, path, sender)), [403, "scope_missing"], path);
    assert.deepEqual(refusal(await get(server, path, "")), [401, "token_missing"], path);
  }
});

test("pages of other origins may read with a token of their own, and nothing else", async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const origin = { Origin: "https://shop.example" };
  const asking = {
    ...origin,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization",
  };
  for (const path of ["/api/v1/kpi?window=5m", "/api/v1/integrity", "/api/v1/schema/conversione"]) {
    const preflight = await fetch(server.url + path, { method: "OPTIONS", headers: asking });
    assert.equal(preflight.status, 204, path);
    assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
    assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /\bGET\b/);
    assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /\bauthorization\b/i);
    assert.equal(preflight.headers.get("access-control-allow-credentials"), null);
    const headers = { ...origin, ...(await server.bearer({ scope: "view" })) };
    const answer = await fetch(server.url + path, { headers });
    assert.deepEqual([answer.status, answer.headers.get("access-control-allow-origin")], [200, "*"], path);
    await answer.arrayBuffer();
  }
  const refused = await fetch(`${server.url}/api/v1/kpi`, { headers: origin });
  assert.deepEqual([refused.status, refused.headers.get("access-control-allow-origin")], [401, "*"]);
  await refused.arrayBuffer();
  const preflight = await fetch(server.url + eventsPath, { method: "OPTIONS", headers: asking });
  assert.notEqual(preflight.status, 204, "no page sends events");
  await preflight.arrayBuffer();
});

const hidden = "SEGRETO-DELLA-CONFIGURAZIONE";
const native = { kind: "native" };

const wrong: [string, Parameters<typeof startServer>[0], string][] = [
  ["no ledgers", { shards: 0 }, "SHARDS"],
  ["too many ledgers", { shards: 65 }, "SHARDS"],
  ["ledgers that are no number", { vars: { SHARDS: "molti" } }, "SHARDS"],
  ["no source", { sources: {} }, "sources"],
  ["a source of no kind", { sources: { crm: { dedup: "client_5min" } } }, "sources.crm.kind"],
  ["a native source without signed ids", { sources: { crm: { ...native, dedup: "event_id" } } }, "sources.crm.dedup"],
  ["a time to live without a unit", { sources: { crm: { ...native, dedup_ttl: "60" } } }, "sources.crm.dedup_ttl"],
  ["a key that means nothing", { sources: { crm: { ...native, segreto: hidden } } }, "sources.crm.segreto"],
  ["a name that is none", { sources: { "CRM 1": native } }, "sources.CRM 1"],
  ["keys that are no JSON", { secrets: { JWT_KEYS: hidden } }, "JWT_KEYS"],
  ["no key", { secrets: { JWT_KEYS: '{"keys":[]}' } }, "JWT_KEYS.keys"],
  ["a key that is too short", { secrets: { JWT_KEYS: shortKey() } }, "JWT_KEYS.keys[0].k"],
];

function shortKey(): string {
  const k = Buffer.from(hidden.slice(0, 8)).toString("base64url");
  return JSON.stringify({ keys: [{ kty: "oct", alg: "HS256", kid: "k", k }] });
}

for (const [name, options, key] of wrong) {
  test(`a wrong configuration is 500 and names its key: ${name}`, async (t) => {
    const server = await startServer({ ...options, broken: true });
    t.after(() => server.stop());
    const answers = [
      await get(server, "/healthz", ""),
      await get(server, "/api/v1/kpi", "t"),
      await post(server, conversion(), { token: "t" }),
    ];
    for (const answer of answers) {
      assert.deepEqual(refusal(answer), [500, "config_invalid"]);
      const [detail] = answer.json.error.details;
      assert.equal(detail.field, key, answer.text);
      assert.ok(detail.message.startsWith(`\`${key}\` `), detail.message);
      for (const text of [answer.text, server.log()]) {
        assert.ok(!text.includes(hidden) && !text.includes(hidden.slice(0, 8)), text);
      }
    }
  });
}

test("a wrong configuration does not touch what was counted", async (t) => {
  const state = mkdtempSync(join(tmpdir(), "polso-edge-"));
  t.after(() => rmSync(state, { recursive: true, force: true }));
  const secrets = { JWT_KEYS: newJwks() };
  const run = async <T>(
    options: Parameters<typeof startServer>[0],
    act: (server: Server) => Promise<T>,
  ): Promise<T> => {
    const server = await startServer({ ...options, state, secrets });
    try {
      return await act(server);
    } finally {
      await server.stop();
    }
  };
  await run({}, (server) => post(server, conversion()));
  await run({ shards: 0, broken: true }, async (server) => {
    await assert.rejects(Follower.open(server.url, "t"));
    assert.equal((await post(server, conversion())).status, 500);
  });
  assert.equal((await run({}, (server) => integrity(server))).total.accepted, 1);
});
