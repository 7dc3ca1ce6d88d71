/**
 * How else the core may be loaded: by the lines that `init()` names when it fails, and by what one does in place of them.
 * The ways that need no line are in `examples.test.ts`.
 */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { build as esbuild } from "esbuild";
import type { Browser } from "playwright-core";
import { build as vite } from "vite";
import webpack from "webpack";
import { inRoot } from "../../scripts/paths.mjs";
import { launchChromium } from "../support/chromium.ts";
import { serveFolder } from "./support/folder_site.ts";
import { Project } from "./support/project.ts";
import { startWorker } from "./support/worker.ts";

let project: Project;
let browser: Browser;

before(async () => {
  project = Project.create();
  browser = await launchChromium();
});

after(async () => {
  project?.remove();
  await browser?.close();
});

/** The lines that a failed `init()` names, by tool. */
function namedLines(): Map<string, string> {
  const message = project.node(
    "fail.js",
    `import { init } from "polso"; init("http://127.0.0.1:1/core.wasm").catch(({ message }) => console.log(message));`,
  );
  return new Map([...message.matchAll(/^ {2}([\w ,-]+): (.*)$/gm)].map(([, tool = "", line = ""]) => [tool, line]));
}

/** A program around a line: in place of the `…` of `say`, it loads the core and knows what an empty event would be. */
function program(line: string, say: string): string {
  const [, imports = "", call = ""] = /^(import .*?;)? ?(.*)$/.exec(line) ?? [];
  const own = imports.includes("{ init }")
    ? 'import { validate } from "polso/inline";'
    : 'import { init, validate } from "polso";';
  const judge = 'const said = validate("{}", { name: "crm" }).verdict;';
  return `${imports}\n${own}\n${say.replace("…", `${call || "await init();"} ${judge}`)}`;
}

const inPage = "(async () => { … document.title = said; })().catch(({ message }) => { document.title = message; });";

/** A folder with a program in it. */
function folderWith(name: string, text: string): string {
  const folder = join(project.folder, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "main.js"), text);
  return folder;
}

/** What a built page says. */
async function said(t: TestContext, folder: string, changed?: Record<string, string>): Promise<string> {
  writeFileSync(join(folder, "index.html"), '<!doctype html><script type="module" src="main.js"></script>');
  const site = await serveFolder(folder, changed);
  const page = await browser.newPage();
  t.after(async () => {
    await page.close();
    await site.close();
  });
  await page.goto(site.url);
  await page.waitForFunction(() => document.title !== "", undefined, { timeout: 20_000 });
  return page.title();
}

async function viteBuilt(root: string): Promise<string> {
  writeFileSync(join(root, "index.html"), '<!doctype html><script type="module" src="/main.js"></script>');
  await vite({ root, logLevel: "error", build: { rollupOptions: { output: { entryFileNames: "main.js" } } } });
  return join(root, "dist");
}

async function webpackBuilt(context: string): Promise<string> {
  const path = join(context, "dist");
  const { promise, resolve } = Promise.withResolvers<unknown>();
  webpack({ mode: "production", context, entry: "./main.js", output: { path } }, (error, stats) =>
    resolve(error ?? stats?.toString({ all: false, errors: true })),
  );
  assert.equal(await promise, "");
  return path;
}

async function esbuilt(folder: string, options: Parameters<typeof esbuild>[0] = {}): Promise<string> {
  const outdir = join(folder, "dist");
  const main = join(folder, "main.js");
  await esbuild({ entryPoints: [main], outdir, bundle: true, format: "esm", logLevel: "error", ...options });
  return outdir;
}

test("the line for Vite", async (t) => {
  const folder = folderWith("vite-line", program(namedLines().get("Vite") ?? assert.fail(), inPage));
  assert.equal(await said(t, await viteBuilt(folder)), "rejected");
});

test("the line for webpack and Next", async (t) => {
  const folder = folderWith("webpack-line", program(namedLines().get("webpack, Next") ?? assert.fail(), inPage));
  assert.equal(await said(t, await webpackBuilt(folder)), "rejected");
});

test("the line for esbuild", async (t) => {
  const folder = folderWith("esbuild-line", program(namedLines().get("esbuild") ?? assert.fail(), inPage));
  assert.equal(await said(t, await esbuilt(folder)), "rejected");
});

