/** Which windows are asked for around an instant: the bars, the same hours of last week, what is still held. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Reading } from "polso";
import { changeOf, comparedAt, comparedQueries } from "../src/comparison.ts";
import { breakdownQuery, type Moment, momentOf, windowQuery } from "../src/moment.ts";
import { dayStarts, offsetMs } from "../src/rome.ts";
import { type Selection, usual } from "../src/selection.ts";
import { slotsOf, timelineOf, timelineQuery } from "../src/timeline.ts";

const nowMs = Date.parse("2026-11-22T13:07:30Z");
const moment = (change: Partial<Selection> = {}): Moment => momentOf({ ...usual, ...change }, nowMs);

test("an instant ahead of now is now", () => {
  assert.equal(moment({ at: nowMs + 1 }).atMs, nowMs);
  assert.equal(moment({ at: nowMs - 1 }).atMs, nowMs - 1);
});

test("a breakdown ignores the filters of its own dimension", () => {
  const where = ["canale:email", "campagna:A"];
  assert.deepEqual(windowQuery(moment({ where }), "conversions").where, where);
  const asked = { domain: "conversions", by: "canale", kpi: "conversions", top: 8 } as const;
  assert.deepEqual(breakdownQuery(moment({ where }), asked).where, ["campagna:A"]);
});

test("an hour is the step in progress and twelve before it, aligned", () => {
  const query = timelineQuery(moment({ where: ["canale:email"] }), "conversions");
  assert.deepEqual(
    [query.window, query.at, query.by, query.where],
    ["65m", "2026-11-22T13:09:59.999Z", "5m", ["canale:email"]],
  );
});

test("where five minutes are no longer held, the bars are hours", () => {
  const step = (hoursAgo: number) => timelineOf(moment({ at: nowMs - hoursAgo * 3_600_000 })).step;
  assert.equal(step(46), "5m");
  assert.equal(step(47), "1h");
});

test("weeks are days of Rome, the day of 25 hours among them; a day without a group has no readings", () => {
  const query = timelineQuery(moment({ window: "7d" }), "conversions");
  assert.deepEqual([query.window, query.kind, query.by], ["7d", "calendar", "giorno"]);
  const reading = { kpi: "conversions", group: "2026-10-25" } as Reading;
  const window = { kind: "calendar", from: "2026-10-23T22:00:00.000Z", to: "2026-10-26T23:00:00.000Z", bucket_s: 3600 };
  const slots = slotsOf({ window, readings: [reading] } as unknown as Answer, dayStarts);
  assert.deepEqual(
    slots.map(({ fromMs, toMs, readings }) => [
      new Date(fromMs).toISOString(),
      (toMs - fromMs) / 3_600_000,
      readings.length,
    ]),
    [
      ["2026-10-23T22:00:00.000Z", 24, 0],
      ["2026-10-24T22:00:00.000Z", 25, 1],
      ["2026-10-25T23:00:00.000Z", 24, 0],
    ],
  );
});

test("last week's hours are whole ones, and those that clocks in Rome show", () => {
  const compared = (change: Partial<Selection>, now = nowMs) => {
    const asked = momentOf({ ...usual, ...change }, now);
    const found = comparedAt(asked, offsetMs);
    return found && comparedQueries(found, asked, "conversions").map((query) => `${query.window} ${query.at}`);
  };
  assert.deepEqual(compared({ window: "5m" }), ["1h 2026-11-22T12:59:59.999Z", "1h 2026-11-15T12:59:59.999Z"]);
  assert.deepEqual(compared({ window: "24h" }), ["24h 2026-11-22T12:59:59.999Z", "24h 2026-11-15T12:59:59.999Z"]);
  // Summer time ended on 25 October.
  const october = Date.parse("2026-10-28T13:07:30Z");
  assert.deepEqual(compared({}, october), ["1h 2026-10-28T12:59:59.999Z", "1h 2026-10-21T11:59:59.999Z"]);
  assert.equal(compared({ window: "28d" }), undefined, "further back than hours are held");
});

test("a change is of points for ratios, a part for the rest, and none without something to rely on", () => {
  const reading = (unit: Reading["unit"], value: number | null, status: Reading["status"] = "ok") =>
    ({ unit, value, status }) as Reading;
  assert.deepEqual(changeOf(reading("count", 45), reading("count", 30)), { by: 0.5, unit: "ratio" });
  assert.deepEqual(changeOf(reading("ratio", 0.5), reading("ratio", 0.75)), { by: -0.25, unit: "points" });
  assert.equal(changeOf(reading("count", 45), reading("count", 0)), undefined);
  assert.equal(changeOf(reading("euro", null), reading("euro", 1)), undefined);
  assert.equal(changeOf(reading("ratio", 0.5, "insufficient"), reading("ratio", 0.75)), undefined);
});
