/** The page in English. */

import { charts } from "./en/charts.ts";
import { controls } from "./en/controls.ts";
import { empty } from "./en/empty.ts";
import { integrity } from "./en/integrity.ts";
import { kpis } from "./en/kpis.ts";
import { page } from "./en/page.ts";
import { reasons } from "./en/reasons.ts";
import { rejected } from "./en/rejected.ts";
import { settings } from "./en/settings.ts";
import { words } from "./en/words.ts";
import type { Messages } from "./it.ts";

export const en: Messages = {
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
