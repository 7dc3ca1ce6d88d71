/** `npm run check-config`: whether a `wrangler.toml` is right, before anything is deployed with it. */

import { buildRules } from "../build/all.mjs";
import { parseOptions } from "../options.mjs";
import { wranglerToml } from "../paths.mjs";
import { readConfig } from "../serve/config.mjs";
import { checkRules } from "../serve/rules.mjs";
import { localSecrets } from "../serve/secrets.mjs";

/** @param {string[]} args */
export async function main(args) {
  const { config: file } = parseOptions(args, { config: { type: "string", default: wranglerToml } });
  const { vars } = readConfig(file);
  await buildRules();
  process.stdout.write(`${await checkRules(vars, localSecrets())}\n`);
}
