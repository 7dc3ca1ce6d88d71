/**
 * `npm run bench`: Polso and its peers side by side in one run, on plain workerd. Builds what changed, then hands over
 * to `tests/bench/main.ts`. What is measured and how: docs/benchmarks.md.
 */

import { buildAll } from "../build/all.mjs";
import { attempt } from "../child.mjs";
import { Complaint } from "../complaint.mjs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { inRoot } from "../paths.mjs";

const cases = ["one-1", "one-4", "one-8", "hundred-1", "hundred-4", "hundred-8", "webhook", "pixel", "wake", "cold"];
const systemNames = ["polso", "javascript", "floor", "python"];
const roundsMax = 100;
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
  known("only", only, (name) => cases.some((full) => full.startsWith(name)), cases);
  known("system", systems, (name) => systemNames.includes(name), systemNames);
  await buildAll();
  const options = JSON.stringify({ quick, only, systems, rounds, seconds, json });
  const { code } = await attempt(process.execPath, [inRoot("tests", "bench", "main.ts"), options], { shown: true });
  return code;
}

/**
 * @param {string} option
 * @param {string[]} given
 * @param {(name: string) => boolean} isKnown
 * @param {string[]} all
 */
function known(option, given, isKnown, all) {
  const wrong = given.find((name) => !isKnown(name));
  if (wrong !== undefined) throw new Complaint(`--${option} is none of ${all.join(", ")}: \`${wrong}\``);
}
