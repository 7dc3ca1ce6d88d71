/** The page can be read: by eye in both languages and in Rome's time, by ear, by keyboard, at every width. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { type Server, startServer } from "../support/server.ts";
import { conversion, send } from "./support/events.ts";
import { live, textOf, type VisitOptions, value, visit } from "./support/visit.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
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

/** What axe finds, each with the elements concerned. */
async function findings(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
}

const views: Record<string, VisitOptions> = {
  "light, Italian": {},
  conversions: { path: "/?view=conversions&where=canale:email" },
  stories: { path: "/?view=stories&window=7d", colorScheme: "dark" },
  integrity: { path: "/?view=integrity", locale: "en-GB" },
  "an earlier instant": { path: "/?view=conversions&at=2026-01-01T12:00:00Z" },
  "dark, English": { colorScheme: "dark", locale: "en-GB" },
  "narrow, dark": { colorScheme: "dark", viewport: { width: 320, height: 700 } },
  "without a token": { token: "" },
  "with a wrong token": { token: "nonsense", colorScheme: "dark" },
};

for (const [name, options] of Object.entries(views)) {
  test(`axe finds nothing: ${name}`, async () => {
    const { page, close } = await visit(browser, server, { ...options, before: axe });
    if (options.token === undefined) await live(page);
    else await page.getByRole("heading", { level: 2 }).first().waitFor();
    if (options.token) await page.getByRole("alert").getByText(/\S/).waitFor();
    assert.deepEqual(await findings(page), []);
    await close();
  });
}

test("axe finds nothing while the link is down", async () => {
  const { page, close } = await visit(browser, server, { before: axe });
  await live(page);
  await page.getByRole("button", { name: "Pausa" }).click();
  await page.getByText("In pausa: i valori sono quelli").waitFor();
  assert.deepEqual(await findings(page), []);
  await close();
});

test("the chart has a name, a cursor for the keyboard with a spoken value, and a table twin", async () => {
  const { page, close } = await visit(browser, server);
  await live(page);
  const figure = page.getByRole("figure", { name: "Conversioni · finestre di 5 minuti" });
  const plot = figure.getByRole("group", { name: /Conversioni/ });
  await plot.focus();
  await page.keyboard.press("ArrowLeft");
  const spoken = page.locator("#spoken");
  assert.match(await textOf(spoken), /^\d\d:\d\d–\d\d:\d\d · \d+/);
  const before = await textOf(spoken);
  await page.keyboard.press("Home");
  assert.notEqual(await textOf(spoken), before);
  await page.keyboard.press("End");
  assert.match(await textOf(spoken), /in corso$/);
  await figure.getByText("Mostra come tabella").click();
  assert.equal(await figure.getByRole("row").count(), 14);
  await close();
});

test("numbers, reasons and an old event are written in Italian, and switched to English without a reload", async () => {
  const { page, problems, close } = await visit(browser, server, { path: "/?view=conversions" });
  await live(page);
  assert.equal(await value(page, "average_value"), "1.234,50\u00a0€");
  assert.equal(await value(page, "conversion_rate"), "80,0%");
  assert.equal(await textOf(page.locator(".all-time dd").first()), "33", "the event of 2024 counts for ever");
  await page.getByLabel("Lingua").selectOption("en");
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
  for (const timezoneId of ["America/New_York", "Asia/Tokyo"]) {
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

test("nothing is wider than the page from 320 to 2560 pixels", async () => {
  const { page, close } = await visit(browser, server);
  await live(page);
  for (const view of ["Panoramica", "Conversioni", "Storie", "Integrità"]) {
    await page.getByRole("navigation").getByRole("link", { name: view }).click();
    for (const width of [320, 360, 768, 1024, 1280, 1920, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      const excess = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(excess, 0, `${view} at ${width} pixels`);
    }
  }
  await close();
});
