/**
 * The shown KPI by the values of one dimension, the largest first. Picking a value filters the page by it; picking it
 * again takes the filter away. A ratio says of each value where it stands against its target.
 *
 * Shows at most {@link shownMax} values, and says how many more there are.
 */

import { max } from "d3-array";
import type { Query, Reading } from "polso";
import { h, setText } from "../dom.ts";
import { type Dimension, type Domain, type KpiName, shownKpi } from "../domains.ts";
import { breakdownQuery, type Moment } from "../moment.ts";
import { filterOf, toggled } from "../selection.ts";
import { BarList, type Item } from "./bar_list.ts";
import { ChartFrame } from "./chart_frame.ts";
import { type Actions, type Panel, type Shown, type Voice, valueName } from "./part.ts";
import { figureOf, marks, sentenceOf, standingOf } from "./readings.ts";

const shownMax = 8;

export class Breakdown implements Panel {
  readonly element: HTMLElement;
  readonly #frame: ChartFrame;
  readonly #list: BarList;
  readonly #rest = h("p", { class: "quiet" });
  readonly #voice: Voice;
  readonly #domain: Domain;
  readonly #dimension: Dimension;

  constructor(voice: Voice, actions: Actions, domain: Domain, dimension: Dimension) {
    const { messages } = voice;
    this.#voice = voice;
    this.#domain = domain;
    this.#dimension = dimension;
    this.#frame = new ChartFrame(voice, "breakdown", messages.pickHint);
    const pick = (value: string) => actions.select((selection) => toggled(selection, filterOf(dimension, value)));
    this.#list = new BarList(this.#frame.plot, messages.dimension[dimension], actions.say, pick);
    this.element = this.#frame.element;
    this.element.dataset["by"] = dimension;
    this.element.append(this.#rest);
  }

  queries(moment: Moment): readonly Query[] {
    return [this.#query(moment)];
  }

  show({ picture }: Shown): void {
    const { messages } = this.#voice;
    const { moment } = picture;
    const kpi = this.#kpi(moment);
    const name = `${messages.kpi[kpi]} · ${messages.by[this.#dimension]}`;
    const answer = picture.answer(this.#query(moment));
    const readings = ranked(answer?.readings ?? []);
    const largest = max(readings, ({ value }) => value ?? 0) || 1;
    const chosen = new Set(moment.selection.where);
    const picked = (reading: Reading) => chosen.has(filterOf(this.#dimension, reading.group ?? ""));
    this.#frame.name(name);
    this.#list.show(
      name,
      messages.kpi[kpi],
      readings.map((reading) => this.#item(reading, largest, picked(reading))),
    );
    const more = (answer?.groups ?? 0) - readings.length;
    const empty = readings.length === 0 ? messages.windowEmpty : "";
    setText(this.#rest, more > 0 ? messages.more(this.#voice.formats.count(more)) : empty);
    this.#rest.hidden = this.#rest.textContent === "";
  }

  #kpi({ selection }: Moment): KpiName {
    return shownKpi(this.#domain, selection.kpi);
  }

  #query(moment: Moment): Query {
    const [domain, by, kpi] = [this.#domain, this.#dimension, this.#kpi(moment)];
    return breakdownQuery(moment, { domain, by, kpi, top: shownMax });
  }

  #item(reading: Reading, largest: number, picked: boolean): Item {
    const value = reading.group ?? "";
    const name = valueName(this.#voice, value);
    const standing = standingOf(reading);
    return {
      key: value,
      name,
      value: figureOf(this.#voice, reading),
      number: reading.value,
      share: reading.value === null ? undefined : Math.max(reading.value, 0) / largest,
      sentence: sentenceOf(this.#voice, name, reading),
      mark: standing === "ok" ? "" : marks[standing],
      standing,
      picked,
    };
  }
}

/** The largest first, what has no value last; the same order again for the same numbers. */
function ranked(readings: readonly Reading[]): readonly Reading[] {
  return readings.toSorted((a, b) => {
    const [left, right] = [a.value ?? -1, b.value ?? -1];
    return right - left || ((a.group ?? "") < (b.group ?? "") ? -1 : 1);
  });
}