test("the line for Workers", async (t) => {
  const inWorker = "export default { async fetch() { … return new Response(said); } };";
  const folder = folderWith("workers-line", program(namedLines().get("Workers") ?? assert.fail(), inWorker));
  const out = await esbuilt(folder, { external: ["*.wasm"], conditions: ["workerd"] });
  // As wrangler does: the module beside the script, by the name that it is imported by.
  const script = readFileSync(join(out, "main.js"), "utf8").replaceAll('"polso/core.wasm"', '"./core.wasm"');
  writeFileSync(join(out, "main.js"), script);
  copyFileSync(join(project.installed, "dist", "core.wasm"), join(out, "core.wasm"));
  const worker = await startWorker(out, {});
  t.after(() => worker.stop());
  assert.equal(await (await fetch(worker.url)).text(), "rejected");
});

test("the lines are those of the README", () => {
  const readme = readFileSync(inRoot("sdk", "README.md"), "utf8");
  const lines = namedLines();
  assert.deepEqual([...lines.keys()], ["Vite", "webpack, Next", "esbuild", "Workers", "Content-Security-Policy"]);
  for (const tool of ["Vite", "webpack, Next", "esbuild", "Workers"]) {
    for (const part of (lines.get(tool) ?? "").split("; ")) assert.ok(readme.includes(part.replace(/;$/, "")), part);
  }
});

test("esbuild with the core as a file", async (t) => {
  const line = 'import core from "polso/core.wasm"; await init(new URL(core, import.meta.url));';
  const folder = folderWith("esbuild-file", program(line, inPage));
  assert.equal(await said(t, await esbuilt(folder, { loader: { ".wasm": "file" } })), "rejected");
});

test("the core copied beside a bundle, whatever type it comes with", async (t) => {
  const folder = folderWith("beside", program("await init();", inPage));
  const out = await esbuilt(folder);
  assert.match(await said(t, out), /^could not load `http:\/\/127\.0\.0\.1:\d+\/core\.wasm`: HTTP 404; add the line/);
  copyFileSync(join(project.installed, "dist", "core.wasm"), join(out, "core.wasm"));
  for (const type of ["application/wasm", "application/octet-stream", "text/html"]) {
    assert.equal(await said(t, out, { ".wasm": type }), "rejected");
  }
});

test("a failed try may be repeated, and a repeated success changes nothing", async (t) => {
  const folder = folderWith(
    "again",
    `import { init, validate } from "polso/inline";
     const missing = await init("missing.wasm").catch(({ code }) => code);
     await Promise.all([init(), init()]);
     await init("missing.wasm");
     document.title = missing + " " + validate("{}", { name: "crm" }).verdict;`,
  );
  assert.equal(await said(t, await esbuilt(folder)), "core_unreachable rejected");
});

test("an edge function loads the module that was deployed with it", async (t) => {
  const folder = folderWith(
    "edge",
    `import { init, validate } from "polso";
     export default { async fetch() { await init(); return new Response(validate("{}", { name: "crm" }).verdict); } };`,
  );
  const out = await esbuilt(folder, {
    conditions: ["edge-light"],
    // As a framework does: what is asked for by \`?module\` lies beside the function.
    plugins: [
      {
        name: "module",
        setup: ({ onResolve }) =>
          onResolve({ filter: /core\.wasm\?module$/ }, () => ({ path: "./core.wasm", external: true })),
      },
    ],
  });
  copyFileSync(join(project.installed, "dist", "core.wasm"), join(out, "core.wasm"));
  const worker = await startWorker(out, {});
  t.after(() => worker.stop());
  assert.equal(await (await fetch(worker.url)).text(), "rejected");
});

const others = `
  import { createTracker } from "polso/tracker";
  import { connect } from "polso/slim";
  import "polso/widget/define";
  const element = document.createElement("polso-kpi");
  document.title = [element.constructor.observedAttributes.includes("kpi"), createTracker.length, connect.length].join();
`;

for (const [bundler, built] of Object.entries({ Vite: viteBuilt, webpack: webpackBuilt, esbuild: esbuilt })) {
  test(`the entries without the core in a page built by ${bundler}, the element registered`, async (t) => {
    assert.equal(await said(t, await built(folderWith(`${bundler}-others`, others))), "true,1,1");
  });
}
