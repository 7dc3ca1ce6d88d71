/**
 * A server on plain workerd: a configuration, secrets and a state folder in, a URL out. `npm start` and the tests run
 * the same bundle through this; the benchmark, other Workers beside it.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, inRoot } from "../paths.mjs";
import { workerdConfig } from "./capnp.mjs";
import { durableObjects } from "./config.mjs";
import { readHeaders } from "./headers.mjs";
import { openState } from "./state.mjs";
import { startWorkerd } from "./workerd.mjs";

/**
 * @typedef {object} Program
 * @property {string} bundle the folder of its modules
 * @property {Record<string, string>} objects the classes of its Durable Objects, by binding
 */

/** @type {Program} */
const polso = { bundle, objects: durableObjects };

/**
 * @typedef {object} ServerOptions
 * @property {import("./config.mjs").Config} config
 * @property {Record<string, string>} secrets
 * @property {string} state the folder
 * @property {Program} [program] by default Polso
 * @property {string} [host]
 * @property {number} [port] 0 is any free one
 * @property {(text: string) => void} [onLog]
 * @property {boolean} [broken]
 */

/**
 * @param {ServerOptions} options
 * @returns {Promise<{ url: string, workerd: import("./workerd.mjs").Workerd }>}
 */
export async function startServer(options) {
  const { config, secrets, state, program = polso, host = "127.0.0.1", port = 0, onLog, broken } = options;
  const { config: file, storage, claim } = openState(state);
  const text = workerdConfig({
    ...config,
    ...program,
    secretNames: Object.keys(secrets),
    storage,
    ...(config.assets === undefined ? {} : { pages: pages(config.assets) }),
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

/** @param {NonNullable<import("./config.mjs").Config["assets"]>} assets */
const pages = ({ binding, directory }) => ({
  binding,
  directory,
  worker: inRoot("scripts", "serve", "assets-worker.js"),
  headers: readHeaders(join(directory, "_headers")),
});
