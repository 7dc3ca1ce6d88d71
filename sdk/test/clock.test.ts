/** The server's clock out of late samples. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../ts/clock.ts";

test("it knows nothing before the first sample", () => {
  assert.equal(new ServerClock().at(5), undefined);
});

test("it goes on between samples", () => {
  const clock = new ServerClock();
  clock.sample(1_000_000, 50);
  assert.equal(clock.at(1_050), 1_001_000);
});

test("a sample that was long on its way does not turn the clock back", () => {
  const clock = new ServerClock();
  clock.sample(1_000_000, 0);
  clock.sample(1_005_000, 7_000);
  assert.equal(clock.at(7_000), 1_007_000);
});

test("a drift is followed within a minute", () => {
  const clock = new ServerClock();
  clock.sample(1_000_000, 0);
  for (let beat = 1; beat <= 12; beat += 1) clock.sample(1_000_000 + beat * 5_000 - 300, beat * 5_000);
  assert.equal(clock.at(60_000), 1_059_700);
});

test("a thousand samples a second do not push out the good one before them", () => {
  const clock = new ServerClock();
  clock.sample(1_000_000, 0);
  for (let ms = 1; ms <= 20_000; ms += 1) clock.sample(1_000_000 + ms - 250, ms);
  assert.equal(clock.at(20_000), 1_020_000);
});
