/**
 * The number of shards changes under load, as often as it may: each time a `kill -9` at a random moment, and a start on the
 * same disk with another number.
 */

import { Random } from "../../../scripts/demo/random.mjs";
import type { Report } from "../report.ts";
import { type KillOptions, kill } from "./kill.ts";

/** How often the number may change (`GENERATIONS_MAX`, core/src/shards.rs). */
const changes = 8;
const shardsMax = 6;

/** Runs it. */
export async function reshard(options: Omit<KillOptions, "restarts" | "restart">): Promise<Report> {
  // Its own: which numbers come must not hang on how the senders are doing.
  const random = new Random(options.seed + 1);
  const counts = [options.shards];
  const before: { count: number; until: string }[] = [];
  const report = await kill({
    ...options,
    restarts: changes,
    async restart(server) {
      before.push({ count: counts.at(-1) ?? 1, until: new Date().toISOString() });
      const others = Array.from({ length: shardsMax }, (_, index) => index + 1).filter(
        (count) => count !== counts.at(-1),
      );
      const count = others[random.whole(0, others.length - 1)] ?? 1;
      counts.push(count);
      await server.restart({ shards: count, vars: { SHARDS_BEFORE: before } });
    },
  });
  const { shards: _, ...figures } = report.figures;
  return { ...report, scenario: "reshard", figures: { ...figures, "shards, one after the other": counts.join(", ") } };
}
