/**
 * The programs that turn compiled Wasm into modules: `wasm-bindgen` and `worker-build`, each of one exact version.
 *
 * One already installed is used when its version is right; else cargo compiles it into this user's cache, where
 * every checkout finds it. The optimiser and the bundler are npm packages.
 */

import { existsSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { attempt, run, succeeds } from "../child.mjs";
import { Complaint } from "../complaint.mjs";
import { inRoot, npmBin, toolCache } from "../paths.mjs";
import { step } from "../step.mjs";
import { aptInstall, hasApt } from "./debian.mjs";

/** The one that fits the `worker` crate, whose version it shares. */
const workerBuildVersion = "0.8.7";

/** For programs that run seconds in a build, a fast compilation counts more than fast code. */
const quickCompilation = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
  CARGO_PROFILE_RELEASE_PANIC: "abort",
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
async function compile(name, crate, version, flags, env) {
  const root = cached(name, version);
  // Outside any checkout's target folder: what is compiled here is thrown away afterwards.
  const target = join(root, "target");
  const args = ["install", crate, "--version", version, "--bin", name, "--root", root, ...flags];
  await step(`${crate} ${version}, by cargo (4 minutes)`, () =>
    run("cargo", args, { env: { ...env, ...quickCompilation, CARGO_TARGET_DIR: target } }),
  );
  rmSync(target, { recursive: true, force: true });
  return join(root, "bin", name);
}

/** worker-build speaks TLS through the system's OpenSSL, and on Linux finds it by pkg-config. */
async function ensureOpenSsl() {
  if (process.platform !== "linux" || (await succeeds("pkg-config", ["--exists", "openssl"]))) return;
  if (hasApt()) await step("OpenSSL's headers, by apt", () => aptInstall("pkg-config", "libssl-dev"));
}

/**
 * Makes the tools present.
 * @param {import("./rust.mjs").WasmRust} rust what compiles them
 * @returns {Promise<{ workerBuild: string, wasmBindgen: string, wasmOpt: string, env: Record<string, string> }>}
 * their paths, and the environment that keeps worker-build from downloading its own
 */
export async function ensureWasmTools({ env }) {
  const bindgenVersion = lockedVersion("wasm-bindgen");
  const wasmBindgen =
    (await find("wasm-bindgen", bindgenVersion)) ??
    // Not `--locked`: its lock file names a crate version that a registry's mirror may not serve yet.
    (await compile("wasm-bindgen", "wasm-bindgen-cli", bindgenVersion, [], env));
  let workerBuild = await find("worker-build", workerBuildVersion);
  if (workerBuild === undefined) {
    await ensureOpenSsl();
    workerBuild = await compile("worker-build", "worker-build", workerBuildVersion, ["--locked"], env);
  }
  const wasmOpt = join(npmBin, "wasm-opt");
  const own = { WASM_BINDGEN_BIN: wasmBindgen, WASM_OPT_BIN: wasmOpt, ESBUILD_BIN: join(npmBin, "esbuild") };
  return { workerBuild, wasmBindgen, wasmOpt, env: own };
}
