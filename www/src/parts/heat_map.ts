/**
 * The shown KPI by weekday and hour in Rome, over whole weeks: a table whose cells are the darker the more they hold.
 * The evening is framed, and its highest cell marked.
 *
 * Four weeks, or as many as hours are held for back from the instant looked at.
 */

import { max } from "d3-array";
import type { Query, Reading } from "polso";
import { h, setAttributes, setText } from "../dom.ts";
import { type Domain, filtersFor, shownKpi } from "../domains.ts";
import { dayMs, hourMs, hoursHeldMs, iso, type Moment } from "../moment.ts";
import { ChartFrame } from "./chart_frame.ts";
import { followKeys } from "./cursor.ts";
import type { Actions, Panel, Shown, Voice } from "./part.ts";
import { figureOf, sentenceOf } from "./readings.ts";
import { numberIn } from "./table.ts";

const weeksMax = 4;
const days = [1, 2, 3, 4, 5, 6, 7] as const;
const hours = Array.from({ length: 24 }, (_, hour) => hour);
/** When Italy looks at stories: from 18 to 21. */
const evening = { from: 18, to: 21 } as const;
const levels = 6;

const groupOf = (day: number, hour: number) => `${day}-${String(hour).padStart(2, "0")}`;

export class HeatMap implements Panel {
  readonly element: HTMLElement;
  readonly #frame: ChartFrame;
  readonly #caption = h("caption", { class: "visually-hidden" });
  readonly #cells = new Map<string, HTMLTableCellElement>();
  readonly #peak = h("p", { class: "peak" });
  readonly #legend: HTMLElement;
  readonly #voice: Voice;
  readonly #domain: Domain;
  readonly #groups: readonly string[] = days.flatMap((day) => hours.map((hour) => groupOf(day, hour)));
  #readings: ReadonlyMap<string, Reading> = new Map();
  #cursor: number = evening.from;

  constructor(voice: Voice, { say }: Actions, domain: Domain) {
    const { messages, formats } = voice;
    this.#voice = voice;
    this.#domain = domain;
    this.#frame = new ChartFrame(voice, "heat", messages.heatHint);
    const heads = hours.map((hour) => {
      return h("th", { scope: "col", "data-evening": isEvening(hour) }, String(hour).padStart(2, "0"));
    });
    const rows = days.map((day) => {
      const name = formats.rome.weekday(day);
      const cells = hours.map((hour) => {
        const cell = h("td", { "data-evening": isEvening(hour) });
        this.#cells.set(groupOf(day, hour), cell);
        return cell;
      });
      return h("tr", {}, h("th", { scope: "row" }, h("abbr", { title: name }, name.slice(0, 3))), ...cells);
    });
    const table = h(
      "table",
      { class: "heat-map" },
      this.#caption,
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, messages.columnDay), ...heads)),
      h("tbody", {}, ...rows),
    );
    const steps = Array.from({ length: levels }, (_, level) => h("span", { "data-level": level }));
    this.#legend = h("p", { class: "legend" }, messages.heatLess, ...steps, messages.heatMore);
    this.#frame.plot.append(table);
    this.element = this.#frame.element;
    this.element.append(h("div", { class: "heat-foot" }, this.#peak, this.#legend));
    table.addEventListener("pointerover", ({ target }) => {
      const index = this.#groups.findIndex((group) => this.#cells.get(group) === target);
      if (index >= 0) this.#moveTo(index);
    });
    followKeys(this.#frame.plot, {
      count: () => this.#groups.length,
      across: () => hours.length,
      at: () => this.#cursor,
      moveTo: (index) => {
        this.#moveTo(index);
        this.#cells.get(this.#groups[index] ?? "")?.scrollIntoView({ block: "nearest", inline: "nearest" });
        say(this.#sentence(this.#groups[index] ?? ""));
      },
    });
  }

  queries(moment: Moment): readonly Query[] {
    const weeks = weeksOf(moment);
    if (weeks === 0) return [];
    const { selection, atMs } = moment;
    const kpi = shownKpi(this.#domain, selection.kpi);
    const where = filtersFor(this.#domain, selection.where);
    return [{ window: `${weeks * 7}d`, at: iso(atMs), by: "giorno_ora", kpi: [kpi], where }];
  }

  show({ picture }: Shown): void {
    const { messages, formats } = this.#voice;
    const { moment } = picture;
    const kpi = shownKpi(this.#domain, moment.selection.kpi);
    const [query] = this.queries(moment);
    const answer = query && picture.answer(query);
    const name = `${messages.kpi[kpi]} · ${messages.heatOver(formats.count(weeksOf(moment)))}`;
    this.#frame.name(name);
    setText(this.#caption, name);
    this.#readings = new Map(answer?.readings.map((reading) => [reading.group ?? "", reading]));
    const largest = max(this.#readings.values(), ({ value }) => value ?? 0) || 1;
    const peak = this.#eveningPeak();
    for (const [group, cell] of this.#cells) {
      const reading = this.#readings.get(group);
      const value = reading?.value ?? null;
      setText(cell, value === null ? "" : formats.short(value, reading?.unit ?? "count"));
      setAttributes(cell, {
        "data-number": numberIn(value),
        "data-level": value === null ? undefined : levelOf(value / largest),
        "data-peak": group === peak ? "" : undefined,
        title: this.#sentence(group),
      });
    }
    const reading = peak === undefined ? undefined : this.#readings.get(peak);
    const none = answer === undefined ? messages.notHeld : messages.eveningEmpty;
    const found = peak === undefined ? none : messages.eveningPeak(this.#nameOf(peak), figureOf(this.#voice, reading));
    setText(this.#peak, found);
    this.#moveTo(this.#cursor);
  }

  /** The highest value of the evening's cells; none where all are empty or nothing is above zero. */
  #eveningPeak(): string | undefined {
    let peak: { readonly group: string; readonly value: number } | undefined;
    for (const [group, { value, status }] of this.#readings) {
      if (!isEvening(Number(group.slice(2))) || value === null || value <= 0 || status === "insufficient") continue;
      if (peak === undefined || value > peak.value) peak = { group, value };
    }
    return peak?.group;
  }

  /** `giovedì, 19–20`. */
  #nameOf(group: string): string {
    const hour = Number(group.slice(2));
    return `${this.#voice.formats.rome.weekday(Number(group[0]))}, ${hour}–${hour + 1}`;
  }

  #sentence(group: string): string {
    return sentenceOf(this.#voice, this.#nameOf(group), this.#readings.get(group));
  }

  #moveTo(index: number): void {
    const cell = (at: number) => this.#cells.get(this.#groups[at] ?? "");
    const [left, entered] = [cell(this.#cursor), cell(index)];
    if (left !== undefined) setAttributes(left, { "data-cursor": undefined });
    if (entered !== undefined) setAttributes(entered, { "data-cursor": "" });
    this.#cursor = index;
    this.#frame.read(this.#sentence(this.#groups[index] ?? ""));
  }
}

/** By the square root, so that one busy hour does not make all others look alike. */
function levelOf(share: number): number {
  return Math.min(Math.floor(Math.sqrt(Math.max(share, 0)) * levels), levels - 1);
}

function isEvening(hour: number): boolean {
  return hour >= evening.from && hour < evening.to;
}

/** Whole weeks up to the instant that are still held by the hour. */
function weeksOf({ atMs, nowMs }: Moment): number {
  const heldMs = hoursHeldMs - hourMs - (nowMs - atMs);
  return Math.max(0, Math.min(weeksMax, Math.floor(heldMs / (7 * dayMs))));
}
