/** Every view by its name. */

import type { ViewName } from "../selection.ts";
import { conversionsView } from "./conversions.ts";
import { integrityView } from "./integrity.ts";
import { overviewView } from "./overview.ts";
import { rejectedView } from "./rejected.ts";
import { storiesView } from "./stories.ts";
import type { MakeView } from "./view.ts";

export const makeView: Readonly<Record<ViewName, MakeView>> = {
  overview: overviewView,
  conversions: conversionsView,
  stories: storiesView,
  integrity: integrityView,
  rejected: rejectedView,
};
