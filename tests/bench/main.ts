/**
 * Runs the benchmark: `npm run bench` starts this with its options as JSON. Each case alternates between the systems,
 * round after round, so that what else the machine does meets all of them; a figure is the median of its rounds.
 */

import { writeFileSync } from "node:fs";
import { say } from "../../scripts/step.mjs";
import { machine } from "./machine.ts";
import { asked, type Options, systems, throughputCases } from "./plan.ts";
import { type Result, report } from "./report.ts";
import { summary } from "./summary.ts";
import { type Round, round } from "./throughput.ts";

const warmShare = 0.3;

/** What runs is ended with this process, by its own handler of the exit. */
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const options = JSON.parse(process.argv[2] ?? "{}") as Options;
const result: Result = {
  startedAt: new Date().toISOString(),
  machine: machine(),
  options,
  systems: systems.map(({ name, title }) => ({ name, title })),
  throughput: [],
};

for (const what of throughputCases.filter(({ name }) => asked(options.only, name))) {
  const taking = systems.filter(({ name }) => asked(options.systems, name));
  const rounds = new Map<string, Round[]>(taking.map(({ name }) => [name, []]));
  for (let number = 1; number <= options.rounds; number += 1) {
    for (const system of taking) {
      if (!system.sharded && what.shards > 1) continue;
      const measuredMs = options.seconds * 1_000;
      const measured = await round(system, what, measuredMs * warmShare, measuredMs);
      rounds.get(system.name)?.push(measured);
      const figure = `${Math.round(measured.requestsPerS)} requests/s, p50 ${measured.p50Ms.toFixed(1)} ms`;
      say(`  ${what.name} round ${number} of ${options.rounds}: ${system.name} ${figure}`);
    }
  }
  result.throughput.push(summary(what, rounds));
}

process.stdout.write(report(result));
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
