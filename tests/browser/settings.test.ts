/** What the viewer sets is obeyed at once and remembered; signing out leaves nothing behind, in any tab. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { conversion, send } from "./support/events.ts";
import { live, visit } from "./support/visit.ts";

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
  await send(server, conversion());
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

const background = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.body.parentElement ?? document.body).backgroundColor);
const stored = (page: Page) =>
  page.evaluate(() => [sessionStorage.getItem("polso.token"), localStorage.getItem("polso.token")].map(Boolean));

test("language, theme and density change without a reload and are there after one", async () => {
  const { page, problems, close } = await visit(browser, server, { locale: "en-GB" });
  await live(page);
  await page.evaluate("window.sameDocument = true");
  const [light, height] = [await background(page), await page.evaluate("document.body.scrollHeight")];
  await page.getByRole("button", { name: "Settings" }).press("Enter");
  await page.getByLabel("Theme").selectOption("dark");
  assert.notEqual(await background(page), light);
  await page.getByLabel("Density").selectOption("compact");
  assert.ok(Number(await page.evaluate("document.body.scrollHeight")) < Number(height), "more fits on a screen");
  await page.getByLabel("Language").selectOption("it");
  await page.getByRole("heading", { name: "Integrità" }).waitFor();
  assert.equal(await page.evaluate("window.sameDocument"), true);
  const dark = await background(page);
  await page.reload();
  await live(page);
  await page.getByRole("heading", { name: "Integrità" }).waitFor();
  assert.equal(await background(page), dark);
  assert.equal(await page.locator("html").getAttribute("data-density"), "compact");
  assert.deepEqual(problems, []);
  await close();
});

test("the theme follows the system until it is chosen", async () => {
  const { page, close } = await visit(browser, server, { colorScheme: "light" });
  await live(page);
  const light = await background(page);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.notEqual(await background(page), light);
  await page.getByRole("button", { name: "Impostazioni" }).click();
  await page.getByLabel("Tema").selectOption("light");
  assert.equal(await background(page), light);
  await close();
});

test("a token of the address is of this tab only", async () => {
  const { page, close } = await visit(browser, server);
  await live(page);
  assert.deepEqual(await stored(page), [true, false]);
  const other = await page.context().newPage();
  await other.goto(server.url);
  await other.getByRole("heading", { name: "Apri il cruscotto" }).waitFor();
  await close();
});

test("a token is remembered by choice, and forgotten by signing out in every tab", async () => {
  const { page, close } = await visit(browser, server, { token: "", locale: "en-GB" });
  await page.getByLabel("Remember me in this browser").check();
  await page.getByLabel("Access token").fill(await server.token({ scope: "view" }));
  await page.keyboard.press("Enter");
  await live(page);
  assert.deepEqual(await stored(page), [true, true]);
  const other = await page.context().newPage();
  await other.goto(server.url);
  await live(other);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  for (const tab of [page, other]) {
    await tab.getByRole("heading", { name: "Open the dashboard" }).waitFor();
    assert.equal(await tab.locator(".board").isVisible(), false, "no number stays");
  }
  for (const tab of [page, other]) assert.deepEqual(await stored(tab), [false, false]);
  await other.reload();
  await other.getByRole("heading", { name: "Open the dashboard" }).waitFor();
  await close();
});
