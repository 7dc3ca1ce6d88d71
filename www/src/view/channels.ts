/** Every KPI by channel over the chosen window, the whole in the last row. */

import type { Reading } from "polso";
import { h } from "../dom.ts";
import { kpiNames } from "../selection.ts";
import { readingOf } from "./cards.ts";
import { type Part, type Shown, type Voice, valueName } from "./part.ts";
import { type Row, scrolled, Table } from "./table.ts";

export class Channels implements Part<Shown> {
  readonly element: HTMLElement;
  readonly #table: Table;
  readonly #empty: HTMLElement;
  readonly #voice: Voice;

  constructor(voice: Voice) {
    const { messages } = voice;
    this.#voice = voice;
    const figures = kpiNames.map((kpi) => ({ name: messages.kpi[kpi], figures: true }));
    this.#table = new Table(messages.channels, [{ name: messages.columnChannel }, ...figures]);
    this.#empty = h("p", { class: "quiet" }, messages.channelsEmpty);
    this.element = h(
      "section",
      { class: "panel channels", "aria-labelledby": "channels-name" },
      h("h2", { id: "channels-name" }, messages.channels),
      scrolled(messages.channels, this.#table),
      this.#empty,
    );
  }

  show({ picture: { current, byChannel } }: Shown): void {
    const groups = new Map<string, Reading[]>();
    for (const reading of byChannel.readings) {
      const group = reading.group ?? "";
      const readings = groups.get(group);
      if (readings === undefined) groups.set(group, [reading]);
      else readings.push(reading);
    }
    const conversions = (readings: readonly Reading[]) => readingOf(readings, "conversions")?.value ?? 0;
    const sorted = [...groups].sort(
      ([a, left], [b, right]) => conversions(right) - conversions(left) || (a < b ? -1 : 1),
    );
    const rows: Row[] = sorted.map(([group, readings]) =>
      this.#row(`=${group}`, valueName(this.#voice, group), readings),
    );
    const total = this.#row("total", this.#voice.messages.rowTotal, current.readings);
    this.#table.show([...rows, { ...total, total: true }]);
    this.#empty.hidden = groups.size > 0;
  }

  #row(key: string, name: string, readings: readonly Reading[]): Row {
    const cells = kpiNames.map((kpi) => {
      const reading = readingOf(readings, kpi);
      return this.#voice.formats.value(reading?.value ?? null, reading?.unit ?? "count");
    });
    return { key, cells: [name, ...cells] };
  }
}
