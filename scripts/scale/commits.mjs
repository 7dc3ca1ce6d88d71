/**
 * How often a ledger commits, by the rule of `core/src/cadence.rs`: every so often a commit waits a whole hold, and those
 * after it wait for as many calls as came in it. Calls come at random. Where a commit takes no time there are the most rows;
 * where it takes as long as a hold or longer, calls wait for that alone.
 *
 * From one such look to the next is a round. Its commits are as many as the rule says; how long they take, and how long calls
 * wait, depends on what the look before has found.
 */

import { bounds } from "./figures.mjs";

/**
 * How often something happens that is asked for at random, and then not again for some time; what is asked for meanwhile
 * happens once at its end.
 * @param {number} perS how often it is asked for
 * @param {number} everyMs
 */
export function coalesced(perS, everyMs) {
  if (perS === 0) return 0;
  const everyS = everyMs / 1_000;
  return 1 / (everyS + Math.exp(-perS * everyS) / perS);
}

/**
 * Calls after which a commit waits no longer.
 * @param {number} requestsOfCall
 * @param {number} eventsOfRequest of those that one ledger gets
 */
export function enoughCalls(requestsOfCall, eventsOfRequest) {
  const { enoughRequests, enoughEvents } = bounds;
  return Math.ceil(Math.min(enoughRequests.value, enoughEvents.value / eventsOfRequest) / requestsOfCall);
}

/**
 * @param {number} callsPerS
 * @param {{ holdMs: number, commitMs: number, enough: number }} by `commitMs`: what a commit takes, nothing or a hold and
 *   more; `enough`: calls that are not made to wait
 * @returns {{ perS: number, waitMs: number }} commits, and how long a call waits for the beginning of its own on average
 */
export function commitsOf(callsPerS, { holdMs, commitMs, enough }) {
  if (callsPerS === 0) return { perS: 0, waitMs: 0 };
  if (commitMs >= holdMs) {
    const perS = coalesced(callsPerS, commitMs);
    return { perS, waitMs: (perS * commitMs * commitMs) / 2_000 };
  }
  const chances = poisson((callsPerS * holdMs) / 1_000, enough);
  const cycles = cyclesOf(chances, 1_000 / callsPerS, holdMs);
  const look = cycles(enough);
  const mean = (/** @type {"ms" | "waitedMs"} */ what) =>
    foundBy(chances).reduce((sum, chance, calls) => {
      const { sooner, whole } = cycles(Math.max(1, calls));
      return sum + chance * bounds.lookEvery.value * (sooner[what] + whole[what]);
    }, look.sooner[what] + look.whole[what]);
  const perMs = (bounds.lookEvery.value + 1) / mean("ms");
  return { perS: perMs * 1_000, waitMs: (mean("waitedMs") / mean("ms")) * (1_000 / callsPerS) };
}

/**
 * How likely a look finds so many calls: it ends when there are enough, and what comes after a silence comes alone.
 * @param {number[]} chances
 */
function foundBy(chances) {
  const [none = 0, ...some] = chances.slice(0, -1);
  const found = [0, ...some];
  found[1] = (found[1] ?? 0) + none;
  found[chances.length - 1] = (found[chances.length - 1] ?? 0) + 1 - found.reduce((sum, chance) => sum + chance, 0);
  return found;
}

/**
 * How likely it is that so many calls come in a hold, from none to `enough`.
 * @param {number} mean
 * @param {number} enough
 */
function poisson(mean, enough) {
  const chances = [Math.exp(-mean)];
  for (let calls = 1; calls <= enough; calls += 1) chances.push(((chances[calls - 1] ?? 0) * mean) / calls);
  return chances;
}

/** @typedef {{ chance: number, ms: number, waitedMs: number }} Cycle from a commit to the next: how likely, and sums by that */

/**
 * @param {number[]} chances
 * @param {number} gapMs between two calls
 * @param {number} holdMs
 * @returns {(calls: number) => { sooner: Cycle, whole: Cycle }} when so many calls end the wait: those that they end, and others
 */
function cyclesOf(chances, gapMs, holdMs) {
  return (calls) => {
    const fewer = chances.slice(0, calls);
    const chance = fewer.reduce((sum, each) => sum + each, 0);
    const come = fewer.reduce((sum, each, count) => sum + count * each, 0);
    const sooner = Math.max(0, 1 - chance);
    // When the last of them comes, given that it comes in time; the others have come at random before it.
    const ms = calls * gapMs * Math.max(0, sooner - (chances[calls] ?? 0));
    return {
      sooner: { chance: sooner, ms, waitedMs: ((calls - 1) / 2) * ms },
      // When none comes, the next call commits at once.
      whole: { chance, ms: holdMs * chance + gapMs * (chances[0] ?? 0), waitedMs: (holdMs / 2) * come },
    };
  };
}
