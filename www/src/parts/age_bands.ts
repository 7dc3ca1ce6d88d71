/** How the last hour's events spread over their age: bands of five minutes, the youngest first. */

import { max } from "d3-array";
import type { Query } from "polso";
import { h } from "../dom.ts";
import { type Domain, domains, filtersFor, shownKpi } from "../domains.ts";
import { groupedBy, readingOf } from "../groups.ts";
import { holdsFiveMinutes, hourMs, iso, type Moment } from "../moment.ts";
import { BarList } from "./bar_list.ts";
import { ChartFrame } from "./chart_frame.ts";
import type { Actions, Panel, Shown, Voice } from "./part.ts";
import { figureOf, sentenceOf } from "./readings.ts";

const stepMinutes = 5;

export class AgeBands implements Panel {
  readonly element: HTMLElement;
  readonly #frame: ChartFrame;
  readonly #list: BarList;
  readonly #gone: HTMLElement;
  readonly #voice: Voice;
  readonly #domain: Domain;

  constructor(voice: Voice, { say }: Actions, domain: Domain) {
    this.#voice = voice;
    this.#domain = domain;
    this.#frame = new ChartFrame(voice, "bands", voice.messages.rowsHint);
    this.#list = new BarList(this.#frame.plot, voice.messages.columnAge, say);
    this.#gone = h("p", { class: "quiet", hidden: true }, voice.messages.bandsGone);
    this.element = this.#frame.element;
    this.element.append(this.#gone);
  }

  queries(moment: Moment): readonly Query[] {
    const query = this.#query(moment);
    return query === undefined ? [] : [query];
  }

  show({ picture }: Shown): void {
    const { messages } = this.#voice;
    const kpi = shownKpi(this.#domain, picture.moment.selection.kpi);
    const query = this.#query(picture.moment);
    const steps = [...groupedBy((query && picture.answer(query)?.readings) ?? []).values()];
    const readings = steps.map((step) => readingOf(step, kpi)).toReversed();
    const largest = max(readings, (reading) => reading?.value ?? 0) || 1;
    const name = `${messages.kpi[kpi]} · ${messages.bands}`;
    this.#frame.name(name);
    this.#gone.hidden = query !== undefined;
    const items = readings.map((reading, index) => {
      const band = messages.band(String(index * stepMinutes), String((index + 1) * stepMinutes));
      const value = reading?.value ?? null;
      return {
        key: String(index),
        name: band,
        value: figureOf(this.#voice, reading),
        number: value,
        share: value === null ? undefined : Math.max(value, 0) / largest,
        sentence: sentenceOf(this.#voice, band, reading),
        mark: "",
        standing: "ok",
        picked: false,
      };
    });
    this.#list.show(name, messages.kpi[kpi], items);
  }

  /** An hour in steps; none where they can no longer be told apart. */
  #query({ atMs, nowMs, selection }: Moment): Query | undefined {
    if (!holdsFiveMinutes(atMs - hourMs, nowMs)) return undefined;
    const asked = { kpi: domains[this.#domain].kpis, where: filtersFor(this.#domain, selection.where) };
    return { window: "1h", at: iso(atMs), by: `${stepMinutes}m`, ...asked };
  }
}
