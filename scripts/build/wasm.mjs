/**
 * The two Wasm modules from the same core: the Worker's (fast, by worker-build) and the browser's (small, by
 * cargo, wasm-bindgen and wasm-opt).
 */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../child.mjs";
import { inRoot, sdkWasm, wasmTarget, workerBuild } from "../paths.mjs";
import { ensureWasmRust, target } from "../setup/rust.mjs";
import { ensureWasmTools } from "../setup/tools.mjs";
import { whenChanged } from "./stamp.mjs";

/**
 * The browser's module brings a standard library of its own, compiled for size and without the messages of panics,
 * which nobody would see there: a sixth less. Cargo's stable releases build one only when told to be unstable.
 */
const smallStd = {
  args: ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"],
  env: { RUSTC_BOOTSTRAP: "1", RUSTFLAGS: "-Zunstable-options -Cpanic=immediate-abort" },
};

/** What Rust's target and wasm-bindgen use; anything newer is not in every browser and runtime yet. */
const wasmFeatures = [
  "mutable-globals",
  "sign-ext",
  "nontrapping-float-to-int",
  "bulk-memory",
  "multivalue",
  "reference-types",
];

const workspace = ["Cargo.toml", "Cargo.lock"].map((file) => inRoot(file));

/**
 * What these crates are compiled from; their tests and benches are not.
 * @param {string[]} names
 */
const crates = (...names) => names.flatMap((name) => [inRoot(name, "Cargo.toml"), inRoot(name, "src")]);

/** @returns {Promise<{ tools: Awaited<ReturnType<typeof ensureWasmTools>>, env: Record<string, string> }>} */
async function toolchain() {
  const rust = await ensureWasmRust();
  const tools = await ensureWasmTools(rust);
  return { tools, env: { ...rust.env, ...tools.env } };
}

/** The Worker: `worker/build/index.js` beside its Wasm. */
export const buildWorker = () =>
  whenChanged({
    name: "worker",
    title: "the Worker, from Rust to Wasm (2 minutes the first time)",
    inputs: [...workspace, ...crates("core", "intake", "worker")],
    outputs: [join(workerBuild, "index.js"), join(workerBuild, "index_bg.wasm")],
    make: async () => {
      const { tools, env } = await toolchain();
      await run(tools.workerBuild, ["--release"], { cwd: inRoot("worker"), env });
    },
  });

/** The browser's core: `sdk/build/wasm/polso_sdk.js`, its Wasm and its types. */
export const buildSdkWasm = () =>
  whenChanged({
    name: "sdk-wasm",
    title: "the browser's core, from Rust to Wasm (2 minutes the first time)",
    inputs: [...workspace, ...crates("core", "sdk")],
    outputs: ["polso_sdk.js", "polso_sdk_bg.wasm", "polso_sdk.d.ts"].map((file) => join(sdkWasm, file)),
    make: async () => {
      const { tools, env } = await toolchain();
      const build = ["build", "--profile", "sdk", "--package", "polso-sdk", "--target", target, ...smallStd.args];
      await run("cargo", build, { env: { ...env, ...smallStd.env } });
      const compiled = join(wasmTarget, target, "sdk", "polso_sdk.wasm");
      rmSync(sdkWasm, { recursive: true, force: true });
      await run(tools.wasmBindgen, [compiled, "--target", "web", "--out-dir", sdkWasm], { env });
      const module = join(sdkWasm, "polso_sdk_bg.wasm");
      const features = wasmFeatures.map((feature) => `--enable-${feature}`);
      // The lowest addresses are the far end of the stack: nothing else is there.
      const shrink = ["-Oz", "--low-memory-unused", "--strip-debug", "--strip-producers", "--strip-target-features"];
      await run(tools.wasmOpt, [module, "-o", module, ...shrink, ...features], { env });
    },
  });
