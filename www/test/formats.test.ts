/** Numbers as Italians and the English write them; what is missing never looks like zero. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Formats } from "../src/formats.ts";
import { messagesFor } from "../src/messages/messages.ts";

const it = new Formats(messagesFor("it"));
const en = new Formats(messagesFor("en"));
/** Intl separates by a space that does not break. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

test("money and four-digit counts are grouped in Italian too", () => {
  assert.equal(plain(it.value(1234.5, "euro")), "1.234,50 €");
  assert.equal(it.count(1234), "1.234");
  assert.equal(en.value(1234.5, "euro"), "€1,234.50");
});

test("ratios are percentages with one decimal", () => {
  assert.equal(it.value(0.4211, "ratio"), "42,1%");
  assert.equal(en.value(1, "ratio"), "100.0%");
});

test("missing is a dash, zero is a zero", () => {
  assert.deepEqual([it.value(null, "count"), it.value(0, "count")], ["–", "0"]);
  assert.deepEqual([it.span(null), it.count(null)], ["–", "–"]);
});

test("ages are in the largest unit that fits", () => {
  const minute = 60_000;
  const ages = [-5, 0, 999, 1_000, 59_999, minute, 59 * minute, 60 * minute, 47 * 60 * minute, 800 * 24 * 60 * minute];
  assert.deepEqual(
    ages.map((ms) => it.age(ms)),
    ["ora", "ora", "ora", "1 s fa", "59 s fa", "1 min fa", "59 min fa", "1 h fa", "1 g fa", "2 anni fa"],
  );
  assert.equal(en.age(12_000), "12 sec ago");
});

test("spans are in the largest unit that fits, and may be negative", () => {
  const spans = [0, 1_249, -1_200, 59_000, 60_000, 3_599_000, 3_600_000, 86_400_000].map((ms) => it.span(ms));
  assert.deepEqual(spans, ["0,0 s", "1,2 s", "-1,2 s", "59,0 s", "1,0 min", "60,0 min", "1,0 h", "24,0 h"]);
  assert.equal(en.span(1_249), "1.2 s");
});

test("ticks are short", () => {
  assert.deepEqual([it.tick(0.15, "ratio"), it.tick(20, "count")], ["15%", "20"]);
  assert.equal(plain(en.tick(15_000, "euro")), "€15k");
});

test("in a cell of a map thousands have four characters", () => {
  const short = [0, 7, 999, 999.6, 1_771, 9_949, 9_951, 12_345].map((value) => it.short(value, "count"));
  assert.deepEqual(short, ["0", "7", "999", "1,0k", "1,8k", "9,9k", "10k", "12k"]);
  assert.equal(it.short(0.153, "ratio"), "15%");
  assert.equal(en.short(1_771, "euro"), "1.8k");
});
