/** `<polso-kpi>` on pages under three policies: live numbers with and without WebAssembly, and one socket for all of them. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { basisNames, dimensionNames, kpiNames } from "../../sdk/ts/widget/messages/names.ts";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { until } from "../support/until.ts";
import { conversion, send } from "./support/events.ts";
import { policies } from "./support/strict_site.ts";
import { links, property, shows, widgets } from "./support/widgets.ts";

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
  const channels = ["email", "email", "email", "sms", "webform"];
  const events = Array.from({ length: 40 }, (_, index) =>
    conversion({ canale: channels[index % 5], valore: 1234.5, stato: index % 4 === 0 ? "fallito" : "completato" }),
  );
  await send(server, events);
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

for (const [name, policy] of Object.entries(policies)) {
  test(`under the policy "${policy}" it is live and nothing is violated`, async (t) => {
    const body = `<polso-kpi kpi="conversions" window="1h"></polso-kpi>
      <polso-kpi kpi="conversion_rate" window="1h" by="canale" where="canale:webform"></polso-kpi>`;
    const { page, problems, violations } = await widgets(t, browser, server, body, { site: { policy } });
    const [count, rate] = [page.locator("polso-kpi").first(), page.locator("polso-kpi").last()];
    await shows(rate, "75,0%");
    await links(rate, "live");
    const before = Number(await count.locator("[part=value]").textContent());
    await send(server, conversion({ canale: "sms", stato: "completato" }));
    await shows(count, String(before + 1));
    assert.equal(await property(count, "engine"), "server");
    await count.locator("[part=chart]").hover();
    await rate.getByRole("button", { name: "Mostra come tabella" }).click();
    await rate.getByRole("table").waitFor();
    assert.deepEqual([await violations(), problems], [[], []], name);
  });
}

test("where WebAssembly is allowed and wanted, the page computes the same numbers itself", async (t) => {
  const body = `<polso-kpi kpi="conversion_rate" window="1h"></polso-kpi>
    <polso-kpi kpi="conversion_rate" window="1h" wasm></polso-kpi>`;
  const { page, problems, sockets, violations } = await widgets(t, browser, server, body, {
    site: { policy: policies.wasm },
  });
  const [served, computed] = [page.locator("polso-kpi").first(), page.locator("polso-kpi").last()];
  await links(served, "live");
  await links(computed, "live");
  assert.deepEqual([await property(served, "engine"), await property(computed, "engine")], ["server", "wasm"]);
  await until("both show the same", async () => {
    const [one, other] = [await property(served, "details"), await property(computed, "details")];
    return JSON.stringify(one) === JSON.stringify(other) && (one as unknown[]).length >= 12;
  });
  assert.deepEqual(await property(served, "reading"), await property(computed, "reading"));
  assert.equal(sockets.length, 2);
  assert.deepEqual([await violations(), problems], [[], []]);
});

test("where WebAssembly is wanted and forbidden, the server evaluates, and the widget says so", async (t) => {
  const { page, violations } = await widgets(t, browser, server, `<polso-kpi kpi="cpa" window="1h" wasm></polso-kpi>`);
  const widget = page.locator("polso-kpi");
  await links(widget, "live");
  assert.equal(await property(widget, "engine"), "server");
  await widget.locator("[part=basis]").getByText("manca la spesa pubblicitaria").waitFor();
  assert.ok((await violations()).every((violation) => violation.startsWith("script-src wasm-eval")));
});

test("twenty widgets are one socket, and the last one that goes closes it", async (t) => {
  const kpis = ["conversions", "conversion_rate", "average_value", "total_value", "cpa"];
  const wheres = ["", "canale:email", "canale:sms", "canale:email; canale:sms"];
  const body = wheres.flatMap((where) =>
    kpis.map((kpi) => `<polso-kpi kpi="${kpi}" window="1h" where="${where}"></polso-kpi>`),
  );
  const { page, problems, sockets } = await widgets(t, browser, server, body.join(""));
  const all = page.locator("polso-kpi");
  assert.equal(await all.count(), 20);
  for (const widget of await all.all()) await links(widget, "live");
  for (const chart of await all.locator("[part=line]").all()) await chart.waitFor({ state: "attached" });
  assert.equal(sockets.length, 1);
  await page.evaluate(`document.body.append(document.querySelector("polso-kpi"))`);
  await page.evaluate(`document.querySelectorAll("polso-kpi:not(:last-of-type)").forEach((one) => one.remove())`);
  const before = Number(await all.locator("[part=value]").textContent());
  await send(server, conversion());
  await shows(all, String(before + 1));
  assert.deepEqual(sockets, [{ open: true }], "one is left, which was moved");
  await all.evaluate((widget) => widget.remove());
  await until("no socket is open", () => sockets[0]?.open === false);
  assert.deepEqual(problems, []);
});

test("a filter, a window and groups change without a reload", async (t) => {
  const { page, problems } = await widgets(
    t,
    browser,
    server,
    `<polso-kpi kpi="total_value" window="1h" where="canale:webform"></polso-kpi>`,
  );
  const widget = page.locator("polso-kpi");
  await shows(widget, "7.407,00\u00a0€");
  await widget.evaluate((element) => element.setAttribute("where", "canale:fax"));
  await shows(widget, "0,00\u00a0€");
  await page.evaluate(
    `Object.assign(document.querySelector("polso-kpi"), { where: ["canale:webform"], by: "canale", kpi: "conversion_rate", window: "24h" })`,
  );
  await widget.locator("[part=row-name]").getByText("Modulo web").waitFor();
  await widget.getByText("Tasso di conversione").first().waitFor();
  await widget.getByText("ultime 24 ore").first().waitFor();
  assert.deepEqual(problems, []);
});

test("properties set before the class is there count, and a function may fetch the token", async (t) => {
  const script = `
    const widget = document.querySelector("polso-kpi");
    window.fetched = 0;
    Object.assign(widget, { token: async () => { fetched += 1; return token; }, kpi: "conversions", window: "1h", where: ["canale:webform"] });`;
  const { page } = await widgets(t, browser, server, `<polso-kpi token=""></polso-kpi>`, { script });
  await shows(page.locator("polso-kpi"), "6");
  assert.equal(await page.evaluate("fetched"), 1);
  assert.equal(await page.locator("polso-kpi").getAttribute("token"), "", "it is not written down");
});

test("what the page has to mend is said in the widget", async (t) => {
  const body = `<polso-kpi window="1h"></polso-kpi><polso-kpi kpi="revenue"></polso-kpi>
    <polso-kpi kpi="views" where="canale:email"></polso-kpi><polso-kpi kpi="cpa" src="ftp://x"></polso-kpi>
    <polso-kpi kpi="cpa" token=""></polso-kpi>`;
  const { page, problems } = await widgets(t, browser, server, body);
  const said = page.locator("polso-kpi").locator("[part=problem]");
  for (const [index, text] of [
    /kpi="conversions"/,
    /`revenue` is none of/,
    /`views` is not counted by `canale`/,
    /https:\/\//,
    /Manca il token/,
  ].entries()) {
    await said.nth(index).getByText(text).waitFor();
  }
  assert.deepEqual(problems, []);
});

test("a refused token is told, and another one connects again", async (t) => {
  const body = `<polso-kpi kpi="conversions" window="1h" where="canale:webform"></polso-kpi>`;
  const { page } = await widgets(t, browser, server, body, { token: "nonsense" });
  const widget = page.locator("polso-kpi");
  await widget.getByText("Il server non riconosce il token.").waitFor({ timeout: 20_000 });
  await links(widget, "stopped");
  assert.deepEqual(await property(widget, "state"), { kind: "stopped", reason: "token_invalid" });
  const token = await server.token({ scope: "view" });
  await widget.evaluate((element, text) => element.setAttribute("token", text), token);
  await shows(widget, "6");
  await links(widget, "live");
  await widget.locator("[part=problem]").waitFor({ state: "hidden" });
});

test("readings, states and alerts are told to the page", async (t) => {
  const body = `<polso-kpi kpi="conversions" window="1h" where="canale:social_media" alert-above="2" alert-margin="0.5"></polso-kpi>`;
  const { page } = await widgets(t, browser, server, body);
  const widget = page.locator("polso-kpi");
  await shows(widget, "0");
  await send(
    server,
    [1, 2, 3].map(() => conversion({ canale: "social_media" })),
  );
  await shows(widget, "3");
  await widget.getByText("▲ sopra 2").waitFor();
  await widget
    .getByRole("status")
    .getByText(/sopra 2/)
    .waitFor({ state: "attached" });
  assert.deepEqual(await property(widget, "alerts"), ["above"]);
  const told = (await page.evaluate("told")) as {
    type: string;
    detail: { kind?: string; raised?: boolean; limit?: number; reading?: { value: number } };
  }[];
  assert.deepEqual(
    told
      .filter(({ type }) => type === "polso-state")
      .map(({ detail }) => detail.kind)
      .at(-1),
    "live",
  );
  assert.deepEqual(
    told
      .filter(({ type }) => type === "polso-reading")
      .map(({ detail }) => detail.reading?.value)
      .at(-1),
    3,
  );
  const alerts = told
    .filter(({ type }) => type === "polso-alert")
    .map(({ detail: { kind, raised, limit } }) => ({ kind, raised, limit }));
  assert.deepEqual(alerts, [{ kind: "above", raised: true, limit: 2 }]);
});

test("hidden it takes no room, shown it is up to date", async (t) => {
  const { page } = await widgets(
    t,
    browser,
    server,
    `<polso-kpi kpi="conversions" window="1h" where="canale:webform" hidden></polso-kpi>`,
  );
  const widget = page.locator("polso-kpi");
  await until("it knows its number", async () => (await property(widget, "reading")) !== undefined);
  assert.equal(await widget.boundingBox(), null);
  await widget.evaluate((element) => element.removeAttribute("hidden"));
  await shows(widget, "6");
  assert.ok(((await widget.boundingBox())?.height ?? 0) > 80);
});

test("parts and variables are the page's to style, and the machine's theme is followed when told to", async (t) => {
  const body = `<polso-kpi kpi="conversions" window="1h"></polso-kpi><polso-kpi kpi="conversions" window="1h" theme="auto"></polso-kpi>`;
  const script = `
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":root { --polso-surface: rgb(1, 2, 3); } polso-kpi::part(value) { color: rgb(4, 5, 6); }");
    document.adoptedStyleSheets = [sheet];`;
  const { page } = await widgets(t, browser, server, body, { script, colorScheme: "dark" });
  const [first, auto] = [page.locator("polso-kpi").first(), page.locator("polso-kpi").last()];
  await links(first, "live");
  const style = (part: string, name: string) =>
    first.locator(`[part=${part}]`).evaluate((element, key) => getComputedStyle(element).getPropertyValue(key), name);
  assert.equal(await style("card", "background-color"), "rgb(1, 2, 3)");
  assert.equal(await style("value", "color"), "rgb(4, 5, 6)");
  assert.equal(
    await first.evaluate((element) => getComputedStyle(element).color),
    "rgb(18, 24, 31)",
    "as the page around",
  );
  assert.equal(await auto.evaluate((element) => getComputedStyle(element).color), "rgb(232, 237, 243)", "dark");
});

test("with the one script, by a tag alone", async (t) => {
  const script = `
    const tag = Object.assign(document.createElement("script"), { src: "/sdk/polso.iife.js" });
    document.head.append(tag);
    await new Promise((resolve) => { tag.onload = resolve; });
    await customElements.whenDefined("polso-kpi")`;
  const body = `<polso-kpi kpi="conversions" window="1h" where="canale:webform" wasm></polso-kpi>`;
  const { page, problems } = await widgets(t, browser, server, body, { script, site: { policy: policies.wasm } });
  const widget = page.locator("polso-kpi");
  await shows(widget, "6");
  assert.equal(await property(widget, "engine"), "wasm");
  assert.deepEqual(problems, []);
});

test("every KPI and dimension of the server has a name in both languages", async () => {
  const known = async (parameter: string) => {
    const response = await fetch(`${server.url}/api/v1/kpi?${parameter}=x`, {
      headers: await server.bearer({ scope: "view" }),
    });
    const { error } = (await response.json()) as { error: { details: { message: string }[] } };
    const [, ...names] = [...(error.details[0]?.message ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name ?? "");
    return names.filter((name) => name !== "by" && !/^\d/.test(name));
  };
  const kpis = await known("kpi");
  assert.deepEqual(kpis.sort(), Object.keys(kpiNames).sort());
  assert.deepEqual([...new Set(await known("by"))].sort(), Object.keys(dimensionNames).sort());
  assert.deepEqual(
    Object.keys(basisNames).filter((name) => !kpis.includes(name)),
    [],
  );
});
