/**
 * The screen on a wall: eight hours of numbers leave nothing behind, and a click is answered at once where there is a
 * lot to count. Times are reported, never asserted.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { serverAndBrowser } from "../support/opened.ts";
import type { Server } from "../support/server.ts";
import { type Frames, framesOf, playing } from "./support/frames.ts";
import { live, visit } from "./support/visit.ts";

const mebibyte = 1024 * 1024;

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await serverAndBrowser();
});

after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
});

const feed = (page: Page, frames: readonly string[]) =>
  page.evaluate((some) => Reflect.get(window, "feed")(some) as number[], frames);

function report(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(2);
  return `best ${at(0)} ms, median ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

/** JavaScript objects in use after a garbage collection, and DOM nodes. */
async function memory(page: Page): Promise<{ heap: number; nodes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes } = await session.send("Memory.getDOMCounters");
  await session.detach();
  return { heap: usedSize / mebibyte, nodes };
}

test("eight hours of deltas leave the heap and the page as they were", async (t) => {
  const frames: Frames = framesOf(200, 960, 30);
  assert.equal(frames.deltas.length, 960);
  const { page, problems, close } = await visit(browser, server, { before: playing(frames), token: "any" });
  await live(page);
  const views = ["Conversioni", "Panoramica"];
  const samples: { heap: number; nodes: number }[] = [];
  const times: number[] = [];
  for (let from = 0; from < frames.deltas.length; from += 24) {
    times.push(...(await feed(page, frames.deltas.slice(from, from + 24))));
    const before = await page.locator(".span").textContent();
    await page.waitForFunction((text) => document.querySelector(".span")?.textContent !== text, before);
    if (from % 240 !== 216) continue;
    for (const view of views) await page.getByRole("navigation").getByRole("link", { name: view }).click();
    samples.push(await memory(page));
  }
  t.diagnostic(`one delta of 100 events applied: ${report(times)}`);
  t.diagnostic(
    `after every two hours: ${samples.map(({ heap, nodes }) => `${heap.toFixed(2)} MiB, ${nodes} nodes`).join("; ")}`,
  );
  const [first, last] = [samples.at(0), samples.at(-1)];
  assert.ok(first !== undefined && last !== undefined && samples.length === 4);
  assert.ok(last.heap < first.heap + 1, `the heap grew from ${first.heap} to ${last.heap} MiB`);
  assert.ok(last.nodes < first.nodes + 200, `from ${first.nodes} to ${last.nodes} nodes`);
  assert.deepEqual(problems, []);
  await close();
});

test("a click on a filter over 10,000 series is painted, and how soon", async (t) => {
  const frames = framesOf(10_000, 1, 1);
  const { page, close } = await visit(browser, server, {
    before: playing(frames),
    token: "any",
    path: "/?view=conversions",
  });
  await live(page);
  const rows = page.locator('[data-by="canale"] tbody button');
  assert.equal(await rows.count(), 4);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1_000;
  };
  const times: number[] = [];
  const work: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const before = await worked();
    times.push(
      await page.evaluate(async (row) => {
        const button = document.querySelectorAll<HTMLElement>('[data-by="canale"] tbody button')[row];
        const beginMs = performance.now();
        button?.click();
        await new Promise<void>((painted) => {
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => painted();
            channel.port2.postMessage(undefined);
          });
        });
        return performance.now() - beginMs;
      }, round % 2),
    );
    work.push((await worked()) - before);
  }
  t.diagnostic(`from the click to the paint: ${report(times)}`);
  t.diagnostic(`processor time of the page meanwhile: ${report(work)}`);
  assert.equal(await page.locator(".chips li").count(), 0, "each was clicked an even number of times");
  await close();
});
