/** `npm run check`: format, lints, types and unit tests, without building anything that is served. */

import { checkAll } from "../check.mjs";
import { parseOptions } from "../options.mjs";

/** @param {string[]} args */
export async function main(args) {
  parseOptions(args, {});
  await checkAll();
}
