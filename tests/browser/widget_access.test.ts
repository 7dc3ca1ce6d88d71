/** Who uses `<polso-kpi>` without a mouse, without eyes, without colours, in another language or on another screen. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { until } from "../support/until.ts";
import { conversion, send } from "./support/events.ts";
import { links, property, shows, widgets } from "./support/widgets.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
  const channels = ["email", "email", "sms", "webform"];
  const minutesAgo = (index: number) => new Date(Date.now() - index * 60_000).toISOString();
  const events = Array.from({ length: 48 }, (_, index) =>
    conversion({
      canale: channels[index % 4],
      timestamp: minutesAgo(index),
      stato: index % 6 === 0 ? "fallito" : "completato",
    }),
  );
  await send(server, events);
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

const every = `<main><h1>x</h1>
  <polso-kpi kpi="conversions" window="1h"></polso-kpi>
  <polso-kpi kpi="conversion_rate" window="5m"></polso-kpi>
  <polso-kpi kpi="conversion_rate" window="1h" by="canale"></polso-kpi>
  <polso-kpi kpi="cpa" window="all"></polso-kpi>
  <polso-kpi kpi="conversions" window="1h" alert-above="1"></polso-kpi>
  <polso-kpi kpi="nonsense" window="1h"></polso-kpi></main>`;

/** What axe finds, each with the elements concerned. */
async function findings(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
    );
  });
}

for (const scheme of ["light", "dark"] as const) {
  test(`axe finds nothing: ${scheme}, live, with open tables, and while the link is down`, async (t) => {
    const script = `document.documentElement.lang = "it"; document.documentElement.style.colorScheme = "${scheme}";
      document.documentElement.style.background = "Canvas";`;
    const { page } = await widgets(t, browser, server, every, { script, before: axe, colorScheme: scheme });
    const all = page.locator("polso-kpi");
    for (const widget of (await all.all()).slice(0, 5)) await links(widget, "live");
    await all.last().locator("[part=problem]").waitFor();
    for (const index of [0, 1, 2, 4]) await all.nth(index).getByRole("button", { name: "Mostra come tabella" }).click();
    await all.nth(2).locator("[part=chart]").focus();
    assert.deepEqual(await findings(page), []);
    await all.evaluateAll((widgets) => {
      for (const widget of widgets) Object.assign(widget, { paused: true });
    });
    await links(all.first(), "paused");
    assert.deepEqual(await findings(page), []);
  });
}

const course = `<polso-kpi kpi="conversions" window="1h"></polso-kpi>`;
const groups = `<polso-kpi kpi="conversions" window="1h" by="canale"></polso-kpi>`;

async function open(t: TestContext, body: string, options: Parameters<typeof widgets>[4] = {}) {
  const { page, ...rest } = await widgets(t, browser, server, body, options);
  const widget = page.locator("polso-kpi").first();
  await links(widget, "live");
  if (!body.includes("all")) await widget.locator("[part=chart]").waitFor();
  return { page, widget, ...rest };
}

test("it is a figure with a name, and its chart has one too", async (t) => {
  const { widget } = await open(t, course);
  await widget.getByRole("figure", { name: "Conversioni · ultima ora" }).waitFor();
  const chart = widget.getByRole("application", { name: "Conversioni, andamento, ultima ora" });
  await chart.waitFor();
  assert.equal(await chart.getAttribute("aria-roledescription"), "grafico");
});

test("arrow keys move a cursor along the course, whose value is spoken; Escape leaves it", async (t) => {
  const { page, widget } = await open(t, course);
  const spoken = widget.getByRole("status");
  const basis = widget.locator("[part=basis]");
  await widget.locator("[part=chart]").focus();
  await basis.getByText(/in corso$/).waitFor();
  await page.keyboard.press("ArrowLeft");
  const before = (await spoken.textContent()) ?? "";
  assert.match(before, /^\d\d:\d\d:\d\d–\d\d:\d\d:\d\d · \d+$/);
  assert.match((await basis.textContent()) ?? "", /^\d\d:\d\d:\d\d–\d\d:\d\d:\d\d · \d+$/);
  await page.keyboard.press("Home");
  const first = (await spoken.textContent()) ?? "";
  assert.notEqual(first, before);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await spoken.textContent(), first, "it stays on the first");
  await page.keyboard.press("End");
  assert.match((await spoken.textContent()) ?? "", /in corso$/);
  await page.keyboard.press("Escape");
  await basis.getByText(/^\d\d:\d\d:\d\d–\d\d:\d\d:\d\d$/).waitFor();
});

test("the same among groups, where the cursor stays on its group while they change places", async (t) => {
  const { page, widget } = await open(t, groups);
  const spoken = widget.getByRole("status");
  await widget.locator("[part=chart]").focus();
  await page.keyboard.press("End");
  const last = (await spoken.textContent()) ?? "";
  const [name = ""] = last.split(" · ");
  assert.match(last, /^(SMS|Modulo web) · \d+$/);
  const canale = name === "SMS" ? "sms" : "webform";
  await send(
    server,
    Array.from({ length: 40 }, () => conversion({ canale })),
  );
  await widget.locator("[part=row]").first().getByText(name).waitFor();
  assert.equal(await widget.locator("[data-cursor]").locator("[part=row-name]").textContent(), name);
});

