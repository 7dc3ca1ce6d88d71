/**
 * The tracker in real pages against the real server, with everything between them that goes wrong: whatever does, every
 * event is counted exactly once.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Tracker } from "polso/tracker";
import { inRoot } from "../../scripts/paths.mjs";
import { launchChromium } from "../support/chromium.ts";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { Gate, Shop } from "./support/gate.ts";

declare const tracker: Tracker;

const key = "pk_sito";
let server: Server;
let browser: Browser;
let gate: Gate;
let shop: Shop;
let context: BrowserContext;
/** Conversions that the tests have tracked so far, and the euro that they are worth. */
let tracked = 0;
let worth = 0;

before(async () => {
  [gate, browser] = await Promise.all([Gate.open(), launchChromium()]);
  const script = `import { createTracker } from "${gate.url}/sdk/tracker.js";
    window.dropped = [];
    window.tracker = createTracker({
      url: "${gate.url}", source: "sito", key: "${key}", onDrop: (one) => dropped.push(one.code),
    });`;
  shop = await Shop.open({
    "/": `<!doctype html><title>shop</title><script type="module">${script}</script>`,
    "/documented": documented().replaceAll("https://kpi.example.it", gate.url),
  });
  const sito = { kind: "browser", write_key: key, origins: [shop.url] };
  server = await startServer({ sources: { sito, lento: { ...sito, rate_per_s: 1 } } });
  gate.target = server.url;
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop(), gate?.close(), shop?.close()]);
});

beforeEach(async () => {
  context = await browser.newContext();
});

afterEach(async () => {
  await context.close();
  assert.deepEqual(gate.faults, [], "every fault has happened");
});

/** The complete page of `docs/track.md`. */
function documented(): string {
  const [, html = ""] = /```html\n(.*?)```/s.exec(readFileSync(inRoot("docs", "track.md"), "utf8")) ?? [];
  assert.ok(html.startsWith("<!doctype html>"));
  return html;
}

/** A page of the shop; with consent, what it tracks outlives it. */
async function visit(consent = false): Promise<Page> {
  const page = await context.newPage();
  await page.goto(shop.url);
  await page.waitForFunction("window.tracker");
  if (consent) await page.evaluate(() => tracker.consent("granted"));
  return page;
}

/** Tracks so many sales of 1 euro. */
async function track(page: Page, count: number, note = ""): Promise<void> {
  tracked += count;
  worth += count;
  await page.evaluate(
    ([count, note]) => {
      for (let client = 0; client < count; client += 1) {
        tracker.track("conversione", {
          id_cliente: `visitor-${client}`,
          evento: "acquisto_concluso",
          valore: 1,
          canale: "webform",
          stato: "completato",
          metadati: { campagna: note },
        });
      }
    },
    [count, note] as const,
  );
}

const counts = (page: Page) => page.evaluate(() => tracker.counts);

/** What the server has counted, by its KPI: the conversions, and the euro that they are worth. */
async function counted(): Promise<(number | null)[]> {
  const headers = await server.bearer({ scope: "view" });
  const query = "window=all&kpi=conversions&kpi=total_value";
  const { readings } = await (await fetch(`${server.url}/api/v1/kpi?${query}`, { headers })).json();
  return readings.map(({ value }: { value: number | null }) => value);
}

/** Waits until the server has counted all that was tracked, and sees that it has counted nothing else. */
async function countedOnce(page?: Page): Promise<void> {
  const all = async () => ((await counted())[0] ?? 0) >= tracked;
  await until(`${tracked} events are counted`, all, () => "", 30_000);
  if (page !== undefined) await until("the page knows", async () => (await counts(page)).pending === 0);
  assert.deepEqual(await counted(), [tracked, worth]);
}

test("events of a page are counted, by batches of 20 and after two seconds", async () => {
  const page = await visit();
  const requests = gate.cameMs.length;
  await track(page, 45);
  await countedOnce(page);
  assert.equal(gate.cameMs.length - requests, 3);
  const { accepted, dropped } = await counts(page);
  assert.deepEqual([accepted, dropped], [45, {}]);
  assert.equal(gate.preflights, 0, "a page of another origin needs no leave for them");
});

test("the page of the documentation does what it says", async () => {
  const page = await context.newPage();
  await page.goto(`${shop.url}/documented`);
  await page.getByRole("checkbox").check();
  await page.getByRole("button").click();
  await page.waitForFunction(async () => (await indexedDB.databases()).length === 1);
  tracked += 1;
  await countedOnce();
  await page.getByRole("checkbox").uncheck();
  await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);
});

test("offline: they wait, and go when the network is back", async () => {
  const page = await visit();
  await context.setOffline(true);
  await track(page, 25);
  await until("a try has failed", () => page.evaluate(() => tracker.flush().then(() => tracker.counts.pending === 25)));
  await context.setOffline(false);
  await countedOnce(page);
});

test("offline until the page has ended: the next page sends them", async () => {
  const page = await visit(true);
  await context.setOffline(true);
  await track(page, 25);
  await page.evaluate(() => tracker.flush());
  await page.close();
  await context.setOffline(false);
  const next = await visit(true);
  await countedOnce(next);
  assert.equal((await counts(next)).restored, 25);
});

