/** The npm package and the static pages: each workspace's own `build` script, run when its sources changed. */

import { join } from "node:path";
import { run } from "../child.mjs";
import { inRoot, pages, sdkWasm } from "../paths.mjs";
import { whenChanged } from "./stamp.mjs";

const shared = ["package-lock.json", "tsconfig.base.json"].map((file) => inRoot(file));

/** @param {string} workspace */
const npmBuild = (workspace) => run("npm", ["run", "--silent", "build", "--workspace", workspace]);

/** The npm package: `sdk/dist/`. */
export const buildSdk = () =>
  whenChanged({
    name: "sdk",
    title: "the npm package",
    inputs: [...shared, inRoot("sdk"), ...["polso_sdk.js", "polso_sdk_bg.wasm"].map((file) => join(sdkWasm, file))],
    outputs: [inRoot("sdk", "dist"), inRoot("sdk", "LICENSE")],
    make: () => npmBuild("sdk"),
  });

/** The static pages with the SDK under `/sdk/`: `www/dist/`. */
export const buildPages = () =>
  whenChanged({
    name: "pages",
    title: "the pages",
    inputs: [...shared, inRoot("www"), inRoot("sdk", "dist"), inRoot("sdk", "ts", "widget", "tokens.ts")],
    outputs: [join(pages, "index.html")],
    make: () => npmBuild("www"),
  });
