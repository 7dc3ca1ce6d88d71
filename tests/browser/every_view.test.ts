/**
 * Every view is for everyone: axe finds nothing, each chart is named, has a cursor for the keyboard whose value is
 * spoken, and a table; nothing is wider than the page, moves against the viewer's wish, or vanishes in forced colours.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { viewNames } from "../../www/src/selection.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Server, startServer } from "../support/server.ts";
import { axe, findings } from "./support/axe.ts";
import { conversion, send, sendStories, storyView } from "./support/events.ts";
import { live, textOf, type VisitOptions, value, visit } from "./support/visit.ts";

let server: Server;
let browser: Browser;

before(async () => {
  server = await startServer();
  browser = await launchChromium();
  const channels = ["email", "sms", "webform", "social_media"];
  await send(
    server,
    Array.from({ length: 40 }, (_, index) => conversion({ canale: channels[index % 4], metadati: { campagna: "A" } })),
  );
  await send(server, conversion({ valore: -1.234, colore: "rosso" }), 422);
  await sendStories(
    server,
    Array.from({ length: 30 }, () => storyView()),
  );
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

/** A view with its numbers. */
async function look(view: string, options: VisitOptions = {}) {
  const token = await server.token({ scope: "view admin" });
  const visited = await visit(browser, server, { token, path: `/?view=${view}`, ...options, before: axe });
  await live(visited.page);
  await visited.page.locator(`[data-view="${view}"]`).waitFor();
  if (view === "rejected") await visited.page.locator(".rejected-event").waitFor();
  return visited;
}

