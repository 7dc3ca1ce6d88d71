/**
 * From event to pixel: while a steady load comes in, probes are followed from before they are sent to when a viewer is
 * shown them: in the callback of the npm package's `watch`, and in a page after the frame was painted.
 */

import { setTimeout as delay } from "node:timers/promises";
import { startServer } from "../support/server.ts";
import { dashboard, viewers } from "./audience.ts";
import { paced } from "./paced.ts";
import { delaysMs, probe } from "./probes.ts";
import { quantile } from "./statistics.ts";
import { connections } from "./throughput.ts";
import { polsoSources } from "./workers.ts";

export interface PixelCase {
  viewers: number;
  eventsPerS: number;
  perRequest: number;
  seconds: number;
}

export interface Delays {
  p50Ms: number;
  p99Ms: number;
  worstMs: number;
  samples: number;
}

export interface PixelResult extends PixelCase {
  /** What was really taken. */
  acceptedPerS: number;
  probes: number;
  package: Delays;
  dashboard: Delays | null;
}

/** @param page whether a page in Chromium watches too */
export async function pixel(what: PixelCase, page: boolean): Promise<PixelResult> {
  const server = await startServer({ sources: polsoSources });
  try {
    const ingest = await server.token({ scope: "ingest", source: "crm" });
    const { eventsPerS, perRequest } = what;
    const ending = new AbortController();
    const audience = [
      await viewers(server.url, await server.token({ scope: "view" }), what.viewers),
      ...(page ? [await dashboard(server)] : []),
    ];
    const load = paced({ url: server.url, token: ingest, connections, eventsPerS, perRequest }, ending.signal);
    const probes = probe(server.url, ingest, ending.signal);
    await Promise.race([load, probes, delay(what.seconds * 1_000)]);
    ending.abort();
    const [acceptedPerS, sentMs] = await Promise.all([load, probes]);
    const [links, pages] = await Promise.all(audience.map((group) => group.leave(sentMs.length)));
    return {
      ...what,
      acceptedPerS,
      probes: sentMs.length,
      package: delays((links ?? []).flatMap((shown) => delaysMs(sentMs, shown))),
      dashboard: pages === undefined ? null : delays(pages.flatMap((shown) => delaysMs(sentMs, shown))),
    };
  } finally {
    await server.stop();
  }
}

function delays(all: readonly number[]): Delays {
  const sorted = Float64Array.from(all).sort();
  const at = (share: number) => quantile(sorted, share);
  return { p50Ms: at(0.5), p99Ms: at(0.99), worstMs: at(1), samples: sorted.length };
}
