/**
 * The npm packages: present when every locked version is the installed one.
 *
 * npm writes what it installed to `node_modules/.package-lock.json` in the lock file's own form; comparing the
 * two costs milliseconds and does not repeat an install that a developer made by hand.
 */

import { existsSync, readFileSync } from "node:fs";
import { run } from "../child.mjs";
import { inRoot } from "../paths.mjs";
import { step } from "../step.mjs";

/** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} Locked */

/**
 * @param {string} file
 * @returns {Locked}
 */
const lockedPackages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/**
 * Whether the installed packages are the locked ones. Optional ones (other platforms' programs) may be absent.
 * @param {Locked} locked
 * @param {Locked} installed
 */
export function samePackages(locked, installed) {
  return Object.entries(locked)
    .filter(([place]) => place.startsWith("node_modules/"))
    .every(([place, { version, optional, devOptional }]) => {
      const found = installed[place];
      return found ? found.version === version : Boolean(optional || devOptional);
    });
}

/** Installs the locked packages unless they are there. */
export async function ensurePackages() {
  const installed = inRoot("node_modules", ".package-lock.json");
  if (existsSync(installed) && samePackages(lockedPackages(inRoot("package-lock.json")), lockedPackages(installed))) {
    return;
  }
  const npm = process.env["npm_execpath"];
  // Not `npm ci`: it refuses a lock file that lacks other platforms' programs, and a mirror may not serve those.
  const args = ["install", "--no-save", "--no-audit", "--no-fund"];
  await step("npm packages (half a minute)", () => (npm ? run(process.execPath, [npm, ...args]) : run("npm", args)));
}
