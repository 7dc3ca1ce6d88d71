/**
 * The dashboard under three policies: nothing that it does is objected to, and where WebAssembly is forbidden the server's
 * numbers take the place of the core's.
 */

import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import type { Browser } from "playwright-core";
import { viewNames } from "../../www/src/selection.ts";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { conversion, send, sendStories, storyView } from "./support/events.ts";
import { dashboardSite, policies } from "./support/strict_site.ts";
import { live, shows, value } from "./support/visit.ts";

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
  await send(server, [conversion(), conversion({ canale: "sms" }), conversion({ canale: "sms", stato: "fallito" })]);
  await send(server, conversion({ colore: "rosso" }), 422);
  await sendStories(server, [storyView(), storyView()]);
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

async function open(t: TestContext, policy: string, search = "") {
  const site = await dashboardSite(server.url, policy);
  const context = await browser.newContext({ locale: "en-GB", acceptDownloads: true });
  t.after(async () => {
    await context.close();
    await site.close();
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  await page.addInitScript(`
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective + " " + event.blockedURI));
  `);
  await page.goto(`${site.url}/${search}#token=${await server.token({ scope: "view admin" })}`);
  await live(page);
  return { page, problems, violations: () => page.evaluate("violations") };
}

for (const [name, policy] of Object.entries(policies)) {
  test(`no view and nothing that is done there violates the policy "${policy}"`, async (t) => {
    const { page, problems, violations } = await open(t, policy);
    const note = page.getByText("This page may not run WebAssembly");
    assert.equal(await note.isVisible(), !policy.includes("wasm-unsafe-eval"), name);
    for (const view of viewNames) {
      await page.locator(".views a").nth(viewNames.indexOf(view)).click();
      await page.locator(`[data-view="${view}"]`).waitFor({ timeout: 20_000 });
      for (const kind of ["CSV", "PNG"]) {
        const button = page.locator(".exports button", { hasText: kind }).first();
        if ((await button.count()) === 0) continue;
        const download = page.waitForEvent("download");
        await button.click();
        await download;
      }
    }
    await page.getByRole("button", { name: /^Replay/ }).click();
    await page.getByText("Rejected again").waitFor();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Density").selectOption("compact");
    await page.getByLabel("Theme").selectOption("dark");
    await page.getByLabel("Language").selectOption("it");
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Eventi rifiutati" }).waitFor();
    // What the browser itself says of the event that was rejected again.
    const others = problems.filter((problem) => !problem.includes("422"));
    assert.deepEqual([await violations(), others], [[], []]);
  });
}

test("without WebAssembly the numbers are the same, are live, and can be filtered", async (t) => {
  const { page, problems } = await open(t, policies.strict);
  await shows(page, "conversions", "2");
  assert.equal(await value(page, "conversion_rate"), "66.7%");
  assert.equal(await value(page, "views"), "2");
  await send(server, conversion({ canale: "sms" }));
  await shows(page, "conversions", "3");
  await page.getByRole("figure", { name: "Conversions · by channel" }).getByText("SMS").click();
  await shows(page, "conversions", "2");
  assert.match(page.url(), /where=canale%3Asms/);
  await page.getByRole("button", { name: /SMS/ }).first().click();
  await shows(page, "conversions", "3");
  await page.getByText("This page may not run WebAssembly").waitFor();
  assert.deepEqual(problems, []);
});

test("without WebAssembly an hour that has been is looked at too, and the link comes back", async (t) => {
  const { page } = await open(t, policies.strict, "?at=2026-01-01T12:00:00Z");
  await page.getByText("1 Jan 2026").first().waitFor();
  await page.goto(page.url().replace(/\?.*/, ""));
  await live(page);
  await shows(page, "conversions", "3");
  await server.kill9();
  await page.locator('[data-link="reconnecting"]').waitFor({ timeout: 30_000 });
  assert.equal(await value(page, "conversions"), "3", "the last values stay");
  await server.restart();
  await page.locator('[data-link="live"]').waitFor({ timeout: 45_000 });
});
