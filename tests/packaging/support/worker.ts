/** A user's Worker on plain workerd, which may reach servers of this machine. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { literal, modules } from "../../../scripts/serve/capnp.mjs";
import { startWorkerd } from "../../../scripts/serve/workerd.mjs";

/** @param folder holds one script and the modules that it imports */
export async function startWorker(folder: string, vars: Readonly<Record<string, string>>) {
  const bindings = Object.entries(vars).map(([name, text]) => `(name = ${literal(name)}, text = ${literal(text)})`);
  const state = mkdtempSync(join(tmpdir(), "polso-worker-"));
  const config = join(state, "workerd.capnp");
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  compatibilityDate = "2026-11-17",
  modules = [${modules(folder).join(", ")}],
  bindings = [${bindings.join(", ")}],
);`,
  );
  const { port, end } = await startWorkerd({ config, address: "127.0.0.1:0", secrets: {} });
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      await end();
      rmSync(state, { recursive: true });
    },
  };
}
