/**
 * `npm run fuzz -- TARGET --minutes N`: looks for bytes that break a property of `fuzz/`.
 *
 * Needs Rust's nightly and cargo-fuzz, which nothing else here does; it installs neither. What reaches something
 * new ends up in `fuzz/corpus/TARGET`, as little of it as can be. An input that breaks a property is kept there
 * too, so that the normal tests fail until that is mended. Without a sanitizer: there is no `unsafe` code.
 */

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run, succeeds } from "../child.mjs";
import { Complaint } from "../complaint.mjs";
import { parseOptions, wholeNumber } from "../options.mjs";
import { inRoot, nativeTarget } from "../paths.mjs";
import { step } from "../step.mjs";

const minutesMax = 24 * 60;
const inputBytesMax = 2_048;
/** Of what is kept; the seeds go further. */
const keptBytesMax = 512;
const toolchain = "+nightly";
const driver = inRoot("fuzz", "libfuzzer");

/** @param {string[]} args */
export async function main([name = "", ...args]) {
  const { minutes } = parseOptions(args, { minutes: { type: "string", default: "10" } });
  const seconds = 60 * wholeNumber("minutes", minutes, 1, minutesMax);
  const targets = (await seeds()).trim().split("\n");
  if (!targets.includes(name)) throw new Complaint(`no target \`${name}\`: name one of ${targets.join(", ")}`);
  await checkTools();
  const fuzzer = await build();
  const work = mkdtempSync(join(tmpdir(), `polso-fuzz-${name}-`));
  const folder = (/** @type {string} */ part) => join(work, part, "/");
  for (const part of ["found", "broken", "small"]) mkdirSync(folder(part));
  const kept = inRoot("fuzz", "corpus", name);
  const fuzz = (/** @type {string[]} */ ...flags) =>
    attempt(fuzzer, flags, { cwd: work, env: { POLSO_FUZZ_TARGET: name } });
  try {
    await seeds(name, folder("found"));
    const time = [`-max_total_time=${seconds}`, "-timeout=10", "-print_final_stats=1"];
    const limits = [...time, `-max_len=${inputBytesMax}`, "-rss_limit_mb=1024"];
    await step(`${name}, ${minutes} min`, () =>
      fuzz(...limits, `-artifact_prefix=${folder("broken")}`, folder("found"), kept),
    );
    await step("keeping the least that reaches as much", () =>
      fuzz("-set_cover_merge=1", "-use_counters=0", `-max_len=${keptBytesMax}`, folder("small"), folder("found"), kept),
    );
    keep(kept, folder("small"), folder("broken"));
    const broken = readdirSync(folder("broken"));
    if (broken.length) throw new Complaint(`a property of ${name} is broken: see fuzz/corpus/${name}/${broken[0]}`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/**
 * Writes the seeds of a target into a folder; without arguments, the names of all targets.
 * @param {string[]} args
 */
function seeds(...args) {
  const program = ["run", "--quiet", "--package", "polso-fuzz", "--bin", "polso-fuzz-seeds", "--", ...args];
  return run("cargo", program, { quiet: true });
}

async function checkTools() {
  if (!(await succeeds("cargo", [toolchain, "--version"])))
    throw new Complaint("fuzzing needs Rust's nightly: `rustup toolchain install nightly`");
  if (!(await succeeds("cargo", [toolchain, "fuzz", "--version"])))
    throw new Complaint("fuzzing needs cargo-fuzz: `cargo install cargo-fuzz`");
}

/**
 * Compiles the one fuzzer of all targets.
 * @returns {Promise<string>} its path
 */
async function build() {
  const target = join(nativeTarget, "fuzz");
  const version = await run("rustc", [toolchain, "--version", "--verbose"], { quiet: true });
  const host = /^host: (.+)$/m.exec(version)?.[1] ?? "";
  const flags = ["--fuzz-dir", driver, "--sanitizer", "none", "--target", host];
  await step("the fuzzer (some minutes the first time)", () =>
    run("cargo", [toolchain, "fuzz", "build", ...flags, "any"], { cwd: driver, env: { CARGO_TARGET_DIR: target } }),
  );
  return join(target, host, "release", "any");
}

/**
 * Replaces what libFuzzer named in a corpus; inputs with names of their own are regressions, and stay.
 * @param {string} kept
 * @param {string} small
 * @param {string} broken
 */
function keep(kept, small, broken) {
  for (const file of readdirSync(kept)) if (/^[0-9a-f]{40}$/.test(file)) rmSync(join(kept, file));
  for (const folder of [small, broken])
    for (const file of readdirSync(folder)) copyFileSync(join(folder, file), join(kept, file));
}
