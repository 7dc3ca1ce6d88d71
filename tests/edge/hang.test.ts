/** A Durable Object whose code has hung: its callers are told to come again, and do not wait for ever. */

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { bundle, wranglerToml } from "../../scripts/paths.mjs";
import { readConfig } from "../../scripts/serve/config.mjs";
import { type Server, startServer } from "../support/server.ts";
import { conversion, get, post, refusal } from "./support/client.ts";

const folder = mkdtempSync(join(tmpdir(), "polso-hung-"));
let server: Server;

/** The deployed bundle, and in it a ledger that takes batches and never answers. */
function hungBundle(): void {
  const files = readdirSync(bundle).filter((file) => [".js", ".wasm"].includes(extname(file)));
  for (const file of files) copyFileSync(join(bundle, file), join(folder, file));
  const script = join(folder, files.find((file) => extname(file) === ".js") ?? "");
  const text = readFileSync(script, "utf8");
  const name = /(\w+) as Ledger\b/.exec(text)?.[1] ?? "Ledger";
  const hung = `export class HungLedger extends ${name} { ingest() { return new Promise(() => {}); } }`;
  writeFileSync(script, `${text}\n${hung}\n`);
}

before(async () => {
  hungBundle();
  const program = { bundle: folder, objects: { LEDGER: "HungLedger", HUB: "Hub" } };
  const other = { program, config: readConfig(wranglerToml) };
  server = await startServer({ sources: { crm: { kind: "native" } }, other });
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("senders are told to come again, and others are answered meanwhile", async () => {
  // They share a call.
  const hanging = Promise.all(Array.from({ length: 5 }, () => post(server, conversion())));
  assert.equal((await get(server, "/api/v1/kpi")).status, 200);
  for (const answer of await hanging) {
    assert.deepEqual(refusal(answer), [503, "unavailable"]);
    assert.equal(answer.headers.get("retry-after"), "1");
  }
});