test("503 and 429 with Retry-After: not a try before, then all are counted", async () => {
  for (const status of [503, 429]) {
    const page = await visit();
    gate.faults.push({ status, retryAfterS: 3 });
    await track(page, 30);
    await countedOnce(page);
    const [refused = 0, next = 0] = gate.cameMs.slice(-3);
    assert.ok(next - refused >= 3_000, `${next - refused} ms`);
    await page.close();
  }
});

test("faster than the source may be: the server's own 429 is obeyed", async () => {
  const page = await context.newPage();
  await page.goto(shop.url);
  await page.waitForFunction("window.tracker");
  await page.evaluate(
    async ([url, key]) => {
      const { createTracker } = (await import(`${url}/sdk/tracker.js`)) as typeof import("polso/tracker");
      Object.assign(globalThis, { tracker: createTracker({ url, source: "lento", key }) });
    },
    [gate.url, key] as const,
  );
  await track(page, 60);
  await countedOnce(page);
  assert.ok(gate.statuses.includes(429));
});

test("a connection that is cut before the request has arrived, and one before its answer has", async () => {
  for (const fault of ["cut", "answer lost"] as const) {
    const page = await visit();
    gate.faults.push(fault);
    await track(page, 20);
    await countedOnce(page);
    const { accepted, duplicates } = await counts(page);
    assert.deepEqual([accepted, duplicates], fault === "cut" ? [20, 0] : [0, 20]);
    await page.close();
  }
});

test("a tab that is closed before anything was sent: its last request outlives it", async () => {
  const page = await visit();
  await track(page, 15);
  await page.close();
  await countedOnce();
});

test("a tab that is closed while the answer is awaited: nothing is lost, and nothing counts twice", async () => {
  for (const fault of ["silence", "cut"] as const) {
    const page = await visit(true);
    gate.faults.push(fault);
    const requests = gate.cameMs.length;
    await track(page, 20);
    await until("it is on its way", () => gate.cameMs.length > requests);
    await page.close();
    const next = await visit(true);
    // Whether the closing tab was still heard, or the next one sends what it finds, hangs on the moment.
    await countedOnce(next);
    await next.close();
  }
});

test("a page that is left with more than may outlive it leaves the rest to the next", async () => {
  const page = await visit(true);
  await page.evaluate(() => {
    // 4 KB each.
    const hashtag = Array(30).fill("#".padEnd(64, "è"));
    for (let event = 0; event < 30; event += 1) {
      tracker.track("storia", { event_type: "Share", story_id: "s1", user_id: `u${event}`, hashtag });
    }
    location.reload();
  });
  await page.waitForFunction("window.tracker && tracker.counts.tracked === 0");
  await page.evaluate(() => tracker.consent("granted"));
  const headers = await server.bearer({ scope: "view" });
  const shares = async () => {
    const answer = await fetch(`${server.url}/api/v1/kpi?window=all&kpi=shares`, { headers });
    return ((await answer.json()) as { readings: { value: number | null }[] }).readings[0]?.value ?? 0;
  };
  await until("all are counted", async () => (await shares()) >= 30);
  await until("the page knows", async () => (await counts(page)).pending === 0);
  assert.equal(await shares(), 30);
});

test("two tabs that share the device send some events twice, and none counts twice", async () => {
  const [one, other] = [await visit(true), await visit(true)];
  await context.setOffline(true);
  await track(one, 12);
  await track(other, 12);
  await context.setOffline(false);
  await one.evaluate(() => dispatchEvent(new Event("online")));
  await countedOnce(one);
  await countedOnce(other);
  const rows = await one.evaluate(async () => (await indexedDB.databases()).length);
  assert.equal(rows, 1);
});

test("nothing is on the device before consent, and nothing after its withdrawal, in any tab", async () => {
  const databases = (page: Page) => page.evaluate(async () => (await indexedDB.databases()).length);
  const [one, other] = [await visit(), await visit(true)];
  assert.equal(await databases(one), 1, "the other one's");
  await context.setOffline(true);
  await one.evaluate(() => tracker.consent("denied"));
  await until("the other tab knows", async () => (await databases(other)) === 0);
  const taken = await other.evaluate(() =>
    tracker.track("storia", { event_type: "Share", story_id: "s", user_id: "u" }),
  );
  assert.equal(taken, undefined);
  assert.deepEqual((await counts(other)).dropped, { consent_denied: 1 });
  await context.setOffline(false);
});

test("a refusal for good drops the events and says why", async () => {
  const page = await visit();
  const code = await page.evaluate(
    async ([url]) => {
      const { createTracker } = (await import(`${url}/sdk/tracker.js`)) as typeof import("polso/tracker");
      const codes: string[] = [];
      const wrong = createTracker({ url, source: "sito", key: "pk_altra", onDrop: ({ code }) => codes.push(code) });
      wrong.track("storia", { event_type: "Share", story_id: "s", user_id: "u" });
      await wrong.flush();
      return codes.join();
    },
    [gate.url] as const,
  );
  assert.equal(code, "write_key_invalid");
});
