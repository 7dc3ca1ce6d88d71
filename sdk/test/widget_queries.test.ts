/** What a widget asks: how fine its course is, and what may be asked together. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Query } from "../ts/types.ts";
import { lengthMs, type Question, queriesOf, sharedKey, stepOf } from "../ts/widget/queries.ts";

const question = (more: Partial<Question> = {}): Question => {
  return { kpi: "conversions", window: "1h", kind: "sliding", where: [], by: undefined, ...more };
};

test("a course has up to 40 steps", () => {
  const expected: Record<string, string | undefined> = {
    "30s": undefined,
    "31s": "30s",
    "5m": "30s",
    "20m": "30s",
    "21m": "1m",
    "1h": "5m",
    "2h": "5m",
    "24h": "1h",
    "2d": "3h",
    "7d": "6h",
    "30d": "1d",
    "41d": "7d",
    "400d": "7d",
    all: undefined,
    "5": undefined,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((window) => [window, stepOf(window)])), expected);
});

test("its steps are whole buckets of the tier that holds the window", () => {
  const bucketMs = (ms: number) =>
    ms <= 7_200_000 ? 30_000 : ms <= 172_800_000 ? 300_000 : ms <= 3_024_000_000 ? 3_600_000 : 86_400_000;
  for (let minutes = 1; minutes <= 400 * 24 * 60; minutes = Math.ceil(minutes * 1.1)) {
    const step = stepOf(`${minutes}m`) ?? "";
    assert.equal((lengthMs(step) ?? 0) % bucketMs(minutes * 60_000), 0, `${minutes}m by ${step}`);
  }
});

test("what is asked is the number, and its course or its groups", () => {
  const total = { window: "1h", kpi: ["conversions"] };
  assert.deepEqual(queriesOf(question()), { total, detail: { ...total, by: "5m" }, stepMs: 300_000 });
  assert.deepEqual(queriesOf(question({ by: "canale" })), {
    total,
    detail: { ...total, by: "canale" },
    stepMs: undefined,
  });
  assert.deepEqual(queriesOf(question({ by: "10m" })).stepMs, 600_000);
  assert.deepEqual(queriesOf(question({ window: "all" })).detail, undefined);
  assert.deepEqual(queriesOf(question({ kpi: "ctr_15m" })).detail, undefined);
  const filtered = queriesOf(question({ kind: "calendar", window: "1d", where: ["canale:email"] }));
  assert.deepEqual(filtered.total, { window: "1d", kpi: ["conversions"], kind: "calendar", where: ["canale:email"] });
});

test("KPIs that are told apart alike are asked as one; a name that nobody knows spoils no other", () => {
  const key = (kpi: string, more: Query = {}) => sharedKey({ window: "1h", kpi: [kpi], ...more });
  assert.equal(key("conversions"), key("cpa"));
  assert.equal(key("views"), key("shares"));
  assert.notEqual(key("conversions"), key("views"));
  assert.notEqual(key("conversions"), key("cpa", { where: ["canale:sms"] }));
  assert.notEqual(key("ctr"), key("ctr_15m"));
  assert.notEqual(key("ctr_15m"), key("revenue"));
});
