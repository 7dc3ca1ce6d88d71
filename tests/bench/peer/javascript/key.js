/** What makes two events the same: source, client, time and the whole content. */

import { createHash } from "node:crypto";

/** 128 bits in hexadecimal. */
export function dedupKey({ source, client, timeMs, kind, valueCents, channel, outcome, campaign, device, place }) {
  const parts = [source, client, timeMs, kind, valueCents, channel, outcome, campaign, device, place];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** Where all events with this key meet. */
export const shardOf = (key, shards) => Number.parseInt(key.slice(0, 8), 16) % shards;
