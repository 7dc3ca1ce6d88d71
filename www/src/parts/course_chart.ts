/**
 * The course of one KPI: the chosen window cut into bars, the last one still growing.
 *
 * A cursor moves by arrow keys or pointer; the bar under it is read out beside the title and, when moved by keyboard,
 * spoken. The same figures stand in a table below.
 */

import type { Query } from "polso";
import { type Domain, type KpiName, shownKpi } from "../domains.ts";
import { readingOf } from "../groups.ts";
import type { Moment } from "../moment.ts";
import { dayStarts } from "../rome.ts";
import { type Slot, slotsOf, timelineOf, timelineQuery } from "../timeline.ts";
import { Bars } from "./bars.ts";
import { ChartFrame } from "./chart_frame.ts";
import { followKeys } from "./cursor.ts";
import type { Actions, Panel, Shown, Voice } from "./part.ts";
import { basisOf, figureOf } from "./readings.ts";
import { Table } from "./table.ts";

export class CourseChart implements Panel {
  readonly element: HTMLElement;
  readonly #frame: ChartFrame;
  readonly #bars: Bars;
  readonly #table: Table;
  readonly #voice: Voice;
  readonly #domain: Domain;
  #slots: readonly Slot[] = [];
  #ofDays = false;
  #kpi: KpiName;
  /** Counted back from the bar in progress, so that it stays on its place while time moves on. */
  #cursorBack = 0;

  constructor(voice: Voice, { say }: Actions, domain: Domain) {
    const { messages } = voice;
    this.#voice = voice;
    this.#domain = domain;
    this.#kpi = shownKpi(domain, "conversions");
    this.#bars = new Bars(voice, (index) => this.#moveTo(index));
    this.#table = new Table("", [
      { name: messages.columnWindow },
      { name: messages.columnValue, figures: true },
      { name: messages.columnBasis },
    ]);
    this.#frame = new ChartFrame(voice, "course", messages.chartHint, this.#table.element);
    this.element = this.#frame.element;
    this.#frame.plot.append(this.#bars.element);
    followKeys(this.#frame.plot, {
      count: () => this.#slots.length,
      across: () => this.#slots.length,
      at: () => this.#cursor,
      moveTo: (index) => {
        this.#moveTo(index);
        say(this.#sentence());
      },
    });
  }

  queries(moment: Moment): readonly Query[] {
    return [timelineQuery(moment, this.#domain)];
  }

  show({ picture }: Shown): void {
    const { messages } = this.#voice;
    const { moment } = picture;
    const { step } = timelineOf(moment);
    this.#kpi = shownKpi(this.#domain, moment.selection.kpi);
    this.#ofDays = step === "1d";
    this.#slots = slotsOf(picture.answer(timelineQuery(moment, this.#domain)), dayStarts);
    const name = `${messages.kpi[this.#kpi]} · ${messages.steps[step]}`;
    this.#frame.name(name);
    this.#table.caption(name);
    this.#draw();
    const rows = this.#slots.map((slot, index) => {
      const { value, basis } = this.#figures(slot);
      const current = index === this.#slots.length - 1 ? ` (${messages.chartCurrent})` : "";
      const number = readingOf(slot.readings, this.#kpi)?.value ?? null;
      return { key: String(slot.fromMs), cells: [this.#label(slot) + current, { text: value, number }, basis] };
    });
    this.#table.show(rows.reverse());
  }

  #label({ fromMs, toMs }: Slot): string {
    const { rome } = this.#voice.formats;
    return this.#ofDays ? rome.day(fromMs) : `${rome.minute(fromMs)}–${rome.minute(toMs)}`;
  }

  #figures({ readings }: Slot): { value: string; basis: string } {
    const reading = readingOf(readings, this.#kpi);
    if (reading === undefined || reading.value === null) return { value: this.#voice.messages.chartEmpty, basis: "" };
    return { value: figureOf(this.#voice, reading), basis: basisOf(this.#voice, reading) };
  }

  get #cursor(): number {
    return Math.max(0, this.#slots.length - 1 - this.#cursorBack);
  }

  #draw(): void {
    const { rome } = this.#voice.formats;
    const readings = this.#slots.map((slot) => readingOf(slot.readings, this.#kpi));
    const unit = readings.find((reading) => reading !== undefined)?.unit ?? "count";
    const target = readings.find((reading) => reading !== undefined)?.target ?? null;
    const bars = this.#slots.map(({ fromMs }, index) => ({
      label: this.#ofDays ? rome.shortDay(fromMs) : rome.minute(fromMs),
      value: readings[index]?.value ?? null,
      sure: readings[index]?.status !== "insufficient",
    }));
    this.#bars.show({ bars, unit, target, cursor: this.#cursor });
    this.#frame.read(this.#sentence());
  }

  #sentence(): string {
    const slot = this.#slots[this.#cursor];
    if (slot === undefined) return this.#voice.messages.notHeld;
    const { value, basis } = this.#figures(slot);
    const current = this.#cursorBack === 0 ? this.#voice.messages.chartCurrent : "";
    return [this.#label(slot), value, basis, current].filter((part) => part !== "").join(" · ");
  }

  #moveTo(index: number): void {
    this.#cursorBack = this.#slots.length - 1 - index;
    this.#draw();
  }
}
