/** The memory of a process while it works: its resident bytes, as Linux tells them, or elsewhere `ps`. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const everyMs = 250;

/** Resident memory of a process, in MiB. */
export function residentMebibytes(pid: number): number {
  const status = `/proc/${pid}/status`;
  const kibibytes = existsSync(status)
    ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8"))?.[1]
    : execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
  return Number(kibibytes ?? 0) / 1_024;
}

/** Looks again and again, and keeps the largest. */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout;
  readonly startMebibytes: number;
  peakMebibytes: number;

  constructor(pid: number) {
    this.startMebibytes = this.peakMebibytes = residentMebibytes(pid);
    this.#timer = setInterval(() => {
      this.peakMebibytes = Math.max(this.peakMebibytes, residentMebibytes(pid));
    }, everyMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
