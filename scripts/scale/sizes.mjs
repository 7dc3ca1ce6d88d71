/**
 * How many spaces and shards a load needs: the fewest with which a ledger stays within what is planned for it, in its
 * busiest hour, of calls, of processor time, and of dedup keys. It assumes that keys are spread evenly; what skew does is in
 * `simulation.mjs`.
 */

import { assumed, bounds, measured } from "./figures.mjs";
import { touched } from "./placement.mjs";
import { busyOf, requestsOfCall } from "./sharing.mjs";

const spacesMax = 1_000;

/**
 * @typedef {object} Load
 * @property {number} eventsPerS the month's average
 * @property {number} batch events of a request
 * @property {number} [ttlS] `dedup_ttl`
 * @property {number} [isolateBusy] how busy an isolate is, at most
 */

/** @typedef {{ spaces: number, shards: number, why: string }} Size `why`: what one shard fewer would break */

/**
 * What fills a ledger most, when so many spaces of so many shards have this load.
 * @param {Load} load
 * @param {{ spaces: number, shards: number }} where
 * @param {number} callsMax that one object takes per second
 * @returns {{ full: number, what: string }} 1 is full as planned
 */
function fullest(load, { spaces, shards }, callsMax) {
  const { eventsPerS, batch, ttlS = assumed.dedupTtlS.value } = load;
  const average = eventsPerS / spaces / shards;
  const events = average * assumed.peak.value;
  const concerned = touched(1 / shards, batch) / spaces;
  const requests = (eventsPerS / batch) * assumed.peak.value * concerned;
  const calls = requests / requestsOfCall(busyOf(load), concerned);
  const { headroom } = assumed;
  // Over a day or more there is no busiest hour.
  const kept = ttlS < 86_400 ? events : average;
  const keys = kept * (1 - assumed.repetitions.value) * ttlS;
  const fills = [
    {
      what: "calls and processor",
      full: (calls / callsMax + events / measured.ledgerEventsPerS.value) / headroom.value,
    },
    { what: "dedup keys", full: keys / (0.9 * bounds.keysMax.value) },
  ];
  return fills.reduce((most, fill) => (fill.full > most.full ? fill : most));
}

/**
 * One space with the fewest shards. Where none is enough, about as few ledgers in all as can be, in the fewest spaces that
 * allow it: cutting requests over many shards multiplies calls, and several spaces are several dashboards.
 * @param {Load} load
 * @param {number} callsMax that one object takes per second
 * @returns {Size | undefined} nothing when a thousand spaces would not do
 */
export function sizeOf(load, callsMax) {
  /** @type {Size[]} */
  const found = [];
  let fewest = Number.POSITIVE_INFINITY;
  for (let spaces = 1; spaces <= Math.min(spacesMax, fewest); spaces += 1) {
    const filled = (/** @type {number} */ shards) => fullest(load, { spaces, shards }, callsMax);
    const fits = (/** @type {number} */ shards) => filled(shards).full <= 1;
    if (!fits(bounds.shardsMax.value)) continue;
    let shards = 1;
    while (!fits(shards)) shards += 1;
    if (spaces === 1) return { spaces, shards, why: shards === 1 ? "" : filled(shards - 1).what };
    found.push({ spaces, shards, why: fullest(load, { spaces: 1, shards: bounds.shardsMax.value }, callsMax).what });
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
