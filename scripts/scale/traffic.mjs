/**
 * What comes in, as streams: each has a share of all events, a daily rhythm, a size of requests, and a way in which its
 * events find their shard. Everything is made up but the rule of placement.
 */

import { buyingAt, lookingAt } from "../demo/day.mjs";

/**
 * @typedef {object} Stream
 * @property {number} share of all events
 * @property {number} batch events of a request
 * @property {(instant: Date) => number} rhythm
 * @property {{ keys: number, exponent: number, moves: boolean }} [law] its events meet by so many keys, by Zipf's law, which
 *   are others after five minutes or not; without it each goes its own way
 * @property {number} repeats share of it that repeats what was sent
 * @property {number} [newViewers] share of it that is the first action of a viewer of a story
 * @property {{ factor: number, seconds: number }} [burst] once in five minutes so many times as much
 */

/** @typedef {{ name: string, what: string, streams: Stream[] }} Scenario */

/** @type {Stream} */
const single = { share: 1, batch: 1, rhythm: buyingAt, repeats: 0.02 };

/**
 * @param {number} keys
 * @param {number} exponent
 * @param {boolean} [moves]
 */
const law = (keys, exponent, moves = false) => ({ keys, exponent, moves });

/** Actions of many viewers, each of whom sees, clicks or swipes 2.5 times. */
const viewers = { ...single, rhythm: lookingAt, newViewers: 0.4 };
/** One sender tries the same body again and again. */
const storm = { ...single, law: law(1, 1), repeats: 1 };
/** Ten viewers that do not stop, of a story that has many. */
const hotViewers = { ...single, rhythm: lookingAt, law: law(10, 2), repeats: 0.5 };
const snapshots = { ...single, rhythm: lookingAt, law: law(40, 0.7) };
const batches = { ...single, batch: 100 };

/** @type {Scenario[]} */
export const scenarios = [
  { name: "even", what: "conversions, one per request, over the day", streams: [single] },
  {
    name: "bursts",
    what: "the same, five times as many for 10 s in each 5 min",
    streams: [{ ...single, burst: { factor: 5, seconds: 10 } }],
  },
  {
    name: "clients",
    what: "dedup by client and 5 minutes; 20,000 clients by Zipf's law",
    streams: [{ ...single, law: law(20_000, 1, true), repeats: 0.3 }],
  },
  {
    name: "viral story",
    what: "40 % story actions of many viewers, 2 % of ten hot ones",
    streams: [
      { ...single, share: 0.58 },
      { ...viewers, share: 0.4 },
      { ...hotViewers, share: 0.02 },
    ],
  },
  {
    name: "hot source",
    what: "10 % snapshots of 40 segments of one source's story",
    streams: [
      { ...single, share: 0.9 },
      { ...snapshots, share: 0.1 },
    ],
  },
  {
    name: "retry storm",
    what: "10 % is one body again and again",
    streams: [
      { ...single, share: 0.9 },
      { ...storm, share: 0.1 },
    ],
  },
  { name: "batches", what: "conversions, 100 per request", streams: [batches] },
  {
    name: "all of it",
    what: "half in batches, a burst, a viral story, a hot source, a storm",
    streams: [
      { ...batches, share: 0.5 },
      { ...single, share: 0.2, burst: { factor: 5, seconds: 10 } },
      { ...viewers, share: 0.2 },
      { ...hotViewers, share: 0.02 },
      { ...snapshots, share: 0.05 },
      { ...storm, share: 0.03 },
    ],
  },
];
