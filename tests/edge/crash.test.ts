/**
 * Wasm that crashes, at each step of a request: the sender is told to come again, nobody hangs, and afterwards every
 * event counts once. The traps are real ones, in the bundle that is deployed (`crash/`).
 */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { bundle, inRoot, wranglerToml } from "../../scripts/paths.mjs";
import { durableObjects, readConfig } from "../../scripts/serve/config.mjs";
import { type Server, startServer } from "../support/server.ts";
import { conversion, eventsPath, get, integrity, post } from "./support/client.ts";

const folder = inRoot("build", "crash");
const answerMsMax = 20_000;
let server: Server;
let sent = 0;

before(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const wasm = readdirSync(bundle).filter((file) => file.endsWith(".wasm"));
  for (const file of wasm) copyFileSync(join(bundle, file), join(folder, file));
  await build({
    entryPoints: [join(import.meta.dirname, "crash", "worker.js")],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    alias: { "polso-bundle": join(bundle, "entry.js") },
    external: ["cloudflare:*", "*.wasm"],
  });
  const program = { bundle: folder, objects: durableObjects };
  const sources = { crm: { kind: "native" } };
  server = await startServer({ other: { program, config: readConfig(wranglerToml) }, sources });
});
after(() => server.stop());

/** Sends a new event while the next call of an export traps. */
async function trapped(at: string, afterCalls: number) {
  sent += 1;
  const body = JSON.stringify(conversion({ valore: sent }));
  const response = await fetch(server.url + eventsPath, {
    method: "POST",
    headers: {
      ...(await server.bearer({ scope: "ingest", source: "crm" })),
      "content-type": "application/json",
      "x-trap-at": at,
      "x-trap-after": String(afterCalls),
    },
    body,
    signal: AbortSignal.timeout(answerMsMax),
  });
  return { response, text: await response.text(), body };
}

for (const [at, afterCalls, statuses] of [
  ["ingest_of", 0, [503]],
  ["ingest_judge", 0, [503]],
  ["ingest_hear", 0, [503]],
  ["ledger_ingest", 0, [503]],
  ["ledger_durable", 0, [503]],
  // Within the commit, and in what comes around it.
  ["wasm_bindgen__convert__closures", 0, [202, 503]],
  ["wasm_bindgen__convert__closures", 1, [202, 503]],
  ["wasm_bindgen__convert__closures", 2, [202, 503]],
  ["wasm_bindgen__convert__closures", 3, [202, 503]],
  ["wasm_bindgen__convert__closures", 4, [202, 503]],
  ["wasm_bindgen__convert__closures", 5, [202, 503]],
  ["wasm_bindgen__convert__closures", 6, [202, 503]],
] as const) {
  test(`a crash in ${at}, after ${afterCalls} calls: the event counts once`, async () => {
    const { response, text, body } = await trapped(at, afterCalls);
    assert.ok(
      statuses.some((status) => status === response.status),
      `${response.status} ${text}`,
    );
    if (response.status === 503) assert.ok(Number(response.headers.get("retry-after")) > 0, "says when to come again");
    const again = await post(server, body);
    assert.equal(again.status, 202, again.text);
    const { total } = await integrity(server);
    assert.equal(total.accepted, sent);
    const kpi = await get(server, "/api/v1/kpi?window=all&kpi=total_value");
    assert.equal(kpi.json.readings[0].value, (sent * (sent + 1)) / 2, kpi.text);
  });
}

test("each crash is in the log", () => {
  assert.ok(server.log().split("Wasm has crashed").length > 6, server.log());
});
