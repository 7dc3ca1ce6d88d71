/**
 * Reads a `wrangler.toml`: its vars, and what of it serving needs.
 *
 * What belongs to wrangler is checked here (syntax, bindings, migrations); what the vars mean is the Worker's own
 * matter, see `rules.mjs`.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import { Complaint } from "../complaint.mjs";

/** @typedef {string | number | boolean | null | { [key: string]: Json } | Json[]} Json */

/**
 * @typedef {object} Config
 * @property {string} name
 * @property {string} compatibilityDate
 * @property {string[]} compatibilityFlags
 * @property {Record<string, Json>} vars
 * @property {{ binding: string, directory: string }} [assets] the pages
 */

/** The Durable Objects that the Worker's code asks for, by binding. */
export const durableObjects = { LEDGER: "Ledger", HUB: "Hub" };
const assetsBinding = "ASSETS";

/**
 * @param {string} file
 * @returns {Record<string, any>}
 */
function parseToml(file) {
  if (!existsSync(file)) throw new Complaint(`there is no configuration \`${shown(file)}\``);
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.replace(/^Invalid TOML document: /, "").split("\n")[0];
    throw new Complaint(`${shown(file)}:${error.line}:${error.column}: not TOML: ${reason}`);
  }
}

/**
 * A path as short as it can be said.
 * @param {string} file
 */
function shown(file) {
  const here = relative(process.cwd(), file);
  return here.startsWith("..") ? resolve(file) : here;
}

/**
 * What wrangler or the Worker's code would miss, one line each.
 * @param {Record<string, any>} toml
 * @returns {string[]}
 */
export function wranglerProblems(toml) {
  const objects = toml["durable_objects"]?.bindings ?? [];
  const stored = (toml["migrations"] ?? []).flatMap((/** @type {any} */ step) => step.new_sqlite_classes ?? []);
  /** @param {boolean} fine @param {string} problem */
  const unless = (fine, problem) => (fine ? [] : [problem]);
  return [
    ...unless(typeof toml["name"] === "string", "`name` is missing: the name of the Worker"),
    ...unless(typeof toml["main"] === "string", '`main` is missing: it should be "worker/entry.mjs"'),
    ...unless(
      /^\d{4}-\d\d-\d\d$/.test(toml["compatibility_date"]),
      '`compatibility_date` is missing or not a date in quotes, such as "2026-11-17"',
    ),
    ...Object.entries(durableObjects).flatMap(([binding, name]) => [
      ...unless(
        objects.some((/** @type {any} */ object) => object.name === binding && object.class_name === name),
        `\`durable_objects.bindings\` lacks { name = "${binding}", class_name = "${name}" }`,
      ),
      ...unless(stored.includes(name), `no migration names "${name}" in \`new_sqlite_classes\``),
    ]),
    ...unless(typeof toml["assets"]?.directory === "string", "`assets.directory` is missing: the folder of the pages"),
    ...unless(toml["assets"]?.binding === assetsBinding, `\`assets.binding\` should be "${assetsBinding}"`),
  ];
}

/**
 * @param {string} file
 * @returns {Config}
 * @throws {Complaint} when it is missing, is not TOML, or lacks what the Worker needs
 */
export function readConfig(file) {
  const toml = parseToml(file);
  const problems = wranglerProblems(toml);
  if (problems.length) throw new Complaint(problems.map((problem) => `${shown(file)}: ${problem}`).join("\n"));
  return {
    name: toml["name"],
    compatibilityDate: toml["compatibility_date"],
    compatibilityFlags: toml["compatibility_flags"] ?? [],
    vars: toml["vars"] ?? {},
    assets: { binding: assetsBinding, directory: resolve(dirname(file), toml["assets"].directory) },
  };
}

/**
 * The source of this name if it takes our own JSON, else the first one that does.
 * @param {Record<string, any>} vars
 * @param {string} [name]
 * @returns {string | undefined}
 */
export function nativeSource(vars, name) {
  const native = Object.entries(vars["sources"] ?? {}).filter(([, source]) => source?.kind === "native");
  return (native.find(([known]) => known === name) ?? native[0])?.[0];
}
