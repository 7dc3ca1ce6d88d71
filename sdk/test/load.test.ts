/** Where the core may come from, and what is said when it does not. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "../ts/load.ts";

/** The smallest module there is. */
const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const response = (body: BodyInit, type: string, status = 200) =>
  new Response(body, { status, headers: { "content-type": type } });

test("it takes a module, bytes, a buffer, and a response of any type", async () => {
  const module = new WebAssembly.Module(empty);
  assert.equal(await loadModule(module), module);
  for (const input of [
    empty,
    empty.buffer,
    response(empty, "application/wasm"),
    response(empty, "application/wasm; charset=utf-8"),
    response(empty, "application/octet-stream"),
  ]) {
    assert.ok((await loadModule(input)) instanceof WebAssembly.Module);
  }
});

test("it fetches an address", async () => {
  const url = `data:application/wasm;base64,${Buffer.from(empty).toString("base64")}`;
  assert.ok((await loadModule(url)) instanceof WebAssembly.Module);
});

test("a page in place of the module is named as such", async () => {
  await assert.rejects(loadModule(response("<!doctype html>", "text/html")), {
    code: "core_invalid",
    message: /text\/html.*init\(url\)/,
  });
});

test("a missing file names its status and what to do", async () => {
  await assert.rejects(loadModule(response("", "text/plain", 404)), {
    code: "core_unreachable",
    message: /HTTP 404.*init\(url\)/,
  });
});

test("an address that answers nothing is named", async () => {
  await assert.rejects(loadModule("http://127.0.0.1:1/core.wasm"), {
    code: "core_unreachable",
    message: /http:\/\/127\.0\.0\.1:1\/core\.wasm/,
  });
});
