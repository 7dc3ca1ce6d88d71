/** The memory of a process while it works: resident bytes, as Linux tells them. */

import { readFileSync } from "node:fs";

const everyMs = 100;

/** Resident memory of a process, in MiB. */
export function residentMebibytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
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
