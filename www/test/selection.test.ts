/** The selection survives the address, and a strange address does no harm. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { queriesFor } from "../src/picture.ts";
import { type Selection, searchOf, selectionFrom, withFilter, withoutFilter } from "../src/selection.ts";

const usual: Selection = { window: "1h", kpi: "conversions", where: [] };

test("the defaults leave the address clean", () => {
  assert.deepEqual(selectionFrom(""), usual);
  assert.equal(searchOf(usual), "");
});

test("a selection comes back from its address", () => {
  const selection: Selection = { window: "24h", kpi: "cpa", where: ["canale:email", "campagna:A:B & C"] };
  assert.deepEqual(selectionFrom(searchOf(selection)), selection);
});

test("what is unknown falls back to the default", () => {
  const strange = "?window=9y&kpi=constructor&where=nothing&where=secret:x&where=canale:email&where=canale:email";
  assert.deepEqual(selectionFrom(strange), { ...usual, where: ["canale:email"] });
});

test("filters are added once and removed", () => {
  const filtered = withFilter(withFilter(usual, "canale:email"), "canale:email");
  assert.deepEqual(filtered.where, ["canale:email"]);
  assert.deepEqual(withoutFilter(filtered, "canale:email"), usual);
});

test("a picture asks for thirteen windows that follow each other and twelve bands", () => {
  const nowMs = Date.parse("2026-11-22T13:07:30Z");
  const queries = queriesFor({ ...usual, where: ["canale:email"] }, nowMs);
  const tumbling = queries.filter(({ kind }) => kind === "tumbling").map(({ at }) => at);
  assert.equal(tumbling.length, 13);
  assert.deepEqual([tumbling[0], tumbling[12]], ["2026-11-22T12:07:30.000Z", "2026-11-22T13:07:30.000Z"]);
  assert.equal(queries.filter(({ kind, at }) => kind === undefined && at !== undefined).length, 12);
  assert.ok(queries.every(({ where }) => where?.[0] === "canale:email"));
});
