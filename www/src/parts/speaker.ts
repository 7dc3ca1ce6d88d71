/** The page's one polite region: what a cursor comes to, and changes that matter, spoken one at a time. */

import { h, setText } from "../dom.ts";

export class Speaker {
  readonly element = h("p", { id: "spoken", class: "visually-hidden", role: "status" });

  say(sentence: string): void {
    setText(this.element, sentence);
  }
}
