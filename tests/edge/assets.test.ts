/** The pages as plain workerd serves them, beside what Cloudflare's static assets would answer. */

import assert from "node:assert/strict";
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
