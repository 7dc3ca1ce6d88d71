/**
 * What a view is: a page's worth of parts under one address.
 *
 * A new view: its name in `viewNames` (`selection.ts`), its words in `messages/it/` and `messages/en/`
 * (`views.<name>` names it in the navigation), a file here that makes it, and its line in `views.ts`. One that is made
 * of panels alone is a {@link panelView}; another may do as it likes, such as ask the HTTP interface, but asks nothing
 * before it is shown: `show` is called at least once a second while the view is seen, and never when it is not.
 */

import type { Query } from "polso";
import { h } from "../dom.ts";
import type { Domain } from "../domains.ts";
import type { Moment } from "../moment.ts";
import type { Actions, Panel, Part, Shown, Voice } from "../parts/part.ts";

export interface View extends Part<Shown> {
  /** What its numbers are of. Window, instant and filters are offered where there is any. */
  readonly domains: readonly Domain[];
  /** All that it wants to know of a moment; asked of the core in one go. */
  queries(moment: Moment): readonly Query[];
}

export type MakeView = (voice: Voice, actions: Actions) => View;

/** Panels in rows: those of a nested list stand beside each other where there is room. */
export type Layout = readonly (Panel | Row)[];

export interface Row {
  /** Its style: `pair`, `thirds` and so on. */
  readonly row: string;
  readonly panels: readonly Panel[];
}

/** A view that is its panels, one below the other. */
export function panelView(name: string, domains: readonly Domain[], layout: Layout): View {
  const panels = layout.flatMap((part) => ("row" in part ? part.panels : [part]));
  const elements = layout.map((part) => {
    if (!("row" in part)) return part.element;
    return h("div", { class: part.row }, ...part.panels.map(({ element }) => element));
  });
  return {
    element: h("div", { class: "view", "data-view": name }, ...elements),
    domains,
    queries: (moment) => panels.flatMap((panel) => panel.queries(moment)),
    show(shown) {
      for (const panel of panels) panel.show(shown);
    },
  };
}
