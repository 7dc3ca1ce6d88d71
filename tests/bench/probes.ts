/**
 * Probes: events among all others that are followed to the viewers. One after the other, each of the same campaign, so
 * that a viewer whose figure for that campaign is n has been shown the first n of them.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Query } from "polso";
import { Random } from "../../scripts/demo/random.mjs";
import { path } from "./events.ts";

const campaign = "Sonda";
export const probeQuery: Query = { window: "1h", kpi: ["conversions"], where: [`campagna:${campaign}`] };
/** The dashboard's address for the same. */
export const probePath = `/?window=1h&where=campagna%3A${campaign}`;

/** Never in step with the quarter seconds in which deltas are sent. */
const pauseMsMin = 20;
const pauseMsMax = 180;

/**
 * Sends probes until the signal comes.
 * @returns when each was sent, by the clock that all processes of the machine share
 */
export async function probe(url: string, token: string, signal: AbortSignal): Promise<number[]> {
  const random = new Random(1);
  const sentMs: number[] = [];
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  while (!signal.aborted) {
    const atMs = Date.now();
    sentMs.push(atMs);
    const response = await fetch(url + path, {
      method: "POST",
      headers,
      body: JSON.stringify(event(sentMs.length, atMs)),
    });
    const text = await response.text();
    if (response.status !== 202) throw new Error(`a probe was answered ${response.status}: ${text}`);
    await delay(random.whole(pauseMsMin, pauseMsMax), undefined, { signal }).catch(() => {});
  }
  return sentMs;
}

const event = (number: number, atMs: number) => ({
  id_cliente: `CLIENTE-SONDA-${String(number).padStart(6, "0")}`,
  evento: "acquisto_concluso",
  timestamp: new Date(atMs).toISOString(),
  valore: 1,
  canale: "email",
  stato: "completato",
  metadati: { campagna: campaign },
});

/** What a viewer was shown: figures in the order in which they came, each with its time. */
export type Shown = readonly (readonly [figure: number, atMs: number])[];

/**
 * How long each probe took until a viewer was shown it.
 * @throws when one never came
 */
export function delaysMs(sentMs: readonly number[], shown: Shown): number[] {
  let next = 0;
  return sentMs.map((atMs, index) => {
    while (next < shown.length && (shown[next]?.[0] ?? 0) <= index) next += 1;
    const seen = shown[next];
    if (seen === undefined) throw new Error(`a viewer was shown ${shown.at(-1)?.[0] ?? 0} of ${sentMs.length} probes`);
    return seen[1] - atMs;
  });
}
