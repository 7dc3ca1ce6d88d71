/** Full jitter between nothing and a doubling, bounded ceiling. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../ts/backoff.ts";

const longest = 1 - Number.EPSILON;

test("ceilings double from half a second to half a minute", () => {
  const backoff = new Backoff(500, 30_000);
  const ceilings = Array.from({ length: 9 }, () => Math.ceil(backoff.nextDelayMs(longest) / 100) * 100);
  assert.deepEqual(ceilings, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test("the draw reaches down to no delay", () => {
  const backoff = new Backoff(500, 30_000);
  assert.equal(backoff.nextDelayMs(0), 0);
  assert.equal(backoff.nextDelayMs(0.5), 500);
});

test("a reset begins again", () => {
  const backoff = new Backoff(500, 30_000);
  for (let attempt = 0; attempt < 5_000; attempt += 1) backoff.nextDelayMs(longest);
  assert.equal(backoff.attempt, 5_000);
  backoff.reset();
  assert.ok(backoff.nextDelayMs(longest) < 500);
});
