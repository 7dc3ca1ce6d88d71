/**
 * `npm test`: sets up, builds, checks, then runs every test there is.
 *
 * The tests in `tests/` start the servers and browsers that they need, each on a free port with its own state.
 */

import { globSync } from "node:fs";
import { buildAll } from "../build/all.mjs";
import { checkAll } from "../check.mjs";
import { attempt } from "../child.mjs";
import { Complaint } from "../complaint.mjs";
import { parseOptions } from "../options.mjs";
import { root } from "../paths.mjs";
import { ensureChromium } from "../setup/chromium.mjs";
import { step } from "../step.mjs";

const places = ["sdk/test/**/*.test.ts", "www/test/**/*.test.ts", "tests/**/*.test.ts"];

/** Files at once: each may hold a server and a browser, and timing-sensitive ones share the machine. */
const concurrency = 2;
const testMsMax = 300_000;

/** @param {string[]} args */
export async function main(args) {
  parseOptions(args, {});
  await buildAll();
  const chromium = await ensureChromium();
  await checkAll();
  const files = globSync(places, { cwd: root, exclude: ["**/node_modules/**"] }).sort();
  const flags = ["--test", `--test-concurrency=${concurrency}`, `--test-timeout=${testMsMax}`];
  await step(`${files.length} test files`, async () => {
    const { code } = await attempt(process.execPath, [...flags, ...files], {
      shown: true,
      env: { CHROMIUM: chromium },
    });
    if (code !== 0) throw new Complaint("tests failed: see above");
  });
}
