/**
 * `npm run scale`: how many shards a load needs, what a month of it costs beside a managed stack, and what uneven load
 * does to the shards. A model and a simulation: it starts nothing and sends nothing. Read with docs/scale.md.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { inRoot } from "../paths.mjs";
import { asked, rateSimulated, ratesAsked } from "../scale/answers.mjs";
import { documentOf } from "../scale/document.mjs";
import * as figures from "../scale/figures.mjs";
import {
  breakEvenTable,
  commitTable,
  costTable,
  knobTable,
  sharingTable,
  simulationTables,
  sizeTable,
  stackTable,
  viewerTable,
} from "../scale/report.mjs";

/** @param {string[]} args */
export async function main(args) {
  const options = parseOptions(args, {
    seed: { type: "string", default: "1" },
    "events-per-s": { type: "string" },
    shards: { type: "string" },
    json: { type: "string" },
    document: { type: "boolean" },
  });
  if (options.document) return writeDocument();
  const seed = wholeNumber("seed", options.seed, 0, 2 ** 31 - 1);
  const named = options["events-per-s"];
  const rate = named === undefined ? undefined : wholeNumber("events-per-s", named, 1, 1_000_000);
  const shardsMax = figures.bounds.shardsMax.value;
  const shards = options.shards === undefined ? undefined : wholeNumber("shards", options.shards, 1, shardsMax);

  const eventsPerS = rate ?? rateSimulated;
  const answers = asked({ seed, rates: rate === undefined ? ratesAsked : [rate], eventsPerS, shards });
  const tables = [
    sizeTable(answers.costs),
    viewerTable(answers.viewers),
    sharingTable(answers.shared),
    commitTable(answers.commits),
    costTable(answers.costs),
    knobTable(eventsPerS, answers.knobs),
    stackTable(answers.costs),
    breakEvenTable(answers.breakEven),
    ...simulationTables({ eventsPerS, seed }, answers.days),
  ];
  process.stdout.write(`${tables.join("\n")}`);
  if (options.json !== undefined) {
    const all = { seed, eventsPerS, ...answers, figures: { ...figures } };
    writeFileSync(options.json, `${JSON.stringify(all, undefined, 2)}\n`);
  }
}

/** Brings the figures of docs/scale.md in line. */
function writeDocument() {
  const file = inRoot("docs", "scale.md");
  writeFileSync(file, documentOf(readFileSync(file, "utf8"), asked()));
}
