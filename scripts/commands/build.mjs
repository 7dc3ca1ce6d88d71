/** `npm run build`: builds what changed. `--parts` stops before the bundle, for wrangler, which makes it itself. */

import { buildAll, buildParts } from "../build/all.mjs";
import { parseOptions } from "../options.mjs";

/** @param {string[]} args */
export async function main(args) {
  const { parts } = parseOptions(args, { parts: { type: "boolean", default: false } });
  await (parts ? buildParts() : buildAll());
}
