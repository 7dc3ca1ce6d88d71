/** The machine that a result was measured on, as far as it matters: without this no figure means anything. */

import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { inRoot } from "../../scripts/paths.mjs";
import { median } from "./statistics.ts";

export interface Machine {
  processor: string;
  cores: number;
  memoryGib: number;
  kernel: string;
  node: string;
  workerd: string;
  /** Where the servers keep their state. */
  disk: { folder: string; kind: string; syncMs: number };
  /** How many programs wanted to run over the last minute, before this one began: above 0 the figures are noisy. */
  loadBefore: number;
}

const syncs = 200;
const pageBytes = 4_096;
/** The file systems that matter here, by the kernel's numbers. */
const kinds = new Map([
  [0xef53, "ext4"],
  [0x01021994, "tmpfs"],
  [0x9123683e, "btrfs"],
  [0x58465342, "xfs"],
  [0x794c7630, "overlay"],
]);

export function machine(): Machine {
  const folder = tmpdir();
  const workerdPackage = JSON.parse(readFileSync(inRoot("node_modules", "workerd", "package.json"), "utf8"));
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    workerd: workerdPackage.version,
    disk: { folder, kind: kinds.get(statfsSync(folder).type) ?? "another file system", syncMs: syncMs(folder) },
    loadBefore: loadavg()[0] ?? Number.NaN,
  };
}

/** How long it takes until a page is on disk: what every durable answer waits for at least once. */
function syncMs(folder: string): number {
  const own = mkdtempSync(join(folder, "polso-bench-"));
  const file = openSync(join(own, "pages"), "w");
  const page = Buffer.alloc(pageBytes, 1);
  const times = Array.from({ length: syncs }, () => {
    writeSync(file, page);
    const start = performance.now();
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(own, { recursive: true });
  return median(times);
}
