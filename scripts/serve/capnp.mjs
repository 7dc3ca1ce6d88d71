/**
 * Writes the configuration of plain workerd: a bundle, its Durable Objects on local disk, its vars as wrangler binds
 * them, its secrets from the process's environment (never in a file), and its pages if it has any.
 */

import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { Complaint } from "../complaint.mjs";

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
export function modules(folder) {
  const files = readdirSync(folder).filter((file) => [".js", ".wasm"].includes(extname(file)));
  const scripts = files.filter((file) => extname(file) === ".js");
  if (scripts.length !== 1) throw new Complaint(`${folder} should hold one script: run \`npm run build\``);
  return [...scripts, ...files.filter((file) => extname(file) === ".wasm")].map((file) => {
    const kind = extname(file) === ".js" ? "esModule" : "wasm";
    return `(name = ${literal(`./${file}`)}, ${kind} = embed ${literal(join(folder, file))})`;
  });
}

/**
 * @typedef {object} Pages
 * @property {string} binding by which the Worker asks for them
 * @property {string} directory
 * @property {string} worker the script that serves them
 * @property {import("./headers.mjs").HeaderRule[]} headers
 */

/**
 * @typedef {object} Serving
 * @property {string} name under which the Durable Objects are kept
 * @property {string} compatibilityDate
 * @property {string[]} compatibilityFlags
 * @property {Record<string, import("./config.mjs").Json>} vars
 * @property {string[]} secretNames each is a variable of workerd's environment
 * @property {string} bundle the folder that `wrangler deploy` would upload
 * @property {Record<string, string>} objects the classes of its Durable Objects, by binding
 * @property {string} storage the folder of the Durable Objects
 * @property {Pages} [pages]
 */

/** @param {Serving} serving */
function bindings({ vars, secretNames, objects, pages }) {
  return [
    ...Object.entries(vars).map(([name, value]) =>
      typeof value === "string"
        ? `(name = ${literal(name)}, text = ${literal(value)})`
        : `(name = ${literal(name)}, json = ${literal(JSON.stringify(value))})`,
    ),
    ...secretNames.map((name) => `(name = ${literal(name)}, fromEnvironment = ${literal(name)})`),
    ...Object.entries(objects).map(
      ([binding, name]) => `(name = ${literal(binding)}, durableObjectNamespace = ${literal(name)})`,
    ),
    ...(pages === undefined ? [] : [`(name = ${literal(pages.binding)}, service = "assets")`]),
  ];
}

/**
 * @param {Serving} serving
 * @returns {string} a `workerd.capnp`; its socket is named `http` and its address given on the command line
 */
export function workerdConfig(serving) {
  const { name, objects, pages, storage } = serving;
  const compatibility = `compatibilityDate = ${literal(serving.compatibilityDate)},
  compatibilityFlags = [${serving.compatibilityFlags.map(literal).join(", ")}]`;
  const namespaces = Object.values(objects).map(
    (object) => `(className = ${literal(object)}, uniqueKey = ${literal(`${name}-${object}`)}, enableSql = true)`,
  );
  const services = [
    `(name = "main", worker = .main)`,
    `(name = "storage", disk = (path = ${literal(storage)}, writable = true))`,
    ...(pages === undefined
      ? []
      : [`(name = "assets", worker = .assets)`, `(name = "files", disk = (path = ${literal(pages.directory)}))`]),
  ];
  const text = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = ${list(services)},
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const main :Workerd.Worker = (
  ${compatibility},
  modules = ${list(modules(serving.bundle))},
  bindings = ${list(bindings(serving))},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "storage"),
);
`;
  if (pages === undefined) return text;
  return `${text}
const assets :Workerd.Worker = (
  ${compatibility},
  modules = [(name = "assets-worker.js", esModule = embed ${literal(pages.worker)})],
  bindings = [
    (name = "FILES", service = "files"),
    (name = "HEADERS", json = ${literal(JSON.stringify(pages.headers))}),
  ],
);
`;
}
