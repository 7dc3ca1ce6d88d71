/**
 * Durable Objects are evicted while senders send: a ledger in the middle of its batches, a hub with its sockets. What the
 * platform does after a pause, it does here at random moments.
 */

import { setTimeout as delay } from "node:timers/promises";
import { Harness } from "../harness.ts";
import type { Report } from "../report.ts";
import { Stage, type StageOptions } from "../stage.ts";

export interface EvictionOptions extends StageOptions {
  readonly evictions: number;
}

const pauseMsMax = 300;

/** Runs it. */
export async function eviction(options: EvictionOptions): Promise<Report> {
  const stage = await Stage.on(await Harness.start(options.shards), options);
  const evicted = { Ledger: 0, Hub: 0 };
  try {
    const { random, run, server } = stage;
    run.pace.rate = (options.events * 1_000) / (options.evictions * pauseMsMax);
    stage.send();
    for (let done = 0; done < options.evictions; done += 1) {
      await delay(random.whole(0, pauseMsMax));
      const className = done === 0 || random.next() < 0.7 ? "Ledger" : "Hub";
      const name = className === "Hub" ? "main" : `main/${random.whole(0, options.shards - 1)}`;
      if (await server.evict(className, name)) evicted[className] += 1;
    }
    run.pace.rate = Number.POSITIVE_INFINITY;
    await stage.sent();
    const { figures, wrong } = await stage.books();
    const more = { "ledgers evicted": evicted.Ledger, "hubs evicted": evicted.Hub };
    return { scenario: "eviction", figures: { ...figures, ...more }, wrong };
  } finally {
    await stage.close();
  }
}
