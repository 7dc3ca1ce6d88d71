/**
 * What a panel offers to take along: each of its tables as CSV, its chart as PNG. A panel that is a `figure` is a chart;
 * a table is called by its caption.
 */

import { h } from "../dom.ts";
import { type CsvStyle, csvFile, csvStyles } from "../export/csv.ts";
import { download, fileName } from "../export/download.ts";
import { paint } from "../export/paint.ts";
import { sheetOf } from "../export/sheet.ts";
import type { Voice } from "./part.ts";

/** Of when the numbers are. */
export interface Taken {
  readonly ms: number;
  /** The period and when it was updated, as the page says it. */
  readonly note: string;
}

/** A screen of two pixels for one of CSS is common, and paper wants more than a screen. */
const pixelsPerPixel = 2;

let buttons = 0;

/** Adds the buttons to the end of each panel. @param taken asked when one is pressed */
export function offerExports({ messages }: Voice, view: HTMLElement, taken: () => Taken): void {
  for (const panel of view.querySelectorAll<HTMLElement>(".panel")) {
    const offered: HTMLElement[] = [];
    for (const table of panel.querySelectorAll("table")) {
      const title = table.caption;
      if (title === null) continue;
      const save = () => saveTable(table, csvStyles[messages.lang], fileName(title.textContent, taken().ms, "csv"));
      offered.push(button("CSV", title, save));
    }
    const title = panel.querySelector("h2");
    if (panel.matches("figure") && title !== null) {
      offered.push(button("PNG", title, () => saveImage(panel, title.textContent, messages.title, taken())));
    }
    if (offered.length > 0) panel.append(h("p", { class: "exports", "data-unprinted": true }, ...offered));
  }
}

function saveTable(table: HTMLTableElement, style: CsvStyle, name: string): void {
  download(name, new Blob([csvFile(sheetOf(table), style)], { type: "text/csv" }));
}

function saveImage(panel: HTMLElement, title: string, product: string, { ms, note }: Taken): void {
  const canvas = paint(panel, { scale: pixelsPerPixel, foot: [product, ...note.split(" · ")] });
  canvas.toBlob((image) => {
    if (image !== null) download(fileName(title, ms, "png"), image);
  });
}

/** @param title what it is of: its name follows when that changes */
function button(kind: string, title: Element, act: () => void): HTMLElement {
  buttons += 1;
  const id = `export-${buttons}`;
  title.id ||= `${id}-of`;
  const made = h("button", { type: "button", id, class: "link-button", "aria-labelledby": `${id} ${title.id}` }, kind);
  made.addEventListener("click", act);
  return made;
}
