/**
 * The course of a window as a line over an area from zero, with its target and a cursor. A missing value is a gap, not a
 * zero. Drawn in real pixels, as wide as there is room.
 */

import type { Chart, Drawn, Pointed } from "./chart.ts";
import { setAttributes, svg } from "./dom.ts";

const height = 52;
const margin = 4;
/** The line of zero lies on the edge below. */
const bottom = height - 1;

export class Sparkline implements Chart {
  readonly #area = svg("path", { part: "area" });
  readonly #target = svg("line", { part: "target" });
  readonly #line = svg("path", { part: "line" });
  readonly #rule = svg("line", { part: "cursor", y1: 0, y2: height });
  readonly #dot = svg("circle", { part: "dot", r: 3 });
  readonly element = svg(
    "svg",
    { class: "sparkline", height, "aria-hidden": "true" },
    this.#area,
    this.#target,
    this.#rule,
    this.#line,
    this.#dot,
  );
  #width = 0;
  #last: Drawn | undefined;

  constructor(pointed: Pointed) {
    this.element.addEventListener("pointermove", ({ clientX }) => {
      const steps = (this.#last?.points.length ?? 0) - 1;
      const { left } = this.element.getBoundingClientRect();
      const share = (clientX - left - margin) / (this.#width - 2 * margin);
      if (steps >= 0) pointed(Math.round(Math.min(Math.max(share, 0), 1) * steps));
    });
    this.element.addEventListener("pointerleave", () => pointed(undefined));
    new ResizeObserver(([entry]) => {
      this.#width = entry?.contentRect.width ?? 0;
      if (this.#last !== undefined) this.show(this.#last);
    }).observe(this.element);
  }

  show(drawn: Drawn): void {
    this.#last = drawn;
    const { points, cursor } = drawn;
    const target = points.find(({ reading }) => reading.target !== null)?.reading.target ?? undefined;
    const values = points.map(({ reading }) => reading.value);
    const top = Math.max(...values.map((value) => value ?? 0), target ?? 0) || 1;
    const x = (index: number) => margin + (index / Math.max(values.length - 1, 1)) * (this.#width - 2 * margin);
    const y = (value: number | null) => bottom - ((value ?? 0) / top) * (bottom - margin);
    const at = (index: number, byX = 0) => `${(x(index) + byX).toFixed(1)},${y(values[index] ?? 0).toFixed(1)}`;
    const runs = runsOf(values).map((run) => {
      // One alone would be no line.
      const points = run.length > 1 ? run.map((index) => at(index)) : run.flatMap((one) => [at(one, -2), at(one, 2)]);
      return { points: points.join("L"), fromX: points[0]?.split(",")[0], toX: points.at(-1)?.split(",")[0] };
    });
    setAttributes(this.#line, { d: runs.map(({ points }) => `M${points}`).join("") });
    const under = runs.map(({ points, fromX, toX }) => `M${fromX},${bottom}L${points}L${toX},${bottom}Z`);
    setAttributes(this.#area, { d: under.join("") });
    const aim = target === undefined ? undefined : Math.round(y(target)) + 0.5;
    setAttributes(this.#target, { x1: margin, x2: this.#width - margin, y1: aim, y2: aim, visibility: shown(aim) });
    const marked = cursor ?? values.findLastIndex((value) => value !== null);
    const value = values[marked] ?? null;
    const seen = value === null ? undefined : marked;
    setAttributes(this.#dot, { cx: x(marked), cy: y(value), visibility: shown(seen) });
    setAttributes(this.#rule, { x1: x(marked), x2: x(marked), visibility: shown(cursor) });
  }
}

/** The positions of values without a gap between them. */
export function runsOf(values: readonly (number | null)[]): number[][] {
  const runs: number[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) runs.push([]);
    else runs.at(-1)?.push(index);
  });
  return runs.filter((run) => run.length > 0);
}

const shown = (what: number | undefined): string => (what === undefined ? "hidden" : "visible");
