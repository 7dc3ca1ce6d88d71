/**
 * The demo's own judgement: it must see a loss, a double count and a wrong verdict, and nothing else. And that what it
 * makes up is what it says.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { init, validate } from "polso";
import type { Item } from "../../scripts/demo/choice.mjs";
import { adSpend, Conversions } from "../../scripts/demo/conversions.mjs";
import { Random } from "../../scripts/demo/random.mjs";
import type { Result } from "../../scripts/demo/sender.mjs";
import { Stories } from "../../scripts/demo/stories.mjs";
import { Tally } from "../../scripts/demo/tally.mjs";

const nowMs = Date.UTC(2026, 10, 20, 10);
const good: Item = { kind: "new", body: "1" };
const again: Item = { kind: "repeated", body: "1" };
const bad: Item = { kind: "bad", body: "2", reason: "field_unknown" };
const accepted: Result = { verdict: "accepted" };
const duplicate: Result = { verdict: "duplicate" };

function judged(items: Item[], results: Result[] | undefined, retried = false): [string, number][] {
  const tally = new Tally();
  tally.record(items, { results, retried });
  return tally.verdict();
}

test("one accepted copy and its duplicates are right, in any order", () => {
  assert.deepEqual(judged([good, again], [accepted, duplicate]), []);
  assert.deepEqual(judged([good, again], [duplicate, accepted]), []);
});

test("a duplicate without an accepted copy is a loss, unless an answer may have been lost", () => {
  assert.deepEqual(judged([good], [duplicate]), [["events lost", 1]]);
  assert.deepEqual(judged([good], [duplicate], true), []);
});

test("two accepted copies are a double count", () => {
  assert.deepEqual(judged([good, again], [accepted, accepted]), [["events accepted twice", 1]]);
});

test("a bad event must be rejected, and for its reason", () => {
  assert.deepEqual(judged([bad], [{ verdict: "rejected", reasons: [{ code: "field_unknown" }] }]), []);
  assert.deepEqual(judged([bad], [accepted]), [["bad events not rejected", 1]]);
  assert.deepEqual(judged([bad], [{ verdict: "rejected", reasons: [{ code: "field_type" }] }]), [
    ["rejections without field_unknown", 1],
  ]);
});

test("a batch that was given up is a loss", () => {
  assert.deepEqual(judged([good], undefined), [
    ["good events unanswered", 1],
    ["events lost", 1],
  ]);
});

for (const [kind, Maker] of [
  ["conversione", Conversions],
  ["storia", Stories],
] as const) {
  const tell = (seed: number): Item[] => {
    const maker = new Maker(new Random(seed));
    return Array.from({ length: 2000 }, () => maker.next(nowMs));
  };

  test(`the same seed tells the same, and repeats only what it told: ${kind}`, () => {
    assert.deepEqual(tell(7), tell(7));
    assert.notDeepEqual(tell(7), tell(8));
    const told = new Set<string>();
    for (const { kind, body } of tell(7)) {
      if (kind === "repeated") assert.ok(told.has(body));
      else if (kind !== "bad") assert.ok(!told.has(body) && told.add(body));
    }
  });

  test(`each mistake earns its reason, and all else is good: ${kind}`, async () => {
    await init();
    const reasons = new Set<string>();
    for (const { body, reason } of tell(7)) {
      const { verdict, reasons: found = [] } = validate(body, { name: "demo", kind }, nowMs);
      if (reason === undefined) assert.equal(verdict, "accepted", body);
      else assert.ok(reasons.add(reason) && found.some(({ code }) => code === reason), body);
    }
    assert.ok(reasons.size > 5, [...reasons].join());
  });
}

test("ad spend is good, and follows the length of its interval", async () => {
  await init();
  const euro = (seconds: number) =>
    adSpend(new Random(1), nowMs, nowMs + seconds * 1000, 20).map(({ body }) => {
      assert.equal(validate(body, { name: "demo", kind: "spesa" }, nowMs).verdict, "accepted", body);
      return JSON.parse(body).importo;
    });
  for (const [index, amount] of euro(60).entries()) assert.ok(Math.abs(amount - 2 * euro(30)[index]) < 0.02);
});

test("chance keeps its mean", () => {
  const random = new Random(3);
  for (const mean of [0.2, 5, 200]) {
    const draws = Array.from({ length: 4000 }, () => random.count(mean));
    const average = draws.reduce((sum, count) => sum + count, 0) / draws.length;
    assert.ok(Math.abs(average - mean) < mean * 0.1, `${average} instead of ${mean}`);
  }
});
