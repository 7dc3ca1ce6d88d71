/** What importing an entry does: nothing, in Node and in a page, and as often as one likes. */

import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { conversion, send } from "../browser/support/events.ts";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { type FolderSite, serveFolder } from "./support/folder_site.ts";
import { Project } from "./support/project.ts";

type Polso = typeof import("polso");

let project: Project;
let browser: Browser;
let server: Server;
let site: FolderSite;

before(async () => {
  project = Project.create();
  for (const copy of ["a", "b"])
    cpSync(join(project.installed, "dist"), join(project.folder, copy), { recursive: true });
  [server, browser] = await serverAndBrowser();
  site = await serveFolder(project.folder);
  await send(server, conversion());
});

after(async () => {
  project?.remove();
  await Promise.all([browser?.close(), server?.stop(), site?.close()]);
});

const names = ["polso", "polso/inline", "polso/slim", "polso/tracker", "polso/widget", "polso/widget/define"];

for (const name of names) {
  test(`in Node, \`${name}\` neither waits, nor asks for anything, nor keeps the program alive`, () => {
    const said = project.node(
      "import.js",
      `import { createRequire } from "node:module";
       const forbidden = () => { throw new Error("called while importing"); };
       Object.assign(globalThis, { fetch: forbidden, setTimeout: forbidden, WebAssembly: undefined });
       const before = Object.getOwnPropertyNames(globalThis);
       // Takes only modules that are there at once, without a top-level await.
       const entry = createRequire(import.meta.url)(${JSON.stringify(name)});
       console.log(Object.getOwnPropertyNames(globalThis).length - before.length, Object.keys(entry).length);`,
    );
    assert.match(said, name === "polso/widget/define" ? /^0 \d$/ : /^0 [1-9]$/);
  });
}

test("in Node, using the core too early says what to do", () => {
  const said = project.node(
    "early.js",
    `import { connect } from "polso"; try { connect({}) } catch (error) { console.log(error.code, error.message) }`,
  );
  assert.equal(said, "not_initialised the core is not loaded yet: `await init()` first");
});

/** Writes down what a module that is imported may not do. */
const recorder = `
  window.done = [];
  const note = (object, name) => {
    const own = object[name];
    object[name] = function (...args) {
      done.push(name + " " + args[0]);
      return own.apply(this, args);
    };
  };
  for (const name of ["fetch", "setTimeout", "setInterval", "requestAnimationFrame", "addEventListener"]) note(window, name);
  for (const name of ["compile", "instantiate", "compileStreaming", "instantiateStreaming"]) note(WebAssembly, name);
  for (const name of ["createElement", "querySelector", "addEventListener"]) note(Document.prototype, name);
  note(CustomElementRegistry.prototype, "define");
  note(IDBFactory.prototype, "open");
  note(Storage.prototype, "getItem");
  for (const name of ["WebSocket", "Worker", "XMLHttpRequest", "CSSStyleSheet"]) {
    window[name] = new Proxy(window[name], { construct: (own, args) => { done.push("new " + name); return new own(...args); } });
  }
`;

async function open(script = ""): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${site.url}a/integrity.json`);
  await page.evaluate(script);
  return page;
}

test("in a page, importing does nothing", async () => {
  const page = await open(recorder);
  const seen = await page.evaluate(async () => {
    const before = Object.getOwnPropertyNames(globalThis);
    const body = document.documentElement.outerHTML;
    for (const entry of ["index", "inline", "slim", "tracker", "widget/index"]) await import(`/a/${entry}.js`);
    const { done } = window as unknown as { done: string[] };
    const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
    return { done, added, same: document.documentElement.outerHTML === body };
  });
  assert.deepEqual(seen, { done: [], added: [], same: true });
  await page.close();
});

test("in a page, `widget/define` registers the element and does nothing else, however often", async () => {
  const page = await open(recorder);
  const done = await page.evaluate(async () => {
    for (const copy of ["a", "b"]) await import(`/${copy}/widget/define.js`);
    return (window as unknown as { done: string[] }).done;
  });
  assert.deepEqual(done, ["define polso-kpi"]);
  await page.close();
});

test("three copies on one page work beside each other", async () => {
  const page = await open();
  await page.addScriptTag({ url: `${site.url}a/polso.iife.js` });
  const seen = await page.evaluate(
    async ({ url, token }) => {
      const script = (window as unknown as { polso: Polso }).polso;
      const copies: Polso[] = [await import("/a/index.js" as string), await import("/b/index.js" as string), script];
      await Promise.all(copies.map(({ init }) => init()));
      return Promise.all(
        copies.map(async ({ connect, validate }) => {
          const live = connect({ url, token });
          const value = await new Promise((resolve) => {
            live.watch({ window: "1h", kpi: ["conversions"] }, ({ readings: [reading] }) => resolve(reading?.value));
          });
          live.close();
          return `${value} ${validate("{}", { name: "crm" }).verdict}`;
        }),
      );
    },
    { url: server.url, token: await server.token({ scope: "view" }) },
  );
  assert.deepEqual(seen, ["1 rejected", "1 rejected", "1 rejected"]);
  await page.close();
});
