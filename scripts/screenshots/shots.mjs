/** Which pictures are taken: every view and the widgets in every state that a reader of the documents should know. */

import { widgetsPath } from "./widgets.mjs";

/**
 * @typedef {object} Shot
 * @property {string} name of the file
 * @property {string} path the address after the origin
 * @property {"it" | "en"} language
 * @property {"light" | "dark"} [theme]
 * @property {"comfortable" | "compact"} [density]
 * @property {number} [width]
 */

export const views = /** @type {const} */ (["overview", "conversions", "stories", "integrity", "rejected"]);

const shown = [...views, "widget"];

/** @param {string} view */
function pathOf(view) {
  if (view === "widget") return widgetsPath;
  return view === "overview" ? "/" : `/?view=${view}`;
}

/**
 * @param {string} state
 * @param {Omit<Shot, "name" | "path">} look
 * @param {readonly string[]} [of]
 * @returns {Shot[]}
 */
const each = (state, look, of = shown) => of.map((view) => ({ name: `${view}-${state}`, path: pathOf(view), ...look }));

export const widthNarrow = 360;

/** With a week of events behind it. */
export const full = [
  ...each("it", { language: "it" }),
  ...each("en", { language: "en" }),
  ...each("dark", { language: "it", theme: "dark" }),
  ...each("narrow", { language: "it", width: widthNarrow }),
];

/** Before the first event. */
export const empty = each("empty", { language: "it" });

/** While the server is gone. */
export const stale = each(
  "stale",
  { language: "it" },
  shown.filter((view) => view !== "rejected"),
);

/** Under load, by someone who wants to see much at once. */
export const busy = each("busy", { language: "en", density: "compact", width: 1600 });
