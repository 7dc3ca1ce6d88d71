/**
 * `npm run send -- --source NAME FILE…`: sends files as the source's provider would, signed with the local secrets, and
 * prints what each is answered. Exit code 1 when any answer is not 2xx.
 */

import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { Complaint } from "../complaint.mjs";
import { parseOptionsAndNames, wholeNumber } from "../options.mjs";
import { devVars, wranglerToml } from "../paths.mjs";
import { nativeRoutes, post, sign } from "../send/post.mjs";
import { readConfig } from "../serve/config.mjs";
import { localSecrets } from "../serve/secrets.mjs";

/** By the file's name; `--type` says otherwise. */
const types = {
  ".json": "application/json",
  ".ndjson": "application/x-ndjson",
  ".xml": "text/xml",
  ".form": "application/x-www-form-urlencoded",
};

/** @param {string[]} args */
export async function main(args) {
  const { values, positionals } = parseOptionsAndNames(args, {
    source: { type: "string" },
    url: { type: "string", default: "http://127.0.0.1:8787" },
    config: { type: "string", default: wranglerToml },
    secrets: { type: "string", default: devVars },
    type: { type: "string" },
    event: { type: "string", default: "conversione" },
    secret: { type: "string", default: "1" },
  });
  const { sources = {} } = /** @type {any} */ (readConfig(values.config).vars);
  const source = values.source === undefined ? undefined : sources[values.source];
  if (!source) throw new Complaint(`--source takes the name of a source: ${Object.keys(sources).join(", ")}`);
  if (positionals.length === 0) throw new Complaint("name the files to send, after the options");
  if (!(values.event in nativeRoutes)) throw new Complaint(`--event takes ${Object.keys(nativeRoutes).join(", ")}`);
  const sending = {
    name: /** @type {string} */ (values.source),
    source,
    secrets: localSecrets(values.secrets),
    url: values.url.replace(/\/$/, ""),
    event: /** @type {keyof typeof nativeRoutes} */ (values.event),
    position: wholeNumber("secret", values.secret, 1, 2) - 1,
  };
  let failed = false;
  for (const file of positionals) {
    const type = values.type ?? types[/** @type {keyof typeof types} */ (extname(file))] ?? "application/json";
    const { status, text } = await post(await sign(sending, read(file), type, Date.now()));
    failed ||= status >= 300;
    process.stdout.write(`${file}: ${status}\n${pretty(text)}\n`);
  }
  return failed ? 1 : 0;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Complaint(`\`${file}\` cannot be read (${/** @type {NodeJS.ErrnoException} */ (error).code})`);
  }
}

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
