/**
 * The views: what is chosen is in the address and undone by the back button, every filter and window shows what the
 * HTTP interface answers to the same question, and all of it can be done by keyboard.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { until } from "../support/until.ts";
import { conversion, send, sendStories, storyClick, storyView } from "./support/events.ts";
import { live, shows, textOf, value, visit } from "./support/visit.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const before7Days = Math.floor(Date.now() / hourMs) * hourMs - 7 * dayMs - hourMs / 2;

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
  const at = (ago: number) => new Date(Date.now() - ago).toISOString();
  const several = (count: number, fields: Record<string, unknown>) =>
    Array.from({ length: count }, () => conversion(fields));
  await send(server, [
    ...several(12, { canale: "email", metadati: { campagna: "Estate", dispositivo: "iPad", localita: "Roma" } }),
    ...several(7, { canale: "sms", metadati: { campagna: "Estate", localita: "Milano" } }),
    ...several(4, { canale: "sms", stato: "fallito", metadati: { campagna: "Inverno" } }),
    ...several(5, { canale: "webform", timestamp: at(5 * hourMs), metadati: { campagna: "Ieri" } }),
    ...several(3, { canale: "email", timestamp: at(3 * dayMs) }),
    ...several(2, { timestamp: new Date(before7Days).toISOString() }),
  ]);
  const stories = [
    ...Array.from({ length: 30 }, () => storyView({ story_id: "vista", timestamp: at(2 * hourMs) })),
    ...Array.from({ length: 6 }, () => storyClick({ story_id: "vista", timestamp: at(2 * hourMs) })),
    ...Array.from({ length: 25 }, () => storyView({ story_id: "persa", timestamp: at(hourMs), completion_rate: 0.1 })),
    storyClick({ story_id: "persa", timestamp: at(hourMs) }),
    ...Array.from({ length: 3 }, () => storyView({ story_id: "nuova", user_location: "Milano", formato: "foto" })),
  ];
  await sendStories(server, stories);
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

interface Reading {
  readonly kpi: string;
  readonly value: number | null;
  readonly group: string | null;
}

/** What the HTTP interface answers. */
async function asked(query: string): Promise<readonly Reading[]> {
  const response = await fetch(`${server.url}/api/v1/kpi?${query}`, {
    headers: await server.bearer({ scope: "view" }),
  });
  const answer = (await response.json()) as { readings: readonly Reading[] };
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer.readings;
}

/** The names and values that a breakdown shows. */
async function bars(page: Page, dimension: string): Promise<Record<string, string>> {
  const rows = page.locator(`[data-by="${dimension}"] tbody tr`);
  const cells = await rows.evaluateAll((all) =>
    all.map((row) => [row.querySelector("th")?.textContent ?? "", row.querySelector(".figures")?.textContent ?? ""]),
  );
  return Object.fromEntries(cells);
}

/** Waits until the cards of conversions show what the HTTP interface answers to a query. */
async function agrees(page: Page, query: string): Promise<void> {
  const count = new Intl.NumberFormat("en-GB");
  const ratio = new Intl.NumberFormat("en-GB", { style: "percent", minimumFractionDigits: 1 });
  await until(`the page agrees with ${query}`, async () => {
    const readings = await asked(`${query}&kpi=conversions&kpi=conversion_rate`);
    const [conversions, rate] = readings.map((reading) => reading.value);
    const shown = [await value(page, "conversions"), await value(page, "conversion_rate")];
    return (
      shown[0] === count.format(conversions ?? Number.NaN) && shown[1] === (rate == null ? "–" : ratio.format(rate))
    );
  });
}

