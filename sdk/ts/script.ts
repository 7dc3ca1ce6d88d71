/** The one file for a script tag: everything as the global `polso`, and `<polso-kpi>` registered. */

import "./widget/define.ts";

export * from "./index.ts";
export * as slim from "./slim.ts";
export { createTracker } from "./tracker.ts";
export { PolsoKpi } from "./widget/index.ts";
