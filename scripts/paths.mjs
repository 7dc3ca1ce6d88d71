/** Where everything is: one name per place, all absolute. */

import { homedir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

/** @param {...string} parts */
export const inRoot = (...parts) => join(root, ...parts);

export const wranglerToml = inRoot("wrangler.toml");
export const devVars = inRoot(".dev.vars");

/** The npm packages' programs. */
export const npmBin = inRoot("node_modules", ".bin");
export const packagedNode = inRoot("node_modules", "node", "bin", "node");
export const workerd = join(npmBin, "workerd");
export const wrangler = join(npmBin, "wrangler");

/** Two `rustc` of different versions may be at work: one target folder each, or they rebuild each other's work. */
export const nativeTarget = inRoot("target");
export const wasmTarget = inRoot("target", "wasm");
export const configChecker = join(nativeTarget, "debug", "polso-check-config");

/** What the builds leave, none of it in git. */
export const workerBuild = inRoot("worker", "build");
export const sdkWasm = inRoot("sdk", "build", "wasm");
export const pages = inRoot("www", "dist");
export const bundle = inRoot("build", "worker");
export const stamps = inRoot("target", "stamps");

/** Tools that take minutes to compile are kept for every checkout of this user. */
export const toolCache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "polso");
