/**
 * Writes the configuration of plain workerd: the deployed bundle, its Durable Objects on local disk, its vars as
 * wrangler binds them, its secrets from the process's environment (never in a file), and the pages.
 */

import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { durableObjects } from "./config.mjs";

/**
 * A Cap'n Proto text literal. It is C's, not JSON's: a control character is `\xNN`.
 * @param {string} text
 */
export const literal = (text) => JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, "\\x$1");

/** @param {string[]} lines */
const list = (lines) => `[\n    ${lines.join(",\n    ")},\n  ]`;

/**
 * The modules of a bundle, its entry first.
 * @param {string} folder
 */
function modules(folder) {
  const files = readdirSync(folder).filter((file) => [".js", ".wasm"].includes(extname(file)));
  const scripts = files.filter((file) => extname(file) === ".js");
  if (scripts.length !== 1) throw new Complaint(`${folder} should hold one script: run \`npm run build\``);
  return [...scripts, ...files.filter((file) => extname(file) === ".wasm")].map((file) => {
    const kind = extname(file) === ".js" ? "esModule" : "wasm";
    return `(name = ${literal(`./${file}`)}, ${kind} = embed ${literal(join(folder, file))})`;
  });
}

/**
 * @typedef {object} Serving
 * @property {import("./config.mjs").Config} config
 * @property {string[]} secretNames each is a variable of workerd's environment
 * @property {import("./headers.mjs").HeaderRule[]} headers
 * @property {string} bundle the folder that `wrangler deploy` would upload
 * @property {string} assetsWorker the script that serves the pages
 * @property {string} storage the folder of the Durable Objects
 */

/**
 * @param {Serving} serving
 * @returns {string} a `workerd.capnp`; its socket is named `http` and its address given on the command line
 */
export function workerdConfig({ config, secretNames, headers, bundle, assetsWorker, storage }) {
  const vars = Object.entries(config.vars).map(([name, value]) =>
    typeof value === "string"
      ? `(name = ${literal(name)}, text = ${literal(value)})`
      : `(name = ${literal(name)}, json = ${literal(JSON.stringify(value))})`,
  );
  const secrets = secretNames.map((name) => `(name = ${literal(name)}, fromEnvironment = ${literal(name)})`);
  const objects = Object.entries(durableObjects);
  const bindings = [
    ...vars,
    ...secrets,
    ...objects.map(([binding, name]) => `(name = ${literal(binding)}, durableObjectNamespace = ${literal(name)})`),
    `(name = ${literal(config.assets.binding)}, service = "assets")`,
  ];
  const namespaces = objects.map(
    ([, name]) => `(className = ${literal(name)}, uniqueKey = ${literal(`${config.name}-${name}`)}, enableSql = true)`,
  );
  const flags = config.compatibilityFlags.map(literal).join(", ");
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "polso", worker = .polso),
    (name = "assets", worker = .assets),
    (name = "files", disk = (path = ${literal(config.assets.directory)})),
    (name = "storage", disk = (path = ${literal(storage)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "polso")],
);

const polso :Workerd.Worker = (
  compatibilityDate = ${literal(config.compatibilityDate)},
  compatibilityFlags = [${flags}],
  modules = ${list(modules(bundle))},
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "storage"),
);

const assets :Workerd.Worker = (
  compatibilityDate = ${literal(config.compatibilityDate)},
  compatibilityFlags = [${flags}],
  modules = [(name = "assets-worker.js", esModule = embed ${literal(assetsWorker)})],
  bindings = [
    (name = "FILES", service = "files"),
    (name = "HEADERS", json = ${literal(JSON.stringify(headers))}),
  ],
);
`;
}
