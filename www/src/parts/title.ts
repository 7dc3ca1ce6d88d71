/** A title between panels. */

import { h } from "../dom.ts";
import type { Panel } from "./part.ts";

export class Title implements Panel {
  readonly element: HTMLElement;

  constructor(text: string) {
    this.element = h("h2", { class: "title" }, text);
  }

  queries(): readonly [] {
    return [];
  }

  show(): void {}
}
