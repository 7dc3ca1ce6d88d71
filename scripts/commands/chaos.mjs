/**
 * `npm run chaos`: hurts a server in every way that it must survive, and compares what it then says with the senders'
 * own logs. The same code as in `tests/chaos/`, for as long as one wants.
 *
 * Exit code 1 when an event was lost or counted twice, a number differs, or anything else was not as it must be.
 */

import { writeFileSync } from "node:fs";
import { buildAll } from "../build/all.mjs";
import { Complaint } from "../complaint.mjs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { inRoot } from "../paths.mjs";
import { say } from "../step.mjs";

/** What memory and the server's own bounds allow. */
const eventsMax = 900_000;

/** @param {string[]} args */
export async function main(args) {
  const options = parseOptions(args, {
    scenario: { type: "string", default: "kill" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    restarts: { type: "string", default: "20" },
    events: { type: "string", default: "50000" },
    shards: { type: "string", default: "1" },
    senders: { type: "string", default: "6" },
    viewers: { type: "string", default: "4" },
    seconds: { type: "string", default: "60" },
    open: { type: "string", default: "2000" },
    json: { type: "string" },
  });
  const choices = {
    seed: wholeNumber("seed", options.seed, 0, 2 ** 31 - 1),
    restarts: wholeNumber("restarts", options.restarts, 1, 10_000),
    events: wholeNumber("events", options.events, 1, eventsMax),
    shards: wholeNumber("shards", options.shards, 1, 64),
    senders: wholeNumber("senders", options.senders, 1, 100),
    viewers: wholeNumber("viewers", options.viewers, 1, 100),
    seconds: wholeNumber("seconds", options.seconds, 1, 3_600),
    open: wholeNumber("open", options.open, 1, 10_000),
    say,
  };
  await buildAll();
  const { scenarios, table } = await import(inRoot("tests", "chaos", "main.ts"));
  const names = options.scenario === "all" ? Object.keys(scenarios) : [options.scenario];
  const unknown = names.find((name) => !(name in scenarios));
  if (unknown !== undefined) {
    throw new Complaint(`no scenario \`${unknown}\`: name one of ${Object.keys(scenarios).join(", ")}, or \`all\``);
  }
  const reports = [];
  for (const name of names) {
    const report = await scenarios[name](choices);
    process.stdout.write(`${table(report)}\n`);
    reports.push(report);
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(reports, undefined, 2)}\n`);
  return reports.some(({ wrong, missed = [] }) => wrong.length + missed.length > 0) ? 1 : 0;
}
