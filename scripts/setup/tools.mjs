/**
 * The programs that turn compiled Wasm into modules: `wasm-bindgen` and `worker-build`, each of one exact version.
 *
 * One already installed is used when its version is right; else cargo compiles it into this user's cache, where
 * every checkout finds it. The optimiser and the bundler are npm packages.
 */

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { attempt, run } from "../child.mjs";
import { Complaint } from "../complaint.mjs";
import { inRoot, npmBin, toolCache } from "../paths.mjs";
import { step } from "../step.mjs";

/** The one that fits the `worker` crate, whose version it shares. */
const workerBuildVersion = "0.8.7";

/** For programs that run seconds in a build, a fast compilation counts more than fast code. */
const quickCompilation = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
};

/**
 * The version of a crate in Cargo.lock: the tools must match it to the digit.
 * @param {string} crate
 */
function lockedVersion(crate) {
  const lock = readFileSync(inRoot("Cargo.lock"), "utf8");
  const version = new RegExp(`name = "${crate}"\nversion = "([^"]+)"`).exec(lock)?.[1];
  if (!version) throw new Complaint(`Cargo.lock names no version of \`${crate}\``);
  return version;
}

/** @param {string} name @param {string} version */
const cached = (name, version) => join(toolCache, `${name}-${version}`);

/**
 * A program of that name and version among the places where one may be.
 * @param {string} name
 * @param {string} version
 * @returns {Promise<string | undefined>} its path
 */
async function find(name, version) {
  const folders = [
    join(cached(name, version), "bin"),
    ...(process.env["PATH"] ?? "").split(delimiter),
    join(process.env["CARGO_HOME"] ?? join(homedir(), ".cargo"), "bin"),
  ];
  for (const program of folders.map((folder) => join(folder, name))) {
    if (!existsSync(program)) continue;
    const { code, stdout } = await attempt(program, ["--version"], { quiet: true });
    if (code === 0 && stdout.trim().split(" ").at(-1) === version) return program;
  }
  return undefined;
}

/**
 * @param {string} name the program
 * @param {string} crate the crate that holds it
 * @param {string} version
 * @param {string[]} flags
 * @param {Record<string, string>} env
 */
async function ensure(name, crate, version, flags, env) {
  const found = await find(name, version);
  if (found) return found;
  const root = cached(name, version);
  // Outside any checkout's target folder: what is compiled here is thrown away afterwards.
  const settings = { ...env, ...quickCompilation, CARGO_TARGET_DIR: join(root, "target") };
  await step(`${crate} ${version}, by cargo (4 minutes)`, () =>
    run("cargo", ["install", crate, "--version", version, "--root", root, ...flags], { env: settings }),
  );
  await run("rm", ["-rf", join(root, "target")]);
  return join(root, "bin", name);
}

/**
 * Makes the tools present.
 * @param {import("./rust.mjs").WasmRust} rust what compiles them
 * @returns {Promise<{ workerBuild: string, wasmBindgen: string, wasmOpt: string, env: Record<string, string> }>}
 * their paths, and the environment that keeps worker-build from downloading its own
 */
export async function ensureWasmTools(rust) {
  const bindgenVersion = lockedVersion("wasm-bindgen");
  // Not `--locked`: its lock file names a crate version that a registry's mirror may not serve yet.
  const wasmBindgen = await ensure("wasm-bindgen", "wasm-bindgen-cli", bindgenVersion, [], rust.env);
  const workerBuild = await ensure("worker-build", "worker-build", workerBuildVersion, ["--locked"], rust.env);
  const wasmOpt = join(npmBin, "wasm-opt");
  const env = { WASM_BINDGEN_BIN: wasmBindgen, WASM_OPT_BIN: wasmOpt, ESBUILD_BIN: join(npmBin, "esbuild") };
  return { workerBuild, wasmBindgen, wasmOpt, env };
}
