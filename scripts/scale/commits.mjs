/**
 * How often a ledger commits, by the rule of `core/src/cadence.rs`: now and then a commit waits a whole hold, and those after
 * it wait for about as many calls as came in it. Calls come at random. Where a commit takes no time there are the most rows;
 * where it takes as long as a hold or longer, calls wait for that alone.
 *
 * What is expected changes only with a whole hold. So from one of these to the next is a round, whose length, commits and
 * waits depend on what is expected in it; how often that is what, a Markov chain says.
 */

import { bounds } from "./figures.mjs";

const stepsMax = 1_000;

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
  const rounds = Array.from({ length: Math.max(1, enough - 1) }, (_, index) =>
    roundOf(index + 1, enough, chances, cycles),
  );
  const shares = settled(rounds.map(({ next }) => next));
  const mean = (/** @type {(round: Round) => number} */ of) =>
    rounds.reduce((sum, round, index) => sum + (shares[index] ?? 0) * of(round), 0);
  const [commits, ms] = [mean((round) => round.commits), mean((round) => round.ms)];
  return { perS: (commits / ms) * 1_000, waitMs: (mean((round) => round.waitedMs) / ms) * (1_000 / callsPerS) };
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

/** @typedef {{ commits: number, ms: number, waitedMs: number, next: number[] }} Round `next`: how likely each expectation is after it */

/**
 * From a whole hold to the next.
 * @param {number} expected calls
 * @param {number} enough
 * @param {number[]} chances
 * @param {ReturnType<typeof cyclesOf>} cycles
 * @returns {Round}
 */
function roundOf(expected, enough, chances, cycles) {
  const [short, long] = [cycles(Math.min(expected, enough)), cycles(enough)];
  const most = bounds.soonerMax.value;
  const all = short.sooner.chance ** most;
  // Cycles of each kind; in a load that is never less than enough, the last one does not end.
  const tries = Array.from({ length: most }, (_, n) => short.sooner.chance ** n).reduce((sum, each) => sum + each, 0);
  const longTries = all / Math.max(long.whole.chance, 1e-12);
  const sum = (/** @type {"ms" | "waitedMs"} */ what) =>
    tries * (short.sooner[what] + short.whole[what]) + longTries * (long.sooner[what] + long.whole[what]);
  const next = new Array(Math.max(1, enough - 1)).fill(0);
  chances.slice(0, enough).forEach((chance, calls) => {
    const seen = Math.max(1, calls);
    const after = Math.min(next.length, Math.max(seen, Math.floor((expected + seen) / 2)));
    next[after - 1] += (calls < expected ? tries * chance : 0) + longTries * chance;
  });
  return { commits: tries + longTries, ms: sum("ms"), waitedMs: sum("waitedMs"), next };
}

/**
 * How often each state is, in the long run.
 * @param {number[][]} steps from each to each
 */
function settled(steps) {
  let shares = new Array(steps.length).fill(1 / steps.length);
  for (let step = 0; step < stepsMax; step += 1) {
    const after = new Array(steps.length).fill(0);
    steps.forEach((row, from) => {
      const total = row.reduce((sum, chance) => sum + chance, 0);
      row.forEach((chance, to) => {
        after[to] += total === 0 ? 0 : (shares[from] * chance) / total;
      });
    });
    const moved = after.reduce((sum, share, index) => sum + Math.abs(share - shares[index]), 0);
    shares = after;
    if (moved < 1e-9) break;
  }
  return shares;
}
