/** What a first visit costs, and that nothing comes from anywhere else. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { pages } from "../../scripts/paths.mjs";

const firstLoadBytesMax = 60 * 1024;

test("the dashboard's first load beside the core stays within 60 KiB", (t) => {
  const html = readFileSync(join(pages, "index.html"), "utf8");
  const loaded = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, path]) => path ?? "");
  const own = ["index.html", ...loaded.filter((path) => !path.endsWith(".wasm"))];
  assert.ok(own.length >= 4, html);
  const sizes = own.map((path) => brotliCompressSync(readFileSync(join(pages, path))).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  t.diagnostic(`with brotli: ${own.map((path, index) => `${path} ${sizes[index]}`).join(", ")}; ${total} bytes`);
  assert.ok(total <= firstLoadBytesMax, `${total} bytes`);
});

test("no page, style or script names another origin", () => {
  const html = readFileSync(join(pages, "index.html"), "utf8");
  const files = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? "");
  const places = [html, ...files.map((path) => readFileSync(join(pages, path), "utf8"))].flatMap((text) =>
    [...text.matchAll(/https?:\/\/[\w.-]+/g)].map(([url]) => url),
  );
  // Namespaces are names, not addresses.
  assert.deepEqual(
    [...new Set(places)].filter((url) => url !== "http://www.w3.org"),
    [],
  );
});
