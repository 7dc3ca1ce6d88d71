/**
 * Load at a set rate: requests go out when they are due, over as many connections as keep up with it. One that is late
 * goes out at once, so that the rate holds over time.
 */

import { setTimeout as delay } from "node:timers/promises";
import { Requests } from "./events.ts";
import { Line } from "./line.ts";

export interface PacedOptions {
  url: string;
  token: string;
  connections: number;
  eventsPerS: number;
  perRequest: number;
}

/**
 * Sends until the signal comes.
 * @returns events that were accepted, per second
 */
export async function paced(options: PacedOptions, signal: AbortSignal): Promise<number> {
  const { url, token, connections, eventsPerS, perRequest } = options;
  const { host } = new URL(url);
  const startMs = performance.now();
  const everyMs = (1_000 * perRequest) / eventsPerS;
  let accepted = 0;
  const lines = await Promise.all(Array.from({ length: connections }, () => Line.open(url)));
  const run = async (line: Line, connection: number) => {
    const requests = new Requests({ connection, perRequest, host, token });
    for (let turn = 0; !signal.aborted; turn += 1) {
      const dueMs = startMs + (turn * connections + connection) * everyMs;
      await delay(Math.max(0, dueMs - performance.now()), undefined, { signal }).catch(() => {});
      const { status, body } = await line.send(requests.next());
      if (status !== 202) throw new Error(`expected 202 but got ${status}: ${body}`);
      accepted += perRequest;
    }
  };
  try {
    await Promise.all(lines.map(run));
    return accepted / ((performance.now() - startMs) / 1_000);
  } finally {
    for (const line of lines) line.close();
  }
}
