/** What to look at: the window, and filters as chips. */

import { h, setAttributes } from "../dom.ts";
import { dimensions, type Selection, splitFilter, windowChoices, withFilter, withoutFilter } from "../selection.ts";
import { type Part, type Voice, valueName } from "./part.ts";

/** A dimension with thousands of values is no longer chosen from a list. */
const valuesShownMax = 200;

export class Controls implements Part<Selection> {
  readonly element: HTMLElement;
  readonly #radios = new Map<string, HTMLInputElement>();
  readonly #chips = h("ul", { class: "chips" });
  readonly #add: HTMLSelectElement;
  readonly #voice: Voice;
  readonly #select: (selection: Selection) => void;
  readonly #valuesOf: (dimension: string) => readonly string[];
  #selection: Selection | undefined;
  #offered = "";

  /**
   * @param valuesOf the known values of a dimension
   * @param select called with what the viewer wants to see
   */
  constructor(
    voice: Voice,
    valuesOf: (dimension: string) => readonly string[],
    select: (selection: Selection) => void,
  ) {
    const { messages } = voice;
    this.#voice = voice;
    this.#select = select;
    this.#valuesOf = valuesOf;
    const windows = windowChoices.map((choice) => {
      const radio = h("input", { type: "radio", name: "window", value: choice });
      radio.addEventListener("change", () => this.#change((selection) => ({ ...selection, window: choice })));
      this.#radios.set(choice, radio);
      return h("label", {}, radio, h("span", {}, messages.windows[choice]));
    });
    this.#add = h("select", { id: "add-filter", "aria-label": messages.addFilter });
    this.#add.addEventListener("change", () => {
      const filter = this.#add.value;
      if (filter !== "") this.#change((selection) => withFilter(selection, filter));
    });
    // Offered just in time: values appear as events do.
    for (const event of ["pointerdown", "focus"]) this.#add.addEventListener(event, () => this.#offer());
    this.element = h(
      "div",
      { class: "controls" },
      h("fieldset", { class: "segments" }, h("legend", { class: "visually-hidden" }, messages.window), ...windows),
      h("div", { class: "filters", role: "group", "aria-label": messages.filters }, this.#chips, this.#add),
    );
    this.#offer();
  }

  show(selection: Selection): void {
    const { messages } = this.#voice;
    this.#selection = selection;
    const radio = this.#radios.get(selection.window);
    if (radio !== undefined) radio.checked = true;
    const chips = selection.where.map((filter) => {
      const { dimension, value } = splitFilter(filter);
      const known: Readonly<Record<string, string>> = messages.dimension;
      const name = `${known[dimension] ?? dimension}: ${valueName(this.#voice, value)}`;
      const button = h("button", { type: "button", "aria-label": messages.removeFilter(name) }, name, cross());
      button.addEventListener("click", () => {
        this.#change((now) => withoutFilter(now, filter));
        this.#add.focus();
      });
      return h("li", {}, button);
    });
    this.#chips.replaceChildren(...chips);
    this.#chips.hidden = chips.length === 0;
    this.#offer();
  }

  /** Values may have appeared; a list that someone is choosing from is left alone. */
  refresh(): void {
    if (this.#add.disabled) this.#offer();
  }

  #change(next: (selection: Selection) => Selection): void {
    if (this.#selection !== undefined) this.#select(next(this.#selection));
  }

  #offer(): void {
    const { messages } = this.#voice;
    const chosen = new Set(this.#selection?.where);
    const groups = dimensions.flatMap((dimension) => {
      const values = this.#valuesOf(dimension).slice(0, valuesShownMax);
      const free = values.filter((value) => !chosen.has(`${dimension}:${value}`));
      return free.length === 0 ? [] : [{ dimension, free }];
    });
    setAttributes(this.#add, { disabled: groups.length === 0 ? "" : undefined });
    const offered = JSON.stringify(groups);
    if (offered === this.#offered && this.#add.value === "") return;
    this.#offered = offered;
    const elements = groups.map(({ dimension, free }) => {
      const options = free.map((value) =>
        h("option", { value: `${dimension}:${value}` }, valueName(this.#voice, value)),
      );
      return h("optgroup", { label: messages.dimension[dimension] }, ...options);
    });
    this.#add.replaceChildren(h("option", { value: "" }, messages.addFilter), ...elements);
  }
}

function cross(): HTMLElement {
  return h("span", { "aria-hidden": "true" }, "×");
}
