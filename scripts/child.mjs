/**
 * Child processes: start one, wait for it, and end every living one when this process is told to stop.
 *
 * Output goes to stderr, so that a command's own stdout stays clean, unless the output is what was asked for
 * (`shown`); `quiet` shows it only when the child fails.
 */

import { spawn } from "node:child_process";
import { Complaint } from "./complaint.mjs";
import { npmBin, root } from "./paths.mjs";

/** @type {Set<import("node:child_process").ChildProcess>} */
const living = new Set();

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] added to this process's environment
 * @property {boolean} [quiet] hold the output back, show it only on failure
 * @property {boolean} [shown] let its stdout be this command's stdout
 * @property {string} [input] given on stdin, which is otherwise empty
 * @property {number} [timeoutMs] end the child after this long
 */

/**
 * Runs a program to its end.
 * @param {string} program a path, or a name looked up on the path
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>} the two texts only when `quiet`
 */
export function attempt(program, args, { cwd = root, env = {}, quiet = false, shown = false, input, timeoutMs } = {}) {
  const output = quiet ? "pipe" : 2;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: [input === undefined ? "ignore" : "pipe", shown ? 1 : output, output],
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  });
  living.add(child);
  const said = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text) => (said.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text) => (said.stderr += text));
  child.stdin?.on("error", () => {}); // a child that ends without reading is judged by its exit code
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      living.delete(child);
      const missing = /** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT";
      reject(missing ? new Complaint(`\`${program}\` is not installed`) : error);
    });
    child.on("close", (code, signal) => {
      living.delete(child);
      resolve({ code: code ?? (signal ? 1 : 0), ...said });
    });
  });
}

/**
 * Runs a program that must succeed.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its stdout, when `quiet`
 * @throws {Complaint} when it fails, after its output
 */
export async function run(program, args, options = {}) {
  const { code, stdout, stderr } = await attempt(program, args, options);
  if (code === 0) return stdout;
  if (options.quiet) process.stderr.write(stdout + stderr);
  throw new Complaint(`\`${[program.replace(`${npmBin}/`, ""), ...args].join(" ")}\` failed (exit code ${code})`);
}

/**
 * Whether a program runs and succeeds; a missing one does not.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export async function succeeds(program, args, options = {}) {
  const result = await attempt(program, args, { ...options, quiet: true }).catch(() => ({ code: 1 }));
  return result.code === 0;
}

/** Ends what is still running, each by its own process id. */
export function endChildren() {
  for (const child of living) child.kill("SIGTERM");
}
