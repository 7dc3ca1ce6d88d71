/** `npm run soak` for some seconds: that it measures what it says, and sees what is not flat. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { flatness } from "./flat.ts";
import { soak } from "./soak.ts";

test("what does not rise is flat, whatever its start and its outliers", () => {
  const tolerance = { share: 0.05, absolute: 1 };
  const flat = (...samples: number[]) => flatness(samples, tolerance).flat;
  assert.ok(flat(10, 60, 100, 100, 100, 100, 100, 100, 100));
  assert.ok(flat(100, 100, 100, 100, 100, 400, 100, 100, 100), "one outlier");
  assert.ok(flat(100, 100, 100, 90, 80, 70, 60, 50, 40), "falling");
  assert.ok(flat(100, 100, 100, 100, 101, 102, 103, 104, 105), "5 of 100");
  assert.ok(!flat(100, 100, 100, 100, 102, 104, 106, 108, 110), "10 of 100");
  assert.ok(flat(1, 1, 1, 1.2, 1.4, 1.5, 1.6, 1.7, 1.8), "1 at most");
  assert.ok(flat(7), "a single sample");
});

test("a short run has every figure, and its books agree", async (context) => {
  const seen: unknown[] = [];
  const { samples, flat, wrong } = await soak({
    durationMs: 4_000,
    rate: 200,
    viewers: 3,
    shards: 1,
    seed: 1,
    samples: 3,
    onSample: (sample) => seen.push(sample),
  });
  context.diagnostic(JSON.stringify(samples.at(-1)));
  assert.deepEqual(wrong, []);
  assert.deepEqual(seen, samples);
  assert.equal(samples.length, 3);
  for (const [name, value] of samples.flatMap(Object.entries)) {
    assert.ok(Number.isFinite(value) && value > 0, `${name} is ${value}`);
  }
  assert.ok(Object.keys(flat).every((name) => name in (samples[0] ?? {})));
});
