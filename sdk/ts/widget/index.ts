/** The class of `<polso-kpi>`. Importing it registers nothing and needs no page. */

export class PolsoKpi extends (globalThis.HTMLElement ?? class {}) {}
