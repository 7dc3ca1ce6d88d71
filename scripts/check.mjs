/** The fast checks, in the order of their cost; the first that fails ends them. */

import { run } from "./child.mjs";
import { step } from "./step.mjs";

/** @type {[string, string, string[]][]} what, and the program that checks it */
const checks = [
  ["format of Rust", "cargo", ["fmt", "--all", "--check"]],
  ["format and lints of TypeScript and JSON", "biome", ["check", "--error-on-warnings", "."]],
  ["types of the scripts", "tsc", ["--project", "scripts"]],
  ["types of the tests", "tsc", ["--project", "tests"]],
  ["types of the npm package", "npm", ["run", "--silent", "check", "--workspace", "sdk"]],
  ["types of the pages", "npm", ["run", "--silent", "check", "--workspace", "www"]],
  ["lints of Rust", "cargo", ["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]],
  ["unit tests of Rust", "cargo", ["test", "--workspace", "--quiet"]],
];

/** Runs them all. */
export async function checkAll() {
  for (const [name, program, args] of checks) await step(name, () => run(program, args, { shown: true }));
}
