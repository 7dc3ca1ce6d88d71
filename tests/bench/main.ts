/**
 * Runs the benchmark: `npm run bench` starts this with its options as JSON. Each case alternates between the systems,
 * round after round, so that what else the machine does meets all of them; a figure is the median of its rounds.
 */

import { writeFileSync } from "node:fs";
import { findChromium } from "../../scripts/setup/chromium.mjs";
import { say } from "../../scripts/step.mjs";
import { cold } from "./cold.ts";
import { machine } from "./machine.ts";
import { pixel } from "./pixel.ts";
import { type Options, type Plan, plan } from "./plan.ts";
import { type Result, report } from "./report.ts";
import { summary, type ThroughputResult } from "./summary.ts";
import type { System } from "./system.ts";
import { figure, ratio } from "./table.ts";
import { targets } from "./targets.ts";
import { type Round, round, type ThroughputCase } from "./throughput.ts";
import { wake } from "./wake.ts";
import { webhook } from "./webhook.ts";
import { polso } from "./workers.ts";

/** What was started is ended with this process, by handlers of its exit. */
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const options = JSON.parse(process.argv[2] ?? "{}") as Options;
const planned = plan(options);
const measured: Omit<Result, "targets"> = {
  startedAt: new Date().toISOString(),
  machine: machine(),
  options,
  systems: [],
  throughput: [],
  webhook: [],
  pixel: [],
  wake: null,
  cold: [],
};

const present: System[] = [];
for (const system of planned.systems) {
  const { name, title } = system;
  const reason = await system.missing?.(!options.quick);
  measured.systems.push({ name, title, skipped: reason ?? null });
  if (reason === undefined) present.push(system);
  else say(`  SKIPPED: ${name}: ${reason}`);
}

for (const what of planned.throughput) measured.throughput.push(await throughput(what, planned));

if (planned.webhook !== undefined && present.includes(polso)) {
  measured.webhook = await webhook(planned.webhook);
  for (const { route, requestsPerS, toNative } of measured.webhook) {
    say(`  webhook: ${route} ${figure(requestsPerS)} requests/s, ${ratio(toNative.requestsPerS)}`);
  }
}

if (planned.pixel.length > 0 && options.quick && findChromium() === undefined) {
  say("  SKIPPED: the page in the browser: there is no Chromium");
}
for (const what of planned.pixel) {
  const page = !options.quick || findChromium() !== undefined;
  const found = await pixel(what, page);
  say(`  pixel, viewers: ${what.viewers}: p99 ${figure(found.package.p99Ms)} ms`);
  measured.pixel.push(found);
}

if (planned.wake !== undefined) {
  measured.wake = await wake(planned.wake);
  say(`  wake: ${figure(measured.wake.wakeMs)} ms with ${measured.wake.filled} events behind it`);
}

for (const system of planned.cold ? present : []) {
  const found = await cold(system, options.rounds);
  say(`  cold: ${system.name} ${figure(found.ms)} ms`);
  measured.cold.push(found);
}

const result: Result = { ...measured, targets: targets(measured) };
process.stdout.write(report(result));
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
process.exit();

async function throughput(what: ThroughputCase, { warmMs, measuredMs }: Plan): Promise<ThroughputResult> {
  const taking = present.filter(({ sharded }) => sharded || what.shards === 1);
  const rounds = new Map<string, Round[]>(taking.map(({ name }) => [name, []]));
  for (let number = 1; number <= options.rounds; number += 1) {
    for (const system of taking) {
      const found = await round(system, what, warmMs, measuredMs);
      rounds.get(system.name)?.push(found);
      const told = `${figure(found.requestsPerS)} requests/s, p50 ${figure(found.p50Ms)} ms`;
      say(`  ${what.name}, round ${number} of ${options.rounds}: ${system.name} ${told}`);
    }
  }
  return summary(what, rounds);
}
