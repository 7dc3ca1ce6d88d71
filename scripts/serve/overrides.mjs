/** `--var NAME=VALUE`: one var or secret for one run. */

import { Complaint } from "../complaint.mjs";

/** @typedef {import("./config.mjs").Json} Json */

/**
 * What the vars and secrets are with the overrides laid over them. The name says which of the two is meant, and
 * the var that is there says of which type: where `SHARDS = 1` stands, `SHARDS=4` is a number. A name that the
 * configuration does not have, and no source uses as a secret's name, is a number where it reads as one.
 * @param {Record<string, Json>} vars
 * @param {Record<string, string>} secrets
 * @param {string[]} overrides
 * @returns {{ vars: Record<string, Json>, secrets: Record<string, string> }}
 */
export function withOverrides(vars, secrets, overrides) {
  const result = { vars: { ...vars }, secrets: { ...secrets } };
  const named = new Set([...Object.keys(secrets), ...upperCaseTexts(vars["sources"])]);
  for (const override of overrides) {
    const [, name, text] = /^([A-Za-z_]\w*)=(.*)$/s.exec(override) ?? [];
    if (name === undefined || text === undefined) throw new Complaint(`--var takes NAME=VALUE, not \`${override}\``);
    if (named.has(name)) result.secrets[name] = text;
    else result.vars[name] = typeof vars[name] === "string" ? text : fromText(text);
  }
  return result;
}

/**
 * @param {string} text
 * @returns {Json} what it is as JSON, else the text itself
 */
function fromText(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Every text in upper case inside a value: in a source's table these are the names of secrets.
 * @param {Json | undefined} value
 * @returns {string[]}
 */
function upperCaseTexts(value) {
  if (typeof value === "string") return /^[A-Z][A-Z0-9_]*$/.test(value) ? [value] : [];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(upperCaseTexts) : [];
}
