/**
 * Entry of every npm command: `node scripts/run.mjs NAME [arguments]`.
 *
 * This much runs on the system's Node (20 or newer) with its built-in modules alone. It makes the npm packages
 * present and hands over to `commands/NAME.mjs` on a Node of at least 24: this one if it is, else the one among
 * the packages.
 */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { endChildren } from "./child.mjs";
import { Complaint, printError } from "./complaint.mjs";
import { inRoot, npmBin, packagedNode } from "./paths.mjs";
import { ensurePackages } from "./setup/packages.mjs";

const nodeMajorMin = 24;
const [name = "", ...args] = process.argv.slice(2);

/**
 * The same command on the packaged Node; signals pass through to it.
 * @returns {Promise<number>} its exit code
 */
function handOver() {
  const child = spawn(packagedNode, process.argv.slice(1), { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Until a command has something to shut down itself, a signal ends it and what it started. */
function stopOnSignal() {
  const exits = { SIGINT: 130, SIGTERM: 143 };
  for (const [signal, code] of Object.entries(exits)) {
    process.on(signal, () => {
      endChildren();
      process.exit(code);
    });
  }
}

try {
  const command = inRoot("scripts", "commands", `${name}.mjs`);
  if (!existsSync(command)) throw new Complaint(`no command \`${name}\`: see "scripts" in package.json`);
  if (Number.parseInt(process.versions.node, 10) >= nodeMajorMin) {
    stopOnSignal();
    await ensurePackages();
    process.env["PATH"] = `${npmBin}:${process.env["PATH"]}`;
    const { main } = await import(command);
    process.exitCode = (await main(args)) ?? 0;
  } else {
    await ensurePackages();
    if (!existsSync(packagedNode)) {
      throw new Complaint(
        "the npm package `node` came without its program: allow install scripts, then run `npm rebuild node`",
      );
    }
    process.exitCode = await handOver();
  }
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
