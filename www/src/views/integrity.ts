/** Integrity: where every received event went, why some were rejected, how late they come, how near the bounds are. */

import { Bounds } from "../parts/bounds.ts";
import { IntegrityReasons } from "../parts/integrity_reasons.ts";
import { IntegritySources } from "../parts/integrity_sources.ts";
import { IntegritySum } from "../parts/integrity_sum.ts";
import { type MakeView, panelView } from "./view.ts";

export const integrityView: MakeView = (voice, actions) =>
  panelView(
    "integrity",
    [],
    [new IntegritySum(voice), new IntegritySources(voice), new IntegrityReasons(voice), new Bounds(voice, actions)],
  );
