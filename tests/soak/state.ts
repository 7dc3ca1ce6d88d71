/** What a running server has on disk: how much, and how long one that starts with it takes to answer. */

import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conversion } from "../chaos/oracle/conversions.ts";
import { type Server, type ServerOptions, startServer } from "../support/server.ts";

/** Bytes of all files below a folder. */
export function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce(
    (sum, { parentPath, name }) => sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/**
 * How long a first event takes after a start on what another server has on disk now, in ms. The other one stands still
 * while its files are copied, so that the copy is what a power cut would leave.
 */
export async function wakeMs(running: Server, options: ServerOptions & { state: string }): Promise<number> {
  const state = mkdtempSync(join(tmpdir(), "polso-wake-"));
  try {
    process.kill(running.pid, "SIGSTOP");
    try {
      cpSync(join(options.state, "storage"), join(state, "storage"), { recursive: true });
    } finally {
      process.kill(running.pid, "SIGCONT");
    }
    const woken = await startServer({ ...options, state });
    try {
      const bearer = await woken.bearer({ scope: "ingest", source: "crm" });
      const body = JSON.stringify(conversion(0, 9_999_999, Date.now()).body);
      const headers = { ...bearer, "Content-Type": "application/json" };
      const start = performance.now();
      const response = await fetch(`${woken.url}/api/v1/eventi/conversione`, { method: "POST", headers, body });
      const took = performance.now() - start;
      if (!response.ok) throw new Error(`a copy answers ${response.status}: ${await response.text()}`);
      await response.body?.cancel();
      return took;
    } finally {
      await woken.kill9();
      await woken.stop();
    }
  } finally {
    rmSync(state, { recursive: true });
  }
}
