/** `npm run dev` and `npm run deploy`: wrangler, with what it bundles set up and built. */

import { spawn } from "node:child_process";
import { buildParts } from "../build/all.mjs";
import { wrangler } from "../paths.mjs";
import { localSecrets } from "../serve/secrets.mjs";

/** @param {string[]} args wrangler's own */
export async function main(args) {
  if (args[0] === "dev") localSecrets();
  await buildParts();
  const child = spawn(wrangler, args, { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
