/** What a command line says: `node:util`'s parser, with its errors as one sentence. */

import { parseArgs } from "node:util";
import { Complaint } from "./complaint.mjs";

/**
 * @template {import("node:util").ParseArgsConfig["options"]} T
 * @param {string[]} args
 * @param {T} options as for `parseArgs`
 */
export const parseOptions = (args, options) => parse(args, options, false).values;

/**
 * Options, and what stands beside them.
 * @template {import("node:util").ParseArgsConfig["options"]} T
 * @param {string[]} args
 * @param {T} options as for `parseArgs`
 */
export const parseOptionsAndNames = (args, options) => parse(args, options, true);

/**
 * @template {import("node:util").ParseArgsConfig["options"]} T
 * @param {string[]} args
 * @param {T} options
 * @param {boolean} allowPositionals
 */
function parse(args, options, allowPositionals) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals });
  } catch (error) {
    const names = Object.keys(options ?? {}).map((name) => `--${name}`);
    const known = names.length ? `options are ${names.join(", ")}` : "there are no options";
    throw new Complaint(`${/** @type {Error} */ (error).message.split(". ")[0]}; ${known}`);
  }
}

/**
 * A whole number between two bounds.
 * @param {string} name of the option
 * @param {string} text
 * @param {number} min
 * @param {number} max
 */
export function wholeNumber(name, text, min, max) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Complaint(`--${name} must be a whole number from ${min} to ${max}, not \`${text}\``);
}
