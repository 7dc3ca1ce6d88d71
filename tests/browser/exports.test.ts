/** What is taken along is what is shown: tables as CSV for each language's spreadsheet, charts as PNG. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { conversion, send } from "./support/events.ts";
import { live, visit } from "./support/visit.ts";

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
  await send(server, [
    conversion({ valore: 1234.5, metadati: { campagna: "=HYPERLINK(1)" } }),
    conversion({ valore: 10.5, stato: "fallito", metadati: { campagna: "Saldi; autunno" } }),
    conversion({ canale: "sms", valore: 0.25, metadati: { campagna: "Saldi; autunno" } }),
  ]);
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

async function saved(page: Page, button: Locator) {
  const download = page.waitForEvent("download");
  await button.click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

async function open(locale: string, search: string) {
  const visited = await visit(browser, server, { locale, path: `/${search}` });
  await live(visited.page);
  return visited;
}

test("a table in Italian has semicolons, decimal commas and the numbers themselves", async () => {
  const { page, problems, close } = await open("it-IT", "?view=conversions&by=campagna&kpi=conversion_rate");
  const panel = page.locator(".table-by");
  await panel.getByRole("rowheader", { name: "Saldi; autunno" }).waitFor();
  const { name, bytes } = await saved(page, panel.getByRole("button", { name: /^CSV/ }));
  assert.match(name, /^polso-[a-z-]+-\d{8}-\d{4}\.csv$/);
  const lines = bytes.toString("utf8").split("\r\n");
  assert.equal(
    lines[0],
    "\ufeffCampagna;Conversioni;Tasso di conversione;Valore medio;Valore totale;Costo per conversione",
  );
  assert.deepEqual(lines.slice(1), [
    "'=HYPERLINK(1);1;1;1234,5;1234,5;",
    '"Saldi; autunno";1;0,5;0,25;0,25;',
    "Totale;2;0,666667;617,38;1234,75;",
    "",
  ]);
  assert.deepEqual(problems, []);
  await close();
});

test("a table in English has commas and decimal points", async () => {
  const { page, close } = await open("en-GB", "?view=conversions");
  const chart = page.getByRole("figure", { name: "Conversions · by channel" });
  const { bytes } = await saved(page, chart.getByRole("button", { name: "CSV Conversions · by channel" }));
  assert.equal(bytes.toString("utf8"), "\ufeffChannel,Conversions\r\nEmail,1\r\nSMS,1\r\n");
  await close();
});

test("an age is taken along as its instant", async () => {
  const { page, close } = await open("en-GB", "?view=integrity");
  const panel = page.getByRole("region", { name: "By source" });
  const { bytes } = await saved(page, panel.getByRole("button", { name: /^CSV/ }));
  assert.match(bytes.toString("utf8"), /\r\ncrm,3,3,0,0,0,0,0,0,[^,]+,\d{4}-\d\d-\d\dT[\d:.]+Z,/);
  await close();
});

for (const [view, chart] of [
  ["conversions", ".course"],
  ["conversions", ".breakdown"],
  ["stories", ".heat"],
] as const) {
  test(`the chart ${chart} as a PNG looks like the page, and its policy has nothing against it`, async () => {
    const { page, problems, close } = await open("it-IT", `?view=${view}`);
    const figure = page.locator(chart).first();
    await figure.scrollIntoViewIfNeeded();
    const { name, bytes } = await saved(page, figure.getByRole("button", { name: /^PNG/ }));
    assert.match(name, /\.png$/);
    const box = await figure.boundingBox();
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    assert.equal(width, Math.round((box?.width ?? 0) * 2));
    assert.ok(height > (box?.height ?? 0) * 2, "there is a line for when it was");
    const { colours, bars } = await inked(page, chart, bytes);
    assert.ok(colours > 20, `only ${colours} colours: no text was drawn`);
    if (view === "conversions") assert.ok(bars > 100, `only ${bars} pixels of a bar`);
    assert.deepEqual(problems, []);
    await close();
  });
}

/** How many colours a picture has, and how many pixels of a bar's colour. Looked at on a page without a policy. */
async function inked(page: Page, chart: string, png: Buffer): Promise<{ colours: number; bars: number }> {
  const bar = await page.evaluate((figure) => {
    const area = (element: Element) => element.getBoundingClientRect().width * element.getBoundingClientRect().height;
    const [mark] = [...(document.querySelector(figure)?.querySelectorAll(".bar, .bars rect") ?? [])].sort(
      (a, b) => area(b) - area(a),
    );
    const { fill, backgroundColor } = getComputedStyle(mark ?? document.body);
    return mark instanceof SVGElement ? fill : backgroundColor;
  }, chart);
  const bench = await browser.newPage();
  const found = await bench.evaluate(
    async ([data, wanted]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      context.fillStyle = wanted ?? "";
      context.fillRect(0, 0, 1, 1);
      const [colour] = new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer);
      context.drawImage(image, 0, 0);
      const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
      return { colours: new Set(pixels).size, bars: pixels.filter((pixel) => pixel === colour).length };
    },
    [png.toString("base64"), bar],
  );
  await bench.close();
  return found;
}
