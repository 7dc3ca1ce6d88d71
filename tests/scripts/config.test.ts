/** What is read from a `wrangler.toml`, `--var` and `_headers`, and what is said when they are wrong. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { wranglerToml } from "../../scripts/paths.mjs";
import { literal } from "../../scripts/serve/capnp.mjs";
import { readConfig } from "../../scripts/serve/config.mjs";
import { parseHeaders } from "../../scripts/serve/headers.mjs";
import { withOverrides } from "../../scripts/serve/overrides.mjs";

const folder = mkdtempSync(join(tmpdir(), "polso-config-"));
test.after(() => rmSync(folder, { recursive: true }));

/** What reading our own wrangler.toml says after one replacement in it. */
function complaint(search: string, replacement: string): string {
  const text = readFileSync(wranglerToml, "utf8");
  assert.ok(text.includes(search), `wrangler.toml has no ${search}`);
  const file = join(folder, "wrangler.toml");
  writeFileSync(file, text.replace(search, replacement));
  try {
    readConfig(file);
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, "");
  }
  return "";
}

test("our own configuration is read with its vars", () => {
  const config = readConfig(wranglerToml);
  assert.equal(config.name, "polso");
  assert.equal(config.vars["SHARDS"], 1);
  assert.deepEqual(Object.keys(config.vars["sources"] as object), ["crm", "instagram"]);
});

test("a syntax error names its line", () => {
  assert.match(complaint('name = "polso"', 'name = "polso'), /^wrangler\.toml:4:\d+: not TOML: /);
});

test("what the Worker's code needs is missed by name", () => {
  const cases: [string, string, RegExp][] = [
    ['main = "worker/entry.mjs"', "", /`main` is missing/],
    ['compatibility_date = "2026-11-17"', "compatibility_date = 2026-11-17", /`compatibility_date` is missing or not/],
    ['class_name = "Hub"', 'class_name = "Hob"', /lacks \{ name = "HUB", class_name = "Hub" \}/],
    ['new_sqlite_classes = ["Ledger", "Hub"]', 'new_classes = ["Ledger", "Hub"]', /no migration names "Ledger"/],
    ['binding = "ASSETS"', 'binding = "PAGES"', /`assets\.binding` should be "ASSETS"/],
  ];
  for (const [search, replacement, expected] of cases) assert.match(complaint(search, replacement), expected);
});

test("a missing configuration is one sentence", () => {
  assert.throws(() => readConfig("/nowhere/wrangler.toml"), /^Error: there is no configuration `\/nowhere\//);
});

test("an override has the type of what it replaces, and secrets stay text", () => {
  const vars = { SHARDS: 1, REGION: "eu", sources: { shop: { kind: "generic", secret: "SHOP_SECRET" } } };
  const laid = withOverrides(vars, { JWT_KEYS: "old" }, [
    "SHARDS=4",
    "REGION=5",
    "JWT_KEYS={}",
    "SHOP_SECRET=123",
    "NEW=2",
    "NOTE=a=b",
  ]);
  assert.deepEqual(laid.vars, { ...vars, SHARDS: 4, REGION: "5", NEW: 2, NOTE: "a=b" });
  assert.deepEqual(laid.secrets, { JWT_KEYS: "{}", SHOP_SECRET: "123" });
  assert.throws(() => withOverrides({}, {}, ["SHARDS"]), /--var takes NAME=VALUE, not `SHARDS`/);
});

test("_headers gives each path its headers", () => {
  const rules = parseHeaders("# all\n/*\n  X-Frame-Options: DENY\n\n/sdk/*.js\n  Cache-Control: max-age=60\n");
  const matching = (path: string) => rules.filter(({ pattern }) => new RegExp(pattern).test(path)).length;
  assert.deepEqual(["/", "/sdk/polso.js", "/sdk/polsoXjs"].map(matching), [1, 2, 1]);
  assert.deepEqual(rules[1]?.headers, [["Cache-Control", "max-age=60"]]);
  assert.throws(() => parseHeaders("  X: 1\n"), /_headers:1: /);
});

test("a Cap'n Proto text keeps every character", () => {
  assert.equal(literal('a"\\\n\u0001è'), '"a\\"\\\\\\n\\x01è"');
});
