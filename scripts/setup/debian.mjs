/**
 * Debian's packages, for machines that reach nothing but package registries: Rust for Wasm, and whatever else a
 * step needs from apt.
 *
 * Debian's `rustc-web` comes without a standard library for Wasm but with its source, so it is built here once
 * (about a minute) and laid where the compiler looks for it. It lives beside rustup's toolchain and changes
 * nothing of it.
 */

import { existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, succeeds } from "../child.mjs";
import { Complaint } from "../complaint.mjs";
import { wasmTarget } from "../paths.mjs";
import { step } from "../step.mjs";

export const systemBin = "/usr/bin";
const rustc = join(systemBin, "rustc");
const target = "wasm32-unknown-unknown";
const rustlib = "/usr/lib/rustlib";

export const hasApt = () => existsSync("/usr/bin/apt-get");

/**
 * Runs a program as root: directly, or through a sudo that asks for no password (now, or since `sudo -v`).
 * @param {string} program
 * @param {string[]} args
 */
async function asRoot(program, args) {
  if (process.getuid?.() === 0) return run(program, args);
  if (await succeeds("sudo", ["-n", "true"])) return run("sudo", ["-n", program, ...args]);
  throw new Complaint(`\`${[program, ...args].join(" ")}\` needs root: run \`sudo -v\`, then this command again`);
}

/**
 * Installs Debian packages, always from fresh lists: old ones offer old versions.
 * @param {string[]} packages
 */
export async function aptInstall(...packages) {
  const install = ["install", "-y", "-q", "--no-install-recommends"];
  await asRoot("apt-get", ["update", "-q"]);
  await asRoot("env", ["DEBIAN_FRONTEND=noninteractive", "apt-get", ...install, ...packages]);
}

/**
 * One line of `rustc -vV`.
 * @param {string} name
 */
async function rustcFact(name) {
  const facts = await run(rustc, ["-vV"], { quiet: true });
  const line = facts.split("\n").find((fact) => fact.startsWith(`${name}: `));
  if (!line) throw new Complaint(`\`${rustc} -vV\` does not say its ${name}`);
  return line.slice(name.length + 2);
}

/** Builds the standard library for Wasm and lays it into the compiler's own folder. */
async function buildStandardLibrary() {
  const release = await rustcFact("release");
  const manifest = `/usr/src/rustc-${release}/library/sysroot/Cargo.toml`;
  if (!existsSync(manifest)) throw new Complaint(`the package rust-web-src has no ${manifest}`);
  const folder = mkdtempSync(join(tmpdir(), "polso-std-"));
  try {
    await run(join(systemBin, "cargo"), ["build", "--release", "--target", target, "--manifest-path", manifest], {
      env: {
        PATH: `${systemBin}:${process.env["PATH"]}`,
        CARGO_TARGET_DIR: folder,
        RUSTC_BOOTSTRAP: "1",
        // Without the first the library does not compile outside the compiler's own build; without the second
        // nothing that is optimised as a whole (`lto = true`) links with it.
        RUSTFLAGS: "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes",
      },
    });
    const place = join(rustlib, target, "lib");
    const libraries = globSync(join(folder, target, "release", "deps", "*.rlib"));
    // Those of an earlier version would make every crate ambiguous.
    await asRoot("rm", ["-rf", place]);
    await asRoot("install", ["-m", "644", "-D", "-t", place, ...libraries]);
    // cargo does not notice that the standard library under its earlier work is another.
    rmSync(wasmTarget, { recursive: true, force: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Gives the compiler the linker that it looks for under the name `rust-lld`. */
async function placeLinker() {
  const llvmMajor = (await rustcFact("LLVM version")).split(".")[0];
  await aptInstall(`lld-${llvmMajor}`);
  const place = join(rustlib, await rustcFact("host"), "bin");
  await asRoot("mkdir", ["-p", place]);
  await asRoot("ln", ["-sf", join(systemBin, `lld-${llvmMajor}`), join(place, "rust-lld")]);
}

/** Installs what of Debian's Rust for Wasm is missing. */
export async function installDebianRust() {
  await step("Debian's Rust for the web (a minute)", () => aptInstall("rustc-web", "cargo-web", "rust-web-src"));
  await step("its linker", placeLinker);
  await step("its standard library for Wasm (a minute)", buildStandardLibrary);
}
