/** Where the core may come from, and what is said when it does not. */

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { runInNewContext } from "node:vm";
import { type CoreInput, loadModule } from "../ts/load.ts";

/** The smallest module there is. */
const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const response = (body: BodyInit, type: string, status = 200) =>
  new Response(body, { status, headers: { "content-type": type } });
const dataUrl = `data:application/wasm;base64,${Buffer.from(empty).toString("base64")}`;

/** What every failure that a bundler may have caused should name. */
const lines = /Vite: .*\n.*webpack, Next: .*\n.*esbuild: .*\n.*Workers: /;

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

test("it takes what belongs to another realm, as in edge runtimes", async () => {
  const foreign = (program: string) => runInNewContext(program, { bytes: [...empty] });
  const module = foreign("new WebAssembly.Module(Uint8Array.from(bytes))");
  assert.ok(!(module instanceof WebAssembly.Module));
  assert.equal(await loadModule(module), module);
  assert.ok((await loadModule(foreign("Uint8Array.from(bytes).buffer"))) instanceof WebAssembly.Module);
});

test("it fetches an address", async () => {
  for (const input of [dataUrl, new URL(dataUrl), new Request(dataUrl)]) {
    assert.ok((await loadModule(input)) instanceof WebAssembly.Module);
  }
});

test("a page in place of the module is named as such", async () => {
  await assert.rejects(loadModule(response("<!doctype html>", "text/html")), (error: Error & { code: string }) => {
    assert.equal(error.code, "core_invalid");
    assert.match(error.message, /the response given is not Polso's core \(it came as `text\/html`\)/);
    assert.match(error.message, lines);
    return true;
  });
});

test("a missing file names its status and the lines to add", async () => {
  await assert.rejects(loadModule(response("", "text/plain", 404)), (error: Error & { code: string }) => {
    assert.equal(error.code, "core_unreachable");
    assert.match(error.message, /HTTP 404/);
    assert.match(error.message, lines);
    return true;
  });
});

test("an address that answers nothing is named, and the page's policy as a possible cause", async () => {
  const url = "http://127.0.0.1:1/core.wasm";
  for (const input of [url, new URL(url), new Request(url)]) {
    await assert.rejects(loadModule(input), {
      code: "core_unreachable",
      message: /could not load `http:\/\/127\.0\.0\.1:1\/core\.wasm`[\s\S]*connect-src/,
    });
  }
});

test("what a bundler made of the file and is no address is shown", async () => {
  await assert.rejects(loadModule({ default: "x" } as unknown as CoreInput), {
    code: "core_unreachable",
    message: /could not load `\[object Object\]`/,
  });
});

/** In place of a compiler, what forbids compiling. */
function forbidding(t: TestContext, message: string) {
  t.mock.method(WebAssembly, "compile", () => Promise.reject(new WebAssembly.CompileError(message)));
}

for (const [browser, message] of [
  [
    "Chromium",
    "WebAssembly.compile(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script",
  ],
  ["Firefox", "call to WebAssembly.compile() blocked by CSP"],
  [
    "Safari",
    "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script in the following Content Security Policy directive",
  ],
] as const) {
  test(`a policy that forbids WebAssembly is recognised as ${browser} says it`, async (t) => {
    forbidding(t, message);
    await assert.rejects(loadModule(empty), { code: "core_blocked", message: /'wasm-unsafe-eval'.*polso\/slim/ });
  });
}

test("a runtime that compiles no bytes gets the line for Workers", async (t) => {
  forbidding(t, "WebAssembly.compile(): Wasm code generation disallowed by embedder");
  await assert.rejects(loadModule(empty), {
    code: "core_blocked",
    message: /Workers: import core from "polso\/core.wasm"/,
  });
});

test("a browser without WebAssembly is told of the entry that needs none", async (t) => {
  const { WebAssembly: own } = globalThis;
  t.after(() => Object.assign(globalThis, { WebAssembly: own }));
  Object.assign(globalThis, { WebAssembly: undefined });
  await assert.rejects(loadModule(empty), { code: "core_blocked", message: /polso\/slim/ });
});
