/** The selection survives the address, and a strange address does no harm. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { filtersFor, shownDimension, shownKpi } from "../src/domains.ts";
import {
  type Selection,
  searchOf,
  selectionFrom,
  toggled,
  usual,
  withFilter,
  withoutFilter,
} from "../src/selection.ts";

test("the defaults leave the address clean", () => {
  assert.deepEqual(selectionFrom(""), usual);
  assert.equal(searchOf(usual), "");
});

test("a selection comes back from its address", () => {
  const selection: Selection = {
    view: "stories",
    window: "24h",
    kind: "tumbling",
    at: Date.parse("2026-11-20T13:05:30.250Z"),
    kpi: "ctr",
    by: "luogo",
    where: ["canale:email", "campagna:A:B & C"],
  };
  assert.deepEqual(selectionFrom(searchOf(selection)), selection);
});

test("what is unknown falls back to the default", () => {
  const strange =
    "?view=constructor&window=9y&kind=x&at=soon&kpi=constructor&by=classe&where=nothing&where=secret:x&where=canale:email&where=canale:email";
  assert.deepEqual(selectionFrom(strange), { ...usual, where: ["canale:email"] });
});

test("an instant that the core could not read is no instant", () => {
  for (const at of ["-000001-01-01T00:00:00Z", "+010000-01-01T00:00:00Z", "1969-12-31T23:59:59Z"]) {
    assert.equal(selectionFrom(`?at=${encodeURIComponent(at)}`).at, undefined, at);
  }
});

test("filters are added once, removed and toggled", () => {
  const filtered = withFilter(withFilter(usual, "canale:email"), "canale:email");
  assert.deepEqual(filtered.where, ["canale:email"]);
  assert.deepEqual(withoutFilter(filtered, "canale:email"), usual);
  assert.deepEqual(toggled(toggled(usual, "luogo:Roma"), "luogo:Roma"), usual);
});

test("twenty filters are kept, of at most 200 characters", () => {
  const many = Array.from({ length: 21 }, (_, index) => `where=campagna:${index}`).join("&");
  assert.equal(selectionFrom(`?${many}`).where.length, 20);
  const long = (length: number) => selectionFrom(`?where=story:${"x".repeat(length - "story:".length)}`).where.length;
  assert.deepEqual([long(200), long(201)], [1, 0]);
});

test("a subject takes the filters that it knows, and a breakdown all but its own", () => {
  const where = ["canale:email", "luogo:Roma", "source:crm"];
  assert.deepEqual(filtersFor("conversions", where), ["canale:email", "source:crm"]);
  assert.deepEqual(filtersFor("stories", where), ["luogo:Roma", "source:crm"]);
  assert.deepEqual(filtersFor("conversions", where, "canale"), ["source:crm"]);
});

test("each subject shows the chosen KPI and dimension, or its own first", () => {
  assert.equal(shownKpi("stories", "ctr"), "ctr");
  assert.equal(shownKpi("stories", "cpa"), "views");
  assert.equal(shownDimension("conversions", "story"), "canale");
  assert.equal(shownDimension("stories", "source"), "source");
});
