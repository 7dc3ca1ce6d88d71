/** The questions of `npm run scale`, and what the model answers: how many shards, what it costs, which knob, what skew does. */

import { commitsOf, enoughCalls } from "./commits.mjs";
import { costOf, dominant, rates } from "./cost.mjs";
import { assumed, bounds, cloudflare, objectLimits } from "./figures.mjs";
import { touched } from "./placement.mjs";
import { requestsOfCall } from "./sharing.mjs";
import { simulate } from "./simulation.mjs";
import { shardsForViewers, sizeOf } from "./sizes.mjs";
import { stackCost } from "./stack.mjs";
import { scenarios } from "./traffic.mjs";

/** The rates that are asked about when none is named. */
export const ratesAsked = [10, 1_000, 100_000];
/** What is simulated, and whose knobs are turned, when no rate is named. */
export const rateSimulated = 1_000;
const batchesAsked = [1, 100, 1_000];
const shardsSimulated = [1, 2, 4, 8, 16, 32, 64];
const shardsShared = [1, 4, 16, 64];

/**
 * @typedef {object} Priced a load, where it runs, and what that costs
 * @property {import("./sizes.mjs").Load} load
 * @property {import("./sizes.mjs").Size} size
 * @property {ReturnType<typeof costOf>} bill
 * @property {[number, number]} range dollars, by all other assumptions about objects, shared calls and commits
 * @property {ReturnType<typeof rates>} perS
 * @property {string} dominant
 * @property {ReturnType<typeof stackCost>} stack
 */

/**
 * Shards and cost for each rate, in requests of 1, 100 and 1,000 events.
 * @param {number[]} eventsPerS
 * @param {number} [shards] instead of as many as are needed
 * @returns {Priced[]}
 */
export function priced(eventsPerS, shards) {
  return eventsPerS.flatMap((rate) =>
    batchesAsked
      .filter((batch) => batch < 1_000 || rate >= 10_000)
      .map((batch) => pricedOne({ eventsPerS: rate, batch }, shards)),
  );
}

/**
 * @param {import("./sizes.mjs").Load} load
 * @param {number} [shards]
 * @returns {Priced}
 */
function pricedOne(load, shards) {
  const placed = (/** @type {import("./sizes.mjs").Load} */ of, /** @type {number} */ callsMax) =>
    shards === undefined ? sizeOf(of, callsMax) : { spaces: 1, shards, why: "--shards" };
  const size = placed(load, objectLimits.planned.value);
  if (!size) throw new Error("no number of spaces takes this load");
  const bill = costOf({ ...load, ...size });
  const dollars = Object.values(objectLimits).flatMap(({ value }) =>
    [0, assumed.isolateBusyHigh.value].flatMap((isolateBusy) => {
      const other = { ...load, isolateBusy };
      const where = placed(other, value);
      return [0, assumed.commitMsLow.value].map((commitMs) =>
        where ? costOf({ ...other, ...where, commitMs }).usd : Number.POSITIVE_INFINITY,
      );
    }),
  );
  return {
    load,
    size,
    bill,
    range: [Math.min(bill.usd, ...dollars), Math.max(bill.usd, ...dollars)],
    perS: rates({ ...load, ...size }),
    dominant: dominant(bill).what,
    stack: stackCost(load),
  };
}

/**
 * What one change does to a bill, and where it is made.
 * @param {number} eventsPerS
 * @returns {{ knob: string, where: string, spaces: number, shards: number, usd: number }[]}
 */
export function knobs(eventsPerS) {
  const of = (
    /** @type {string} */ knob,
    /** @type {string} */ where,
    /** @type {Partial<import("./cost.mjs").Deployment>} */ change,
  ) => {
    const load = { eventsPerS, batch: 1, ...change };
    const { spaces, shards } = sizeOf(load, objectLimits.planned.value) ?? {
      spaces: 1,
      shards: bounds.shardsMax.value,
    };
    const placed = { ...load, spaces, shards, ...change };
    return { knob, where, spaces: placed.spaces, shards: placed.shards, usd: costOf(placed).usd };
  };
  const fewest = of("one event per request", "", {});
  const [holdMs, publishMs, busy] = [5 * bounds.holdMs.value, 1_000, assumed.isolateBusyHigh.value];
  return [
    fewest,
    of("10 events per request", "the sender: collect for a moment, or 10 events", { batch: 10 }),
    of("100 events per request", "the sender", { batch: 100 }),
    of("four times the shards", "`SHARDS`: no more than are needed", {
      shards: Math.min(bounds.shardsMax.value, 4 * fewest.shards),
    }),
    of('`dedup_ttl = "24h"`', "the source: as long as the sender keeps trying, and no longer", { ttlS: 86_400 }),
    of("isolates busy for half of their time", "nowhere: the platform decides; [shared calls](#shared-calls)", {
      isolateBusy: busy,
    }),
    of(`commits that take ${assumed.commitMsLow.value} ms`, "nowhere: it is not known; [commits](#commits)", {
      commitMs: assumed.commitMsLow.value,
    }),
    of(
      `commits that wait up to ${holdMs} ms, not ${bounds.holdMs.value}`,
      "a constant, `HOLD_MS` in `core/src/cadence.rs`; answers come as much later",
      { holdMs },
    ),
    of(
      `a delta in ${publishMs / 1_000} s, not ${bounds.publishEveryMs.value} ms`,
      "a constant, `PUBLISH_EVERY_MS` in `core/src/ledger/publish.rs`; viewers see it later",
      { publishMs },
    ),
    of("no viewers", "viewers are nearly free", { viewers: 0 }),
  ];
}

