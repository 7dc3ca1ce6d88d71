/**
 * Which Rust compiles to Wasm: the first toolchain here that links an empty library for `wasm32-unknown-unknown`
 * and has the source of the standard library, which the browser's module compiles for itself.
 *
 * The usual way comes first (the toolchain on the path, its target added by rustup). Where rustup can fetch
 * nothing, Debian's own packages do (`debian.mjs`). Looked at only when something must be compiled: a start with
 * nothing changed never comes here.
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, succeeds } from "../child.mjs";
import { Complaint } from "../complaint.mjs";
import { npmBin, wasmTarget } from "../paths.mjs";
import { say, step } from "../step.mjs";
import { hasApt, installDebianRust, systemBin } from "./debian.mjs";

export const target = "wasm32-unknown-unknown";
const rustupTimeoutMs = 180_000;

/**
 * @typedef {object} WasmRust
 * @property {boolean} usual rustup's own, on a machine where downloads work
 * @property {Record<string, string>} env what cargo must be run with
 */

/** @param {string[]} first folders that come before the rest of the path */
function environment(...first) {
  return { PATH: [npmBin, ...first, process.env["PATH"]].join(":"), CARGO_TARGET_DIR: wasmTarget };
}

const usual = () => ({ usual: true, env: environment() });
const debian = () => ({ usual: false, env: environment(systemBin) });

/**
 * Whether a toolchain has the target's standard library, built by the same compiler and fit to be optimised with
 * the rest, and a linker for it.
 * @param {WasmRust} rust
 */
async function links(rust) {
  const folder = mkdtempSync(join(tmpdir(), "polso-rust-"));
  try {
    const source = join(folder, "empty.rs");
    writeFileSync(source, "");
    const args = ["--target", target, "--crate-type", "cdylib", "-C", "lto", "-o", join(folder, "empty.wasm"), source];
    return await succeeds("rustc", args, { env: rust.env });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {WasmRust} rust */
async function hasSource(rust) {
  const { code, stdout } = await attempt("rustc", ["--print", "sysroot"], { env: rust.env, quiet: true });
  return code === 0 && existsSync(join(stdout.trim(), "lib", "rustlib", "src", "rust", "library", "Cargo.lock"));
}

/** @param {...string} args */
const rustup = (...args) => succeeds("rustup", args, { timeoutMs: rustupTimeoutMs });

/** @param {WasmRust} rust */
const fits = async (rust) => (await links(rust)) && (await hasSource(rust));

/**
 * Makes a Rust for Wasm present and returns it.
 * @returns {Promise<WasmRust>}
 */
export async function ensureWasmRust() {
  for (const rust of [usual(), debian()]) if (await fits(rust)) return rust;
  if (!(await succeeds("cargo", ["--version"]))) {
    throw new Complaint("Rust is missing: install its stable toolchain with rustup, then run this again");
  }
  const added = await step(
    `Rust target ${target} and the library's source, by rustup`,
    async () => (await rustup("target", "add", target)) && (await rustup("component", "add", "rust-src")),
  );
  if (added && (await fits(usual()))) return usual();
  say(`  rustup cannot fetch ${target} here: trying Debian's packages`);
  if (!hasApt()) {
    throw new Complaint(
      `Rust cannot compile to Wasm here: make \`rustup target add ${target}\` and \`rustup component add rust-src\` ` +
        "work, then run this again",
    );
  }
  await installDebianRust();
  if (await fits(debian())) return debian();
  throw new Complaint(`Debian's Rust is installed but does not link for ${target}: see the output above`);
}
