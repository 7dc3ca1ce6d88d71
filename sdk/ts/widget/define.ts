/** Registers `<polso-kpi>`, once; where there are no custom elements it does nothing. */

import { PolsoKpi } from "./index.ts";

const registry = globalThis.customElements;
if (registry?.get("polso-kpi") === undefined) registry?.define("polso-kpi", PolsoKpi);
