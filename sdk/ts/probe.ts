/**
 * Tells a refused token from a lost link.
 *
 * A browser reports every failed upgrade as close code 1006; the same credentials by HTTP get a status.
 */

import type { Target } from "./link.ts";
import type { StopReason } from "./types.ts";
import type { World } from "./world.ts";

/** The server is there and says no. */
export interface Refusal {
  readonly reason: StopReason;
}

const probeWithinMs = 10_000;

/** The refusal; `undefined` when the server is not there, or would let us in. */
export async function probe(target: Target, token: string, world: World): Promise<Refusal | undefined> {
  const url = new URL("api/v1/kpi?window=30s&kpi=conversions", target.base);
  try {
    const response = await world.fetch(url.href, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(probeWithinMs),
    });
    if (response.status === 403) return { reason: "forbidden" };
    if (response.status !== 401) return undefined;
    const { error } = (await response.json()) as { error?: { code?: string } };
    return { reason: error?.code === "token_expired" ? "token_expired" : "token_invalid" };
  } catch {
    return undefined;
  }
}
