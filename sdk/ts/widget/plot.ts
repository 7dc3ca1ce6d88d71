/**
 * A chart with a cursor that the pointer and the arrow keys move, and its table.
 *
 * Decides what is under the cursor; who shows it and speaks it is told. In a course the cursor stays as far from the present
 * as it was; among groups it stays on its group while these change places.
 */

import { Bars } from "./bars.ts";
import type { Chart } from "./chart.ts";
import { h, setAttributes, setText } from "./dom.ts";
import type { Voice } from "./language.ts";
import { type Point, sentenceOf } from "./points.ts";
import { Sparkline } from "./sparkline.ts";
import { Table } from "./table.ts";

export interface Plotted {
  readonly voice: Voice;
  /** What is drawn, in words. */
  readonly name: string;
  /** What the first column of the table is. */
  readonly head: string;
  /** The oldest first, or groups in their order. */
  readonly points: readonly Point[];
  readonly more: number;
  readonly course: boolean;
}

/** @param spoken whether it was moved by keyboard, and should be heard */
export type Moved = (sentence: string | undefined, spoken: boolean) => void;

export class Plot {
  readonly #hint = h("span", { id: "hint", class: "unseen" });
  readonly #area = h("div", { class: "plot", part: "chart", tabindex: 0, role: "application" });
  readonly #table = new Table();
  readonly #tableBox = h("div", { id: "table", class: "table", part: "table", tabindex: 0, role: "group" });
  readonly element = h("div", { class: "detail" }, this.#area, this.#hint, this.#tableBox);
  readonly toggle = h("button", { type: "button", part: "button", "aria-controls": "table" });
  readonly #moved: Moved;
  #chart: Chart | undefined;
  #plotted: Plotted | undefined;
  /** The group under the cursor; of a course how far it is from the end. */
  #cursor: string | number | undefined;
  #open = false;

  constructor(moved: Moved) {
    this.#moved = moved;
    this.#area.addEventListener("keydown", (event) => this.#key(event));
    this.#area.addEventListener("focus", () => {
      if (this.#cursor === undefined) this.#move(this.#plotted?.course ? Number.POSITIVE_INFINITY : 0, false);
    });
    this.#area.addEventListener("blur", () => this.#move(undefined, false));
    this.toggle.addEventListener("click", () => {
      this.#open = !this.#open;
      this.#draw();
    });
  }

  show(plotted: Plotted | undefined): void {
    const course = plotted?.course;
    if (plotted !== undefined && (this.#chart === undefined || course !== this.#plotted?.course)) {
      const pointed = (position: number | undefined) => this.#move(position, false);
      this.#chart = course ? new Sparkline(pointed) : new Bars(pointed);
      this.#cursor = undefined;
      this.#area.replaceChildren(this.#chart.element);
    }
    this.#plotted = plotted;
    this.element.hidden = plotted === undefined;
    this.toggle.hidden = plotted === undefined;
    this.#draw();
    if (this.#cursor !== undefined) this.#tell(false);
  }

  #draw(): void {
    if (this.#plotted === undefined) return;
    const { voice, name, head, points, more, course } = this.#plotted;
    const { messages } = voice;
    this.#chart?.show({ voice, points, more, cursor: this.#position });
    setAttributes(this.#area, {
      "aria-label": name,
      "aria-roledescription": messages.chart,
      "aria-describedby": "hint",
    });
    setText(this.#hint, messages.hint);
    const label = this.#open ? messages.hideTable : messages.showTable;
    setAttributes(this.toggle, { "aria-expanded": String(this.#open), "aria-label": label, title: label });
    this.#tableBox.hidden = !this.#open;
    setAttributes(this.#tableBox, { "aria-label": name });
    if (this.#open) this.#table.show(voice, name, head, course ? [...points].reverse() : points);
    if (this.#open && !this.#table.element.isConnected) this.#tableBox.append(this.#table.element);
  }

  get #position(): number | undefined {
    const points = this.#plotted?.points ?? [];
    if (this.#cursor === undefined || points.length === 0) return undefined;
    if (typeof this.#cursor === "number") return Math.max(points.length - 1 - this.#cursor, 0);
    return Math.max(
      points.findIndex(({ reading }) => reading.group === this.#cursor),
      0,
    );
  }

  #key(event: KeyboardEvent): void {
    const last = (this.#plotted?.points.length ?? 0) - 1;
    const at = this.#position;
    if (event.altKey || event.ctrlKey || event.metaKey || last < 0) return;
    if (event.key === "Escape") {
      this.#move(undefined, false);
      return;
    }
    const [before, after] = [(at ?? last + 1) - 1, (at ?? -1) + 1];
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: before,
      ArrowUp: before,
      ArrowRight: after,
      ArrowDown: after,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.#move(target, true);
  }

  #move(position: number | undefined, spoken: boolean): void {
    const points = this.#plotted?.points ?? [];
    const last = points.length - 1;
    const at = position === undefined || last < 0 ? undefined : Math.min(Math.max(position, 0), last);
    const group = at === undefined ? undefined : (points[at]?.reading.group ?? undefined);
    this.#cursor = this.#plotted?.course && at !== undefined ? last - at : group;
    this.#draw();
    this.#tell(spoken);
  }

  #tell(spoken: boolean): void {
    const position = this.#position;
    const point = position === undefined ? undefined : this.#plotted?.points[position];
    const voice = this.#plotted?.voice;
    this.#moved(point === undefined || voice === undefined ? undefined : sentenceOf(voice, point), spoken);
  }
}
