/**
 * The disk is full, filled by something else: writes are refused for now, what was acknowledged stays, reading goes on,
 * and service returns when there is room. While it is full, the server is killed and started again.
 */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
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
  const wrong: string[] = [];
  const refused = () => (run.client.statuses.get(503) ?? 0) + (run.client.statuses.get(429) ?? 0);
  let [longestBackMs, acceptedWhenFull, reads] = [0, 0, 0];
  stage.send();
  for (let time = 0; time < options.times; time += 1) {
    const share = run.pace.left / (options.times - time + 1);
    run.pace.rate = share / 2;
    const enough = run.oracle.answered + share / 4;
    await until("events are answered", () => run.oracle.answered >= enough || run.pace.left === 0);
    disk.fill();
    for (const kills of [true, false]) {
      const before = refused();
      const answered = run.oracle.answered;
      await until("a write is refused", () => refused() > before || run.client.faults > 0, undefined, backMsMax);
      await delay(options.fullMs);
      acceptedWhenFull += run.oracle.answered - answered;
      const response = await fetch(`${server.url}/api/v1/integrity`, {
        headers: await server.bearer({ scope: "view" }),
      });
      await response.body?.cancel();
      if (response.ok) reads += 1;
      else wrong.push(`a full disk answers reading with ${response.status}`);
      if (!kills) continue;
      await server.kill9();
      await server.restart();
    }
    disk.free();
    const [freed, answered] = [performance.now(), run.oracle.answered];
    await until("service is back", () => run.oracle.answered > answered, undefined, backMsMax);
    longestBackMs = Math.max(longestBackMs, performance.now() - freed);
  }
  run.pace.rate = Number.POSITIVE_INFINITY;
  await stage.sent();
  const books = await stage.books();
  const figures = {
    ...books.figures,
    "times full": options.times,
    "kills while full": options.times,
    "answered while full": acceptedWhenFull,
    "reads while full": reads,
    "longest until service was back, ms": Math.round(longestBackMs),
  };
  return { scenario: "full-disk", figures, wrong: [...wrong, ...books.wrong] };
}
