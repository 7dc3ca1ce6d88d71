/**
 * What the same load costs on a managed Kafka, Flink, Redis, InfluxDB and Grafana, at list prices, as a range. It is sized
 * for the busiest hour, because these are rented whole. What it leaves out is in docs/scale.md.
 */

import { assumed, redisKeyBytes, stackParts } from "./figures.mjs";

/** @typedef {{ part: string, units: [number, number], usd: [number, number] }} PartCost */

/**
 * @param {import("./sizes.mjs").Load} load
 * @returns {Record<string, number>} what the parts are sized by
 */
function loads({ eventsPerS, batch, ttlS = assumed.dedupTtlS.value }) {
  const events = eventsPerS * assumed.peak.value;
  const mbPerS = (events * assumed.eventBytes.value) / 1e6;
  return {
    events,
    requests: events / batch,
    eventsOfBatches: batch > 1 ? events : 0,
    mbPerS,
    gbPerHour: mbPerS * 3.6,
    gbKept: ((eventsPerS * assumed.eventBytes.value) / 1e9) * 86_400 * 3,
    gbOfKeys: (events * ttlS * redisKeyBytes.value) / 1e9,
    series: 1,
  };
}

/**
 * Each part and the whole, from the low estimate to the high one.
 * @param {import("./sizes.mjs").Load} load
 * @returns {{ parts: PartCost[], usd: [number, number] }}
 */
export function stackCost(load) {
  const sized = loads(load);
  const parts = stackParts.map(({ part, usd, min, load: by, takes: [worse, better] }) => {
    const asked = sized[by] ?? 0;
    const low = Math.max(min[0], Math.ceil(asked / better));
    const high = Math.max(min[1], Math.ceil(asked / worse));
    return { part, units: pair(low, high), usd: pair(low * usd, high * usd) };
  });
  const sum = (/** @type {0 | 1} */ end) => parts.reduce((total, part) => total + part.usd[end], 0);
  return { parts, usd: pair(sum(0), sum(1)) };
}

/**
 * @param {number} low
 * @param {number} high
 * @returns {[number, number]}
 */
const pair = (low, high) => [low, high];