test("the table twin says what the chart shows", async (t) => {
  const { widget } = await open(t, course);
  await widget.getByRole("button", { name: "Mostra come tabella" }).click();
  const table = widget.getByRole("table", { name: "Conversioni, andamento, ultima ora" });
  assert.equal(await table.getByRole("row").count(), 13);
  await until("both say the same", async () => {
    const cells = await table.locator("td:nth-child(2)").allTextContents();
    const details = (await property(widget, "details")) as { value: number }[];
    return String(cells) === String(details.map(({ value }) => value).reverse());
  });
  await widget.getByRole("button", { name: "Nascondi la tabella" }).click();
  await table.waitFor({ state: "hidden" });
});

test("all of it is reached by the keyboard, with a visible focus", async (t) => {
  const { page, widget } = await open(t, course);
  await widget.evaluate(() => document.body.focus());
  const seen: string[] = [];
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press("Tab");
    const focus = await widget.evaluate((element) => {
      const inner = element.shadowRoot?.activeElement;
      return [inner?.getAttribute("part"), inner && getComputedStyle(inner).outlineStyle];
    });
    seen.push(focus.join(" "));
  }
  assert.deepEqual(seen, ["chart solid", "button solid", "button solid"]);
  await page.keyboard.press("Enter");
  await widget.getByRole("table").waitFor();
});

test("a summary is spoken once for many widgets, and buttons are large enough to hit", async (t) => {
  const body = Array.from({ length: 6 }, (_, index) => course.replace("1h", `${index + 1}h`)).join("");
  const { page } = await open(t, body);
  for (const widget of await page.locator("polso-kpi").all()) await links(widget, "live");
  const spoken = async () =>
    (await page.locator("polso-kpi").getByRole("status").allTextContents()).filter((text) => text !== "");
  await until("one speaks", async () => (await spoken()).length > 0);
  assert.deepEqual((await spoken()).length, 1);
  assert.match((await spoken())[0] ?? "", /^Conversioni, ultim.*: \d+$/);
  for (const button of await page.locator("polso-kpi").getByRole("button").all()) {
    const box = await button.boundingBox();
    assert.ok(box !== null && box.width >= 24 && box.height >= 24, JSON.stringify(box));
  }
});

test("the language is the element's, the page's or the browser's, and changes without a reload", async (t) => {
  const { page, widget } = await open(t, `<polso-kpi kpi="total_value" window="all"></polso-kpi>`, { locale: "en-GB" });
  await widget.getByRole("figure", { name: "Total value · of all time" }).waitFor();
  const value = await widget.locator("[part=value]").textContent();
  assert.match(value ?? "", /^€/);
  await widget.evaluate((element) => element.setAttribute("lang", "it"));
  await widget.getByRole("figure", { name: "Valore totale · da sempre" }).waitFor();
  await widget
    .locator("[part=value]")
    .getByText(/\u00a0€$/)
    .waitFor();
  await widget.evaluate((element) => element.removeAttribute("lang"));
  await widget.getByRole("figure", { name: "Total value · of all time" }).waitFor();
  await page.evaluate(`document.documentElement.lang = "it"`);
  await widget.getByRole("figure", { name: "Valore totale · da sempre" }).waitFor();
});

test("times are Rome's on a machine in any zone", async (t) => {
  for (const timezoneId of ["America/New_York", "Asia/Tokyo", "Europe/London"]) {
    const { widget } = await open(t, course, { timezoneId });
    const window = await widget.locator("[part=basis]").textContent();
    const rome = new Intl.DateTimeFormat("it-IT", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Rome" });
    const minutes = [0, 1].map((ago) => rome.format(Date.now() + 30_000 - ago * 60_000));
    assert.ok(
      minutes.some((minute) => window?.split("–")[1]?.startsWith(minute)),
      `${window} ends with none of ${minutes}`,
    );
  }
});

test("nothing moves for who wants no motion, and everything is there without colours", async (t) => {
  const { page, widget } = await open(t, groups, { reducedMotion: "reduce", forcedColors: "active" });
  const bar = widget.locator("[part=bar]").first();
  await bar.waitFor();
  const style = await bar.evaluate((element) => {
    const { transitionDuration, backgroundColor } = getComputedStyle(element);
    return {
      transitionDuration,
      painted: backgroundColor !== getComputedStyle(document.documentElement).backgroundColor,
    };
  });
  assert.deepEqual(style, { transitionDuration: "0s", painted: true });
  await page.emulateMedia({ reducedMotion: "no-preference" });
  assert.equal(await bar.evaluate((element) => getComputedStyle(element).transitionDuration), "0.25s");
});

test("nothing is wider than its place from 160 to 2560 pixels, nor with a long amount", async (t) => {
  const { page, widget } = await open(t, every, { viewport: { width: 320, height: 700 } });
  await shows(page.locator("polso-kpi").last(), "–");
  await send(server, conversion({ valore: 999_999_999.99 }));
  for (const width of [160, 320, 768, 2560]) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page
      .locator("polso-kpi")
      .evaluateAll((all) =>
        all.flatMap((one) =>
          [...(one.shadowRoot?.querySelectorAll(".card, .number, .value, .foot, .plot") ?? [])]
            .filter((element) => element.scrollWidth > element.clientWidth + 1)
            .map((element) => `${one.getAttribute("kpi")} ${element.className}`),
        ),
      );
    assert.deepEqual(wide, [], `at ${width} pixels`);
  }
  await widget.waitFor();
});
