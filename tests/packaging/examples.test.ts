/**
 * Every program of `examples/`, with the packed npm file: it loads the core, judges an event, connects to a running server
 * and receives a reading.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { createServer } from "vite";
import webpack from "webpack";
import { inRoot } from "../../scripts/paths.mjs";
import { conversion, send } from "../browser/support/events.ts";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { until } from "../support/until.ts";
import { serveFolder } from "./support/folder_site.ts";
import { Project } from "./support/project.ts";
import { startWorker } from "./support/worker.ts";

let server: Server;
let browser: Browser;
let project: Project;

before(async () => {
  project = Project.create();
  [server, browser] = await serverAndBrowser();
  await send(server, [conversion(), conversion()]);
});

after(async () => {
  project?.remove();
  await Promise.all([browser?.close(), server?.stop()]);
});

const viewToken = () => server.token({ scope: "view" });

/** Opens a page of an example and waits until it shows a verdict and the number of conversions. */
async function shows(t: TestContext, url: string): Promise<void> {
  const page = await browser.newPage();
  t.after(() => page.close());
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("requestfailed", (request) => problems.push(request.url()));
  await page.goto(`${url}#url=${server.url}&token=${await viewToken()}`);
  try {
    await page.locator('#verdict >> text="rejected"').waitFor({ timeout: 20_000 });
    await page.locator('#conversions >> text="2"').waitFor({ timeout: 20_000 });
  } catch (error) {
    throw new Error(`${url} shows: ${await page.locator("body").textContent()}\n${problems.join("\n")}`, {
      cause: error,
    });
  }
  assert.deepEqual(problems, []);
  assert.equal(await page.locator("#link").textContent(), "live");
}

/** Serves a folder to the page's browser. */
async function served(t: TestContext, folder: string): Promise<string> {
  const site = await serveFolder(folder);
  t.after(() => site.close());
  return site.url;
}

async function webpacked({ folder }: Project): Promise<void> {
  const { default: config } = await import(pathToFileURL(join(folder, "webpack.config.js")).href);
  const compiler = webpack(config);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  compiler?.run((error, stats) => {
    if (error) reject(error);
    else resolve(stats?.toString({ all: false, errors: true }) ?? "");
  });
  assert.equal((await promise).trim(), "");
}

/** Waits for a line on a program's output. @returns all of it */
async function printed(output: NodeJS.ReadableStream, line: RegExp): Promise<string> {
  let text = "";
  output.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  await until(
    `a line like ${line}`,
    () => line.test(text),
    () => text,
  );
  return text;
}

test("html: a page with a script tag", async (t) => {
  const { folder, installed } = project.example("html");
  for (const file of ["polso.iife.js", "core.wasm"]) copyFileSync(join(installed, "dist", file), join(folder, file));
  await shows(t, await served(t, folder));
});

test("vite: built", async (t) => {
  const example = project.example("vite");
  example.script("build");
  await shows(t, await served(t, join(example.folder, "dist")));
});

test("vite: served while it is developed", async (t) => {
  const { folder } = project.example("vite");
  const vite = await createServer({ root: folder, server: { port: 0, host: "127.0.0.1" }, logLevel: "error" });
  t.after(() => vite.close());
  await vite.listen();
  await shows(t, vite.resolvedUrls?.local[0] ?? "");
});

test("webpack", async (t) => {
  const example = project.example("webpack");
  await webpacked(example);
  await shows(t, await served(t, example.folder));
});

test("esbuild", async (t) => {
  const example = project.example("esbuild");
  example.script("build");
  await shows(t, await served(t, example.folder));
});

test("ssr: imported on the server, started in the browser", async (t) => {
  const example = project.example("ssr");
  await webpacked(example);
  const program = spawn(process.execPath, ["dist/server.mjs"], { cwd: example.folder, env: { PORT: "0" } });
  t.after(() => program.kill());
  const url = (await printed(program.stdout, /^http:.*\n/)).trim();
  assert.match(await (await fetch(url)).text(), /<output id="conversions">–</, "rendered on the server");
  await shows(t, `${url}/`);
});

test("node", async (t) => {
  const { folder } = project.example("node");
  const env = { POLSO_URL: server.url, POLSO_TOKEN: await viewToken() };
  const program = spawn(process.execPath, ["main.js"], { cwd: folder, env });
  t.after(() => program.kill());
  const ended = once(program, "exit");
  const text = await printed(program.stdout, /conversions of the last hour: 2\n/);
  assert.match(text, /an empty event would be rejected\n/);
  program.kill("SIGINT");
  assert.deepEqual(await ended, [0, null], "nothing keeps it alive when the link is closed");
});

test("workers", async (t) => {
  const example = project.example("workers");
  example.script("build");
  const worker = await startWorker(join(example.folder, "dist"), {
    POLSO_URL: server.url,
    POLSO_TOKEN: await viewToken(),
  });
  t.after(() => worker.stop());
  assert.deepEqual(await (await fetch(worker.url)).json(), { verdict: "rejected", conversions: 2 });
});

test("there is no example that is not tried here", () => {
  const folders = readdirSync(inRoot("examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map(({ name }) => name).sort(), [
    "esbuild",
    "html",
    "node",
    "ssr",
    "vite",
    "webpack",
    "workers",
  ]);
});
