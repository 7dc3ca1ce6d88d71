/**
 * The model behind `npm run scale`: that it counts everything once, that more of something never costs or spreads less,
 * that the product's bounds in it are those of the product, and that docs/scale.md says what it says. Prices are not asserted.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { attempt } from "../../scripts/child.mjs";
import { Random } from "../../scripts/demo/random.mjs";
import { inRoot } from "../../scripts/paths.mjs";
import { asked } from "../../scripts/scale/answers.mjs";
import { coalesced, commitsOf, enoughCalls } from "../../scripts/scale/commits.mjs";
import { costOf, rates } from "../../scripts/scale/cost.mjs";
import { documentOf } from "../../scripts/scale/document.mjs";
import * as figures from "../../scripts/scale/figures.mjs";
import { shardOf, touched, zipfShares } from "../../scripts/scale/placement.mjs";
import { processorMs } from "../../scripts/scale/processor.mjs";
import { Queue } from "../../scripts/scale/queue.mjs";
import { busyOf, requestsOfCall } from "../../scripts/scale/sharing.mjs";
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

test("nothing that never happens happens less than never", () => {
  assert.equal(new Random(1).count(0), 0);
});

/** `core/src/cadence.rs`, played with calls at random moments: commits per second, and what a call waits on average. */
function played(callsPerS: number, holdMs: number, enough: number) {
  const [random, calls] = [new Random(11), 300_000];
  let [now, commits, waited, committedAt, company, since] = [0, 0, 0, Number.NEGATIVE_INFINITY, 0, 0];
  let waiting: number[] = [];
  const commit = (at: number) => {
    commits += 1;
    waited += sum(waiting.map((cameAt) => at - cameAt));
    if (since < figures.bounds.lookEvery.value) since += 1;
    else [company, since] = [waiting.length, 0];
    [waiting, committedAt] = [[], at];
  };
  for (let call = 0; call < calls; call += 1) {
    now -= (Math.log(1 - random.next()) / callsPerS) * 1_000;
    if (waiting.length > 0 && now >= committedAt + holdMs) commit(committedAt + holdMs);
    waiting.push(now);
    const isExpected = waiting.length >= company && since < figures.bounds.lookEvery.value;
    if (isExpected || waiting.length >= enough || now >= committedAt + holdMs) commit(now);
  }
  return { perS: (commits / now) * 1_000, waitMs: waited / calls };
}

test("commits come as often, and calls wait as long, as when a ledger's rule is played", () => {
  for (const callsPerS of [5, 60, 300, 1_000, 2_000, 6_000]) {
    for (const enough of [1, 3, 20]) {
      const told = commitsOf(callsPerS, { holdMs: 10, commitMs: 0, enough });
      const seen = played(callsPerS, 10, enough);
      const what = `${callsPerS}/s, ${enough}: ${JSON.stringify([told, seen])}`;
      assert.ok(Math.abs(told.perS - seen.perS) < 0.02 * seen.perS, what);
      assert.ok(Math.abs(told.waitMs - seen.waitMs) < 0.02 * seen.waitMs + 0.02, what);
    }
  }
  assert.deepEqual(commitsOf(0, { holdMs: 10, commitMs: 0, enough: 20 }), { perS: 0, waitMs: 0 });
});

test("where a commit takes longer than calls are held, they wait for that alone", () => {
  const of = (callsPerS: number) => commitsOf(callsPerS, { holdMs: 10, commitMs: 40, enough: 20 });
  assert.ok(of(1e5).perS > 24.9 && of(1e5).perS <= 25 && Math.abs(of(1e5).waitMs - 20) < 0.1, JSON.stringify(of(1e5)));
  near(of(1e-3).perS, 1e-3, "seldom");
});

test("a commit waits for no more calls than make twenty requests or a thousand events", () => {
  assert.equal(enoughCalls(1, 1), 20);
  assert.equal(enoughCalls(10, 1), 2);
  assert.equal(enoughCalls(1, 100), 10);
  assert.equal(enoughCalls(1, 1_000), 1);
});

test("the busier an isolate and the fewer the shards, the more requests share a call; an idle one shares none", () => {
  near(requestsOfCall(0, 1), 1, "idle");
  near(requestsOfCall(0.5, 1), 2, "half busy");
  near(requestsOfCall(0.5, 1 / 4), 1.25, "half busy, four shards");
  assert.equal(requestsOfCall(0.9999, 1), figures.bounds.callBatchesMax.value);
  const busy = (eventsPerS: number) => busyOf({ eventsPerS, batch: 1 });
  near(busy(20), 2 * busy(10), "one isolate");
  near(busy(1e6), figures.assumed.isolateBusy.value, "many");
});

test("shared calls are fewer calls for the same requests, need no more shards, and are never dearer", () => {
  for (const [eventsPerS, batch] of [
    [1_000, 1],
    [100_000, 100],
  ] as const) {
    const [none, half] = [0, 0.5].map((isolateBusy) => ({ eventsPerS, batch, spaces: 5, shards: 4, isolateBusy }));
    assert.ok(none && half);
    near(rates(half).requests, rates(none).requests, "requests");
    near(rates(half).callsOfLedger * rates(half).requestsOfCall, rates(none).callsOfLedger, "calls");
    assert.ok(rates(half).objectCalls < rates(none).objectCalls && costOf(half).usd < costOf(none).usd);
    const ledgers = (load: typeof none) => (({ spaces, shards }) => spaces * shards)(sizeOf(load, 500) ?? load);
    assert.ok(ledgers(half) <= ledgers(none));
  }
});

test("processor time of a request, its call and its events give the measurements back", () => {
  const { request, call, event } = processorMs();
  near(request + call + event, figures.measured.oneMsPerEvent.value, "one in a call of its own");
  near(request + event, figures.measured.oneSharedMsPerEvent.value, "one in a shared call");
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

test("docs/scale.md has the program's figures; `npm run scale -- --document` writes them", () => {
  const text = readFileSync(inRoot("docs", "scale.md"), "utf8");
  assert.equal(documentOf(text, asked()), text);
});

test("a table or sentence that the document has lost, or has twice, is named", () => {
  const text = readFileSync(inRoot("docs", "scale.md"), "utf8");
  const answers = asked({ seed: 1, rates: [10, 1_000, 100_000], eventsPerS: 10 });
  const sentence = "taken as 1.6 times the day's average";
  assert.throws(() => documentOf(text.replace(sentence, ""), answers), /must say once: taken as \{\} times/);
  assert.throws(() => documentOf(`${text}\n${sentence}\n`, answers), /must say once/);
  assert.throws(
    () => documentOf(text.replace("| spaces |", "| space |"), answers),
    /must have one table `load \| spaces/,
  );
});

test("a number that it cannot take is a sentence", async () => {
  const args = [inRoot("scripts", "run.mjs"), "scale", "--shards", "65"];
  const { code, stderr } = await attempt(process.execPath, args, { quiet: true });
  assert.equal(code, 1);
  assert.match(stderr, /--shards must be a whole number from 1 to 64/);
});
