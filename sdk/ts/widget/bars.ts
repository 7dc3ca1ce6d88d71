/** Groups as rows of name, bar and value, the largest first. Rows come and go in place. */

import { type Chart, type Drawn, type Pointed, sharesOf } from "./chart.ts";
import { h, repeat, setAttributes, setText } from "./dom.ts";
import { statusOf } from "./points.ts";

/** The others are counted below, and stand in the table. */
const rowsMax = 8;

export class Bars implements Chart {
  readonly #rows = h("div", { class: "rows" });
  readonly #more = h("p", { class: "more", part: "more" });
  readonly element = h("div", { class: "bars", "aria-hidden": "true" }, this.#rows, this.#more);

  constructor(pointed: Pointed) {
    this.element.addEventListener("pointermove", ({ target }) => {
      const row = target instanceof Element ? target.closest(".row") : null;
      const position = [...this.#rows.children].indexOf(row as Element);
      if (position >= 0) pointed(position);
    });
    this.element.addEventListener("pointerleave", () => pointed(undefined));
  }

  show({ voice, points, more, cursor }: Drawn): void {
    const first = Math.max(0, (cursor ?? 0) - rowsMax + 1);
    const seen = points.slice(first, first + rowsMax);
    const shares = sharesOf(points).slice(first, first + rowsMax);
    repeat(this.#rows, seen.length, newRow).forEach((row, index) => {
      const [name, track, value] = row.children;
      const point = seen[index];
      if (point === undefined || !name || !track || !value) return;
      const status = statusOf(voice, point.reading);
      setAttributes(row, { "data-cursor": first + index === cursor, "data-kind": status?.kind });
      setText(name, point.label);
      setAttributes(name, { title: point.label });
      const bar = track.firstElementChild as HTMLElement;
      // Missing is not zero, which is the shortest bar.
      bar.hidden = point.reading.value === null;
      bar.style.inlineSize = `${((shares[index] ?? 0) * 100).toFixed(2)}%`;
      const figure = voice.formats.value(point.reading.value, point.reading.unit);
      setText(value, status === undefined || status.kind === "good" ? figure : `${status.mark} ${figure}`);
    });
    const rest = points.length - seen.length + more;
    setText(this.#more, rest > 0 ? voice.messages.others(rest) : "");
  }
}

const newRow = (): HTMLElement =>
  h(
    "div",
    { class: "row", part: "row" },
    h("span", { class: "row-name", part: "row-name" }),
    h("span", { class: "track", part: "track" }, h("span", { class: "bar", part: "bar" })),
    h("span", { class: "row-value", part: "row-value" }),
  );
