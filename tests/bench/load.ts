/**
 * Closed-loop load: each connection sends its next request when the last one is answered. Every answer is checked;
 * one that does not accept all its events ends the run.
 */

import { setTimeout as delay } from "node:timers/promises";
import { until } from "../support/until.ts";
import type { Sender, Source } from "./events.ts";
import { Line } from "./line.ts";
import { quantile } from "./statistics.ts";

export interface LoadOptions {
  sender: Sender;
  url: string;
  token: string;
  connections: number;
  /** Of earlier loads of the same server, whose events these must not repeat. */
  connectionsBefore?: number;
  perRequest: number;
  /** Before anything is measured. */
  warmMs: number;
  measuredMs: number;
  /** Whether the answer tells how many events were accepted. */
  tells: boolean;
}

export interface Load {
  /** Answers in the measured time. */
  requests: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  /** Of this process, as a share of the measured time: near 1 it is the load that is measured, not the server. */
  ownCpuShare: number;
  /** Events accepted in the whole run, warming up included. */
  accepted: number;
}

/**
 * @param sample taken when measuring begins and when it ends
 */
export async function load<T>(options: LoadOptions, sample: () => T): Promise<Load & { before: T; after: T }> {
  const { sender, url, token, connections, connectionsBefore = 0, perRequest, tells } = options;
  const { host } = new URL(url);
  const latenciesMs: number[] = [];
  let [accepted, measuring, ended] = [0, false, false];
  const told = Buffer.from(`"accepted":${perRequest},`);

  const run = async (line: Line, requests: Source) => {
    while (!ended) {
      const sentMs = performance.now();
      const { status, body } = await line.send(requests.next());
      if (measuring) latenciesMs.push(performance.now() - sentMs);
      if (status !== sender.status || (tells && !body.includes(told))) {
        throw new Error(`expected ${sender.status} and ${told} but got ${status}: ${body.toString().slice(0, 500)}`);
      }
      accepted += perRequest;
    }
  };

  const lines = await Promise.all(Array.from({ length: connections }, () => Line.open(url)));
  try {
    const running = Promise.all(
      lines.map((line, index) => {
        const connection = connectionsBefore + index;
        return run(line, sender.requests({ connection, perRequest, host, token }));
      }),
    );
    // A failure ends the waiting at once.
    await Promise.race([running, delay(options.warmMs)]);
    const [before, beginMs, cpu] = [sample(), performance.now(), process.cpuUsage()];
    measuring = true;
    await Promise.race([running, delay(options.measuredMs)]);
    // On a busy machine a short time may pass without any.
    const enough = () => latenciesMs.length >= connections;
    await Promise.race([running, until("every connection was answered once", enough)]);
    measuring = false;
    const own = process.cpuUsage(cpu);
    const [after, seconds] = [sample(), (performance.now() - beginMs) / 1000];
    ended = true;
    await running;
    const sorted = Float64Array.from(latenciesMs).sort();
    return {
      before,
      after,
      requests: sorted.length,
      seconds,
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      ownCpuShare: (own.user + own.system) / 1e6 / seconds,
      accepted,
    };
  } finally {
    for (const line of lines) line.close();
  }
}
