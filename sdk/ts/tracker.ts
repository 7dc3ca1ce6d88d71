/** The tracker's own entry: a page's events, sent so that each counts once. Importing it does nothing. */

import { Tracker } from "./tracker/tracker.ts";
import type { TrackerOptions } from "./tracker/types.ts";
import { trackerPlatform } from "./tracker/world.ts";

/**
 * A tracker for one source. It sends nothing before something is tracked.
 *
 * @throws PolsoError `url_invalid`
 */
export function createTracker(options: TrackerOptions): Tracker {
  return new Tracker(options, trackerPlatform);
}

export { PolsoError } from "./error.ts";
export type { Conversion, StoryAction, StorySnapshot } from "./events.ts";
export type { Tracker } from "./tracker/tracker.ts";
export type * from "./tracker/types.ts";
