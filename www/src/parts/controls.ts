/** What to look at: the window and its kind, filters as chips; beside them the instant. */

import { h, setAttributes } from "../dom.ts";
import { type Domain, dimensions, knows, splitFilter } from "../domains.ts";
import { filterOf, kindChoices, type Selection, windowChoices, withFilter, withoutFilter } from "../selection.ts";
import { type Actions, type Part, type Voice, valueName } from "./part.ts";

/** A dimension with thousands of values is no longer chosen from a list: its rows can be picked. */
const valuesShownMax = 100;

export interface ControlsShown {
  readonly selection: Selection;
  /** What the view shows: filters that none of it knows are marked. */
  readonly domains: readonly Domain[];
}

export class Controls implements Part<ControlsShown> {
  readonly element: HTMLElement;
  readonly #radios = new Map<string, HTMLInputElement>();
  readonly #chips = h("ul", { class: "chips" });
  readonly #add: HTMLSelectElement;
  readonly #voice: Voice;
  readonly #actions: Actions;
  #shown: ControlsShown | undefined;
  #offered = "";

  constructor(voice: Voice, actions: Actions) {
    const { messages } = voice;
    this.#voice = voice;
    this.#actions = actions;
    this.#add = h("select", { id: "add-filter", "aria-label": messages.addFilter });
    this.#add.addEventListener("change", () => {
      const filter = this.#add.value;
      if (filter !== "") actions.select((selection) => withFilter(selection, filter));
    });
    // Offered just in time: values appear as events do, and there may be thousands to look through.
    for (const event of ["pointerdown", "focus"]) this.#add.addEventListener(event, () => this.#offer());
    this.element = h(
      "div",
      { class: "controls" },
      this.#segments("window", messages.window, windowChoices, messages.windows),
      this.#segments("kind", messages.kind, kindChoices, messages.kinds),
      h("div", { class: "filters", role: "group", "aria-label": messages.filters }, this.#chips, this.#add),
    );
  }

  show(shown: ControlsShown): void {
    const before = this.#shown;
    this.#shown = shown;
    if (this.#add.disabled || this.#add.options.length === 0) this.#offer();
    if (before?.selection === shown.selection && before.domains === shown.domains) return;
    const { selection } = shown;
    for (const choice of [selection.window, selection.kind]) {
      const radio = this.#radios.get(choice);
      if (radio !== undefined) radio.checked = true;
    }
    const chips = selection.where.map((filter) => this.#chip(filter));
    if (chips.length > 1) chips.push(h("li", {}, this.#clear()));
    this.#chips.replaceChildren(...chips);
    this.#chips.hidden = chips.length === 0;
    if (document.activeElement === this.#add) this.#offer();
  }

  #segments<T extends "window" | "kind">(
    name: T,
    legend: string,
    choices: readonly Selection[T][],
    words: Readonly<Record<Selection[T], string>>,
  ): HTMLElement {
    const labels = choices.map((choice) => {
      const radio = h("input", { type: "radio", name, value: choice });
      radio.addEventListener("change", () => this.#actions.select((selection) => ({ ...selection, [name]: choice })));
      this.#radios.set(choice, radio);
      return h("label", {}, radio, h("span", {}, words[choice]));
    });
    return h("fieldset", { class: "segments" }, h("legend", { class: "visually-hidden" }, legend), ...labels);
  }

  #chip(filter: string): HTMLElement {
    const { messages } = this.#voice;
    const { dimension, value } = splitFilter(filter);
    const known: Readonly<Record<string, string>> = messages.dimension;
    const name = `${known[dimension] ?? dimension}: ${valueName(this.#voice, value)}`;
    const idle = !this.#shown?.domains.some((domain) => knows(domain, dimension));
    const button = h(
      "button",
      {
        type: "button",
        "aria-label": messages.removeFilter(name),
        title: idle ? messages.filterIdle : messages.removeFilter(name),
        "data-idle": idle,
      },
      name,
      h("span", { "aria-hidden": "true" }, "×"),
    );
    button.addEventListener("click", () => {
      this.#actions.select((selection) => withoutFilter(selection, filter));
      this.#add.focus();
    });
    return h("li", {}, button);
  }

  #clear(): HTMLElement {
    const button = h("button", { type: "button", class: "clear" }, this.#voice.messages.clearFilters);
    button.addEventListener("click", () => {
      this.#actions.select((selection) => ({ ...selection, where: [] }));
      this.#add.focus();
    });
    return button;
  }

  #offer(): void {
    const { messages } = this.#voice;
    const chosen = new Set(this.#shown?.selection.where);
    const groups = dimensions.flatMap((dimension) => {
      const free = this.#actions.valuesOf(dimension).filter((value) => !chosen.has(filterOf(dimension, value)));
      return free.length === 0 ? [] : [{ dimension, free: free.slice(0, valuesShownMax) }];
    });
    setAttributes(this.#add, { disabled: groups.length === 0 ? "" : undefined });
    const offered = JSON.stringify(groups);
    if (offered === this.#offered && this.#add.value === "") return;
    this.#offered = offered;
    const elements = groups.map(({ dimension, free }) => {
      const options = free.map((value) =>
        h("option", { value: filterOf(dimension, value) }, valueName(this.#voice, value)),
      );
      return h("optgroup", { label: messages.dimension[dimension] }, ...options);
    });
    this.#add.replaceChildren(h("option", { value: "" }, messages.addFilter), ...elements);
  }
}
