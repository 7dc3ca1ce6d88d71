/** `<polso-kpi>` when the link fails: the values stay and are said to be old, and it comes back by itself with the server's. */

import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import type { Browser } from "playwright-core";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { conversion, send } from "./support/events.ts";
import { policies } from "./support/strict_site.ts";
import { links, property, shows, widgets } from "./support/widgets.ts";

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
  await send(
    server,
    [1, 2, 3].map(() => conversion({ canale: "email" })),
  );
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

const one = `<polso-kpi kpi="conversions" window="1h" where="canale:email"></polso-kpi>`;

/** A page in which every frame of a socket may be held back, as on a line that died without saying so. */
const holding = `
  const Socket = WebSocket;
  window.held = false;
  window.WebSocket = class extends Socket {
    set onmessage(take) { super.onmessage = (message) => { if (!window.held) take(message); }; }
  };`;

for (const engine of ["server", "wasm"] as const) {
  test(`the server dies and comes back: the values stay, the state is true within 10 s (${engine})`, async (t) => {
    const body = engine === "wasm" ? one.replace(" kpi", " wasm kpi") : one;
    const { page } = await widgets(t, browser, server, body, { site: { policy: policies.wasm } });
    const widget = page.locator("polso-kpi");
    await links(widget, "live");
    const count = String(((await property(widget, "reading")) as { value: number }).value);
    await shows(widget, count);
    await server.kill9();
    await links(widget, "reconnecting", 10_000);
    await shows(widget, count);
    assert.equal(await widget.locator("[data-stale]").count(), 1);
    await widget.getByText(/^dati delle \d\d:\d\d$/).waitFor();
    assert.equal(await property(widget, "engine"), engine);
    await server.restart();
    await links(widget, "live", 60_000);
    await shows(widget, count);
    assert.equal(await widget.locator("[data-stale]").count(), 0);
    await send(server, conversion({ canale: "email" }));
    await shows(widget, String(Number(count) + 1));
  });
}

test("a socket that falls silent is late within 10 s, and the values are not called live any more", async (t) => {
  const { page } = await silent(t);
  const widget = page.locator("polso-kpi");
  await links(widget, "live");
  const shown = await widget.locator("[part=value]").textContent();
  await page.evaluate("held = true");
  const startMs = performance.now();
  await links(widget, "late", 15_000);
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 11_000, `${tookMs} ms, of which the last beat may have been one before`);
  assert.equal(await widget.locator("[part=value]").textContent(), shown);
  await page.evaluate("held = false");
  await links(widget, "live", 15_000);
});

async function silent(t: TestContext) {
  return widgets(t, browser, server, one, { before: holding });
}

test("paused it stands still, and goes on with the present", async (t) => {
  const { page } = await widgets(t, browser, server, one);
  const widget = page.locator("polso-kpi");
  await links(widget, "live");
  const count = Number(await widget.locator("[part=value]").textContent());
  await widget.getByRole("button", { name: "Metti in pausa" }).click();
  await links(widget, "paused");
  await send(server, conversion({ canale: "email" }));
  const other = `document.body.insertAdjacentElement("beforeend", document.querySelector("polso-kpi").cloneNode())`;
  await page.evaluate(other);
  await shows(page.locator("polso-kpi").last(), String(count + 1));
  await shows(widget.first(), String(count));
  await widget.first().getByRole("button", { name: "Riprendi" }).click();
  await shows(widget.first(), String(count + 1));
  await links(widget.first(), "live");
});

test("a clock that is wrong by an hour changes neither the numbers nor the ages", async (t) => {
  const before = "{ const now = Date.now.bind(Date); Date.now = () => now() + 3_600_000; }";
  await send(server, conversion({ canale: "sms" }));
  const body = `<polso-kpi kpi="conversions" window="5m" where="canale:sms"></polso-kpi>`;
  const { page } = await widgets(t, browser, server, body, { before });
  const widget = page.locator("polso-kpi");
  await shows(widget, "1");
  await widget.getByText(/^evento (ora|\d+ s fa)$/).waitFor();
});

test("hidden the page is told nothing, and shown again it has the present at once", async (t) => {
  const before = `
    window.away = false;
    Object.defineProperty(Document.prototype, "hidden", { get: () => away });
    window.turn = (hidden) => { away = hidden; document.dispatchEvent(new Event("visibilitychange")); };`;
  const { page } = await widgets(t, browser, server, one, { before });
  const widget = page.locator("polso-kpi");
  await links(widget, "live");
  const count = ((await property(widget, "reading")) as { value: number }).value;
  await page.evaluate("turn(true); told.length = 0");
  await send(server, conversion({ canale: "email" }));
  // Another page sees it, so it has been sent to this one too.
  const other = await widgets(t, browser, server, one);
  await shows(other.page.locator("polso-kpi"), String(count + 1));
  assert.deepEqual(await page.evaluate("told"), []);
  await page.evaluate("turn(false)");
  await shows(widget, String(count + 1));
});
