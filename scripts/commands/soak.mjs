/**
 * `npm run soak`: the same load on a server for a long time, with viewers and a real page. Prints what memory, disk,
 * wake time and latency were from start to end, and whether they stayed flat.
 *
 * Exit code 1 when one did not, or a number was wrong.
 */

import { writeFileSync } from "node:fs";
import { buildAll } from "../build/all.mjs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { inRoot } from "../paths.mjs";
import { ensureChromium } from "../setup/chromium.mjs";
import { say } from "../step.mjs";

const minutesMax = 24 * 60;
const samples = 12;
/** More would need more keys than a ledger remembers within minutes. */
const rateMax = 5_000;

/** @param {string[]} args */
export async function main(args) {
  const options = parseOptions(args, {
    minutes: { type: "string", default: "30" },
    rate: { type: "string", default: "300" },
    viewers: { type: "string", default: "20" },
    shards: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
  });
  const choices = {
    durationMs: 60_000 * wholeNumber("minutes", options.minutes, 1, minutesMax),
    rate: wholeNumber("rate", options.rate, 10, rateMax),
    viewers: wholeNumber("viewers", options.viewers, 1, 1_000),
    shards: wholeNumber("shards", options.shards, 1, 64),
    seed: wholeNumber("seed", options.seed, 0, 2 ** 31 - 1),
    samples,
  };
  await buildAll();
  process.env["CHROMIUM"] = await ensureChromium();
  const { soak, head, row, verdicts } = await import(inRoot("tests", "soak", "soak.ts"));
  let begun = false;
  const onSample = (/** @type {object} */ sample) => {
    if (!begun) process.stdout.write(`${head(sample)}\n`);
    begun = true;
    process.stdout.write(`${row(sample)}\n`);
  };
  const result = await soak({ ...choices, onSample });
  process.stdout.write(`\n${verdicts(result.flat).join("\n")}\n`);
  for (const what of result.wrong) say(`wrong: ${what}`);
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ ...choices, ...result }, undefined, 2)}\n`);
  const flat = Object.values(result.flat).every((/** @type {{ flat: boolean }} */ { flat }) => flat);
  return flat && result.wrong.length === 0 ? 0 : 1;
}
