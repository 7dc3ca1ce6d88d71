/** The course of the last hour in the space of a word. Decorative: the chart and its table say the same in full. */

import { max, min } from "d3-array";
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { setAttributes, svg } from "../dom.ts";

const width = 120;
const height = 28;
const margin = 2;

export class Sparkline {
  readonly #line = svg("path", { class: "line" });
  readonly #area = svg("path", { class: "area" });
  readonly #dot = svg("circle", { r: 2.2 });
  readonly element = svg(
    "svg",
    { class: "sparkline", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    this.#area,
    this.#line,
    this.#dot,
  );

  /** @param values the oldest first; a missing one is a gap, not a zero */
  show(values: readonly (number | null)[]): void {
    const x = scaleLinear([0, Math.max(values.length - 1, 1)], [margin, width - margin]);
    // Totals that a platform corrects downwards make a value below zero.
    const lowest = Math.min(0, min(values, (value) => value ?? 0) ?? 0);
    const y = scaleLinear([lowest, max(values, (value) => value ?? 0) || 1], [height - margin, margin]);
    const points = values.map((value, index) => ({ value, index }));
    const course = line<(typeof points)[number]>()
      .defined(({ value }) => value !== null)
      .x(({ index }) => x(index))
      .y(({ value }) => y(value ?? 0));
    const below = area<(typeof points)[number]>()
      .defined(({ value }) => value !== null)
      .x(({ index }) => x(index))
      .y0(y(0))
      .y1(({ value }) => y(value ?? 0));
    setAttributes(this.#line, { d: course(points) ?? "" });
    setAttributes(this.#area, { d: below(points) ?? "" });
    const last = points.findLast(({ value }) => value !== null);
    setAttributes(this.#dot, {
      cx: last && x(last.index),
      cy: last && y(last.value ?? 0),
      visibility: last === undefined ? "hidden" : undefined,
    });
  }
}
