/** The questions of `npm run scale`, and what the model answers: how many shards, what it costs, which knob, what skew does. */

import { costOf, dominant, rates } from "./cost.mjs";
import { assumed, bounds, objectLimits } from "./figures.mjs";
import { simulate } from "./simulation.mjs";
import { shardsForViewers, sizeOf } from "./sizes.mjs";
import { stackCost } from "./stack.mjs";
import { scenarios } from "./traffic.mjs";

/** The rates that are asked about when none is named. */
export const ratesAsked = [10, 1_000, 100_000];
const batchesAsked = [1, 100, 1_000];
const shardsSimulated = [1, 2, 4, 8, 16, 32, 64];

/**
 * @typedef {object} Priced a load, where it runs, and what that costs
 * @property {import("./sizes.mjs").Load} load
 * @property {import("./sizes.mjs").Size} size
 * @property {ReturnType<typeof costOf>} bill
 * @property {[number, number]} range dollars, when an object takes as much, or as little, as the guide says
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
  const sizes = [objectLimits.planned, objectLimits.high, objectLimits.low].map(({ value }) =>
    shards === undefined ? sizeOf(load, value) : { spaces: 1, shards, why: "--shards" },
  );
  const bills = sizes.map((size) => (size ? costOf({ ...load, ...size }) : undefined));
  const [size, bill] = [sizes[0], bills[0]];
  if (!size || !bill) throw new Error("no number of spaces takes this load");
  const dollars = bills.map((each) => each?.usd ?? Number.POSITIVE_INFINITY);
  return {
    load,
    size,
    bill,
    range: [Math.min(...dollars), Math.max(...dollars)],
    perS: rates({ ...load, ...size }),
    dominant: dominant(bill).what,
    stack: stackCost(load),
  };
}

/**
 * What one change does to a bill.
 * @param {number} eventsPerS
 * @returns {{ knob: string, spaces: number, shards: number, usd: number }[]}
 */
export function knobs(eventsPerS) {
  const of = (/** @type {string} */ knob, /** @type {Partial<import("./cost.mjs").Deployment>} */ change) => {
    const load = { eventsPerS, batch: 1, ...change };
    const { spaces, shards } = sizeOf(load, objectLimits.planned.value) ?? {
      spaces: 1,
      shards: bounds.shardsMax.value,
    };
    const placed = { ...load, spaces, shards, ...change };
    return { knob, spaces: placed.spaces, shards: placed.shards, usd: costOf(placed).usd };
  };
  const fewest = of("one event per request", {});
  return [
    fewest,
    of("10 events per request", { batch: 10 }),
    of("100 events per request", { batch: 100 }),
    of("four times the shards", { shards: Math.min(bounds.shardsMax.value, 4 * fewest.shards) }),
    of("dedup_ttl of 24 h", { ttlS: 86_400 }),
    of("a commit in 50 ms, not 10 (a constant)", { commitMs: 50 }),
    of("a delta in 1 s, not 250 ms (a constant)", { publishMs: 1_000 }),
    of("no viewers", { viewers: 0 }),
  ];
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

/** What the simulation takes for the limit of a ledger, for whoever reads its tables. */
export const limitText = `${objectLimits.planned.value} requests/s, planned at ${100 * assumed.headroom.value} %`;
