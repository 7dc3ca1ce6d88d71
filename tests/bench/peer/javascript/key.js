/** What makes two events the same: source, client, time and the whole content. */

const encoder = new TextEncoder();

/** 128 bits in hexadecimal. */
export async function dedupKey({
  source,
  client,
  timeMs,
  kind,
  valueCents,
  channel,
  outcome,
  campaign,
  device,
  place,
}) {
  const parts = [source, client, timeMs, kind, valueCents, channel, outcome, campaign, device, place];
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(JSON.stringify(parts)));
  return new Uint8Array(digest, 0, 16).toHex();
}

/** Where all events with this key meet. */
export const shardOf = (key, shards) => Number.parseInt(key.slice(0, 8), 16) % shards;
