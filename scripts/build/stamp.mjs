/**
 * Which builds may be skipped: a build is up to date when its inputs and its outputs have the contents that they
 * had when it last succeeded. Contents, not times: a checkout or a `touch` rebuilds nothing, a hand-made change of
 * an output does.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root, stamps } from "../paths.mjs";
import { step } from "../step.mjs";

/** Never an input: what builds and installs leave inside a source folder. */
const generated = new Set(["node_modules", "target", "build", "dist"]);

/**
 * @param {string} place a file or a folder
 * @param {boolean} all with what builds leave
 * @returns {string[]} the files in it, sorted; none when it does not exist
 */
function filesIn(place, all) {
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { withFileTypes: true })
    .filter(({ name }) => all || !(generated.has(name) || name.startsWith(".")))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => filesIn(join(place, name), all));
}

/**
 * @param {string[]} files
 * @returns {string} a digest of their names and contents
 */
function digest(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * @typedef {object} Build
 * @property {string} name of its stamp
 * @property {string} title what it does, for people
 * @property {string[]} inputs files and folders
 * @property {string[]} outputs files and folders; each must exist afterwards
 * @property {() => unknown} make
 */

/** @param {Build} build */
const inputsOf = ({ inputs }) => digest(inputs.flatMap((input) => filesIn(input, false)));

/** @param {Build} build */
function outputsOf({ outputs }) {
  const ready = outputs.every((output) => existsSync(output));
  return ready ? digest(outputs.flatMap((output) => filesIn(output, true))) : "missing";
}

/**
 * Makes what a build makes, unless it is up to date.
 * @param {Build} build
 * @returns {Promise<boolean>} whether it was made now
 */
export async function whenChanged(build) {
  const stamp = join(stamps, build.name);
  // As they are now: what is edited while the build runs is not in it.
  const inputs = inputsOf(build);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === `${inputs}\n${outputsOf(build)}`) return false;
  await step(build.title, build.make);
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, `${inputs}\n${outputsOf(build)}`);
  return true;
}
