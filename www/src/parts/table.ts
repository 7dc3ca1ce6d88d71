/**
 * A table whose rows come, go and change in place, so that live numbers do not disturb a selection or a reader. A
 * column's name can be a button that sorts by it, a row's one that picks it.
 */

import { h, setAttributes, setText } from "../dom.ts";

export interface Column {
  readonly name: string;
  /** Figures stand right-aligned under each other. */
  readonly figures?: boolean;
  readonly title?: string;
  /** Called when the column is chosen to sort by. */
  readonly choose?: () => void;
}

export interface Cell {
  readonly text: string;
  /** In full, for the tooltip. */
  readonly title?: string;
  readonly standing?: string;
  /** The number itself, for an export; `null` when it is missing. */
  readonly number?: number | null;
  /** What an export says instead, such as the instant of an age. */
  readonly exported?: string;
}

export interface Row {
  readonly key: string;
  /** The first one heads the row. */
  readonly cells: readonly (string | Cell)[];
  readonly total?: boolean;
  readonly picked?: boolean;
}

export class Table {
  readonly element: HTMLTableElement;
  readonly #caption = h("caption", { class: "visually-hidden" });
  readonly #body = h("tbody");
  readonly #heads: readonly HTMLElement[];
  readonly #rows = new Map<string, HTMLTableRowElement>();
  readonly #columns: readonly Column[];
  readonly #pick: ((key: string) => void) | undefined;

  /**
   * @param caption names the table for who cannot see it
   * @param pick called with the key of a row whose name is pressed; never for the total
   */
  constructor(caption: string, columns: readonly Column[], pick?: (key: string) => void) {
    this.#columns = columns;
    this.#pick = pick;
    this.#heads = columns.map(({ name, figures, title, choose }) => {
      const head = h("th", { scope: "col", class: figures && "figures", title });
      if (choose === undefined) head.append(name);
      else {
        const button = h("button", { type: "button" }, name);
        button.addEventListener("click", choose);
        head.append(button);
      }
      return head;
    });
    setText(this.#caption, caption);
    this.element = h("table", {}, this.#caption, h("thead", {}, h("tr", {}, ...this.#heads)), this.#body);
  }

  caption(text: string): void {
    setText(this.#caption, text);
  }

  name(column: number, text: string): void {
    const head = this.#heads[column];
    if (head !== undefined) setText(head, text);
  }

  /** @param sorted the column that the rows are sorted by, the largest first */
  show(rows: readonly Row[], sorted?: number): void {
    for (const [index, head] of this.#heads.entries()) {
      setAttributes(head, { "aria-sort": index === sorted ? "descending" : undefined });
    }
    const kept = new Set(rows.map(({ key }) => key));
    for (const [key, element] of this.#rows) {
      if (kept.has(key)) continue;
      element.remove();
      this.#rows.delete(key);
    }
    rows.forEach((row, index) => {
      const element = this.#rows.get(row.key) ?? this.#add(row);
      if (this.#body.children[index] !== element) this.#body.insertBefore(element, this.#body.children[index] ?? null);
      row.cells.forEach((cell, column) => {
        const target = element.cells[column];
        if (target !== undefined) write(target, typeof cell === "string" ? { text: cell } : cell);
      });
      const button = element.querySelector("button");
      if (button !== null) setAttributes(button, { "aria-pressed": row.picked ?? false });
    });
  }

  #add({ key, cells, total }: Row): HTMLTableRowElement {
    const row = h("tr", { class: total && "total" });
    const pick = total ? undefined : this.#pick;
    cells.forEach((_, index) => {
      const figures = this.#columns[index]?.figures && "figures";
      const cell = index === 0 ? h("th", { scope: "row" }) : h("td", { class: figures });
      if (index === 0 && pick !== undefined) {
        const button = h("button", { type: "button" });
        button.addEventListener("click", () => pick(key));
        cell.append(button);
      }
      row.append(cell);
    });
    this.#rows.set(key, row);
    return row;
  }
}

function write(cell: HTMLTableCellElement, { text, title, standing, number, exported }: Cell): void {
  setText(cell.querySelector("button") ?? cell, text);
  setAttributes(cell, { title, "data-status": standing, "data-number": numberIn(number), "data-export": exported });
}

/** How a cell carries its number: empty when it is missing. */
export function numberIn(number: number | null | undefined): number | "" | undefined {
  return number === null ? "" : number;
}

/** Wide tables scroll inside the page, reachable by keyboard. */
export function scrolled(name: string, table: HTMLElement): HTMLElement {
  return h("div", { class: "scroll", role: "group", "aria-label": name, tabindex: 0 }, table);
}
