/** Chromium's clock of Rome on machines in four zones, on both odd days of the year; the other tests are at Node's. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { inRoot } from "../../scripts/paths.mjs";
import type * as Rome from "../../www/src/rome.ts";
import { launchChromium } from "../support/chromium.ts";

let browser: Browser;
let code: string;

before(async () => {
  const bundled = await build({
    entryPoints: [inRoot("www", "src", "rome.ts")],
    bundle: true,
    format: "iife",
    globalName: "rome",
    write: false,
  });
  code = bundled.outputFiles[0]?.text ?? "";
  browser = await launchChromium();
});

after(() => browser?.close());

/** What people in Rome read, by the instant. */
const minutes: readonly (readonly [string, string])[] = [
  ["2026-03-29T00:59:00Z", "01:59"],
  ["2026-03-29T01:00:00Z", "03:00"],
  ["2026-10-24T23:59:00Z", "01:59"],
  ["2026-10-25T00:00:00Z", "02:00 CEST"],
  ["2026-10-25T00:59:00Z", "02:59 CEST"],
  ["2026-10-25T01:00:00Z", "02:00 CET"],
  ["2026-10-25T01:59:00Z", "02:59 CET"],
  ["2026-10-25T02:00:00Z", "03:00"],
];

for (const timezoneId of ["Europe/London", "America/New_York", "Asia/Tokyo", "Europe/Rome"]) {
  test(`a machine in ${timezoneId} shows Rome's time on both odd days`, async () => {
    const context = await browser.newContext({ timezoneId });
    const page = await context.newPage();
    await page.evaluate(code.replace("var rome", "window.rome"));
    const shown = await page.evaluate(
      (instants) => {
        const { RomeTime, dayStarts, instantOf, wallTime } = (window as unknown as { rome: typeof Rome }).rome;
        const time = new RomeTime("it-IT");
        const day = (from: string, to: string) => {
          const [start, next] = dayStarts(Date.parse(from), Date.parse(to)).map(({ fromMs }) => fromMs);
          return ((next ?? 0) - (start ?? 0)) / 3_600_000;
        };
        return {
          minutes: instants.map((instant) => time.minute(Date.parse(instant))),
          days: [
            day("2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z"),
            day("2026-10-24T22:00:00Z", "2026-10-26T23:00:00Z"),
          ],
          wall: wallTime(Date.parse("2026-05-20T14:32:00Z")),
          instant: new Date(instantOf("2026-05-20T16:32")).toISOString(),
        };
      },
      minutes.map(([instant]) => instant),
    );
    assert.deepEqual(shown, {
      minutes: minutes.map(([, minute]) => minute),
      days: [23, 25],
      wall: "2026-05-20T16:32",
      instant: "2026-05-20T14:32:00.000Z",
    });
    await context.close();
  });
}
