/**
 * A Polso server on plain workerd: a configuration, secrets and a state folder in, a URL out. `npm start` and the
 * tests run the same bundle through this.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, inRoot } from "../paths.mjs";
import { workerdConfig } from "./capnp.mjs";
import { readHeaders } from "./headers.mjs";
import { openState } from "./state.mjs";
import { startWorkerd } from "./workerd.mjs";

/**
 * @typedef {object} ServerOptions
 * @property {import("./config.mjs").Config} config
 * @property {Record<string, string>} secrets
 * @property {string} state the folder
 * @property {string} [host]
 * @property {number} [port] 0 is any free one
 * @property {(text: string) => void} [onLog]
 * @property {boolean} [broken]
 */

/**
 * @param {ServerOptions} options
 * @returns {Promise<{ url: string, workerd: import("./workerd.mjs").Workerd }>}
 */
export async function startServer({ config, secrets, state, host = "127.0.0.1", port = 0, onLog, broken }) {
  const { config: file, storage, claim } = openState(state);
  const text = workerdConfig({
    config,
    secretNames: Object.keys(secrets),
    headers: readHeaders(join(config.assets.directory, "_headers")),
    bundle,
    assetsWorker: inRoot("scripts", "serve", "assets-worker.js"),
    storage,
  });
  writeFileSync(file, text);
  const workerd = await startWorkerd({
    config: file,
    address: `${host}:${port}`,
    secrets,
    ...(onLog ? { onLog } : {}),
    ...(broken ? { broken } : {}),
  });
  claim(workerd.pid);
  return { url: `http://127.0.0.1:${workerd.port}`, workerd };
}
