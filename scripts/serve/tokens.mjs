/** Signs tokens with the first HS256 key of a JWKS, for local use. */

import { importJWK, SignJWT } from "jose";
import { Complaint } from "../complaint.mjs";
import { jwtKeys } from "./secrets.mjs";

/**
 * @typedef {object} Claims
 * @property {string} scope space-separated: `ingest`, `view`, `admin`
 * @property {string} [space]
 * @property {string} [source] needed with the scope `ingest`
 * @property {string} [sub]
 * @property {string} [ttl] such as `1h`; with a minus, of one that has expired
 */

/**
 * @param {string} jwks the text of the secret JWT_KEYS
 * @param {Claims} claims
 * @returns {Promise<string>} a JWT
 */
export async function signToken(jwks, { scope, space = "main", source, sub, ttl = "1h" }) {
  if (!/^-?\d+[smhdw]$/.test(ttl)) throw new Complaint(`a ttl is a number and one of s, m, h, d, w, not \`${ttl}\``);
  const key = signingKey(jwks);
  const token = new SignJWT({ scope, space, ...(source === undefined ? {} : { source }) })
    .setProtectedHeader({ alg: "HS256", typ: "JWT", ...(key.kid === undefined ? {} : { kid: key.kid }) })
    .setIssuedAt()
    .setExpirationTime(ttl);
  if (sub !== undefined) token.setSubject(sub);
  return token.sign(await importJWK(key, "HS256"));
}

/** @param {string} jwks */
function signingKey(jwks) {
  /** @type {import("jose").JWK[]} */
  let keys;
  try {
    keys = JSON.parse(jwks).keys;
  } catch {
    throw new Complaint(`the secret ${jwtKeys} is not JSON: it should be a JWKS, {"keys":[…]}`);
  }
  const key = keys?.find?.(({ kty, alg }) => kty === "oct" && (alg === undefined || alg === "HS256"));
  if (!key) throw new Complaint(`the secret ${jwtKeys} has no HS256 key to sign with`);
  return key;
}
