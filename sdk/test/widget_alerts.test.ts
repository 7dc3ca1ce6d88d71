/** When an alert begins and when it ends: at once, and only by a margin. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reading, Status } from "../ts/types.ts";
import { Alerts, type Limits } from "../ts/widget/alerts.ts";

const limits: Limits = { below: 10, above: 100, margin: 0.05 };

function reading(value: number | null, status: Status = "ok", target: number | null = null): Reading {
  return { kpi: "conversions", value, numerator: 0, denominator: null, unit: "count", target, status, group: null };
}

/** What each of these readings, one after the other, begins (`+`) and ends (`-`). */
function check(readings: readonly Reading[], expected: readonly string[], by: Limits = limits): void {
  const alerts = new Alerts();
  const found = readings.map((one) =>
    alerts
      .judge(one, by)
      .map(({ kind, raised }) => (raised ? "+" : "-") + kind)
      .join(" "),
  );
  assert.deepEqual(found, expected);
}

test("a limit itself is not crossed", () => {
  check([reading(10), reading(100)], ["", ""]);
});

test("an alert begins at once and ends only when the value is back by the margin", () => {
  check(
    [9.99, 10, 10.49, 10.5, 9].map((value) => reading(value)),
    ["+below", "", "", "-below", "+below"],
  );
  check(
    [100.1, 99, 95.1, 95].map((value) => reading(value)),
    ["+above", "", "", "-above"],
  );
});

test("a value that jumps from one limit to the other ends one alert and begins the other", () => {
  check([reading(101), reading(5)], ["+above", "+below -above"]);
});

test("a target is missed by the core's word, and met again by the margin too", () => {
  const ratio = (value: number, status: Status) => reading(value, status, 0.15);
  const none = { below: null, above: null, margin: 0.1 };
  const readings = [ratio(0.14, "below_target"), ratio(0.151, "ok"), ratio(0.17, "ok"), ratio(0.2, "ok")];
  check(readings, ["+target", "", "-target", ""], none);
});

test("a reading that is missing or of too small a sample changes nothing", () => {
  check(
    [reading(5), reading(null, "unavailable"), reading(50, "insufficient"), reading(50)],
    ["+below", "", "", "-below"],
  );
  check([reading(5, "insufficient"), reading(null, "unavailable")], ["", ""]);
});

test("without limits there are no alerts, and one whose limit is taken away ends", () => {
  const none = { below: null, above: null, margin: 0.05 };
  check([reading(0), reading(1e9)], ["", ""], none);
  const alerts = new Alerts();
  alerts.judge(reading(5), limits);
  assert.deepEqual(alerts.judge(reading(5), none), [{ kind: "below", raised: false, limit: 10, reading: reading(5) }]);
});