test("each view has an address, the keyboard goes from one to the next, and back comes back", async () => {
  const { page, problems, close } = await visit(browser, server);
  await live(page);
  await page.getByRole("link", { name: "Panoramica" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.locator('[data-view="stories"]').waitFor();
  assert.equal(page.url(), `${server.url}/?view=stories`);
  assert.equal(await page.title(), "Storie · Polso");
  await page.getByRole("radio", { name: "7 giorni", exact: true }).check();
  assert.equal(page.url(), `${server.url}/?view=stories&window=7d`);
  await page.goBack();
  await page.goBack();
  await page.locator('[data-view="overview"]').waitFor();
  assert.equal(page.url(), `${server.url}/`);
  await page.goForward();
  await page.locator('[data-view="stories"]').waitFor();
  assert.equal(await page.getByRole("link", { name: "Storie" }).getAttribute("aria-current"), "page");
  assert.deepEqual(problems, []);
  await close();
});

test("a click on a bar filters all other charts, and what they show is what the server answers", async () => {
  const { page, close } = await visit(browser, server, { path: "/?view=conversions", locale: "en-GB" });
  await live(page);
  await shows(page, "conversions", "19");
  await page.locator('[data-by="canale"]').getByRole("button", { name: "SMS" }).click();
  await shows(page, "conversions", "7");
  assert.match(page.url(), /where=canale%3Asms$/);
  assert.deepEqual(await bars(page, "canale"), { Email: "12", SMS: "7" }, "its own bars stay, to choose others");
  assert.deepEqual(await bars(page, "campagna"), { Estate: "7", Inverno: "0" });
  await agrees(page, "window=1h&where=canale:sms");
  await page.locator('[data-by="canale"]').getByRole("button", { name: "Email" }).click();
  await agrees(page, "window=1h&where=canale:sms&where=canale:email");
  await page.locator('[data-by="campagna"]').getByRole("button", { name: "Inverno" }).click();
  await agrees(page, "window=1h&where=canale:sms&where=canale:email&where=campagna:Inverno");
  await page.getByRole("button", { name: "Remove the filter Campaign: Inverno" }).click();
  await agrees(page, "window=1h&where=canale:sms&where=canale:email");
  await page.getByRole("button", { name: "Remove all" }).click();
  await shows(page, "conversions", "19");
  assert.equal(page.url(), `${server.url}/?view=conversions`);
  await close();
});

test("a filter that the view does not know stays, and says that it has no effect", async () => {
  const path = "/?view=conversions&where=luogo:Roma&where=canale:email";
  const { page, close } = await visit(browser, server, { path });
  await live(page);
  await shows(page, "conversions", "12");
  const chip = page.getByRole("button", { name: "Togli il filtro Luogo: Roma" });
  assert.match((await chip.getAttribute("title")) ?? "", /non ha effetto/);
  await page.getByRole("link", { name: "Storie" }).click();
  await shows(page, "views", "0");
  assert.equal(await chip.getAttribute("data-idle"), null);
  await close();
});

test("every window, sliding and tumbling, shows what the server answers", async () => {
  const { page, close } = await visit(browser, server, { path: "/?view=conversions", locale: "en-GB" });
  await live(page);
  for (const kind of ["Sliding", "Tumbling"]) {
    await page.getByRole("radio", { name: kind, exact: true }).check();
    for (const [name, window] of [
      ["5 min", "5m"],
      ["6 hours", "6h"],
      ["24 hours", "24h"],
      ["7 days", "7d"],
      ["28 days", "28d"],
      ["35 days", "35d"],
    ] as const) {
      await page.getByRole("radio", { name: name, exact: true }).check();
      await agrees(page, `window=${window}&kind=${kind.toLowerCase()}`);
    }
  }
  await close();
});

test("the time machine shows an earlier instant as the server answers it, stays there, and comes back", async () => {
  const atMs = Date.now() - 4 * hourMs;
  const at = new Date(atMs).toISOString();
  const { page, close } = await visit(browser, server, {
    path: `/?view=conversions&window=6h&at=${at}`,
    locale: "en-GB",
  });
  await live(page);
  await shows(page, "conversions", "5");
  await agrees(page, `window=6h&at=${at}`);
  await page.getByText("Time machine: these are the numbers as seen from").waitFor();
  await send(server, conversion({ timestamp: new Date(atMs - 60_000).toISOString() }));
  await shows(page, "conversions", "6");
  await page.getByRole("button", { name: "Back by one window" }).click();
  await shows(page, "conversions", "0");
  assert.equal(new URL(page.url()).searchParams.get("at"), new Date(atMs - 6 * hourMs).toISOString());
  const rome = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "short", timeZone: "Europe/Rome" });
  const wall = rome.format(atMs - 60_000).replace(" ", "T");
  await page.getByLabel("Look at an earlier instant (Rome time)").fill(wall);
  await page.keyboard.press("Tab");
  const chosen = new URL(page.url()).searchParams.get("at") ?? "";
  assert.equal(rome.format(Date.parse(chosen)).replace(" ", "T"), wall, "the input is Rome's time on any machine");
  await page.locator(".notice").getByRole("button", { name: "Live" }).click();
  await agrees(page, "window=6h");
  assert.equal(new URL(page.url()).searchParams.get("at"), null);
  await close();
});

test("what is no longer held by the five minutes is said, not shown as nothing", async () => {
  const at = new Date(Date.now() - 10 * dayMs).toISOString();
  const { page, close } = await visit(browser, server, { path: `/?view=conversions&at=${at}` });
  await live(page);
  await page.getByText("Le fasce di 5 minuti si conservano per 48 ore.").waitFor();
  await page.getByRole("figure", { name: "Conversioni · finestre di un’ora" }).waitFor();
  await page.getByText("a blocchi di 1 ora").waitFor();
  await close();
});

test("the same hours of last week stand on the cards, in whole hours", async () => {
  const now = Math.floor(Date.now() / hourMs) * hourMs;
  const { page, close } = await visit(browser, server, { path: "/?view=conversions&window=24h" });
  await live(page);
  const count = async (toMs: number) => {
    const at = new Date(toMs - 1).toISOString();
    return (await asked(`window=24h&at=${at}&kpi=conversions`))[0]?.value;
  };
  const versus = await textOf(page.locator('[data-kpi="conversions"] .versus'));
  const expected = `24 ore intere: ${await count(now)}, 7 giorni fa ${await count(now - 7 * dayMs)}`;
  assert.ok(versus.startsWith(expected), `${versus} is not ${expected}`);
  await page.getByRole("radio", { name: "28 giorni", exact: true }).check();
  await page.locator('[data-kpi="conversions"] .versus >> text="senza confronto"').waitFor();
  await close();
});

