/** `npm run send` as its user runs it: with a configuration, secrets, files, and a server that is there or not. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { inRoot, root, wranglerToml } from "../../scripts/paths.mjs";
import { newJwks } from "../../scripts/serve/secrets.mjs";
import { type Server, startServer } from "../support/server.ts";

const payloads = inRoot("intake", "tests", "payloads");
const secrets = { JWT_KEYS: newJwks(), STRIPE_SECRET: "stripe-secret-of-tests", STRIPE_NEXT: "the-next-one" };
const sources = { crm: { kind: "native" }, shop: { kind: "stripe", secret: ["STRIPE_SECRET", "STRIPE_NEXT"] } };

const folder = mkdtempSync(join(tmpdir(), "polso-send-"));
const [config, vars] = [join(folder, "wrangler.toml"), join(folder, "secrets")];
let server: Server;

before(async () => {
  const toml = readFileSync(wranglerToml, "utf8");
  const shop = `\n[vars.sources.shop]\nkind = "stripe"\nsecret = ["STRIPE_SECRET", "STRIPE_NEXT"]\n`;
  writeFileSync(config, toml + shop);
  writeFileSync(
    vars,
    Object.entries(secrets)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(""),
  );
  server = await startServer({ sources, secrets });
});

after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function send(...args: string[]): Promise<Ended> {
  const all = [inRoot("scripts", "run.mjs"), "send", "--config", config, "--secrets", vars, ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, all, { cwd: root, timeout: 60_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

test("signs as the provider would, with either secret, and prints each answer", async () => {
  const files = ["stripe-succeeded.json", "stripe-refund.json"].map((name) => join(payloads, name));
  const first = await send("--source", "shop", "--url", server.url, ...files);
  assert.equal(first.code, 0, first.stderr);
  for (const file of files) assert.ok(first.stdout.includes(`${file}: 200`), first.stdout);
  assert.match(first.stdout, /"accepted": 1/);
  assert.match(first.stdout, /"filtered": 1/);
  const second = await send("--source", "shop", "--url", server.url, "--secret", "2", files[0] as string);
  assert.match(second.stdout, /"duplicates": 1/);
});

test("sends Polso's own events with a token", async () => {
  const file = join(folder, "event.json");
  const event = { id_cliente: "CLIENTE-ITALIA-000001", evento: "richiesta_demo", timestamp: new Date().toISOString() };
  writeFileSync(file, JSON.stringify({ ...event, valore: 0, canale: "email", stato: "completato" }));
  const sent = await send("--source", "crm", "--url", server.url, file);
  assert.deepEqual([sent.code, /: 202\n/.test(sent.stdout)], [0, true], sent.stdout + sent.stderr);
  writeFileSync(file, JSON.stringify({ ...event, valore: -1 }));
  const refused = await send("--source", "crm", "--url", server.url, file);
  assert.deepEqual([refused.code, /: 422\n/.test(refused.stdout)], [1, true], refused.stdout);
});

test("says what is missing", async () => {
  const file = join(payloads, "stripe-succeeded.json");
  const cases: [string[], RegExp][] = [
    [["--source", "nobody", file], /--source takes the name of a source: crm, instagram, shop/],
    [["--source", "shop"], /name the files to send/],
    [["--source", "shop", "--url", server.url, join(folder, "none.json")], /`.*none\.json` cannot be read \(ENOENT\)/],
    [["--source", "shop", "--secret", "3", file], /--secret must be a whole number from 1 to 2/],
    [["--source", "shop", "--url", "http://127.0.0.1:1", file], /does not answer/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await send(...args);
    assert.match(stderr, expected);
    assert.equal(code, 1, args.join(" "));
    for (const secret of Object.values(secrets)) assert.ok(!stderr.includes(secret));
  }
});
