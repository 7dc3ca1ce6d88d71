/** What processes have used so far, as Linux tells it in `/proc`; elsewhere nothing is known. */

import { existsSync, readFileSync } from "node:fs";

export interface Usage {
  cpuSeconds: number;
  /** Bytes handed to the disk. */
  writtenBytes: number;
  /** Memory that is in use now. */
  residentBytes: number;
}

/** The kernel's unit of time in `/proc`, fixed on Linux. */
const ticksPerSecond = 100;

/** The sum over several processes; `undefined` where `/proc` does not exist. */
export function usage(pids: readonly number[]): Usage | undefined {
  if (!existsSync("/proc/self/stat")) return undefined;
  const total = { cpuSeconds: 0, writtenBytes: 0, residentBytes: 0 };
  for (const pid of pids) {
    // The name in brackets may hold anything; what follows it is numbers.
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
    total.cpuSeconds += (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    total.writtenBytes += field(readFileSync(`/proc/${pid}/io`, "latin1"), "write_bytes");
    total.residentBytes += 1024 * field(readFileSync(`/proc/${pid}/status`, "latin1"), "VmRSS");
  }
  return total;
}

const field = (text: string, name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1]);
