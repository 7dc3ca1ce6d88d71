/** A table whose rows come, go and change in place, so that live numbers do not disturb a selection or a reader. */

import { h, setText } from "../dom.ts";

export interface Column {
  readonly name: string;
  /** Figures stand right-aligned under each other. */
  readonly figures?: boolean;
}

export interface Row {
  readonly key: string;
  /** The first one heads the row. */
  readonly cells: readonly string[];
  readonly total?: boolean;
}

export class Table {
  readonly element: HTMLTableElement;
  readonly #body = h("tbody");
  readonly #rows = new Map<string, HTMLTableRowElement>();
  readonly #columns: readonly Column[];

  /** @param caption names the table for who cannot see it */
  constructor(caption: string, columns: readonly Column[]) {
    this.#columns = columns;
    const heads = columns.map(({ name, figures }) => h("th", { scope: "col", class: figures && "figures" }, name));
    this.element = h(
      "table",
      {},
      h("caption", { class: "visually-hidden" }, caption),
      h("thead", {}, h("tr", {}, ...heads)),
      this.#body,
    );
  }

  show(rows: readonly Row[]): void {
    const kept = new Set(rows.map(({ key }) => key));
    for (const [key, element] of this.#rows) {
      if (kept.has(key)) continue;
      element.remove();
      this.#rows.delete(key);
    }
    rows.forEach((row, index) => {
      const element = this.#rows.get(row.key) ?? this.#add(row);
      if (this.#body.children[index] !== element) this.#body.insertBefore(element, this.#body.children[index] ?? null);
      row.cells.forEach((text, column) => {
        const cell = element.cells[column];
        if (cell !== undefined) setText(cell, text);
      });
    });
  }

  #add({ key, cells, total }: Row): HTMLTableRowElement {
    const row = h("tr", { class: total && "total" });
    cells.forEach((_, index) => {
      const figures = this.#columns[index]?.figures && "figures";
      row.append(index === 0 ? h("th", { scope: "row" }) : h("td", { class: figures }));
    });
    this.#rows.set(key, row);
    return row;
  }
}

/** Wide tables scroll inside the page, reachable by keyboard. */
export function scrolled(name: string, table: Table): HTMLElement {
  return h("div", { class: "scroll", role: "group", "aria-label": name, tabindex: 0 }, table.element);
}
