/** What is served here is what would be deployed: the same bytes, at a size that Cloudflare takes. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { bundle, npmBin, root, wrangler } from "../../scripts/paths.mjs";

/** Cloudflare's bound for a Worker after compression; the free plan's, the smallest. */
const compressedKibMax = 3 * 1024;

/** The modules of a bundle by name; source maps stay here. */
function modules(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder).filter((file) => /\.(js|wasm)$/.test(file));
  return new Map(files.map((file) => [file, readFileSync(join(folder, file))]));
}

test("`wrangler deploy --dry-run` makes the bundle that plain workerd serves", async () => {
  const folder = mkdtempSync(join(tmpdir(), "polso-bundle-"));
  test.after(() => rmSync(folder, { recursive: true }));
  const args = ["deploy", "--dry-run", "--outdir", folder];
  const env = { ...process.env, PATH: `${npmBin}:${process.env["PATH"]}`, WRANGLER_SEND_METRICS: "false" };
  const { stdout } = await promisify(execFile)(wrangler, args, { cwd: root, env });
  assert.match(stdout, /Total Upload: .* gzip/);
  const deployed = modules(folder);
  assert.ok(deployed.size >= 2, "a script and its Wasm");
  assert.deepEqual(modules(bundle), deployed);
});

test("its upload fits Cloudflare's smallest plan", (context) => {
  const kib = [...modules(bundle).values()].reduce((sum, module) => sum + gzipSync(module).length, 0) / 1024;
  context.diagnostic(`bundle: ${kib.toFixed(0)} KiB gzip`);
  assert.ok(kib <= compressedKibMax, `${kib.toFixed(0)} KiB`);
});
