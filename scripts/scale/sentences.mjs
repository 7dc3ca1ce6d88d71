/** What docs/scale.md says in sentences, with `{}` for each figure. None begins or ends with one. */

import { assumed, bounds, cloudflare, measured, objectLimits } from "./figures.mjs";
import { about, dollars } from "./table.mjs";

/**
 * @param {import("./document.mjs").Answers} answers
 * @returns {[pattern: string, ...values: string[]][]}
 */
export function sentences(answers) {
  return [...inShort(answers), ...ofLimits(), ...ofPrices(), ...ofDays(answers)];
}

/** @param {number} value */
const cents = (value) => `$${value.toFixed(2)}`;

const secondsOfMonth = cloudflare.hoursOfMonth.value * 3_600;

/**
 * @param {import("./document.mjs").Answers} answers
 * @returns {[string, ...string[]][]}
 */
function inShort({ costs, breakEven }) {
  const of = (/** @type {number} */ rate, /** @type {number} */ batch) =>
    costs.find(({ load }) => load.eventsPerS === rate && load.batch === batch);
  const usd = (/** @type {number} */ rate, /** @type {number} */ batch) => of(rate, batch)?.bill.usd ?? 0;
  const stack = (/** @type {number} */ rate) => of(rate, 1)?.stack.usd ?? [0, 0];
  const cheaper = (/** @type {number} */ batch) => about(breakEven.find((each) => each.batch === batch)?.low ?? 0);
  const times = stack(100_000).map((low) => about(usd(100_000, 1) / low));
  return [
    [
      "1,000 events/s cost about {} a month one by one, and {} in requests of 100.",
      dollars(usd(1_000, 1)),
      dollars(usd(1_000, 100)),
    ],
    [
      "cheaper than a managed stack up to about {} events/s. In requests of 100, up to about {}.",
      cheaper(1),
      cheaper(100),
    ],
    [
      "**100,000 events/s one by one is not for Polso**: {} spaces, and {} to {} times the price of the other stack.",
      String(of(100_000, 1)?.size.spaces),
      times[1] ?? "",
      times[0] ?? "",
    ],
    ["The other stack has a floor of about {}, whatever comes", dollars(stack(10)[0])],
  ];
}

/** @returns {[string, ...string[]][]} */
function ofLimits() {
  const { holdMs, lookEvery, enoughRequests, enoughEvents, keysMax, viewersMax, viewerKeptHours } = bounds;
  const keys = (0.9 * keysMax.value) / (1 - assumed.repetitions.value);
  const viewersOfDay = (viewersMax.value * 24) / viewerKeptHours.value;
  const [planned, headroom] = [about(objectLimits.planned.value), about(100 * assumed.headroom.value)];
  return [
    ["| {}/s, filled to {} % in the busiest hour |", planned, headroom],
    ["| {}/s measured, edge and ledger on one thread |", measured.ledgerEventsPerS.value.toLocaleString("en-US")],
    ["taken as {} times the day's average", about(assumed.peak.value)],
    ["After {} commits it waits", about(lookEvery.value)],
    ["waits until {} ms have passed since the one before", about(holdMs.value)],
    ["never when {} requests or {} events are there", about(enoughRequests.value), about(enoughEvents.value)],
    ["when a commit takes no time, and when it takes {} ms:", about(assumed.commitMsLow.value)],
    ["an object takes {} or {} calls/s, no request", about(objectLimits.low.value), about(objectLimits.high.value)],
    ["a commit takes no time or {} ms.", about(assumed.commitMsLow.value)],
    ["never more than {} ms where a commit takes no time", about(holdMs.value)],
    ["| {} within `dedup_ttl`; past that 503 |", about(keysMax.value)],
    ["| {}, for {} hours; past that 503 |", about(viewersMax.value), about(viewerKeptHours.value)],
    ["An isolate is taken to be busy for {} % of its time", about(100 * assumed.isolateBusy.value)],
    ["At most {} share a call", about(bounds.callBatchesMax.value)],
    [
      "with 24 h one shard is enough for about {} events/s, with 1 h for about {} on average",
      about(keys / 86_400),
      about(keys / 3_600 / assumed.peak.value),
    ],
    [
      "one shard is enough for {} new viewers of stories a day ({} per second)",
      about(viewersOfDay),
      about(viewersOfDay / 86_400),
    ],
  ];
}

/** @returns {[string, ...string[]][]} */
function ofPrices() {
  const { requests, objectRequests, objectGb, duration, cpu } = cloudflare;
  const [perRequest, perCall] = [requests.value, objectRequests.value];
  return [
    ["calls of objects** are paid for by number: {} and {} a million.", cents(perRequest), cents(perCall)],
    [
      "One event per request and call, each second, is {} a month.",
      cents(((perRequest + perCall) * secondsOfMonth) / 1e6),
    ],
    ["**A ledger awake all month is {}**", cents((objectGb.value * secondsOfMonth * duration.value) / 1e6)],
    [
      "Processor time is {} per million ms: all of the measured {} ms per request of one event",
      cents(cpu.value),
      about(measured.oneMsPerEvent.value),
    ],
  ];
}

/**
 * @param {import("./document.mjs").Answers} answers
 * @returns {[string, ...string[]][]}
 */
function ofDays({ days }) {
  const of = (/** @type {string} */ name, /** @type {number} */ shards) => {
    const found = days.find(({ scenario, shards: count }) => scenario === name && count === shards);
    if (!found) throw new Error(`no day of ${name} with ${shards} shards`);
    return found.day;
  };
  const even = of("even", 1);
  const full = (/** @type {number} */ shards) => bounds.viewersMax.value / of("viral story", shards).viewersPerS / 60;
  return [
    ["{} calls/s being what a ledger can take", about(objectLimits.planned.value)],
    ["the 25 s end a wait before 20,000 events are together: about {} wait at most", about(even.waitingMax)],
    [
      "With one shard each event that is sent gets {} answers of 503, and {} % are not in after five retries",
      about(even.refused / even.offered),
      about((100 * even.givenUp) / even.offered),
    ],
    ["one hour a single ledger is {} % full", about((100 * even.keysMax) / bounds.keysMax.value)],
    [
      "In the simulated one ({} new viewers per second) one ledger is full after {} minutes, 8 after {} hours, 64 after {} hours",
      about(of("viral story", 1).viewersPerS),
      about(full(1)),
      about(full(8) / 60),
      about(full(64) / 60),
    ],
  ];
}
