/**
 * What every chart of the pages is: a figure with a name, the value under the cursor beside it, a plot that is one stop
 * of the Tab key, and the same figures in a table.
 */

import { h, setText } from "../dom.ts";
import type { Voice } from "./part.ts";

let frames = 0;

export class ChartFrame {
  readonly element: HTMLElement;
  /** Takes the focus; the marks go into it. */
  readonly plot: HTMLElement;
  readonly #name: HTMLElement;
  readonly #readout = h("p", { class: "readout" });

  /**
   * @param hint how the cursor is moved
   * @param twin the same figures as a table, where the plot is not one itself
   */
  constructor({ messages }: Voice, kind: string, hint: string, twin?: HTMLElement) {
    frames += 1;
    const [name, hints] = [`chart-${frames}-name`, `chart-${frames}-hint`];
    this.#name = h("h2", { id: name });
    this.plot = h("div", {
      class: "plot",
      tabindex: 0,
      role: "group",
      "aria-labelledby": name,
      "aria-describedby": hints,
    });
    this.element = h(
      "figure",
      { class: `panel chart ${kind}`, "aria-labelledby": name },
      h("figcaption", {}, this.#name, this.#readout),
      this.plot,
      h("p", { id: hints, class: "hint" }, hint),
    );
    if (twin !== undefined) this.element.append(h("details", {}, h("summary", {}, messages.asTable), twin));
  }

  name(text: string): void {
    setText(this.#name, text);
  }

  read(sentence: string): void {
    setText(this.#readout, sentence);
  }
}
