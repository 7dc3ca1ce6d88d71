/**
 * The disk is full, filled by something else: writes are refused for now, what was acknowledged stays, reading goes on,
 * and service returns when there is room. While it is full, the server is killed and started again.
 */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Server } from "../../support/server.ts";
import { until } from "../../support/until.ts";
import type { Report } from "../report.ts";
import { SmallDisk } from "../small_disk.ts";
import { Stage, type StageOptions } from "../stage.ts";

export interface FullDiskOptions extends StageOptions {
  /** How often the disk fills. */
  readonly times: number;
  /** For how long, each time before and after the kill. */
  readonly fullMs: number;
}

const diskMebibytes = 64;
const backMsMax = 30_000;
const readEveryMs = 50;

/** Runs it. */
export async function fullDisk(options: FullDiskOptions): Promise<Report> {
  const disk = SmallDisk.mount(diskMebibytes);
  const state = mkdtempSync(join(tmpdir(), "polso-state-"));
  mkdirSync(join(disk.folder, "storage"));
  // Of the server's folder only what it stores is on the small disk.
  symlinkSync(join(disk.folder, "storage"), join(state, "storage"));
  try {
    const stage = await Stage.open(options, { state });
    try {
      return await fillAndFree(stage, disk, options);
    } finally {
      await stage.close();
    }
  } finally {
    disk.unmount();
    rmSync(state, { recursive: true });
  }
}

async function fillAndFree(stage: Stage, disk: SmallDisk, options: FullDiskOptions): Promise<Report> {
  const { run, server } = stage;
  const { oracle, client, pace } = run;
  const wrong: string[] = [];
  const refused = () => client.statuses.get(503) ?? 0;
  const reads: number[] = [];
  let [longestBackMs, answeredWhenFull] = [0, 0];
  stage.send();
  for (let time = 0; time < options.times; time += 1) {
    const share = pace.left / (options.times - time + 1);
    pace.rate = share / 2;
    const enough = oracle.answered + share / 4;
    await until("events are answered", () => oracle.answered >= enough || pace.left === 0);
    disk.fill();
    for (const kills of [true, false]) {
      const [before, answered] = [refused(), oracle.answered];
      await until("a write is refused", () => refused() > before || client.faults > 0, undefined, backMsMax);
      reads.push(...(await read(server, options.fullMs)));
      answeredWhenFull += oracle.answered - answered;
      if (!kills) continue;
      await server.kill9();
      await server.restart();
    }
    disk.free();
    const [freed, answered] = [performance.now(), oracle.answered];
    await until("service is back", () => oracle.answered > answered, undefined, backMsMax);
    longestBackMs = Math.max(longestBackMs, performance.now() - freed);
  }
  pace.rate = Number.POSITIVE_INFINITY;
  await stage.sent();
  const read200 = reads.filter((status) => status === 200).length;
  if (read200 === 0) wrong.push("nothing could be read from a full disk");
  const odd = reads.filter((status) => status !== 200 && status !== 503);
  if (odd.length > 0) wrong.push(`a full disk answers reading with ${[...new Set(odd)]}`);
  const books = await stage.books();
  const figures = {
    ...books.figures,
    "times full, and killed then": options.times,
    "events answered while full": answeredWhenFull,
    "reads answered while full": `${read200} of ${reads.length}`,
    "longest until service was back, ms": Math.round(longestBackMs),
  };
  return { scenario: "full-disk", figures, wrong: [...wrong, ...books.wrong] };
}

/** Asks for the figures again and again, for some time. @returns the statuses of the answers */
async function read(server: Server, ms: number): Promise<number[]> {
  const headers = await server.bearer({ scope: "view" });
  const statuses = [];
  for (const end = performance.now() + ms; performance.now() < end; await delay(readEveryMs)) {
    const response = await fetch(`${server.url}/api/v1/integrity`, { headers });
    await response.body?.cancel();
    statuses.push(response.status);
  }
  return statuses;
}
