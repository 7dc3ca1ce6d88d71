/** Widgets take turns in speaking: one summary in 30 s on a page, the longest silent first. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Speech } from "../ts/widget/speech.ts";

test("one speaks at once, the next one 30 s later, in the order in which they asked", () => {
  const speech = new Speech();
  const [one, two, three] = [{}, {}, {}];
  assert.equal(speech.ask(one, 0), true);
  assert.deepEqual([speech.ask(two, 1), speech.ask(three, 2), speech.ask(one, 3)], [false, false, false]);
  assert.equal(speech.ask(two, 29_999), false);
  assert.equal(speech.ask(three, 30_000), false, "it is not its turn");
  assert.equal(speech.ask(two, 30_000), true);
  assert.equal(speech.ask(three, 60_000), true);
  assert.equal(speech.ask(one, 90_000), true);
});

test("who leaves holds nobody up", () => {
  const speech = new Speech();
  const [one, two] = [{}, {}];
  speech.ask({}, 0);
  speech.ask(one, 1);
  speech.ask(two, 2);
  speech.leave(one);
  assert.equal(speech.ask(two, 30_000), true);
});
