/** The page can be read in both languages and in Rome's time, whatever the machine's zone and clock are. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { conversion, send } from "./support/events.ts";
import { live, textOf, value, visit } from "./support/visit.ts";

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
  const channels = ["email", "sms", "webform", "social_media"];
  await send(
    server,
    Array.from({ length: 40 }, (_, index) =>
      conversion({ canale: channels[index % 4], valore: 1234.5, stato: index % 5 === 0 ? "fallito" : "completato" }),
    ),
  );
  await send(server, conversion({ valore: -1.234, colore: "rosso" }), 422);
  await send(server, conversion({ timestamp: "2024-05-20T14:32:45.123Z" }));
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

test("numbers, reasons and an old event are written in Italian, and switched to English without a reload", async () => {
  const { page, problems, close } = await visit(browser, server, { path: "/?view=conversions" });
  await live(page);
  assert.equal(await value(page, "average_value"), "1.234,50\u00a0€");
  assert.equal(await value(page, "conversion_rate"), "80,0%");
  assert.equal(await textOf(page.locator(".all-time dd").first()), "33", "the event of 2024 counts for ever");
  await page.getByRole("button", { name: "Impostazioni" }).click();
  await page.getByLabel("Lingua").focus();
  await page.getByLabel("Lingua").selectOption("en");
  assert.equal(
    await page.getByRole("combobox", { name: "Language" }).evaluate((select) => select.matches(":focus")),
    true,
  );
  await page.keyboard.press("Escape");
  assert.equal(await value(page, "average_value"), "€1,234.50");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.reload();
  await page.getByRole("link", { name: "Integrity" }).click();
  await page.getByRole("heading", { name: "Reasons of rejection" }).waitFor();
  await page.getByRole("rowheader", { name: "value_precision" }).waitFor();
  await page.getByText("An amount has more than two decimals: round it to the cent.").waitFor();
  assert.deepEqual(problems, []);
  await close();
});

test("times are Rome's on a machine in any zone", async () => {
  for (const timezoneId of ["Europe/London", "America/New_York", "Asia/Tokyo"]) {
    const { page, close } = await visit(browser, server, { timezoneId, locale: "en-GB" });
    await live(page);
    const rome = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Rome" });
    const shown = await page.locator(".bars .labels text").last().textContent();
    const nowMs = Date.now();
    const windows = [nowMs, nowMs - 60_000].map((ms) => rome.format(Math.floor(ms / 300_000) * 300_000));
    assert.ok(windows.includes(shown ?? ""), `${shown} is none of ${windows}`);
    await close();
  }
});

test("a clock that is wrong by an hour changes nothing", async () => {
  const { page, close } = await visit(browser, server, {
    path: "/?window=5m",
    before: "{ const now = Date.now.bind(Date); Date.now = () => now() + 3_600_000; }",
  });
  await live(page);
  assert.equal(await value(page, "conversions"), "32");
  await close();
});
