/**
 * A Chromium for the browser tests: the one that `CHROMIUM` names, an installed one, or Debian's package.
 * No browser is ever downloaded from anywhere else.
 */

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { step } from "../step.mjs";
import { aptInstall, hasApt } from "./debian.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macPlaces = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** @returns {string | undefined} the path of an installed browser */
export function findChromium() {
  const named = process.env["CHROMIUM"];
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw new Complaint(`CHROMIUM names no file: \`${named}\``);
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...macPlaces].find(existsSync);
}

/**
 * Makes a browser present.
 * @returns {Promise<string>} its path
 */
export async function ensureChromium() {
  if (findChromium() === undefined && hasApt()) {
    await step("Chromium for the browser tests, by apt (a minute)", () => aptInstall("chromium"));
  }
  const found = findChromium();
  if (found === undefined) throw new Complaint("the browser tests need Chromium: install it, or name one in CHROMIUM");
  return found;
}
