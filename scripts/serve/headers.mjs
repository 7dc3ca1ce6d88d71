/**
 * Cloudflare's `_headers` file: a line without indent is a pattern, the indented ones after it are its headers.
 * Read for the local assets worker, so that a page gets the same headers here as there.
 *
 * Not read: patterns with a host, placeholders, and the `! Name` form that removes a header.
 */

import { existsSync, readFileSync } from "node:fs";
import { Complaint } from "../complaint.mjs";

/** @typedef {{ pattern: string, headers: [string, string][] }} HeaderRule `pattern` is a regular expression's source */

/**
 * @param {string} text
 * @returns {HeaderRule[]}
 */
export function parseHeaders(text) {
  /** @type {HeaderRule[]} */
  const rules = [];
  for (const [index, line] of text.split("\n").entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    const indented = /^\s/.test(line);
    const colon = content.indexOf(":");
    const rule = rules.at(-1);
    if (!indented && content.startsWith("/")) rules.push({ pattern: patternSource(content), headers: [] });
    else if (indented && rule && colon > 0) {
      rule.headers.push([content.slice(0, colon).trim(), content.slice(colon + 1).trim()]);
    } else throw new Complaint(`_headers:${index + 1}: neither a path that starts with / nor an indented header`);
  }
  return rules;
}

/** @param {string} path where `*` stands for anything */
function patternSource(path) {
  return `^${path
    .split("*")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*")}$`;
}

/** @param {string} file */
export const readHeaders = (file) => (existsSync(file) ? parseHeaders(readFileSync(file, "utf8")) : []);