/**
 * How many requests share a call, by how busy an isolate is.
 * @returns {{ busy: number, batch: number, shards: number, requests: number }[]}
 */
export function sharing() {
  return [1, 100].flatMap((batch) =>
    [0.01, assumed.isolateBusy.value, assumed.isolateBusyHigh.value, 0.9].flatMap((busy) =>
      shardsShared.map((shards) => ({
        busy,
        batch,
        shards,
        requests: requestsOfCall(busy, touched(1 / shards, batch)),
      })),
    ),
  );
}

/**
 * What one ledger writes, and how long its requests wait, by how many come to it, each in a call of its own.
 * @returns {{ requestsPerS: number, commitMs: number, commitsPerS: number, waitMs: number, usd: number }[]} dollars a month for
 *   rows, when a commit takes no time, and when it takes some
 */
export function commits() {
  return [1, 10, 50, 100, 200, 500, 1_000, 2_000, 5_000].flatMap((requestsPerS) =>
    [0, assumed.commitMsLow.value].map((commitMs) => {
      const by = { holdMs: bounds.holdMs.value, commitMs, enough: enoughCalls(1, 1) };
      const { perS, waitMs } = commitsOf(requestsPerS, by);
      const rows = perS * cloudflare.hoursOfMonth.value * 3_600;
      return { requestsPerS, commitMs, commitsPerS: perS, waitMs, usd: (rows / 1e6) * cloudflare.rowsWritten.value };
    }),
  );
}

/**
 * From which rate on a month costs more than the low, and than the high, estimate of the other stack.
 * @returns {{ batch: number, low: number | undefined, high: number | undefined }[]} nothing where it does not, up to 198,000 events/s
 */
export function breakEven() {
  const steps = Array.from({ length: 251 }, (_, step) => 1.05 ** step);
  return [1, 10, 100, 1_000].map((batch) => {
    const dearerThan = (/** @type {0 | 1} */ end) =>
      steps.find((eventsPerS) => {
        const load = { eventsPerS, batch };
        const size = sizeOf(load, objectLimits.planned.value);
        return size !== undefined && costOf({ ...load, ...size }).usd > stackCost(load).usd[end];
      });
    return { batch, low: dearerThan(0), high: dearerThan(1) };
  });
}

/**
 * Shards for stories that are sent as actions of single viewers.
 * @returns {{ viewersPerDay: number, shards: number }[]}
 */
export function viewerShards() {
  return [10_000, 80_000, 1e6, 5e6, 1e7].map((viewersPerDay) => ({
    viewersPerDay,
    shards: shardsForViewers(viewersPerDay),
  }));
}

/**
 * Each scenario over each number of shards.
 * @param {{ seed: number, eventsPerS: number, shards?: number | undefined }} what
 * @returns {{ scenario: string, what: string, shards: number, day: import("./simulation.mjs").Day }[]}
 */
export function simulated({ seed, eventsPerS, shards }) {
  const counts = shards === undefined ? shardsSimulated : [shards];
  return scenarios.flatMap((scenario) =>
    counts.map((count) => ({
      scenario: scenario.name,
      what: scenario.what,
      shards: count,
      day: simulate(scenario, { seed, eventsPerS, shards: count }),
    })),
  );
}

/**
 * The answers to all questions.
 * @param {{ seed: number, rates: number[], eventsPerS: number, shards?: number | undefined }} [what] else as docs/scale.md has it
 * @returns {import("./document.mjs").Answers}
 */
export function asked(what = { seed: 1, rates: ratesAsked, eventsPerS: rateSimulated }) {
  return {
    costs: priced(what.rates, what.shards),
    knobs: knobs(what.eventsPerS),
    viewers: viewerShards(),
    shared: sharing(),
    commits: commits(),
    breakEven: breakEven(),
    days: simulated(what),
  };
}

/** What the simulation takes for the limit of a ledger, for whoever reads its tables. */
export const limitText = `${objectLimits.planned.value} calls/s, planned at ${100 * assumed.headroom.value} %`;
