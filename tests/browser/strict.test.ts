/** A page under `default-src 'self'`, which forbids WebAssembly: live numbers, and nothing that its policy objects to. */

import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import type { Browser } from "playwright-core";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { until } from "../support/until.ts";
import { conversion, send } from "./support/events.ts";
import { strictSite } from "./support/strict_site.ts";

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

/** Shows one number, and how the link is. Its token is in the address. */
const slim = `
  import { connect } from "/sdk/slim.js";
  const live = connect({ token: new URLSearchParams(location.search).get("token"), space: "main" });
  const output = document.getElementById("value");
  live.onState(({ kind }) => { output.dataset.link = kind; });
  live.watch({ window: "1h", kpi: ["conversions"], where: ["canale:email"] }, ({ readings: [reading] }) => {
    output.textContent = reading.value;
  });
  window.live = live;
`;

async function visit(t: TestContext, script: string) {
  const site = await strictSite(server.url, script);
  const page = await browser.newPage();
  t.after(async () => {
    await page.close();
    await site.close();
  });
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  await page.addInitScript(`
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective + " " + event.blockedURI));
  `);
  await page.goto(`${site.url}/?token=${await server.token({ scope: "view" })}`);
  const shows = (text: string) => page.locator(`#value >> text="${text}"`).waitFor({ timeout: 30_000 });
  return { page, problems, shows, violations: () => page.evaluate("violations") };
}

test("its numbers are live without WebAssembly and without a violation", async (t) => {
  const { page, problems, shows, violations } = await visit(t, slim);
  await shows("0");
  const blocked = await page.evaluate(
    "WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).catch(String)",
  );
  assert.match(String(blocked), /unsafe-eval/, "the policy is one that forbids WebAssembly");
  assert.deepEqual(await violations(), ["script-src wasm-eval"], "and nothing but this test met it");
  assert.deepEqual(
    problems.filter((problem) => !/wasm|WebAssembly/i.test(problem)),
    [],
  );
  await send(server, conversion());
  await shows("1");
  await send(server, [conversion({ canale: "sms" }), conversion()]);
  await shows("2");
  assert.equal(await page.locator("#value").getAttribute("data-link"), "live");
  // Not by the page's own means, which evaluate a text.
  await until("a beat brings the figures", async () => (await page.evaluate("live.integrity().total.accepted")) === 3);
});

test("it comes back by itself after the server was gone, with the same numbers", async (t) => {
  const { page, shows } = await visit(t, slim);
  await shows("2");
  await server.kill9();
  await page.locator('[data-link="reconnecting"]').waitFor({ timeout: 30_000 });
  await shows("2");
  await server.restart();
  await page.locator('[data-link="live"]').waitFor({ timeout: 45_000 });
  await send(server, conversion());
  await shows("3");
});

test("a page for both kinds of policy tries the core first", async (t) => {
  const { page, shows } = await visit(
    t,
    `
    import * as polso from "/sdk/index.js";
    const { connect } = await polso.init().then(
      () => polso,
      (error) => (error.code === "core_blocked" ? import("/sdk/slim.js") : Promise.reject(error)),
    );
    const live = connect({ token: new URLSearchParams(location.search).get("token") });
    live.watch({ window: "1h", kpi: ["conversions"], where: ["canale:email"] }, ({ readings: [reading] }) => {
      document.getElementById("value").textContent = reading.value;
    });
    window.served = connect !== polso.connect;
  `,
  );
  await shows("3");
  assert.equal(await page.evaluate("served"), true);
});
