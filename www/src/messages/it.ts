/** The page in Italian: the source of all keys. Each subject has a file; a new view brings its own. */

import { charts } from "./it/charts.ts";
import { controls } from "./it/controls.ts";
import { empty } from "./it/empty.ts";
import { integrity } from "./it/integrity.ts";
import { kpis } from "./it/kpis.ts";
import { page } from "./it/page.ts";
import { reasons } from "./it/reasons.ts";
import { rejected } from "./it/rejected.ts";
import { settings } from "./it/settings.ts";
import { words } from "./it/words.ts";

export const it = {
  ...page,
  ...controls,
  ...kpis,
  ...charts,
  ...integrity,
  ...reasons,
  ...empty,
  ...rejected,
  ...settings,
  ...words,
};

/** What every language has to say. */
export type Messages = typeof it;
