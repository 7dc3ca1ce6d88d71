/**
 * The model behind `npm run scale`: that it counts everything once, that more of something never costs or spreads less, and
 * that the product's bounds in it are those of the product. Prices are not asserted.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { attempt } from "../../scripts/child.mjs";
import { inRoot } from "../../scripts/paths.mjs";
import { coalesced, costOf, processorMs, rates } from "../../scripts/scale/cost.mjs";
import * as figures from "../../scripts/scale/figures.mjs";
import { shardOf, touched, zipfShares } from "../../scripts/scale/placement.mjs";
import { Queue } from "../../scripts/scale/queue.mjs";
import { simulate } from "../../scripts/scale/simulation.mjs";
import { shardsForViewers, sizeOf } from "../../scripts/scale/sizes.mjs";
import { stackCost } from "../../scripts/scale/stack.mjs";
import { scenarios } from "../../scripts/scale/traffic.mjs";

const near = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= 1e-6 * Math.max(1, Math.abs(expected)), `${what}: ${actual}, ${expected}`);

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

for (const scenario of scenarios) {
  test(`${scenario.name}: shares add up and every event is accounted for`, () => {
    for (const shards of [1, 3, 8]) {
      const day = simulate(scenario, { seed: 7, eventsPerS: 900, shards });
      assert.equal(day.shares.length, shards);
      near(sum(day.shares), 1, "shares");
      assert.ok(day.busiest >= 1);
      near(day.accepted + day.left + day.givenUp, day.offered, "events");
    }
  });

  test(`${scenario.name}: more shards never raise the mean, nor how full the fullest memory is`, () => {
    const days = [1, 4, 16].map((shards) => simulate(scenario, { seed: 3, eventsPerS: 500, shards }));
    days.slice(1).forEach((day, index) => {
      assert.ok(day.meanPerS < (days[index]?.meanPerS ?? 0));
      assert.ok(day.keysMax <= (days[index]?.keysMax ?? 0));
    });
  });
}

test("the same seed gives the same day, another seed another", () => {
  const all = scenarios.at(-1);
  assert.ok(all);
  const day = (seed: number) => simulate(all, { seed, eventsPerS: 500, shards: 4 });
  assert.deepEqual(day(5), day(5));
  assert.notDeepEqual(day(5), day(6));
});

test("viewers of stories are spread over the shards, and only stories have any", () => {
  const viewersPerS = (name: string, shards: number) => {
    const scenario = scenarios.find((each) => each.name === name);
    assert.ok(scenario);
    return simulate(scenario, { seed: 1, eventsPerS: 100, shards }).viewersPerS;
  };
  near(viewersPerS("viral story", 1), 4 * viewersPerS("viral story", 4), "viewers");
  assert.ok(viewersPerS("viral story", 1) > 0);
  assert.equal(viewersPerS("even", 1), 0);
});

test("one body that is sent again and again meets in one shard", () => {
  assert.deepEqual(zipfShares(1, { keys: 1, exponent: 1 }, 8).toSorted(), [0, 0, 0, 0, 0, 0, 0, 1]);
});

test("keys are spread evenly over the shards", () => {
  for (const shards of [2, 7, 64]) {
    const counts = new Array(shards).fill(0);
    for (let key = 0; key < shards * 1_000; key += 1) counts[shardOf(9, key, shards)] += 1;
    assert.ok(Math.max(...counts) < 1_200 && Math.min(...counts) > 800, `${shards}: ${counts}`);
  }
});

test("a request touches at most as many shards as it has events", () => {
  near(touched(1, 100), 1, "one shard");
  near(touched(1 / 8, 1), 1 / 8, "one event");
  for (const shards of [2, 8, 64]) {
    const calls = shards * touched(1 / shards, 100);
    assert.ok(calls > 1 && calls <= Math.min(shards, 100));
  }
});

const limits = { callsPerS: 10, eventsPerS: 1e12, pendingEventsMax: 30, waitSMax: 25 };

test("what fits into a second is taken in it", () => {
  const queue = new Queue(limits);
  near(queue.pass(10, 10), 1, "asked");
  near(queue.accepted, 10, "accepted");
  near(queue.waiting, 0, "waiting");
});

test("what is too much waits to its bound, is refused past it, comes again and is taken", () => {
  const queue = new Queue(limits);
  queue.pass(50, 50);
  near(queue.accepted, 10, "accepted");
  near(queue.waiting, 30, "waiting");
  near(queue.refused, 10, "refused");
  for (let second = 0; second < 40; second += 1) queue.pass(0, 0);
  near(queue.accepted, 50, "accepted at last");
  assert.equal(queue.givenUp, 0);
  assert.ok(queue.waiting < 1e-6 && queue.away < 1e-6);
});

test("what can never be taken is given up after some tries, and nothing disappears", () => {
  const queue = new Queue(limits);
  for (let second = 0; second < 100; second += 1) queue.pass(1_000, 1_000);
  assert.ok(queue.givenUp > 0);
  near(queue.accepted + queue.waiting + queue.away + queue.givenUp, 100_000, "events");
});

test("costs grow with the load, and the lines make the sum", () => {
  for (const batch of [1, 100]) {
    const bills = [10, 100, 1_000, 10_000, 100_000].map((eventsPerS) =>
      costOf({ eventsPerS, batch, spaces: 4, shards: 8 }),
    );
    bills.forEach((bill, index) => {
      near(bill.usd, sum(bill.lines.map(({ usd }) => usd)), "sum");
      assert.ok(bill.lines.every(({ usd }) => usd >= 0));
      assert.ok(index === 0 || bill.usd >= (bills[index - 1]?.usd ?? 0));
    });
  }
});

test("ten times the load is ten times the requests, and no more than ten times the rows", () => {
  const of = (eventsPerS: number) => rates({ eventsPerS, batch: 1, spaces: 1, shards: 4, viewers: 0 });
  near(of(1_000).requests, 10 * of(100).requests, "requests");
  assert.ok(of(1_000).rowsWritten < 10 * of(100).rowsWritten);
});

test("larger requests and fewer shards are never dearer", () => {
  const usd = (batch: number, shards: number) => costOf({ eventsPerS: 5_000, batch, spaces: 1, shards }).usd;
  for (const shards of [1, 8, 64]) assert.ok(usd(1, shards) > usd(10, shards) && usd(10, shards) > usd(100, shards));
  for (const batch of [1, 10, 100]) assert.ok(usd(batch, 1) < usd(batch, 8) && usd(batch, 8) < usd(batch, 64));
});

test("what is asked for seldom happens each time, what is asked for often once in its interval", () => {
  assert.equal(coalesced(0, 10), 0);
  near(coalesced(1e-3, 10), 1e-3, "seldom");
  assert.ok(coalesced(1e5, 10) <= 100 && coalesced(1e5, 10) > 99);
});

test("processor time of a request and of its events give both measurements back", () => {
  const { request, event } = processorMs();
  near(request + event, figures.measured.oneMsPerEvent.value, "one");
  near(request / 100 + event, figures.measured.hundredMsPerEvent.value, "a hundred");
});

test("as many shards as are needed are enough, and one fewer is not", () => {
  const size = (eventsPerS: number, batch: number) => sizeOf({ eventsPerS, batch }, 500);
  assert.deepEqual(size(1, 1), { spaces: 1, shards: 1, why: "" });
  let before = 0;
  for (const eventsPerS of [100, 1_000, 5_000, 20_000, 100_000]) {
    const { spaces, shards } = size(eventsPerS, 1) ?? { spaces: 0, shards: 0 };
    assert.ok(spaces * shards > before, `${eventsPerS}: ${spaces} × ${shards}`);
    before = spaces * shards;
  }
  assert.equal(shardsForViewers(83_333), 1);
  assert.equal(shardsForViewers(83_334), 2);
});

test("the other stack's low estimate is not above its high one, and its parts make the sum", () => {
  for (const eventsPerS of [10, 1_000, 100_000]) {
    const { parts, usd } = stackCost({ eventsPerS, batch: 1 });
    assert.ok(parts.every((part) => part.usd[0] <= part.usd[1]));
    near(usd[0], sum(parts.map((part) => part.usd[0])), "low");
    near(usd[1], sum(parts.map((part) => part.usd[1])), "high");
  }
});

test("every figure says its unit and where it is from", () => {
  const { measured, bounds, assumed, objectLimits, cloudflare } = figures;
  for (const [name, { value, unit, from }] of Object.entries({
    ...measured,
    ...bounds,
    ...assumed,
    ...objectLimits,
    ...cloudflare,
  })) {
    assert.ok(value > 0 && unit !== "" && from !== "", name);
  }
});

/** The constant that a bound's `from` names, as it stands in the source; one in hours as their number. */
function constantOf(from: string): number {
  const [name = "", file = ""] = from.split(", ");
  const text = readFileSync(inRoot(...file.split("/")), "utf8");
  const found = new RegExp(`\\b${name}(?:: [a-z0-9]+)?(?: =|:) (\\d[^;,]*)[;,]`).exec(text)?.[1];
  assert.ok(found, `${name} in ${file}`);
  const factors = found.split("*").map((part) => {
    const word = part.trim();
    return word === "HOUR_MS" ? 1 : Number(word.replaceAll("_", ""));
  });
  return factors.reduce((product, factor) => product * factor, 1);
}

test("the product's bounds are those of its source", () => {
  for (const { value, from } of Object.values(figures.bounds)) assert.equal(value, constantOf(from), from);
});

test("the command prints a table for each question, for the load and shards that it is asked about", async () => {
  const args = ["scale", "--events-per-s", "50", "--shards", "2"];
  const { code, stdout, stderr } = await attempt(process.execPath, [inRoot("scripts", "run.mjs"), ...args], {
    quiet: true,
  });
  assert.equal(code, 0, stderr);
  for (const part of ["How many shards?", "month on Cloudflare", "Which knob", "list prices", "How uneven", "503"])
    assert.ok(stdout.includes(part), part);
  assert.ok(stdout.includes("50 events/s, 1 per request"));
});

test("a number that it cannot take is a sentence", async () => {
  const args = [inRoot("scripts", "run.mjs"), "scale", "--shards", "65"];
  const { code, stderr } = await attempt(process.execPath, args, { quiet: true });
  assert.equal(code, 1);
  assert.match(stderr, /--shards must be a whole number from 1 to 64/);
});
