/**
 * The tumbling 5-minute windows of the last hour as bars.
 *
 * A cursor moves by arrow keys or pointer; the window under it is read out beside the title and, when moved by
 * keyboard, spoken. The same figures stand in a table below.
 */

import type { Answer, Reading } from "polso";
import { h, setText } from "../dom.ts";
import type { KpiName } from "../selection.ts";
import { Bars } from "./bars.ts";
import { basisOf, readingOf } from "./cards.ts";
import type { Part, Shown, Voice } from "./part.ts";
import { Table } from "./table.ts";

interface Point {
  readonly label: string;
  readonly fromMs: number;
  readonly reading: Reading | undefined;
}

export class WindowsChart implements Part<Shown> {
  readonly element: HTMLElement;
  readonly #name = h("h2", { id: "windows-name" });
  readonly #readout = h("p", { class: "readout" });
  readonly #spoken = h("p", { class: "visually-hidden", role: "status" });
  readonly #plot: HTMLElement;
  readonly #bars: Bars;
  readonly #table: Table;
  readonly #voice: Voice;
  #points: readonly Point[] = [];
  #kpi: KpiName = "conversions";
  /** Counted back from the window in progress, so that it stays on its place while time moves on. */
  #cursorBack = 0;

  constructor(voice: Voice) {
    const { messages } = voice;
    this.#voice = voice;
    this.#bars = new Bars(voice, (index) => this.#moveTo(index, false));
    this.#plot = h(
      "div",
      {
        class: "plot",
        tabindex: 0,
        role: "group",
        "aria-labelledby": "windows-name",
        "aria-describedby": "windows-hint",
      },
      this.#bars.element,
    );
    this.#plot.addEventListener("keydown", (event) => this.#key(event));
    this.#table = new Table(messages.chart, [
      { name: messages.columnWindow },
      { name: messages.columnValue, figures: true },
      { name: messages.columnBasis },
    ]);
    this.element = h(
      "figure",
      { class: "panel windows", "aria-labelledby": "windows-name" },
      h("figcaption", {}, this.#name, this.#readout),
      this.#plot,
      h("p", { id: "windows-hint", class: "hint" }, messages.chartHint),
      this.#spoken,
      h("details", {}, h("summary", {}, messages.asTable), this.#table.element),
    );
  }

  show({ picture, selection }: Shown): void {
    const { messages } = this.#voice;
    this.#kpi = selection.kpi;
    this.#points = picture.windows.map((answer) => this.#point(answer));
    setText(this.#name, `${messages.kpi[this.#kpi]} · ${messages.chart}`);
    this.#draw();
    const rows = this.#points.map((point, index) => {
      const { value, basis } = this.#figures(point);
      const current = index === this.#points.length - 1 ? ` (${messages.chartCurrent})` : "";
      return { key: String(point.fromMs), cells: [point.label + current, value, basis] };
    });
    this.#table.show(rows.reverse());
  }

  #point({ window, readings }: Answer): Point {
    const { rome } = this.#voice.formats;
    const [fromMs, toMs] = [Date.parse(window.from ?? ""), Date.parse(window.to ?? "")];
    return {
      label: `${rome.minute(fromMs)}–${rome.minute(toMs)}`,
      fromMs,
      reading: readingOf(readings, this.#kpi),
    };
  }

  #figures({ reading }: Point): { value: string; basis: string } {
    const { messages, formats } = this.#voice;
    if (reading === undefined || reading.value === null) return { value: messages.chartEmpty, basis: "" };
    return { value: formats.value(reading.value, reading.unit), basis: basisOf(this.#voice, this.#kpi, reading) };
  }

  get #cursor(): number {
    return Math.max(0, this.#points.length - 1 - this.#cursorBack);
  }

  #draw(): void {
    const unit = this.#points.at(-1)?.reading?.unit ?? "count";
    const values = this.#points.map(({ fromMs, reading }) => ({ fromMs, value: reading?.value ?? null }));
    this.#bars.show(values, unit, this.#cursor);
    setText(this.#readout, this.#sentence());
  }

  #sentence(): string {
    const point = this.#points[this.#cursor];
    if (point === undefined) return "";
    const { value, basis } = this.#figures(point);
    const current = this.#cursorBack === 0 ? this.#voice.messages.chartCurrent : "";
    return [point.label, value, basis, current].filter((part) => part !== "").join(" · ");
  }

  #key(event: KeyboardEvent): void {
    const last = this.#points.length - 1;
    const targets: Record<string, number> = {
      ArrowLeft: this.#cursor - 1,
      ArrowRight: this.#cursor + 1,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#moveTo(Math.min(Math.max(target, 0), last), true);
  }

  #moveTo(index: number, speak: boolean): void {
    this.#cursorBack = this.#points.length - 1 - index;
    this.#draw();
    if (speak) setText(this.#spoken, this.#sentence());
  }
}
