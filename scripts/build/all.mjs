/** Everything that is built, in the order in which one needs the other; what did not change is skipped. */

import { buildBundle } from "./bundle.mjs";
import { buildConfigChecker } from "./config-checker.mjs";
import { exclusively } from "./lock.mjs";
import { buildPages, buildSdk } from "./pages.mjs";
import { buildSdkWasm, buildWorker } from "./wasm.mjs";

/** What wrangler bundles: the Worker's module and the pages. */
export const buildParts = () =>
  exclusively(async () => {
    await buildWorker();
    await buildSdkWasm();
    await buildSdk();
    await buildPages();
  });

/** What judges a configuration: needed long before a server. */
export const buildRules = () =>
  exclusively(async () => {
    await buildConfigChecker();
  });

/** All that a server needs. */
export const buildAll = () =>
  exclusively(async () => {
    await buildConfigChecker();
    await buildParts();
    await buildBundle();
  });
