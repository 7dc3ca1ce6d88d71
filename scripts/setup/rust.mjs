/**
 * Which Rust compiles to Wasm: the first toolchain here that links an empty library for `wasm32-unknown-unknown`.
 *
 * The usual way comes first (the toolchain on the path, its target added by rustup). Where rustup can fetch
 * nothing, Debian's own packages do (`debian.mjs`). Looked at only when something must be compiled: a start with
 * nothing changed never comes here.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { succeeds } from "../child.mjs";
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

/**
 * Makes a Rust for Wasm present and returns it.
 * @returns {Promise<WasmRust>}
 */
export async function ensureWasmRust() {
  for (const rust of [usual(), debian()]) if (await links(rust)) return rust;
  if (!(await succeeds("cargo", ["--version"]))) {
    throw new Complaint("Rust is missing: install its stable toolchain with rustup, then run this again");
  }
  const added = await step(`Rust target ${target}, by rustup`, () =>
    succeeds("rustup", ["target", "add", target], { timeoutMs: rustupTimeoutMs }),
  );
  if (added && (await links(usual()))) return usual();
  say(`  rustup cannot fetch ${target} here: trying Debian's packages`);
  if (!hasApt()) {
    throw new Complaint(
      `Rust cannot compile to Wasm here: make \`rustup target add ${target}\` work, then run this again`,
    );
  }
  await installDebianRust();
  if (await links(debian())) return debian();
  throw new Complaint(`Debian's Rust is installed but does not link for ${target}: see the output above`);
}
