/**
 * What is deployed, and served here: the bundle that `wrangler deploy` would upload, in `build/worker/`.
 */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../child.mjs";
import { Complaint } from "../complaint.mjs";
import { bundle, inRoot, workerBuild, wrangler, wranglerToml } from "../paths.mjs";
import { say } from "../step.mjs";
import { whenChanged } from "./stamp.mjs";

const builtWorker = ["index.js", "index_bg.wasm"].map((file) => join(workerBuild, file));

/** Bundles as for a deployment and says how big the upload is. */
export const buildBundle = () =>
  whenChanged({
    name: "bundle",
    title: "the deployable bundle",
    inputs: [wranglerToml, inRoot("package-lock.json"), inRoot("worker", "entry.mjs"), inRoot("worker", "entry"), ...builtWorker],
    outputs: [bundle],
    make: async () => {
      rmSync(bundle, { recursive: true, force: true });
      const args = ["deploy", "--dry-run", "--outdir", bundle, "--config", wranglerToml];
      const said = await run(wrangler, args, { quiet: true, env: { WRANGLER_SEND_METRICS: "false" } });
      const size = /Total Upload: .*/.exec(said)?.[0];
      if (!size) throw new Complaint(`wrangler did not say how big the bundle is:\n${said}`);
      say(`  ${size}`);
    },
  });
