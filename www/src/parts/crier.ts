/**
 * Says what changes by itself: a KPI that crosses its target at once, the chosen KPI's new value at most every half a
 * minute. What the viewer changed is not news.
 */

import type { Reading } from "polso";
import type { KpiName } from "../domains.ts";
import type { Selection } from "../selection.ts";
import type { Actions, Voice } from "./part.ts";
import { figureOf, type Standing, standingOf, standingWords } from "./readings.ts";

const summaryEveryMs = 30_000;
const sides: readonly Standing[] = ["target", "below_target", "above_target"];

export class Crier {
  readonly #voice: Voice;
  readonly #say: Actions["say"];
  readonly #standings = new Map<KpiName, Standing>();
  #selection: Selection | undefined;
  #summary = "";
  #saidMs = Number.POSITIVE_INFINITY;

  constructor(voice: Voice, { say }: Actions) {
    this.#voice = voice;
    this.#say = say;
  }

  /** @param readings the KPIs that are shown now */
  hear(selection: Selection, readings: ReadonlyMap<KpiName, Reading>, nowMs: number): void {
    const same = this.#selection === selection;
    this.#selection = selection;
    const crossed: string[] = [];
    for (const [kpi, reading] of readings) {
      const [before, now] = [this.#standings.get(kpi), standingOf(reading)];
      this.#standings.set(kpi, now);
      const crosses = before !== undefined && before !== now && sides.includes(before) && sides.includes(now);
      if (same && crosses) crossed.push(`${this.#sentence(kpi, reading)}, ${standingWords(this.#voice, reading)}`);
    }
    const chosen = readings.get(selection.kpi);
    const summary = chosen === undefined ? "" : this.#sentence(selection.kpi, chosen);
    if (!same) {
      this.#summary = summary;
      this.#saidMs = nowMs;
    }
    const due = summary !== this.#summary && nowMs - this.#saidMs >= summaryEveryMs;
    if (crossed.length === 0 && !due) return;
    this.#summary = summary;
    this.#saidMs = nowMs;
    this.#say(crossed.length > 0 ? crossed.join(". ") : summary);
  }

  #sentence(kpi: KpiName, reading: Reading): string {
    return `${this.#voice.messages.kpi[kpi]}: ${figureOf(this.#voice, reading)}`;
  }
}