test("each story has its frozen first 15 minutes and stands against its targets", async () => {
  const { page, close } = await visit(browser, server, { path: "/?view=stories&window=6h" });
  await live(page);
  const row = (story: string) => page.locator(".table-by").getByRole("row", { name: story });
  const cells = async (story: string) =>
    Promise.all((await row(story).getByRole("cell").all()).slice(0, 5).map((cell) => textOf(cell)));
  await row("vista").waitFor();
  assert.deepEqual(await cells("vista"), ["✓ 20,0%", "30", "✓ 20,0%", "✓ 100,0%", "✓ 0,0%"]);
  assert.deepEqual(await cells("persa"), ["▼ 4,0%", "25", "▼ 4,0%", "▼ 0,0%", "▲ 100,0%"]);
  assert.equal((await cells("nuova"))[3], "◔ 100,0%", "few, and no short video");
  assert.match(
    (await row("persa").getByRole("cell").first().getAttribute("title")) ?? "",
    /1 clic su 25 visualizzazioni/,
  );
  await page.getByLabel("Dimensione della tabella").selectOption("luogo");
  await row("Milano").waitFor();
  const sorted = page.locator(".table-by").getByRole("columnheader", { name: "Uscite precoci" });
  await sorted.getByRole("button").click();
  assert.match(page.url(), /kpi=early_exit&by=luogo$/);
  assert.equal(await sorted.getAttribute("aria-sort"), "descending");
  await close();
});

test("the heat map marks the evening and its peak, and agrees with the server", async () => {
  // The last Thursday evening of Rome.
  const rome = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", timeZone: "Europe/Rome" });
  const shown = (ms: number) => rome.formatToParts(ms).filter(({ type }) => type !== "literal");
  const evening = Array.from({ length: 168 }, (_, hour) => Date.now() - (hour + 2) * hourMs).find((ms) => {
    const [weekday, hour] = shown(ms).map(({ value }) => value);
    return weekday === "Thu" && hour === "19";
  });
  assert.ok(evening !== undefined);
  const views = Array.from({ length: 40 }, () => storyView({ timestamp: new Date(evening).toISOString() }));
  await sendStories(server, views);
  const { page, close } = await visit(browser, server, { path: "/?view=stories", locale: "en-GB" });
  await live(page);
  await page.getByText("★ Evening peak: Thursday, 19–20 (40)").waitFor();
  const figure = page.getByRole("figure", { name: /days and hours/ });
  const peak = figure.locator("[data-peak]");
  assert.equal(await textOf(peak), "40");
  const groups = await asked("window=28d&by=giorno_ora&kpi=views");
  const total = groups.reduce((sum, { value }) => sum + (value ?? 0), 0);
  const cells = await figure.locator("tbody td").allTextContents();
  assert.equal(
    cells.reduce((sum, text) => sum + Number(text), 0),
    total,
  );
  await figure.getByRole("group").focus();
  await page.keyboard.press("ArrowDown");
  assert.match(await textOf(page.locator("#spoken")), /^Tuesday, 18–19/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.match(await textOf(page.locator("#spoken")), /^Thursday, 19–20 · 40/);
  await close();
});

test("bars are walked by arrow keys, spoken, and picked by Enter", async () => {
  const { page, close } = await visit(browser, server, { path: "/?view=conversions", locale: "en-GB" });
  await live(page);
  await page.locator('[data-by="campagna"] .plot').focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  assert.match(await textOf(page.locator("#spoken")), /^Estate · 19 · completed/);
  await page.keyboard.press("ArrowDown");
  assert.match(await textOf(page.locator("#spoken")), /^Inverno · 0 ·/);
  await page.keyboard.press("Enter");
  await agrees(page, "window=1h&where=campagna:Inverno");
  await page.keyboard.press("Enter");
  await agrees(page, "window=1h");
  await close();
});

test("integrity is a sum per source with its reasons, and the server's bounds stand beside it", async () => {
  await send(server, conversion({ valore: -1 }), 422);
  const { page, problems, close } = await visit(browser, server, { path: "/?view=integrity" });
  await live(page);
  await page.getByText("I conti tornano").waitFor();
  await page.getByRole("rowheader", { name: "value_negative" }).waitFor();
  await page.getByText("Nessun limite raggiunto").waitFor();
  const response = await fetch(`${server.url}/api/v1/integrity`, { headers: await server.bearer({ scope: "view" }) });
  const { sources } = (await response.json()) as { sources: Record<string, Record<string, number>> };
  for (const name of ["crm", "instagram"]) {
    const cells = await page.getByRole("row", { name }).first().getByRole("cell").allTextContents();
    const columns = ["received", "accepted", "duplicates", "conflicts", "rejected", "filtered", "late"];
    assert.deepEqual(
      cells.slice(0, columns.length).map(Number),
      columns.map((column) => sources[name]?.[column]),
      name,
    );
  }
  assert.deepEqual(problems, []);
  await close();
});
