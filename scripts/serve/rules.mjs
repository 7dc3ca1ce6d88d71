/** Asks the Worker's own rules, compiled for this machine, whether a configuration is right. */

import { attempt } from "../child.mjs";
import { Complaint } from "../complaint.mjs";
import { configChecker } from "../paths.mjs";

/**
 * @param {Record<string, import("./config.mjs").Json>} vars
 * @param {Record<string, string>} secrets those at hand
 * @returns {Promise<string>} what it found, in one line
 * @throws {Complaint} with one line per problem
 */
export async function checkRules(vars, secrets) {
  const input = JSON.stringify({ vars, secrets });
  const { code, stdout, stderr } = await attempt(configChecker, [], { quiet: true, input });
  if (code !== 0) throw new Complaint(`the configuration is wrong:\n${stderr.trimEnd()}`);
  return stdout.trimEnd();
}
