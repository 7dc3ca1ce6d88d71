/**
 * Viewers as pages have them: the npm package's live client over the core, some behind a torn network. None may ever
 * show more than was sent, or less than it showed before; in the end all must show what the server does.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Integrity, Query } from "polso";
import type { Random } from "../../scripts/demo/random.mjs";
import { sdkWasm } from "../../scripts/paths.mjs";
import { initSync, Viewer } from "../../sdk/build/wasm/polso_sdk.js";
import { Live } from "../../sdk/ts/live.ts";
import { platform } from "../../sdk/ts/world.ts";
import { until } from "../support/until.ts";
import { TornProxy } from "./torn_proxy.ts";

/** Draws short pauses only: a chaos run needs viewers that are there again soon. */
const patience = 0.05;
const equalMsMax = 60_000;
const faultsShownMax = 20;

interface Seen {
  readonly live: Live;
  readonly proxy: TornProxy | undefined;
  accepted: number;
  received: number;
}

export interface ViewersOptions {
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly count: number;
  readonly random: Random;
  /** How long a torn network hangs at most; nothing for a good network. */
  readonly stallMsMax: number | undefined;
  /** How many distinct events there are. */
  readonly sent: () => number;
}

/** All viewers of a run; the first has a good network. */
export class Viewers {
  readonly #seen: Seen[] = [];
  readonly #faults: string[] = [];
  /** Links that were lost and had to be made again. */
  reconnects = 0;

  static async open({ url, token, count, random, stallMsMax, sent }: ViewersOptions): Promise<Viewers> {
    initSync({ module: readFileSync(join(sdkWasm, "polso_sdk_bg.wasm")) });
    const viewers = new Viewers();
    const world = { ...platform, random: () => random.next() * patience };
    for (let number = 0; number < count; number += 1) {
      const good = number === 0 || stallMsMax === undefined;
      const proxy = good ? undefined : await TornProxy.open(url, random, stallMsMax);
      const live = new Live({ url: proxy?.url ?? url, token }, new Viewer(), world);
      const seen: Seen = { live, proxy, accepted: 0, received: 0 };
      viewers.#seen.push(seen);
      live.onState(({ kind }) => {
        if (kind === "reconnecting") viewers.reconnects += 1;
      });
      live.watch({ window: "all", kpi: ["conversions"] }, () => viewers.#look(number, seen, sent()));
    }
    return viewers;
  }

  /** @returns what no viewer may ever have shown, one line each */
  faults(): readonly string[] {
    return this.#faults;
  }

  /** How the proxies hurt the links. */
  get torn(): { cut: number; stalled: number; slowed: number } {
    const sum = { cut: 0, stalled: 0, slowed: 0 };
    for (const { proxy } of this.#seen) {
      sum.cut += proxy?.cut ?? 0;
      sum.stalled += proxy?.stalled ?? 0;
      sum.slowed += proxy?.slowed ?? 0;
    }
    return sum;
  }

  /**
   * Waits, on a good network, until each shows these figures.
   * @returns what still differs, one line each
   */
  async differences(expected: Integrity, queries: readonly Query[], readings: readonly unknown[]): Promise<string[]> {
    for (const { proxy } of this.#seen) proxy?.calm();
    const right = JSON.stringify(expected);
    const found: string[] = [];
    for (const [number, { live }] of this.#seen.entries()) {
      const shown = () => JSON.stringify(live.integrity());
      const same = () => live.state.kind === "live" && shown() === right;
      await until(`viewer ${number} shows the integrity figures`, same, undefined, equalMsMax).catch(() => {
        found.push(`viewer ${number} (${live.state.kind}) shows ${shown()} instead of ${right}`);
      });
      for (const [index, answer] of live.evaluate(queries).entries()) {
        if (JSON.stringify(answer.readings) === JSON.stringify(readings[index])) continue;
        found.push(`viewer ${number} has other readings of ${JSON.stringify(queries[index])}`);
      }
    }
    return found;
  }

  close(): void {
    for (const { live, proxy } of this.#seen) {
      live.close();
      proxy?.close();
    }
  }

  #look(number: number, seen: Seen, sent: number): void {
    const { accepted, received } = seen.live.integrity().total;
    if (accepted > sent) this.#fault(`viewer ${number} shows ${accepted} events of ${sent}`);
    if (accepted < seen.accepted || received < seen.received) {
      this.#fault(`viewer ${number} went back from ${seen.accepted}/${seen.received} to ${accepted}/${received}`);
    }
    [seen.accepted, seen.received] = [accepted, received];
  }

  #fault(what: string): void {
    if (this.#faults.length < faultsShownMax) this.#faults.push(what);
  }
}