for (const view of viewNames) {
  test(`axe finds nothing: ${view}, light and dark, wide and narrow`, async () => {
    for (const options of [
      { locale: "it-IT" },
      { locale: "en-GB", colorScheme: "dark", viewport: { width: 320, height: 700 } },
    ] as const) {
      const { page, problems, close } = await look(view, options);
      assert.deepEqual(await findings(page), [], JSON.stringify(options));
      assert.deepEqual(problems, []);
      await close();
    }
  });

  test(`each chart is named, has a spoken cursor and a table: ${view}`, async () => {
    const { page, close } = await look(view, { locale: "en-GB" });
    const charts = await page.getByRole("figure").all();
    for (const chart of charts) {
      const name = await textOf(chart.getByRole("heading"));
      await page.getByRole("figure", { name, exact: true }).waitFor();
      const plot = chart.locator(".plot");
      await plot.focus();
      const spoken = page.locator("#spoken");
      await page.keyboard.press("End");
      const last = await textOf(spoken);
      await page.keyboard.press("Home");
      const first = await textOf(spoken);
      assert.match(first, /\d|no data/, `${name} says nothing`);
      const rows = await chart.locator("tbody tr").count();
      assert.ok(rows > 0, `${name} has no table`);
      if (rows > 1) assert.notEqual(first, last, `${name} says the same everywhere`);
    }
    assert.ok(charts.length > 0 || view === "integrity" || view === "rejected", "a view without a chart");
    await close();
  });

  test(`nothing is wider than the page from 320 to 2560 pixels: ${view}`, async () => {
    const { page, close } = await look(view);
    for (const width of [320, 360, 768, 1024, 1280, 1920, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(excess <= 0, `${excess} pixels too wide at ${width}`);
    }
    await close();
  });

  test(`all that is operated is reached by the Tab key and shows its focus: ${view}`, async () => {
    const { page, close } = await look(view);
    const wanted = await page.evaluate(() => {
      const all = document.querySelectorAll<HTMLElement>("a[href], button, select, input, summary, [tabindex='0']");
      return [...all].filter((element) => {
        return (
          element.checkVisibility({ visibilityProperty: true }) &&
          element.tabIndex >= 0 &&
          !element.matches(":disabled")
        );
      }).length;
    });
    const reached = await tabThrough(page, wanted * 2);
    // Radio buttons of one group are one stop.
    const radios = await page.evaluate(() => {
      const all = [...document.querySelectorAll<HTMLInputElement>("input[type=radio]")];
      const seen = all.filter((radio) => radio.checkVisibility());
      return seen.length - new Set(seen.map(({ name }) => name)).size;
    });
    // A field for an instant has several stops of its own.
    assert.ok(reached.size >= wanted - radios, `${reached.size} of ${wanted - radios}`);
    assert.deepEqual(
      [...reached].filter((stop) => stop.endsWith("unseen")),
      [],
    );
    await close();
  });

  test(`forced colours and reduced motion are obeyed: ${view}`, async () => {
    const { page, close } = await look(view, { forcedColors: "active", reducedMotion: "reduce" });
    const marks = await page.evaluate(() => {
      const surface = getComputedStyle(document.documentElement).backgroundColor;
      const all = [...document.querySelectorAll(".bars rect, .bar:not([data-empty])")].filter((mark) => {
        return mark.getBoundingClientRect().width > 0;
      });
      const colour = (mark: Element) => {
        const { fill, backgroundColor } = getComputedStyle(mark);
        return mark instanceof SVGElement ? fill : backgroundColor;
      };
      return all.filter((mark) => [surface, "none", "rgba(0, 0, 0, 0)"].includes(colour(mark))).length;
    });
    assert.equal(marks, 0, "marks that cannot be seen");
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    assert.deepEqual(await findings(page), []);
    await close();
  });

  test(`on paper there is the period and when it was updated, and nothing to operate: ${view}`, async () => {
    const { page, close } = await look(view);
    await page.emulateMedia({ media: "print" });
    await page.getByText(/Aggiornato alle \d\d:\d\d:\d\d/).waitFor();
    // What a card, a row or a column is called is a button on the screen; what is chosen stays to be read.
    const operated = await page.evaluate(() => {
      const all = document.querySelectorAll(
        ".quiet-button, .link-button, .main-button, select, input:not([type=radio])",
      );
      return Array.from(all, (element) => (element.checkVisibility() ? element.outerHTML : "")).filter(Boolean);
    });
    assert.deepEqual(operated, []);
    await close();
  });
}

/** Every stop on the way: what it is, and whether its focus can be seen. */
async function tabThrough(page: Page, stopsMax: number): Promise<Set<string>> {
  const stops = new Set<string>();
  for (let stop = 0; stop < stopsMax; stop += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (element === null || element === document.body) return "";
      const seen = [element, ...element.querySelectorAll("*"), element.nextElementSibling, element.parentElement].some(
        (part) => {
          return (
            part !== null &&
            [undefined, "::before", "::after"].some((pseudo) => {
              const { outlineStyle, outlineWidth } = getComputedStyle(part, pseudo);
              return outlineStyle !== "none" && outlineWidth !== "0px";
            })
          );
        },
      );
      const all = [...document.querySelectorAll("*")];
      return `${all.indexOf(element)} ${element.tagName} ${element.className} ${seen ? "seen" : "unseen"}`;
    });
    if (at !== "") stops.add(at);
  }
  return stops;
}

for (const [name, options] of Object.entries({
  "without a token": { token: "" },
  "with a wrong token": { token: "nonsense", colorScheme: "dark" },
} as const)) {
  test(`axe finds nothing: ${name}`, async () => {
    const { page, close } = await visit(browser, server, { ...options, before: axe });
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    if (options.token !== "") await page.getByRole("alert").getByText(/\S/).waitFor();
    assert.deepEqual(await findings(page), []);
    await close();
  });
}

test("axe finds nothing: an earlier instant, and the settings open", async () => {
  const { page, close } = await look("conversions", { path: "/?view=conversions&at=2026-01-01T12:00:00Z" });
  await page.getByRole("button", { name: "Impostazioni" }).click();
  await page.getByLabel("Densità").selectOption("compact");
  assert.deepEqual(await findings(page), []);
  await close();
});

test("pause holds the numbers, says so, and lets go", async () => {
  const { page, close } = await look("overview");
  const before = await value(page, "conversions");
  await page.getByRole("button", { name: "Pausa" }).press("Enter");
  await page.getByText("In pausa: i valori sono quelli").waitFor();
  assert.deepEqual(await findings(page), []);
  await send(server, conversion());
  await page.locator(".head .age").getByText(/\S/).waitFor();
  assert.equal(await value(page, "conversions"), before);
  await page.getByRole("button", { name: "Riprendi" }).press("Enter");
  await page.locator(`[data-kpi="conversions"] .value >> text="${Number(before) + 1}"`).waitFor();
  await close();
});
