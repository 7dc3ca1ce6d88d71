/** The pages as plain workerd serves them, beside what Cloudflare's static assets would answer. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { startServer } from "../support/server.ts";

const server = await startServer();
test.after(() => server.stop());

const get = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);

test("the page, its scripts and the core come with their types and the rules of `_headers`", async () => {
  const page = await get("/");
  assert.equal(page.status, 200);
  assert.equal(page.headers.get("Content-Type"), "text/html; charset=utf-8");
  assert.equal(page.headers.get("X-Content-Type-Options"), "nosniff");
  assert.match(page.headers.get("Content-Security-Policy") ?? "", /default-src 'self'/);
  const html = await page.text();
  const types = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", wasm: "application/wasm" };
  for (const [extension, type] of Object.entries(types)) {
    const [path] = new RegExp(`/[^"]+\\.${extension}`).exec(html) ?? [];
    assert.ok(path, `the page names a .${extension} file`);
    const file = await get(path);
    assert.deepEqual([file.status, file.headers.get("Content-Type")], [200, type]);
    await file.arrayBuffer();
  }
});

test("the SDK comes to pages of any origin, with its types, checked at each visit but for what its name tells", async () => {
  const origin = { headers: { Origin: "https://site.example.it" } };
  const index = await (await get("/sdk/index.js")).text();
  const [chunk] = /chunk-\w+\.js/.exec(index) ?? assert.fail("the entries share a chunk");
  const checked = "public, max-age=0, must-revalidate";
  for (const [path, type, caching] of [
    ["index.js", "text/javascript; charset=utf-8", checked],
    ["inline.js", "text/javascript; charset=utf-8", checked],
    ["slim.js", "text/javascript; charset=utf-8", checked],
    ["tracker.js", "text/javascript; charset=utf-8", checked],
    ["polso.iife.js", "text/javascript; charset=utf-8", checked],
    ["widget/index.js", "text/javascript; charset=utf-8", checked],
    ["widget/define.js", "text/javascript; charset=utf-8", checked],
    [chunk, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
    ["core.wasm", "application/wasm", checked],
    ["integrity.json", "application/json", checked],
  ] as const) {
    const { status, headers } = await get(`/sdk/${path}`, { method: "HEAD", ...origin });
    assert.equal(status, 200, path);
    assert.equal(headers.get("Content-Type"), type, path);
    assert.equal(headers.get("Cache-Control"), caching, path);
    assert.equal(headers.get("Access-Control-Allow-Origin"), "*", path);
    assert.equal(headers.get("Cross-Origin-Resource-Policy"), "cross-origin", path);
  }
});

test("what the SDK says of its own integrity is true of what is served", async () => {
  const integrity: Record<string, string> = await (await get("/sdk/integrity.json")).json();
  const own = Object.entries(integrity).filter(([file]) => !/^(workerd|edge)\.js$/.test(file));
  assert.ok(own.some(([file]) => file === "polso.iife.js"));
  for (const [file, expected] of own) {
    const bytes = await (await get(`/sdk/${file}`)).bytes();
    assert.equal(`sha384-${createHash("sha384").update(bytes).digest("base64")}`, expected, file);
  }
});

test("an unchanged file is not sent again", async () => {
  const first = await get("/");
  const tag = first.headers.get("ETag") ?? "";
  assert.match(tag, /^"[0-9a-f]{32}"$/);
  await first.arrayBuffer();
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
    const again = await get("/", { headers: { "If-None-Match": known } });
    assert.deepEqual([again.status, await again.text()], [304, ""], known);
  }
  const other = await get("/", { headers: { "If-None-Match": '"other"' } });
  assert.equal(other.status, 200);
  await other.arrayBuffer();
});

test("HEAD has the headers without the body, and nothing else is allowed", async () => {
  const head = await get("/", { method: "HEAD" });
  assert.deepEqual(
    [head.status, head.headers.get("Content-Type"), await head.text()],
    [200, "text/html; charset=utf-8", ""],
  );
  const post = await get("/", { method: "POST", body: "x" });
  assert.equal(post.status, 405);
  await post.arrayBuffer();
});

test("folders, rules and what is not there are not found", async () => {
  for (const path of ["/none", "/assets", "/assets/", "/_headers", "/..%2fpackage.json", "/.dev.vars"]) {
    const response = await get(path);
    assert.equal(response.status, 404, path);
    await response.arrayBuffer();
  }
});
