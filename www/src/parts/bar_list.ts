/**
 * Names with a bar and a value each, as a table: a chart that is its own table.
 *
 * One stop of the Tab key; arrow keys move a cursor over the rows, Enter or a click picks one where rows can be picked.
 */

import { h, setAttributes, setText } from "../dom.ts";
import { followKeys } from "./cursor.ts";
import { numberIn } from "./table.ts";

export interface Item {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  /** The number itself, for an export. */
  readonly number: number | null;
  /** Length of the bar, 0 to 1; none for what has no value. */
  readonly share: number | undefined;
  /** All of it in words, for the tooltip and to be spoken. */
  readonly sentence: string;
  /** A mark beside the value, such as of a missed target. */
  readonly mark: string;
  readonly standing: string;
  readonly picked: boolean;
}

interface Line {
  readonly element: HTMLTableRowElement;
  readonly name: HTMLElement;
  readonly bar: HTMLElement;
  readonly value: HTMLElement;
}

export class BarList {
  readonly element: HTMLTableElement;
  readonly #caption = h("caption", { class: "visually-hidden" });
  readonly #column = h("th", { scope: "col", class: "figures" });
  readonly #body = h("tbody");
  readonly #lines: Line[] = [];
  readonly #pick: ((key: string) => void) | undefined;
  #items: readonly Item[] = [];
  #cursor = 0;

  /**
   * @param plot what takes the focus
   * @param names heads the column of names
   * @param say speaks a sentence
   * @param pick called with the key of a row; without it rows cannot be picked
   */
  constructor(plot: HTMLElement, names: string, say: (sentence: string) => void, pick?: (key: string) => void) {
    this.#pick = pick;
    const heads = h("tr", {}, h("th", { scope: "col" }, names), h("td", { "aria-hidden": "true" }), this.#column);
    this.element = h(
      "table",
      { class: "bar-list" },
      this.#caption,
      h("thead", { class: "visually-hidden" }, heads),
      this.#body,
    );
    plot.append(this.element);
    followKeys(plot, {
      count: () => this.#items.length,
      across: () => 1,
      at: () => this.#cursor,
      moveTo: (index) => {
        this.#moveTo(index);
        say(this.#items[index]?.sentence ?? "");
      },
      ...(pick === undefined ? {} : { pick: (index: number) => pick(this.#items[index]?.key ?? "") }),
    });
  }

  show(caption: string, column: string, items: readonly Item[]): void {
    setText(this.#caption, caption);
    setText(this.#column, column);
    this.#items = items;
    while (this.#lines.length < items.length) this.#add();
    while (this.#lines.length > items.length) this.#lines.pop()?.element.remove();
    const anyPicked = items.some(({ picked }) => picked);
    items.forEach((item, index) => {
      const line = this.#lines[index];
      if (line === undefined) return;
      setText(line.name, item.name);
      if (this.#pick !== undefined) setAttributes(line.name, { "aria-pressed": item.picked });
      line.bar.style.inlineSize = `${((item.share ?? 0) * 100).toFixed(2)}%`;
      setAttributes(line.bar, { "data-empty": item.share ? undefined : "" });
      setText(line.value, item.mark === "" ? item.value : `${item.mark} ${item.value}`);
      setAttributes(line.value, { "data-status": item.standing, "data-number": numberIn(item.number) });
      setAttributes(line.element, {
        title: item.sentence,
        "data-dimmed": anyPicked && !item.picked ? "" : undefined,
      });
    });
    this.#moveTo(Math.min(this.#cursor, Math.max(items.length - 1, 0)));
  }

  #add(): void {
    const index = this.#lines.length;
    const pick = this.#pick;
    // Enter on the plot does the same: one stop of the Tab key is enough.
    const name = pick === undefined ? h("span") : h("button", { type: "button", tabindex: -1 });
    if (pick !== undefined) name.addEventListener("click", () => pick(this.#items[index]?.key ?? ""));
    const bar = h("div", { class: "bar" });
    const value = h("td", { class: "figures" });
    const element = h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      h("td", { class: "track", "aria-hidden": "true" }, bar),
      value,
    );
    this.#lines.push({ element, name, bar, value });
    this.#body.append(element);
  }

  #moveTo(index: number): void {
    this.#cursor = index;
    for (const [at, { element }] of this.#lines.entries()) {
      setAttributes(element, { "data-cursor": at === index ? "" : undefined });
    }
  }
}
