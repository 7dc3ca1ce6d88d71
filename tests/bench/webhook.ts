/**
 * Webhooks beside Polso's own route: one server, warm, that the routes load in turn, so often and for so short that what
 * else the machine does meets all of them.
 */

import type { Sender } from "./events.ts";
import { type Load, load } from "./load.ts";
import { median } from "./statistics.ts";
import { connections } from "./throughput.ts";
import { type Usage, usage } from "./usage.ts";
import { senders } from "./webhooks.ts";
import { polso } from "./workers.ts";

/** In place of one round as long as those of other cases. */
const turnsPerRound = 5;
const settleMs = 50;

export interface WebhookCase {
  rounds: number;
  warmMs: number;
  measuredMs: number;
}

interface Turn {
  requestsPerS: number;
  p50Ms: number;
  p99Ms: number;
  /** Of the server's process; unknown where there is no `/proc`. */
  cpuMsPerRequest: number | null;
}

export interface WebhookRow extends Turn {
  route: string;
  /** The medians of the ratios to Polso's own route in the same turn. */
  toNative: { requestsPerS: number; cpu: number | null };
  turns: Turn[];
}

export async function webhook({ rounds, warmMs, measuredMs }: WebhookCase): Promise<WebhookRow[]> {
  const running = await polso.start(1);
  try {
    const { url, pids } = running;
    const token = await running.ingestToken();
    let accepted = 0;
    const turn = async (sender: Sender, number: number, warmMs: number, measuredMs: number): Promise<Turn> => {
      const connectionsBefore = number * connections;
      const options = { sender, url, token, connections, connectionsBefore, perRequest: 1, tells: true };
      const found = await load({ ...options, warmMs, measuredMs }, () => usage(pids));
      accepted += found.accepted;
      return figures(found);
    };
    const turns = senders.map((sender) => ({ sender, found: [] as Turn[] }));
    for (const { sender } of turns) await turn(sender, 0, warmMs, measuredMs);
    for (let number = 1; number <= rounds * turnsPerRound; number += 1) {
      for (const { sender, found } of turns) {
        found.push(await turn(sender, number, settleMs, measuredMs / turnsPerRound));
      }
    }
    const counted = await running.counted();
    if (counted !== accepted) throw new Error(`${accepted} webhooks and events were accepted and ${counted} counted`);
    return turns.map(({ sender, found }) => row(sender.name, found, turns[0]?.found ?? []));
  } finally {
    await running.stop();
  }
}

type Measured = Load & { before: Usage | undefined; after: Usage | undefined };

function figures({ requests, seconds, p50Ms, p99Ms, before, after }: Measured): Turn {
  const cpuSeconds = before === undefined || after === undefined ? null : after.cpuSeconds - before.cpuSeconds;
  const cpuMsPerRequest = cpuSeconds === null ? null : (1_000 * cpuSeconds) / requests;
  return { requestsPerS: requests / seconds, p50Ms, p99Ms, cpuMsPerRequest };
}

function row(route: string, turns: Turn[], native: readonly Turn[]): WebhookRow {
  const known = (found: number[]) => (found.some(Number.isNaN) ? null : median(found));
  const of = (figure: (turn: Turn) => number | null) => turns.map((turn) => figure(turn) ?? Number.NaN);
  const ratio = (figure: (turn: Turn) => number | null) =>
    turns.map((turn, at) => (figure(turn) ?? Number.NaN) / (figure(native[at] ?? turn) ?? Number.NaN));
  return {
    route,
    requestsPerS: median(of(({ requestsPerS }) => requestsPerS)),
    p50Ms: median(of(({ p50Ms }) => p50Ms)),
    p99Ms: median(of(({ p99Ms }) => p99Ms)),
    cpuMsPerRequest: known(of(({ cpuMsPerRequest }) => cpuMsPerRequest)),
    toNative: {
      requestsPerS: median(ratio(({ requestsPerS }) => requestsPerS)),
      cpu: known(ratio(({ cpuMsPerRequest }) => cpuMsPerRequest)),
    },
    turns,
  };
}
