/**
 * The local secrets in `.dev.vars`: read, and made once where they are missing.
 *
 * The one that Polso itself needs is `JWT_KEYS`, a JWKS with one random HS256 key. The file is for this machine
 * only: git ignores it, other users cannot read it, and a deployment has its own (`wrangler secret put`).
 */

import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { devVars } from "../paths.mjs";
import { say } from "../step.mjs";

const keyBytes = 32;
export const jwtKeys = "JWT_KEYS";

/** @returns {string} a JWKS with one new key */
export function newJwks() {
  const key = { kty: "oct", alg: "HS256", use: "sig", kid: `local-${randomBytes(4).toString("hex")}` };
  return JSON.stringify({ keys: [{ ...key, k: randomBytes(keyBytes).toString("base64url") }] });
}

/**
 * The secrets of a `.dev.vars` file, with signing keys added if it has none.
 * @param {string} [file]
 * @returns {Record<string, string>}
 */
export function localSecrets(file = devVars) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const secrets = /** @type {Record<string, string>} */ (parseEnv(text));
  if (secrets[jwtKeys]) return secrets;
  const jwks = newJwks();
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  appendFileSync(file, `${separator}${jwtKeys}='${jwks}'\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  say(`  made a local signing key: ${jwtKeys} in .dev.vars`);
  return { ...secrets, [jwtKeys]: jwks };
}
