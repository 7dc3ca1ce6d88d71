/**
 * `npm run scale`: how many shards a load needs, what a month of it costs beside a managed stack, and what uneven load
 * does to the shards. A model and a simulation: it starts nothing and sends nothing. Read with docs/scale.md.
 */

import { writeFileSync } from "node:fs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { breakEven, knobs, priced, ratesAsked, simulated, viewerShards } from "../scale/answers.mjs";
import * as figures from "../scale/figures.mjs";
import {
  breakEvenTable,
  costTable,
  knobTable,
  simulationTables,
  sizeTable,
  stackTable,
  viewerTable,
} from "../scale/report.mjs";

/** What is simulated, and whose knobs are turned, when no rate is named. */
const rateSimulated = 1_000;

/** @param {string[]} args */
export async function main(args) {
  const options = parseOptions(args, {
    seed: { type: "string", default: "1" },
    "events-per-s": { type: "string" },
    shards: { type: "string" },
    json: { type: "string" },
  });
  const seed = wholeNumber("seed", options.seed, 0, 2 ** 31 - 1);
  const asked = options["events-per-s"];
  const rate = asked === undefined ? undefined : wholeNumber("events-per-s", asked, 1, 1_000_000);
  const shardsMax = figures.bounds.shardsMax.value;
  const shards = options.shards === undefined ? undefined : wholeNumber("shards", options.shards, 1, shardsMax);

  const costs = priced(rate === undefined ? ratesAsked : [rate], shards);
  const eventsPerS = rate ?? rateSimulated;
  const changes = knobs(eventsPerS);
  const viewers = viewerShards();
  const points = breakEven();
  const days = simulated({ seed, eventsPerS, shards });
  const tables = [
    sizeTable(costs),
    viewerTable(viewers),
    costTable(costs),
    knobTable(eventsPerS, changes),
    stackTable(costs),
    breakEvenTable(points),
    ...simulationTables({ eventsPerS, seed }, days),
  ];
  process.stdout.write(`${tables.join("\n")}`);
  if (options.json !== undefined) {
    const all = { seed, eventsPerS, costs, knobs: changes, viewers, breakEven: points, days, figures: { ...figures } };
    writeFileSync(options.json, `${JSON.stringify(all, undefined, 2)}\n`);
  }
}
