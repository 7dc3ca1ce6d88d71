/**
 * `npm run bench`: Polso and its peers side by side in one run, on plain workerd. Builds what changed, then hands over
 * to `tests/bench/main.ts`. What is measured and how: docs/benchmarks.md.
 */

import { buildAll } from "../build/all.mjs";
import { attempt } from "../child.mjs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { inRoot } from "../paths.mjs";

const roundsMax = 100;
/** A ledger's keys are bounded: at 100,000 events a second this many seconds fill it. */
const secondsMax = 60;

/** @param {string[]} args */
export async function main(args) {
  const given = parseOptions(args, {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    system: { type: "string", multiple: true, default: [] },
    rounds: { type: "string" },
    seconds: { type: "string" },
    json: { type: "string" },
  });
  const { quick, only, system: systems, json } = given;
  const rounds = wholeNumber("rounds", given.rounds ?? (quick ? "1" : "5"), 1, roundsMax);
  const seconds = wholeNumber("seconds", given.seconds ?? (quick ? "1" : "5"), 1, secondsMax);
  await buildAll();
  const options = JSON.stringify({ quick, only, systems, rounds, seconds, json });
  const { code } = await attempt(process.execPath, [inRoot("tests", "bench", "main.ts"), options], { shown: true });
  return code;
}
