/**
 * One build at a time in one checkout: a second one waits, and then finds its work done.
 *
 * The lock is a file that names the process; that of a process which no longer lives is taken over. A build that a
 * build starts (wrangler runs ours) belongs to it.
 */

import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stamps } from "../paths.mjs";
import { say } from "../step.mjs";

const file = join(stamps, "lock");
const heldVariable = "POLSO_BUILD_HELD";
const pollMs = 500;

/** @returns {boolean} whether the lock is ours now */
function take() {
  const own = `${file}-${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file); // at once there and whole, or not at all
    return true;
  } catch {
    return false;
  } finally {
    rmSync(own);
  }
}

/** @returns {number} the living process that holds it; 0 when there is none */
function holder() {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    process.kill(pid, 0);
    return pid;
  } catch {
    return 0;
  }
}

/**
 * Runs a build while no other one runs.
 * @param {() => Promise<void>} build
 */
export async function exclusively(build) {
  if (process.env[heldVariable]) return build();
  mkdirSync(stamps, { recursive: true });
  for (let told = false; !take(); ) {
    const pid = holder();
    if (pid === 0) rmSync(file, { force: true });
    else if (!told) say(`waiting for the build of process ${pid}`);
    told = true;
    if (pid !== 0) await delay(pollMs);
  }
  process.env[heldVariable] = String(process.pid);
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    await build();
  } finally {
    release();
    process.off("exit", release);
    delete process.env[heldVariable];
  }
}
