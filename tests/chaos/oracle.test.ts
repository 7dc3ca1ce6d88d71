/** The chaos runs' own judgement: it must see a loss, a double count and a wrong verdict, and nothing else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { init, validate } from "polso";
import { Random } from "../../scripts/demo/random.mjs";
import { kinds, Oracle } from "./oracle/oracle.ts";
import { differences } from "./oracle/readings.ts";

const nowMs = Date.UTC(2026, 10, 20, 10);
const random = new Random(1);

/** An oracle of one event, sent so often. */
function sent(times: number): { oracle: Oracle; number: number } {
  const oracle = new Oracle(7, 10);
  const number = oracle.invent("conversione", random, nowMs);
  for (let time = 0; time < times; time += 1) oracle.sent([number]);
  return { oracle, number };
}

test("one accepted copy and its duplicates are right, in any order", () => {
  for (const verdicts of [
    ["accepted", "duplicate"],
    ["duplicate", "accepted"],
  ]) {
    const { oracle, number } = sent(2);
    oracle.judge([number, number], verdicts);
    assert.deepEqual([oracle.faults, oracle.neverAccepted(), oracle.acknowledged], [0, 0, 1]);
  }
});

test("an event that is accepted twice is seen", () => {
  const { oracle, number } = sent(2);
  oracle.judge([number], ["accepted"]);
  oracle.judge([number], ["accepted"]);
  assert.deepEqual([oracle.acceptedAgain, oracle.faultsShown], [1, ["accepted twice: event 0"]]);
});

test("a duplicate of nothing is seen, and one of a journey without answer is not", () => {
  const once = sent(1);
  once.oracle.judge([once.number], ["duplicate"]);
  assert.deepEqual(once.oracle.faultsShown, ["a duplicate that was sent once: event 0"]);

  const twice = sent(2);
  twice.oracle.judge([twice.number, twice.number], ["duplicate", "duplicate"]);
  assert.deepEqual([twice.oracle.faults, twice.oracle.neverAccepted()], [0, 1]);
  twice.oracle.lostSight([twice.number]);
  assert.equal(twice.oracle.neverAccepted(), 0);
});

test("another verdict, and one too few, are seen", () => {
  const { oracle, number } = sent(2);
  oracle.judge([number], ["rejected"]);
  oracle.judge([number, number], ["accepted"]);
  assert.equal(oracle.faults, 3, oracle.faultsShown.join());
});

test("a number that differs is seen on whichever side it stands", () => {
  const reading = { kpi: "views", group: "a", numerator: 2, denominator: null };
  assert.deepEqual(differences([reading], [reading]), []);
  assert.deepEqual(differences([reading], []), ["views of `a` is 0 instead of 2"]);
  assert.deepEqual(differences([], [{ ...reading, numerator: 0 }]), []);
  assert.deepEqual(differences([], [{ ...reading, denominator: 3, numerator: 0 }]), [
    "the denominator of views of `a` is 3 instead of 0",
  ]);
});

test("what it makes up is valid, and always the same", async () => {
  await init();
  const [one, other] = [new Oracle(3, 2_000), new Oracle(3, 2_000)];
  const [drawn, drawnAgain] = [new Random(5), new Random(5)];
  for (let event = 0; event < 2_000; event += 1) {
    const kind = kinds[event % 2] ?? "storia";
    const number = one.invent(kind, drawn, nowMs);
    assert.equal(other.invent(kind, drawnAgain, nowMs), number);
    const text = JSON.stringify(one.body(number));
    assert.equal(JSON.stringify(other.body(number)), text);
    assert.equal(JSON.stringify(one.body(number)), text);
    const verdict = validate(text, { name: "crm", kind }, nowMs);
    assert.equal(verdict.verdict, "accepted", `${text} ${JSON.stringify(verdict)}`);
  }
  assert.deepEqual(one.expectations(nowMs), other.expectations(nowMs));
});
