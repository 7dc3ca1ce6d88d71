/** From the start of the process, with nothing on disk, to the first event that is answered 202. */

import { path } from "./events.ts";
import { median } from "./statistics.ts";
import type { System } from "./system.ts";

export interface ColdResult {
  system: string;
  rounds: number;
  ms: number;
}

/** What a system was started for once before is not measured: bundling a peer, reading files into memory. */
export async function cold(system: System, rounds: number): Promise<ColdResult> {
  const times: number[] = [];
  for (let turn = 0; turn <= rounds; turn += 1) {
    const startMs = performance.now();
    const running = await system.start(1);
    try {
      await first(running.url, await running.ingestToken());
      if (turn > 0) times.push(performance.now() - startMs);
    } finally {
      await running.stop();
    }
  }
  return { system: system.name, rounds, ms: median(times) };
}

async function first(url: string, token: string): Promise<void> {
  const event = {
    id_cliente: "CLIENTE-PRIMO-000001",
    evento: "acquisto_concluso",
    timestamp: new Date().toISOString(),
    valore: 1,
    canale: "email",
    stato: "completato",
  };
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(event) });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`the first event was answered ${response.status}: ${text}`);
}
