/** How the last hour's events spread over their age: a table whose rows carry a bar each. */

import { max } from "d3-array";
import { h, setAttributes, setText } from "../dom.ts";
import { bandCount, stepMinutes } from "../picture.ts";
import { readingOf } from "./cards.ts";
import type { Part, Shown, Voice } from "./part.ts";

export class AgeBands implements Part<Shown> {
  readonly element: HTMLElement;
  readonly #caption = h("caption", { class: "visually-hidden" });
  readonly #column = h("th", { scope: "col", class: "figures" });
  readonly #rows: readonly { readonly bar: HTMLElement; readonly value: HTMLElement }[];
  readonly #voice: Voice;

  constructor(voice: Voice) {
    const { messages } = voice;
    this.#voice = voice;
    const body = h("tbody");
    this.#rows = Array.from({ length: bandCount }, (_, index) => {
      const bar = h("div", { class: "bar" });
      const value = h("td", { class: "figures" });
      const name = messages.band(String(index * stepMinutes), String((index + 1) * stepMinutes));
      body.append(
        h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "track", "aria-hidden": "true" }, bar), value),
      );
      return { bar, value };
    });
    const heads = h("tr", {}, h("th", { scope: "col" }, messages.columnAge), h("td"), this.#column);
    this.element = h(
      "section",
      { class: "panel bands", "aria-labelledby": "bands-name" },
      h("h2", { id: "bands-name" }, messages.bands),
      h("table", {}, this.#caption, h("thead", { class: "visually-hidden" }, heads), body),
    );
  }

  show({ picture, selection: { kpi } }: Shown): void {
    const { messages, formats } = this.#voice;
    setText(this.#caption, messages.bandsCaption(messages.kpi[kpi]));
    setText(this.#column, messages.kpi[kpi]);
    const readings = picture.bands.map((answer) => readingOf(answer.readings, kpi));
    const largest = max(readings, (reading) => reading?.value ?? 0) || 1;
    this.#rows.forEach(({ bar, value }, index) => {
      const reading = readings[index];
      const share = (reading?.value ?? 0) / largest;
      bar.style.inlineSize = `${(share * 100).toFixed(2)}%`;
      setAttributes(bar, { "data-empty": share === 0 ? "" : undefined });
      setText(value, formats.value(reading?.value ?? null, reading?.unit ?? "count"));
    });
  }
}
