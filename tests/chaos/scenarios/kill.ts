/**
 * `kill -9` at random moments under load, and a start on the same disk. Half of the lives end in the middle of a
 * burst, after so many answers; the others after so much time at an even pace, from hitting the restore to hitting a
 * checkpoint or nothing at all. Meanwhile viewers' sockets are torn.
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Server } from "../../support/server.ts";
import { until } from "../../support/until.ts";
import type { Report } from "../report.ts";
import { Stage, type StageOptions } from "../stage.ts";

export interface KillOptions extends StageOptions {
  readonly restarts: number;
  /** The longest life at an even pace. */
  readonly aliveMsMax: number;
  readonly onKill?: (done: number) => void;
  /** Starts the server again, in its own way. */
  readonly restart?: (server: Server, done: number) => Promise<void>;
}

/** Between an answer and the kill that it is the sign for. */
const afterAnswerMsMax = 15;

/** Runs it. */
export async function kill(options: KillOptions): Promise<Report> {
  const started = performance.now();
  const stage = await Stage.open(options);
  try {
    stage.send();
    for (let killed = 0; killed < options.restarts; killed += 1) {
      await live(stage, options, killed);
      await stage.server.kill9();
      await (options.restart?.(stage.server, killed + 1) ?? stage.server.restart());
      options.onKill?.(killed + 1);
    }
    stage.run.pace.rate = Number.POSITIVE_INFINITY;
    await stage.sent();
    const longest = stage.run.client.longestSilenceMs;
    const { figures, wrong } = await stage.books();
    const more = {
      restarts: options.restarts,
      "longest unavailability, ms": Math.round(longest),
      "whole run, s": Math.round((performance.now() - started) / 1_000),
    };
    return { scenario: "kill", figures: { ...figures, ...more }, wrong };
  } finally {
    await stage.close();
  }
}

/** One life: from a start to the moment of its end. */
async function live({ random, run }: Stage, { restarts, aliveMsMax }: KillOptions, killed: number): Promise<void> {
  const { pace, oracle } = run;
  // On the average a life uses its share of what is left, so that the last one still has something to lose.
  const events = random.whole(1, Math.max(1, Math.floor((2 * pace.left) / (restarts - killed + 1))));
  if (random.next() < 0.5) {
    pace.rate = Number.POSITIVE_INFINITY;
    const enough = oracle.answered + events;
    await until(`${events} events are answered`, () => oracle.answered >= enough || pace.left === 0);
    await delay(random.whole(0, afterAnswerMsMax));
  } else {
    const aliveMs = random.whole(0, aliveMsMax);
    pace.rate = (events * 1_000) / Math.max(1, aliveMs);
    await delay(aliveMs);
  }
}
