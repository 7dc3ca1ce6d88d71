/**
 * A day of traffic over the shards of one space, second by second; each hour is five minutes long. Pure: the same seed,
 * the same day.
 */

import { Random } from "../demo/random.mjs";
import { assumed, bounds, measured, objectLimits } from "./figures.mjs";
import { touched, zipfShares } from "./placement.mjs";
import { Queue } from "./queue.mjs";
import { busyOf, requestsOfCall } from "./sharing.mjs";

const hours = 24;
const hourSeconds = 300;
/** A Friday in November, in UTC. */
const midnightMs = Date.UTC(2026, 10, 27);

/**
 * @typedef {object} Day what a day came to
 * @property {number[]} shares of events, by shard
 * @property {number} meanPerS events that come to a shard per second, on average
 * @property {number} busiest events of the busiest shard by the mean
 * @property {number} peak the most that was asked of a shard in a second, by what it can do
 * @property {number} overTime share of the time in which some shard was asked for more than it can do
 * @property {number} waitingMax most events that waited in one shard
 * @property {number} offered events that came for the first time
 * @property {number} accepted events
 * @property {number} refused answers 503
 * @property {number} givenUp events that a sender gave up
 * @property {number} left events that waited or were to come again at the end
 * @property {number} viewersPerS new viewers of stories that the busiest shard has to remember per second, on average
 * @property {number} keysMax keys of the fullest shard at the busiest hour, if that lasts for `dedup_ttl`
 */

/**
 * @param {import("./traffic.mjs").Scenario} scenario
 * @param {{ seed: number, eventsPerS: number, shards: number, callsPerS?: number, ttlS?: number }} what
 * @returns {Day}
 */
export function simulate({ streams }, what) {
  const { seed, eventsPerS, shards, callsPerS = objectLimits.planned.value, ttlS = assumed.dedupTtlS.value } = what;
  const random = new Random(seed);
  const limits = {
    callsPerS,
    eventsPerS: measured.ledgerEventsPerS.value,
    pendingEventsMax: bounds.pendingEventsMax.value,
    waitSMax: bounds.answerMsMax.value / 1_000,
  };
  const queues = Array.from({ length: shards }, () => new Queue(limits));
  const [totals, viewers] = [new Array(shards).fill(0), new Array(shards).fill(0)];
  const busy = busyOf({ eventsPerS, batch: eventsPerS / requestsOf(streams, eventsPerS) });
  let [peak, over, waitingMax, keysMax] = [0, 0, 0, 0];
  for (let hour = 0; hour < hours; hour += 1) {
    const instant = new Date(midnightMs + hour * 3_600_000);
    const flows = streams.map((stream, index) =>
      flowOf(stream, { seed: seed + index, hour, shards, eventsPerS, instant }),
    );
    keysMax = Math.max(keysMax, keysOf(flows, ttlS));
    for (const { stream, perS, shares } of flows) {
      shares.forEach((share, shard) => {
        viewers[shard] += (perS * share * (stream.newViewers ?? 0)) / hours;
      });
    }
    const bursts = flows.map(() => random.whole(0, hourSeconds - 1));
    for (let second = 0; second < hourSeconds; second += 1) {
      const [events, calls] = arrivals(random, flows, { shards, busy }, (index) => second - (bursts[index] ?? 0));
      let isOver = false;
      queues.forEach((queue, shard) => {
        totals[shard] += events[shard];
        const asked = queue.pass(events[shard] ?? 0, calls[shard] ?? 0);
        peak = Math.max(peak, asked);
        isOver ||= asked > 1;
        waitingMax = Math.max(waitingMax, queue.waiting);
      });
      if (isOver) over += 1;
    }
  }
  const sum = (/** @type {(queue: Queue) => number} */ of) => queues.reduce((all, queue) => all + of(queue), 0);
  const offered = totals.reduce((all, count) => all + count, 0);
  return {
    shares: totals.map((count) => count / offered),
    meanPerS: offered / shards / hours / hourSeconds,
    busiest: (Math.max(...totals) / offered) * shards,
    peak,
    overTime: over / hours / hourSeconds,
    waitingMax,
    offered,
    accepted: sum((queue) => queue.accepted),
    refused: sum((queue) => queue.refused),
    givenUp: sum((queue) => queue.givenUp),
    left: sum((queue) => queue.waiting + queue.away),
    viewersPerS: Math.max(...viewers),
    keysMax,
  };
}

/**
 * Requests per second, on average.
 * @param {import("./traffic.mjs").Stream[]} streams
 * @param {number} eventsPerS
 */
const requestsOf = (streams, eventsPerS) =>
  streams.reduce((sum, { share, batch }) => sum + (eventsPerS * share) / batch, 0);

/** @typedef {{ stream: import("./traffic.mjs").Stream, perS: number, shares: number[] }} Flow a stream in one hour */

/**
 * @param {import("./traffic.mjs").Stream} stream
 * @param {{ seed: number, hour: number, shards: number, eventsPerS: number, instant: Date }} when
 * @returns {Flow}
 */
function flowOf(stream, { seed, hour, shards, eventsPerS, instant }) {
  const { law } = stream;
  const shares = law
    ? zipfShares(law.moves ? seed + 7_919 * hour : seed, law, shards)
    : new Array(shards).fill(1 / shards);
  return { stream, perS: eventsPerS * stream.share * stream.rhythm(instant), shares };
}

/**
 * What comes to each shard in a second.
 * @param {Random} random
 * @param {Flow[]} flows
 * @param {{ shards: number, busy: number }} among how many shards, and how busy the isolates are
 * @param {(index: number) => number} sinceBurst seconds since the burst of a stream began; negative before it
 * @returns {[number[], number[]]} events, and calls that bring them
 */
function arrivals(random, flows, { shards, busy }, sinceBurst) {
  let all = 0;
  const [events, requests] = [new Array(shards).fill(0), new Array(shards).fill(0)];
  flows.forEach(({ stream: { batch, burst }, perS, shares }, index) => {
    const since = sinceBurst(index);
    const now = burst && since >= 0 && since < burst.seconds ? perS * burst.factor : perS;
    const batches = batch === 1 ? 0 : poisson(random, now / batch);
    all += batches;
    shares.forEach((share, shard) => {
      const mean = batch === 1 ? now * share : batches * batch * share;
      const count = poisson(random, mean);
      events[shard] += count;
      requests[shard] += batch === 1 ? count : Math.min(count, batches * touched(share, batch));
      if (batch === 1) all += count;
    });
  });
  return [events, requests.map((count) => (count === 0 ? 0 : count / requestsOfCall(busy, count / all)))];
}

/**
 * How many of something come that come by chance.
 * @param {Random} random
 * @param {number} mean
 */
function poisson(random, mean) {
  if (mean <= 30) return random.count(mean);
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
}

/**
 * Keys of the fullest shard when this hour lasts. Each event that is no repetition makes one; where keys are those of clients
 * and five minutes, each client makes one in these at most.
 * @param {Flow[]} flows
 * @param {number} ttlS
 */
function keysOf(flows, ttlS) {
  const keys = flows.reduce(
    (sums, { stream: { law, repeats }, perS, shares }) => {
      const most = law?.moves ? (law.keys * ttlS) / 300 / shares.length : Number.POSITIVE_INFINITY;
      return shares.map((share, shard) => (sums[shard] ?? 0) + Math.min(most, perS * share * (1 - repeats) * ttlS));
    },
    /** @type {number[]} */ ([]),
  );
  return Math.max(...keys);
}
