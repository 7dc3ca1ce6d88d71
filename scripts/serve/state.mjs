/**
 * The folder that holds everything a local server remembers. One server at a time: two would count apart from
 * each other and both be wrong.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Complaint } from "../complaint.mjs";

/**
 * @typedef {object} State
 * @property {string} config where the workerd configuration goes
 * @property {string} storage the Durable Objects' files
 * @property {(pid: number) => void} claim says which process now uses it
 */

/**
 * @param {string} folder made when it does not exist
 * @returns {State}
 * @throws {Complaint} when a living server uses it
 */
export function openState(folder) {
  const config = join(resolve(folder), "workerd.capnp");
  const storage = join(resolve(folder), "storage");
  const owner = join(resolve(folder), "workerd.pid");
  try {
    makeFolder(storage);
  } catch (error) {
    throw new Complaint(`cannot use \`${folder}\` as the state folder: ${/** @type {Error} */ (error).message}`);
  }
  const pid = existsSync(owner) ? Number(readFileSync(owner, "utf8")) : 0;
  if (pid > 0 && runs(pid, config)) {
    throw new Complaint(`\`${folder}\` is in use by process ${pid}: stop it, or choose another folder with --state`);
  }
  return { config, storage, claim: (newPid) => writeFileSync(owner, String(newPid)) };
}

/**
 * Makes a folder and those above it. Not by `recursive`: where a file system refuses folders with "no such file",
 * as /proc does, Node's own never ends.
 * @param {string} folder
 */
function makeFolder(folder) {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/**
 * Whether a process lives and is the server of that configuration: its number may have gone to another since.
 * @param {number} pid
 * @param {string} config
 */
function runs(pid, config) {
  try {
    process.kill(pid, 0);
    const commandLine = `/proc/${pid}/cmdline`;
    return !existsSync("/proc/self") || readFileSync(commandLine, "utf8").includes(config);
  } catch {
    return false;
  }
}
