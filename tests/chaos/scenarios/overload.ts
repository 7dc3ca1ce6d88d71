/**
 * Ten times what the server can take: what it can take is measured first. Every answer is one, a refusal for now
 * included; memory stays bounded; service is normal soon after, and nothing that was acknowledged is lost.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../../scripts/demo/random.mjs";
import { Flood, quantile } from "../flood.ts";
import { MemoryWatch, residentMebibytes } from "../memory.ts";
import { type Report, unlessNone } from "../report.ts";
import { Stage, type StageOptions } from "../stage.ts";

export interface OverloadOptions extends StageOptions {
  readonly overloadMs: number;
  readonly measureMs: number;
  /** Requests that are open at once in the flood: so many senders wait for their answer. */
  readonly openMax: number;
}

const times = 10;
const openAtOnce = 32;
/** Mostly repetitions, so that a long flood does not end at the bound of what a ledger remembers. */
const mixture = { length: (random: Random) => (random.next() < 0.5 ? 1 : 300), repeatedShare: 0.8 };
const normalMsMax = 1_000;
const backMsMax = 5_000;
const probeMs = 100;
const quickInARow = 10;
/**
 * A Worker that only reads the bodies of 2,000 connections comes to 370 on this platform, which gives little back; and
 * what is bounded stays where it was at half time, but for the events that it has taken since.
 */
const residentMebibytesMax = 768;
const residentGrowthMax = 1.15;

/** Runs it. */
export async function overload(options: OverloadOptions): Promise<Report> {
  const stage = await Stage.open(options);
  let memory: MemoryWatch | undefined;
  try {
    const { client, pace } = stage.run;
    pace.left = 2_000;
    stage.send();
    await stage.sent();
    const flood = new Flood(stage.run, stage.random, { ...mixture, openMax: options.openMax });
    const capacity = await flood.measure(openAtOnce, options.measureMs);
    const before = new Map(client.statuses);
    memory = new MemoryWatch(stage.server.pid);
    await flood.pour(capacity * times, options.overloadMs / 2);
    const halfTimeMebibytes = memory.peakMebibytes;
    await flood.pour(capacity * times, options.overloadMs / 2);
    const backMs = await untilNormal(stage);
    const came = (status: number) => (client.statuses.get(status) ?? 0) - (before.get(status) ?? 0);
    await flood.end();
    const took = flood.times();
    memory.end();
    const after = residentMebibytes(stage.server.pid);
    const { figures, wrong } = await stage.books();
    const more = {
      "could take, requests/s": Math.round(capacity),
      "overload, s": options.overloadMs / 1_000,
      "requests offered": flood.offered + flood.held,
      "not sent, too many open": flood.held,
      "answered 202": came(202),
      "answered 429": came(429),
      "answered 503": came(503),
      "median of answers, ms": Math.round(quantile(took, 0.5)),
      "p99 of answers, ms": Math.round(quantile(took, 0.99)),
      "normal service after, ms": Math.round(backMs),
      "resident before, MiB": Math.round(memory.startMebibytes),
      "resident by half time, MiB": Math.round(halfTimeMebibytes),
      "resident at most, MiB": Math.round(memory.peakMebibytes),
      "resident after, MiB": Math.round(after),
    };
    const missed = [
      ...(backMs > backMsMax ? [`normal service only after ${Math.round(backMs)} ms`] : []),
      ...(memory.peakMebibytes > Math.min(residentMebibytesMax, halfTimeMebibytes * residentGrowthMax)
        ? [`${Math.round(memory.peakMebibytes)} MiB resident`]
        : []),
    ];
    const broken = unlessNone("requests without an answer", came(0));
    return { scenario: "overload", figures: { ...figures, ...more }, wrong: [...broken, ...wrong], missed };
  } finally {
    memory?.end();
    await stage.close();
  }
}

/** How long it takes until several more requests in a row are answered as quickly as on a quiet day, in ms. */
async function untilNormal({ run, random }: Stage): Promise<number> {
  const { oracle, client } = run;
  const start = performance.now();
  let number: number | undefined;
  for (let [quick, since] = [0, start]; ; await delay(probeMs)) {
    number ??= oracle.invent("conversione", random, Date.now());
    const sentAt = performance.now();
    if (quick === 0) since = sentAt;
    oracle.sent([number]);
    const reply = await client.post("conversione", JSON.stringify(oracle.body(number)));
    quick = reply.kind === "verdicts" && performance.now() - sentAt < normalMsMax ? quick + 1 : 0;
    if (reply.kind === "verdicts") {
      oracle.judge([number], reply.verdicts);
      number = undefined;
    } else oracle.lostSight([number]);
    if (quick === quickInARow) return since - start;
  }
}
