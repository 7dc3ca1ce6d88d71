/** The table twin of a chart: every point, for who does not see the chart and for who wants the figures. */

import { h, repeat, setText } from "./dom.ts";
import type { Voice } from "./language.ts";
import { basisOf, type Point, statusOf } from "./points.ts";

export class Table {
  readonly #caption = h("caption");
  readonly #heads = [0, 1, 2].map(() => h("th", { scope: "col" }));
  readonly #body = h("tbody");
  readonly element = h("table", {}, this.#caption, h("thead", {}, h("tr", {}, ...this.#heads)), this.#body);

  show(voice: Voice, caption: string, first: string, points: readonly Point[]): void {
    const { messages, formats } = voice;
    setText(this.#caption, caption);
    [first, messages.value, messages.basisHead].forEach((name, index) => {
      const head = this.#heads[index];
      if (head !== undefined) setText(head, name);
    });
    const rows = repeat(this.#body, points.length, () => h("tr", {}, h("th", { scope: "row" }), h("td"), h("td")));
    rows.forEach((row, index) => {
      const point = points[index];
      if (point === undefined) return;
      const { label, reading, current } = point;
      const more = [statusOf(voice, reading)?.full ?? "", current ? messages.current : ""];
      const basis = [basisOf(voice, reading, false), ...more].filter((text) => text !== "").join(" · ");
      const texts = [label, formats.value(reading.value, reading.unit), basis];
      [...row.children].forEach((cell, column) => {
        setText(cell, texts[column] ?? "");
      });
    });
  }
}
