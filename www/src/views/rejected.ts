/** Rejected events. Asks the HTTP interface, once it is looked at; the core knows only how many there were. */

import { h } from "../dom.ts";
import { RejectedEvents } from "../parts/rejected.ts";
import type { MakeView } from "./view.ts";

export const rejectedView: MakeView = (voice, actions) => {
  const events = new RejectedEvents(voice, actions);
  return {
    element: h("div", { class: "view", "data-view": "rejected" }, events.element),
    domains: [],
    queries: () => [],
    show: ({ picture }) => events.show(Object.keys(picture.integrity.sources).sort()),
  };
};
