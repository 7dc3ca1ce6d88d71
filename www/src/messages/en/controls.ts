/** What to look at: windows, instants, filters. English. */

import type { controls as italian } from "../it/controls.ts";

export const controls: typeof italian = {
  window: "Window",
  windows: {
    "5m": "5 min",
    "15m": "15 min",
    "1h": "1 hour",
    "6h": "6 hours",
    "24h": "24 hours",
    "7d": "7 days",
    "28d": "28 days",
    "35d": "35 days",
  },
  windowSpan: (from, to) => `${from} – ${to}, Rome time`,
  updatedAt: (time) => `Updated at ${time}`,
  filters: "Filters",
  addFilter: "Add a filter…",
  removeFilter: (name) => `Remove the filter ${name}`,
  clearFilters: "Remove all",
  kind: "Kind of window",
  kinds: { sliding: "Sliding", tumbling: "Tumbling" },
  bucket: (length) => `in blocks of ${length}`,
  filterIdle: "This filter has no effect here: the view does not know its dimension",
  timeMachine: "Instant",
  instant: "Look at an earlier instant (Rome time)",
  earlier: "Back by one window",
  later: "Forward by one window",
  backToLive: "Live",
};
