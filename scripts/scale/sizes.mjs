/**
 * How many spaces and shards a load needs: the fewest with which a ledger stays within what is planned for it, in its
 * busiest hour, of requests, of processor time, and of dedup keys. It assumes that keys are spread evenly; what skew does is in
 * `simulation.mjs`.
 */

import { assumed, bounds, measured } from "./figures.mjs";
import { touched } from "./placement.mjs";

const spacesMax = 1_000;

/**
 * @typedef {object} Load
 * @property {number} eventsPerS the month's average
 * @property {number} batch events of a request
 * @property {number} [ttlS] `dedup_ttl`
 */

/** @typedef {{ spaces: number, shards: number, why: string }} Size `why`: what one shard fewer would break */

/**
 * What fills a ledger most, when a space with this load has so many shards.
 * @param {Load} load
 * @param {number} shards
 * @param {number} requestsMax what one object takes per second
 * @returns {{ full: number, what: string }} 1 is full as planned
 */
function fullest({ eventsPerS, batch, ttlS = assumed.dedupTtlS.value }, shards, requestsMax) {
  const events = (eventsPerS * assumed.peak.value) / shards;
  const calls = ((eventsPerS * assumed.peak.value) / batch) * touched(1 / shards, batch);
  const { headroom } = assumed;
  // Over a day or more there is no busiest hour.
  const kept = ttlS < 86_400 ? events : eventsPerS / shards;
  const keys = kept * (1 - assumed.repetitions.value) * ttlS;
  const fills = [
    {
      what: "requests and processor",
      full: (calls / requestsMax + events / measured.ledgerEventsPerS.value) / headroom.value,
    },
    { what: "dedup keys", full: keys / (0.9 * bounds.keysMax.value) },
  ];
  return fills.reduce((most, fill) => (fill.full > most.full ? fill : most));
}

/**
 * One space with the fewest shards. Where none is enough, about as few ledgers in all as can be, in the fewest spaces that
 * allow it: cutting requests over many shards multiplies calls, and several spaces are several dashboards.
 * @param {Load} load
 * @param {number} requestsMax what one object takes per second
 * @returns {Size | undefined} nothing when a thousand spaces would not do
 */
export function sizeOf(load, requestsMax) {
  /** @type {Size[]} */
  const found = [];
  let fewest = Number.POSITIVE_INFINITY;
  for (let spaces = 1; spaces <= Math.min(spacesMax, fewest); spaces += 1) {
    const part = { ...load, eventsPerS: load.eventsPerS / spaces };
    const fits = (/** @type {number} */ shards) => fullest(part, shards, requestsMax).full <= 1;
    if (!fits(bounds.shardsMax.value)) continue;
    let shards = 1;
    while (!fits(shards)) shards += 1;
    if (spaces === 1) return { spaces, shards, why: shards === 1 ? "" : fullest(load, shards - 1, requestsMax).what };
    found.push({ spaces, shards, why: fullest(load, bounds.shardsMax.value, requestsMax).what });
    fewest = Math.min(fewest, spaces * shards);
  }
  return found.find(({ spaces, shards }) => spaces * shards <= 1.1 * fewest);
}

/**
 * Shards for viewers of stories: each viewer of each story is remembered for three days after the last action.
 * @param {number} viewersPerDay pairs of a viewer and a story that are new each day
 */
export function shardsForViewers(viewersPerDay) {
  return Math.ceil((viewersPerDay * bounds.viewerKeptHours.value) / 24 / bounds.viewersMax.value);
}
