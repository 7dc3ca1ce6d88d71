/** Keyed hashes of bytes, as the schemes write them. */

import { createHmac } from "node:crypto";

/**
 * @param {string} algorithm
 * @param {string | Uint8Array} key
 * @param {"hex" | "base64"} encoding
 * @param {...(string | Uint8Array)} parts one after the other
 */
export function hmac(algorithm, key, encoding, ...parts) {
  const mac = createHmac(algorithm, key);
  for (const part of parts) mac.update(part);
  return mac.digest(encoding);
}
