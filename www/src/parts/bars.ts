/**
 * Draws bars over time with an axis of values and the target as a line; a missing value has no bar. Sized by its
 * container, in real pixels.
 */

import { max } from "d3-array";
import { scaleBand, scaleLinear } from "d3-scale";
import type { Reading } from "polso";
import { setAttributes, setText, svg } from "../dom.ts";
import type { Voice } from "./part.ts";

export interface Bar {
  /** Under the bar. */
  readonly label: string;
  readonly value: number | null;
  /** Whether the value comes from enough. */
  readonly sure: boolean;
}

export interface BarsShown {
  readonly bars: readonly Bar[];
  readonly unit: Reading["unit"];
  /** Where the values should be: a line. */
  readonly target: number | null;
  /** Index of the marked bar; the last bar is still growing. */
  readonly cursor: number;
}

const height = 224;
const margin = { top: 10, right: 4, bottom: 24, left: 52 };
const labelWidth = 48;

export class Bars {
  readonly element = svg("svg", { class: "bars", height, "aria-hidden": "true" });
  readonly #grid = svg("g", { class: "grid" });
  readonly #marks = svg("g", { class: "marks" });
  readonly #labels = svg("g", { class: "labels" });
  readonly #target = svg("line", { class: "target" });
  readonly #voice: Voice;
  #width = 640;
  #last: BarsShown | undefined;

  /** @param point called with the index of the bar under the pointer */
  constructor(voice: Voice, point: (index: number) => void) {
    this.#voice = voice;
    this.element.append(this.#grid, this.#marks, this.#labels, this.#target);
    this.element.addEventListener("pointermove", (event) => {
      const count = this.#last?.bars.length ?? 0;
      const { left, width } = this.element.getBoundingClientRect();
      const share = (event.clientX - left - margin.left) / (width - margin.left - margin.right);
      if (count > 0 && share >= 0 && share < 1) point(Math.floor(share * count));
    });
    new ResizeObserver(([entry]) => {
      const width = Math.round(entry?.contentRect.width ?? 0);
      if (width === 0 || width === this.#width) return;
      this.#width = width;
      if (this.#last !== undefined) this.show(this.#last);
    }).observe(this.element);
  }

  show(shown: BarsShown): void {
    this.#last = shown;
    const { bars, unit, target, cursor } = shown;
    const bottom = height - margin.bottom;
    const x = scaleBand(
      bars.map((_, index) => index),
      [margin.left, this.#width - margin.right],
    ).padding(0.22);
    const top = Math.max(max(bars, ({ value }) => value ?? 0) ?? 0, target ?? 0) || 1;
    const y = scaleLinear([0, top], [bottom, margin.top]).nice(4);
    const ticks = y.ticks(4);
    this.#drawGrid(unit === "count" ? ticks.filter(Number.isInteger) : ticks, y, unit);
    this.#drawTarget(target === null ? undefined : y(target));
    repeat(this.#marks, bars.length, () => svg("rect", { rx: 2 }));
    repeat(this.#labels, bars.length, () => svg("text", { "text-anchor": "middle", y: height - 6 }));
    const every = Math.max(1, Math.ceil(labelWidth / x.step()));
    bars.forEach(({ label, value, sure }, index) => {
      const left = x(index) ?? 0;
      const from = value === null ? bottom : Math.min(y(value), value > 0 ? bottom - 1 : bottom);
      const state = index === bars.length - 1 ? "growing" : sure ? "whole" : "unsure";
      const mark = this.#marks.children[index];
      if (mark !== undefined) {
        const shape = { x: left, y: from, width: x.bandwidth(), height: bottom - from };
        setAttributes(mark, { ...shape, class: index === cursor ? `${state} cursor` : state });
      }
      const text = this.#labels.children[index];
      if (text === undefined) return;
      setText(text, (bars.length - 1 - index) % every === 0 ? label : "");
      setAttributes(text, { x: left + x.bandwidth() / 2, class: index === cursor ? "cursor" : undefined });
    });
  }

  #drawTarget(at: number | undefined): void {
    const y = at === undefined ? 0 : Math.round(at) + 0.5;
    setAttributes(this.#target, {
      x1: margin.left,
      x2: this.#width - margin.right,
      y1: y,
      y2: y,
      visibility: at === undefined ? "hidden" : undefined,
    });
  }

  #drawGrid(ticks: readonly number[], y: (value: number) => number, unit: Reading["unit"]): void {
    repeat(this.#grid, ticks.length, () => svg("g", {}, svg("line"), svg("text", { "text-anchor": "end" })));
    ticks.forEach((tick, index) => {
      const [line, text] = this.#grid.children[index]?.children ?? [];
      if (line === undefined || text === undefined) return;
      const at = Math.round(y(tick)) + 0.5;
      setAttributes(line, { x1: margin.left, x2: this.#width - margin.right, y1: at, y2: at });
      setAttributes(text, { x: margin.left - 8, y: at + 4 });
      setText(text, this.#voice.formats.tick(tick, unit));
    });
  }
}

/** As many children as there is data, reusing those that are there. */
function repeat(parent: SVGElement, count: number, make: () => SVGElement): void {
  while (parent.children.length < count) parent.append(make());
  while (parent.children.length > count) parent.lastChild?.remove();
}
