/**
 * The same load for a long time, with viewers and a real page: whether memory and latency stay flat, how the disk grows,
 * and how long a start takes.
 *
 * Sources know their events again for a few minutes only, so that what must be remembered stops growing early; only
 * recent events are sent again.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Random } from "../../scripts/demo/random.mjs";
import { jwtKeys, newJwks } from "../../scripts/serve/secrets.mjs";
import { sourcesFor } from "../chaos/client.ts";
import { Flood, quantile } from "../chaos/flood.ts";
import { residentMebibytes } from "../chaos/memory.ts";
import { Stage } from "../chaos/stage.ts";
import { type Flatness, flatness, type Tolerance } from "./flat.ts";
import { Watched } from "./page.ts";
import { bytesIn, wakeMs } from "./state.ts";

export interface SoakOptions {
  readonly durationMs: number;
  /** Events per second. */
  readonly rate: number;
  readonly viewers: number;
  readonly shards: number;
  readonly seed: number;
  /** How often everything is measured, at equal distances. */
  readonly samples: number;
  readonly onSample?: (sample: Sample) => void;
}

/** Everything at one moment; of latencies, since the moment before. */
export interface Sample {
  readonly minutes: number;
  readonly events: number;
  readonly "workerd, MiB": number;
  readonly "page heap, MiB": number;
  readonly "page core, MiB": number;
  readonly "page nodes": number;
  readonly "disk, MiB": number;
  readonly "wake, ms": number;
  readonly "p50, ms": number;
  readonly "p99, ms": number;
}

export interface SoakResult {
  readonly samples: readonly Sample[];
  /** Of each figure that must stay flat. */
  readonly flat: Readonly<Record<string, Flatness>>;
  /** What must not be, one line each; a figure that did not stay flat is in `flat`. */
  readonly wrong: readonly string[];
}

const eventsPerRequestMax = 19;
const mixture = {
  openMax: 500,
  length: (random: Random) => random.whole(1, eventsPerRequestMax),
  repeatedShare: 0.1,
  repeatedAmong: 2_000,
};
const dedupTtl = "3m";
/** Few series, so that what is counted grows by little until the counters' tiers turn over, which takes days. */
const variety = { campaigns: 2, stories: 2, jumps: false };
const mebibyte = 1024 * 1024;

const tolerances = {
  "workerd, MiB": { share: 0.05, absolute: 8 },
  "page heap, MiB": { share: 0.1, absolute: 1 },
  "page core, MiB": { share: 0.1, absolute: 2 },
  "page nodes": { share: 0.1, absolute: 200 },
  "wake, ms": { share: 0.5, absolute: 200 },
  "p50, ms": { share: 0.25, absolute: 2 },
  "p99, ms": { share: 0.5, absolute: 20 },
} satisfies Partial<Record<keyof Sample, Tolerance>>;

/** Runs it. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { durationMs, rate, viewers, shards, seed } = options;
  const state = mkdtempSync(join(tmpdir(), "polso-soak-"));
  const serving = { state, secrets: { [jwtKeys]: newJwks() }, sources: sourcesFor(dedupTtl) };
  // Half as many again as are due: what is refused sets out again, but is made up once.
  const events = Math.ceil((durationMs / 1_000) * rate * 1.5) + 1_000;
  let page: Watched | undefined;
  try {
    const stage = await Stage.open({ seed, events, shards, senders: 1, viewers, variety }, serving);
    try {
      page = await Watched.open(stage.server);
      const flood = new Flood(stage.run, stage.random, mixture);
      const samples: Sample[] = [];
      const start = performance.now();
      const perSecond = rate / ((1 + eventsPerRequestMax) / 2);
      for (let taken = 0; taken < options.samples; taken += 1) {
        await flood.pour(perSecond, durationMs / options.samples);
        const times = flood.times();
        const { heap, core, nodes } = await page.memory();
        const sample = {
          minutes: (performance.now() - start) / 60_000,
          events: stage.run.oracle.answered,
          "workerd, MiB": residentMebibytes(stage.server.pid),
          "page heap, MiB": heap,
          "page core, MiB": core,
          "page nodes": nodes,
          "disk, MiB": bytesIn(join(state, "storage")) / mebibyte,
          "wake, ms": await wakeMs(stage.server, { ...serving, shards }),
          "p50, ms": quantile(times, 0.5),
          "p99, ms": quantile(times, 0.99),
        };
        samples.push(sample);
        options.onSample?.(sample);
      }
      await flood.end();
      const { wrong } = await stage.books(true);
      return { samples, flat: judge(samples), wrong: [...wrong, ...page.problems] };
    } finally {
      await page?.close();
      await stage.close();
    }
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

function judge(samples: readonly Sample[]): Record<string, Flatness> {
  const named = Object.entries(tolerances) as [keyof typeof tolerances, Tolerance][];
  return Object.fromEntries(
    named.map(([name, tolerance]) => [
      name,
      flatness(
        samples.map((sample) => sample[name]),
        tolerance,
      ),
    ]),
  );
}

const columnMin = 9;
const digits = (value: number) => value.toFixed(value < 100 && !Number.isInteger(value) ? 1 : 0);

/** The head of the table that {@link row} fills. */
export const head = (sample: Sample): string =>
  Object.keys(sample)
    .map((name) => name.padStart(columnMin))
    .join("  ");

/** One sample as a line. */
export const row = (sample: Sample): string =>
  Object.entries(sample)
    .map(([name, value]) => digits(value).padStart(Math.max(columnMin, name.length)))
    .join("  ");

/** What stayed flat and what did not. */
export const verdicts = (flat: Readonly<Record<string, Flatness>>): string[] =>
  Object.entries(flat).map(
    ([name, { flat: is, median, rise }]) =>
      `${name.padEnd(18)} ${is ? "flat    " : "NOT FLAT"} median ${digits(median)}, rise ${digits(rise)} over the last two thirds`,
  );
