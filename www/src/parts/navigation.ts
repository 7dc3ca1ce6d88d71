/** The views of the page as links: each is an address of its own, and arrow keys go from one to the next. */

import { h, setAttributes } from "../dom.ts";
import { type Selection, searchOf, type ViewName, viewNames } from "../selection.ts";
import type { Actions, Part, Voice } from "./part.ts";

export class Navigation implements Part<Selection> {
  readonly element: HTMLElement;
  readonly #links: ReadonlyMap<ViewName, HTMLAnchorElement>;

  constructor({ messages }: Voice, actions: Actions) {
    this.#links = new Map(
      viewNames.map((view) => {
        const link = h("a", { href: "/" }, messages.views[view]);
        link.addEventListener("click", (event) => {
          // Another tab or window is the browser's business.
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          actions.select((selection) => ({ ...selection, view }));
        });
        return [view, link];
      }),
    );
    const items = [...this.#links.values()].map((link) => h("li", {}, link));
    this.element = h("nav", { "aria-label": messages.navigation }, h("ul", { class: "views" }, ...items));
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  show(selection: Selection): void {
    for (const [view, link] of this.#links) {
      const current = view === selection.view;
      setAttributes(link, {
        href: `${location.pathname}${searchOf({ ...selection, view })}`,
        "aria-current": current ? "page" : undefined,
      });
    }
  }

  #key({ key, target }: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
    const links = [...this.#links.values()];
    const at = links.indexOf(target as HTMLAnchorElement);
    if (by !== undefined && at >= 0) links[(at + by + links.length) % links.length]?.focus();
  }
}
